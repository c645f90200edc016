"""Three fictional reports of very different make, as Markdown and as DOCX, and DOCX files that nobody should trust."""

import io
import zipfile

import docx
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

# (kind, depth, text): headings and numbers as the file has them, typed or made by the word processor.
RESOLUTION = [
    ("title", 0, "Resolution 7 of the Sample Assembly"),
    ("plain", 0, "12 March 2025, 10:00-13:00"),
    ("plain", 0, "Sample Hall"),
    ("plain", 0, "*Recalling* the sample charter and the duties that it names,"),
    ("plain", 0, "*Noting with concern* that fictional rivers **rise**,"),
    ("number", 0, "Decides to meet again in a year;"),
    ("number", 0, "Invites all sample organisations:"),
    ("letter", 0, "to report on what they did;"),
    ("letter", 0, "to send their figures."),
    ("number", 0, "Thanks the chair."),
]
NESTED = [
    ("title", 0, "Report of the sample working group"),
    ("plain", 0, "3 May 2024"),
    ("plain", 0, "Sample City"),
    ("heading", 2, "1 Introduction"),
    ("typed", 0, "1.1 The group met twice.[^1]"),
    ("typed", 0, "1.1.1 The first meeting was short."),
    ("typed", 0, "1.1.2 The second was long."),
    ("typed", 0, "1.2 It heard [a study](https://example.org/study) on rivers."),
    ("heading", 2, "2 Findings"),
    ("heading", 3, "2.1 Figures"),
    ("table", 0, [["Year", "Level"], ["2023", "4 m"]]),
    ("typed", 0, "2.1.1 The level rose."),
    ("heading", 2, "Recommendations"),
    ("bullet", 0, "Measure the level each year."),
    ("bullet", 1, "Publish the figures."),
    ("bullet", 2, "In all languages."),
    ("bullet", 0, "Build higher."),
    ("note", 0, "The minutes are fictional."),
]
ARABIC = [
    ("title", 0, "تقرير الحوار النموذجي"),
    ("plain", 0, "2024-06-09"),
    ("plain", 0, "قاعة العينة"),
    ("heading", 2, "مقدمة"),
    ("typed", 0, "1. اجتمع المشاركون في قاعة العينة (Sample Hall) يومين."),
    ("typed", 0, "2. ناقشوا مستوى الأنهار في عام 2023."),
    ("heading", 2, "التوصيات"),
    ("bullet", 0, "قياس المستوى كل عام."),
    ("bullet", 0, "نشر الأرقام بكل اللغات."),
]
CHINESE = [
    ("title", 0, "样本对话报告"),
    ("plain", 0, "2024年6月9日"),
    ("plain", 0, "样本大厅"),
    ("heading", 2, "一、导言"),
    ("typed", 0, "1．与会者开了两天会。"),
    ("typed", 0, "（一）他们讨论了**河流水位**。"),
    ("heading", 2, "二、建议"),
    ("bullet", 0, "每年测量水位。"),
    ("bullet", 1, "公布数字。"),
]
REPORTS = {"resolution": RESOLUTION, "nested": NESTED, "arabic": ARABIC, "chinese": CHINESE}


def as_markdown(pieces):
    lines, number, letter = [], 0, 0
    for kind, depth, text in pieces:
        lines += [] if kind == "bullet" and lines and lines[-1].lstrip().startswith("- ") else [""]
        if kind == "number":
            number, letter = number + 1, 0
            lines.append(f"{number}. {text}")
        elif kind == "letter":
            letter += 1
            lines.append(f"({'abc'[letter - 1]}) {text}")
        elif kind == "table":
            head, *rows = [" | ".join(cells) for cells in text]
            lines += [head, "--- | ---", *rows]
        else:
            marks = {"title": "# ", "heading": "#" * depth + " ", "bullet": "  " * depth + "- ", "note": "[^1]: "}
            lines.append(marks.get(kind, "") + text)
    return "\n".join(lines[1:]) + "\n"


def as_docx(pieces):
    document = docx.Document()
    for kind, depth, text in pieces:
        if kind == "title":
            document.add_heading(text, 0)
        elif kind == "heading":
            document.add_heading(text, depth - 1)
        elif kind == "table":
            table = document.add_table(len(text), len(text[0]))
            for row, cells in zip(table.rows, text, strict=True):
                for cell, words in zip(row.cells, cells, strict=True):
                    cell.text = words
        elif kind == "note":
            _footnotes(document, text)
        else:
            _paragraph(document, kind, depth, text)
    return saved(document)


