"""A document as DOCX: real styles, numbered headings, a table of contents, header rows, language and properties."""

import io
import zipfile
from datetime import datetime
from typing import Any

import docx
from django.utils.translation import gettext as _
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from consultation.outcome.blocks import Block

FONT = "Times New Roman"
INK = RGBColor(0x1B, 0x24, 0x30)
SIZES = {"Title": 22, "Heading 1": 16, "Heading 2": 13, "Heading 3": 11}
# Files of equal content are equal byte by byte: the archive bears no time of its own.
EPOCH = (1980, 1, 1, 0, 0, 0)


def write(document: dict[str, Any], made_at: datetime) -> bytes:
    """The bytes of the DOCX."""
    made = docx.Document()
    _prepare_styles(made)
    _prepare_numbers(made)
    _prepare_properties(made, document, made_at)
    _front(made, document)
    _Body(made).write(document["blocks"])
    return _repacked(made)


class _Body:
    def __init__(self, made: Document) -> None:
        self.made = made
        # Looked up once: python-docx searches all styles for every paragraph that names one.
        self.styles = {style.name: style.style_id for style in made.styles}
        # What stands behind all paragraphs: python-docx searches it through all that is there, for each of them.
        self.end = made.element.body.sectPr

    def _paragraph(self, style: str, text: str = "") -> Paragraph:
        element = OxmlElement("w:p")
        self.end.addprevious(element)
        paragraph = Paragraph(element, self.made._body)
        if text:
            paragraph.add_run(text)
        element.style = self.styles[style]
        self.last = paragraph
        return paragraph

    def write(self, blocks: list[Block]) -> None:
        bookmark = 0
        for block in blocks:
            getattr(self, f"_{block['type']}")(block)
            if block["type"] == "heading":
                bookmark += 1
                _bookmark(self.last, bookmark)

    def _heading(self, block: Block) -> None:
        kind = "Annex Heading" if block["annex"] else "Heading"
        self._paragraph(f"{kind} {block['level']}", block["text"])

    def _report(self, block: Block) -> None:
        paragraph = self._paragraph("Report Text")
        _language(paragraph.add_run(block["text"]), block["language"])

    def _statement(self, block: Block) -> None:
        paragraph = self._paragraph("Statement")
        paragraph.add_run(f"{block['label']}. {block['text']}")

    def _note(self, block: Block) -> None:
        self._paragraph("Note", block["text"])

    def _words(self, block: Block) -> None:
        paragraph = self._paragraph(_style_of(block))
        if block["marker"] and block["marker"] != "•":
            paragraph.add_run(f"{block['marker']}\t")
        if block["inset"] or block["depth"]:
            paragraph.paragraph_format.left_indent = Cm(0.75 * (bool(block["inset"]) + block["depth"]))
        for run in block["runs"]:
            _add_run(paragraph, run, rtl=block["rtl"])
        if block["rtl"]:
            paragraph._p.get_or_add_pPr().insert_element_before(OxmlElement("w:bidi"), *AFTER_DIRECTION)

    def _table(self, block: Block) -> None:
        self._paragraph("Caption", block["caption"])
        lines = [block["head"], *block["rows"]]
        table = self.made.add_table(rows=len(lines), cols=len(block["head"]), style="Table Grid")
        table.autofit = True
        for number, (row, cells) in enumerate(zip(table.rows, lines, strict=True)):
            for column, (cell, text) in enumerate(zip(row._tr.tc_lst, cells, strict=True)):
                paragraph = Paragraph(cell.p_lst[0], table)
                paragraph._p.style = self.styles["Table Text"]
                paragraph.add_run(text).bold = number == 0 or column == 0
                if column:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                if number < len(block["rows"]):
                    paragraph.paragraph_format.keep_with_next = True
            properties = row._tr.get_or_add_trPr()
            properties.append(OxmlElement("w:cantSplit"))
            if number == 0:
                properties.append(OxmlElement("w:tblHeader"))
        self._paragraph("After Table")


def _style_of(block: Block) -> str:
    if block["marker"] == "•":
        return "List Bullet"
    if block["marker"]:
        return "List Number Given"
    return "Quote" if block["quoted"] else "Body Text"