def saved(document):
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _paragraph(document, kind, depth, text):
    paragraph = document.add_paragraph()
    if kind == "bullet":
        paragraph.style = "List Bullet" if not depth else f"List Bullet {depth + 1}"
    elif kind in {"number", "letter"}:
        _numbered(document, paragraph, 0 if kind == "number" else 1)
    for words, bold, italic, address in _runs(text):
        if address == "note":
            run = paragraph.add_run()
            run._r.append(_element("w:footnoteReference", **{"w:id": "1"}))
        elif address:
            link = _element("w:hyperlink", **{"r:id": paragraph.part.relate_to(address, HYPERLINK, is_external=True)})
            run = paragraph.add_run(words)
            link.append(run._r)
            paragraph._p.append(link)
        else:
            run = paragraph.add_run(words)
            run.bold, run.italic = bold or None, italic or None


HYPERLINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
FOOTNOTES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _runs(text):
    """The marks that the samples use, as runs: words, bold, italic, address."""
    if "**" in text:
        head, bold, tail = text.split("**")
        return [*_runs(head), (bold, True, False, ""), (tail, False, False, "")]
    if "*" in text:
        _nothing, italic, tail = text.split("*")
        return [(italic, False, True, ""), (tail, False, False, "")]
    if "](" in text:
        head, rest = text.split("[")
        words, rest = rest.split("](")
        address, tail = rest.split(")")
        return [(head, False, False, ""), (words, False, False, address), (tail, False, False, "")]
    if "[^1]" in text:
        return [(text.replace("[^1]", ""), False, False, ""), ("", False, False, "note")]
    return [(text, False, False, "")]


def _element(tag, **attributes):
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(name), value)
    return element


def as_numbered_docx(shown, depths, forms=("decimal",) * 3):
    """A title and a paragraph for each depth, numbered by the word processor as `shown` says for each level."""
    document = docx.Document()
    document.add_heading("Sample report", 0)
    for number, depth in enumerate(depths):
        _numbered(document, document.add_paragraph(f"Sentence {number}."), depth, list(zip(forms, shown, strict=True)))
    return saved(document)


ONE_AND_A = [("decimal", "%1."), ("lowerLetter", "(%2)")]


def _numbered(document, paragraph, depth, levels=ONE_AND_A):
    """Numbered by the word processor: 1. and, below it, (a)."""
    numbering = document.part.numbering_part.element
    if not numbering.xpath('w:num[@w:numId="77"]'):
        shape = _element("w:abstractNum", **{"w:abstractNumId": "77"})
        for level, (form, shown) in enumerate(levels):
            lvl = _element("w:lvl", **{"w:ilvl": str(level)})
            lvl.append(_element("w:start", **{"w:val": "1"}))
            lvl.append(_element("w:numFmt", **{"w:val": form}))
            lvl.append(_element("w:lvlText", **{"w:val": shown}))
            shape.append(lvl)
        numbering.insert(0, shape)
        num = _element("w:num", **{"w:numId": "77"})
        num.append(_element("w:abstractNumId", **{"w:val": "77"}))
        numbering.append(num)
    properties = paragraph._p.get_or_add_pPr()
    number = _element("w:numPr")
    number.append(_element("w:ilvl", **{"w:val": str(depth)}))
    number.append(_element("w:numId", **{"w:val": "77"}))
    properties.append(number)


def _footnotes(document, text):
    blob = f'<w:footnotes {W}><w:footnote w:id="1"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote></w:footnotes>'
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, blob.encode(), document.part.package)
    document.part.relate_to(part, FOOTNOTES)


def with_parts(content, **parts):
    """The archive with some parts replaced or added; names with __ for / and _dot_ for a dot."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = {name.replace("__", "/").replace("_dot_", "."): value for name, value in parts.items()}
        for entry in old.namelist():
            if entry not in names:
                new.writestr(entry, old.read(entry))
        for name, value in names.items():
            new.writestr(name, value)
    return out.getvalue()