def _add_run(paragraph: Paragraph, run: dict[str, Any], *, rtl: bool) -> None:
    added = paragraph.add_run(run["text"])
    added.bold = run["bold"] or None
    added.italic = run["italic"] or None
    if run["change"]:
        added.style = "Proposed Insertion" if run["change"] == "added" else "Proposed Deletion"
    if run["code"]:
        added.font.name = "Courier New"
    if rtl:
        added.font.rtl = True


def _front(made: Document, document: dict[str, Any]) -> None:
    made.add_paragraph(document["subject"], style="Title")
    made.add_paragraph(document["kind"], style="Subtitle")
    if document["banner"]:
        made.add_paragraph(document["banner"], style="Note")
    for label, value in document["facts"]:
        paragraph = made.add_paragraph(style="Body Text")
        paragraph.add_run(f"{label}: ").bold = True
        paragraph.add_run(value)
    made.add_paragraph(_("Contents"), style="TOC Heading")
    _contents(made, document["blocks"])
    section = made.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    footer = section.footer.paragraphs[0]
    footer.add_run(f"{document['footer']} ")
    _field(footer, "PAGE", "1")


def _contents(made: Document, blocks: list[Block]) -> None:
    """A field that Word renews; until then its entries are links to the headings, made here."""
    entries = [block for block in blocks if block["type"] == "heading"]
    limit = {False: 2, True: 1}  # of annexes, their first level only
    shown = [(n, block) for n, block in enumerate(entries, start=1) if block["level"] <= limit[block["annex"]]]
    for place, (number, block) in enumerate(shown):
        paragraph = made.add_paragraph(style=f"TOC {block['level']}")
        if place == 0:
            _mark(paragraph, "begin")
            _instruction(paragraph, r'TOC \o "1-2" \h \z \t "Annex Heading 1,1"')
            _mark(paragraph, "separate")
        link = OxmlElement("w:hyperlink")
        link.set(qn("w:anchor"), _anchor(number))
        link.set(qn("w:history"), "1")
        paragraph.add_run(block["text"])
        link.append(paragraph.runs[-1]._r)
        paragraph._p.append(link)
        if place == len(shown) - 1:
            _mark(paragraph, "end")


def _anchor(number: int) -> str:
    return f"_Toc{number:08d}"


def _bookmark(paragraph: Paragraph, number: int) -> None:
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for element in (start, end):
        element.set(qn("w:id"), str(number))
    start.set(qn("w:name"), _anchor(number))
    paragraph._p.insert(1, start)
    paragraph._p.append(end)


def _field(paragraph: Paragraph, instruction: str, shown: str) -> None:
    _mark(paragraph, "begin")
    _instruction(paragraph, instruction)
    _mark(paragraph, "separate")
    paragraph.add_run(shown)
    _mark(paragraph, "end")


def _mark(paragraph: Paragraph, kind: str) -> None:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    paragraph.add_run()._r.append(mark)


def _instruction(paragraph: Paragraph, text: str) -> None:
    instruction = OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = f" {text} "
    paragraph.add_run()._r.append(instruction)


def _language(run: Any, language: str) -> None:
    element = OxmlElement("w:lang")
    element.set(qn("w:val"), language)
    run._r.get_or_add_rPr().append(element)


def _prepare_styles(made: Document) -> None:
    styles = made.styles
    defaults = styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for element in defaults.findall(qn("w:lang")):
        defaults.remove(element)
    defaults.append(parse_xml(f'<w:lang {nsdecls("w")} w:val="en-GB" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'))
    for name, size in {"Normal": 11, "Body Text": 11, "Subtitle": 14, "Caption": 9.5, **SIZES}.items():
        _set_font(styles[name], size, bold=name in SIZES or name == "Caption")
    made_here = {
        "Report Text": ("Body Text", 11.5),
        "Statement": ("Body Text", 11),
        "Note": ("Body Text", 12),
        "Table Text": ("Normal", 9.5),
        "After Table": ("Normal", 4),
        "List Number Given": ("Body Text", 11),
        "TOC Heading": ("Normal", 14),
        "TOC 1": ("Normal", 11),
        "TOC 2": ("Normal", 10),
        "Annex Heading 1": ("Heading 1", 16),
        "Annex Heading 2": ("Heading 2", 13),
    }
    for name, (base, size) in made_here.items():
        style = styles[name] if name in styles else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles[base]
        _set_font(style, size, bold="Heading" in name or name in {"Statement", "Note"})
    for name in ("Statement", "Caption", "TOC Heading"):
        styles[name].paragraph_format.keep_with_next = True
    for name in ("Table Text", "TOC 1", "TOC 2"):
        styles[name].paragraph_format.space_after = Pt(2)
    styles["After Table"].paragraph_format.space_after = Pt(2)
    styles["TOC 2"].paragraph_format.left_indent = Cm(0.75)
    styles["Report Text"].paragraph_format.left_indent = Cm(0.5)
    _edge(styles["Report Text"], "left", 18)
    for side in ("top", "bottom"):
        _edge(styles["Note"], side, 8)
    for name in ("Proposed Insertion", "Proposed Deletion"):
        style = styles.add_style(name, WD_STYLE_TYPE.CHARACTER)
        style.font.underline = name == "Proposed Insertion"
        style.font.strike = name == "Proposed Deletion"


def _set_font(style: Any, size: float, *, bold: bool) -> None:
    style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
    style.font.color.rgb = INK
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(name), FONT)


def _edge(style: Any, side: str, width: int) -> None:
    edge = f'<w:{side} w:val="single" w:sz="{width}" w:space="8" w:color="1B2430"/>'
    properties = style.element.get_or_add_pPr()
    borders = properties.find(qn("w:pBdr"))
    if borders is None:
        borders = parse_xml(f"<w:pBdr {nsdecls('w')}/>")
        properties.insert_element_before(borders, *AFTER_BORDERS)
    borders.append(parse_xml(edge.replace("/>", f" {nsdecls('w')}/>")))


# What the schema wants behind the direction of a paragraph, of what may stand there already.
AFTER_DIRECTION = ("w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:rPr")
# What the schema wants behind the borders of a paragraph, of what python-docx may have set before.
AFTER_BORDERS = ("w:shd", "w:tabs", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:outlineLvl")


def _prepare_numbers(made: Document) -> None:
    """Headings of level 1 are numbered by Word itself; annexes bear their letters in their words."""
    numbering = made.part.numbering_part.element
    abstract = parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="70"><w:multiLevelType w:val="multilevel"/>'
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="Heading1"/>'
        '<w:lvlText w:val="%1."/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="567" w:hanging="567"/></w:pPr>'
        "</w:lvl></w:abstractNum>"
    )
    numbering.insert(0, abstract)
    first = numbering.find(qn("w:num"))
    number = parse_xml(f'<w:num {nsdecls("w")} w:numId="{_free(numbering)}"><w:abstractNumId w:val="70"/></w:num>')
    first.addprevious(number)
    for name, value in (("Heading 1", number.get(qn("w:numId"))), ("Annex Heading 1", "0")):
        properties = made.styles[name].element.get_or_add_pPr()
        properties.get_or_add_numPr().get_or_add_numId().val = int(value or 0)


def _free(numbering: Any) -> int:
    return 1 + max(int(number.get(qn("w:numId"))) for number in numbering.findall(qn("w:num")))


def _prepare_properties(made: Document, document: dict[str, Any], made_at: datetime) -> None:
    properties = made.core_properties
    properties.title, properties.subject = document["title"][:255], document["subject"][:255]
    properties.author = properties.last_modified_by = _("Rapporteur of the consultation")
    properties.comments = _("Fingerprint of the data (SHA-256): %s") % document["fingerprint"]
    properties.language = document["language"]
    properties.category, properties.keywords = document["kind"][:255], ""
    properties.created = properties.modified = made_at.replace(tzinfo=None, microsecond=0)
    properties.revision = 1


def _repacked(made: Document) -> bytes:
    written, packed = io.BytesIO(), io.BytesIO()
    made.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            target.writestr(zipfile.ZipInfo(item.filename, EPOCH), source.read(item), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
