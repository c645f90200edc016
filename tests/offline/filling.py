"""Filling in a pack as a person does with an office program: the file is opened, changed and saved."""

import io
import re
import zipfile
from uuid import uuid4
from xml.sax.saxutils import escape

import docx
import openpyxl


def fill(content, kind, ref, values, row="position"):
    """The pack with these values (by the number of the field) in the first row of this kind about this passage."""
    return {"xlsx": _spreadsheet, "docx": _word, "odt": _opendocument}[kind](content, ref, values, row)


def _spreadsheet(content, ref, values, row):
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["Positions" if row == "position" else "Comments"]
    columns = {int(cell.value.split()[0]): cell.column for cell in sheet[1]}
    line = next(cells[0].row for cells in sheet.iter_rows(min_row=2) if cells[0].value == ref)
    for number, value in values.items():
        sheet.cell(line, columns[number]).value = value
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _word(content, ref, values, row):
    made = docx.Document(io.BytesIO(content))
    asked = ".4 " if row == "position" else ".8 "
    for table in made.tables:
        names = [line.cells[0].text for line in table.rows]
        if table.rows[0].cells[1].text == ref and any(asked in name for name in names):
            for line in table.rows:
                number = int(line.cells[0].text.split()[0].partition(".")[2] or 0)
                if number in values:
                    line.cells[1].text = values[number]
            break
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()


def _opendocument(content, ref, values, row):
    text = zipfile.ZipFile(io.BytesIO(content)).read("content.xml").decode()
    asked = ".4 " if row == "position" else ".8 "
    for table in re.findall(r"<table:table .*?</table:table>", text, re.DOTALL):
        if f"<text:p>{ref}</text:p>" not in table or asked not in table:
            continue
        changed = table
        for number, value in values.items():
            paragraphs = "".join(f"<text:p>{escape(line)}</text:p>" for line in value.split("\n"))
            line = re.search(rf"<text:p [^>]*>\d+\.{number} .*?</table:table-row>", changed, re.DOTALL).group()
            label, cell = line.split("</table:table-cell>", 1)
            opening = cell[: cell.index(">") + 1]
            filled = f"{label}</table:table-cell>{opening}{paragraphs}</table:table-cell></table:table-row>"
            changed = changed.replace(line, filled)
        text = text.replace(table, changed, 1)
        break
    return replaced(content, "content.xml", text.encode())


def nested(kind, deep):
    """A pack with one comment, whose cell holds a table (and a box) with such a cell, and so on."""
    opening, closing = _NESTED[kind]
    levels = "".join(opening.format(level=level) for level in range(deep))
    name, start, end, row = _AROUND[kind]
    body = start + row + levels + closing * deep + end
    blank = io.BytesIO()
    if kind == "docx":
        docx.Document().save(blank)
    else:
        with zipfile.ZipFile(blank, "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
            archive.writestr(name, "")
    return io.BytesIO(replaced(blank.getvalue(), name, body.encode()))


_NESTED = {
    "docx": (
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>1.1 Ref</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>p1</w:t></w:r></w:p>"
        "</w:tc></w:tr><w:tr><w:tc><w:p><w:r><w:t>1.10 Comment</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r>"
        "<w:t>Words {level}.</w:t></w:r><w:r><w:pict><w:txbxContent>",
        "</w:txbxContent></w:pict></w:r></w:p></w:tc></w:tr></w:tbl>",
    ),
    "odt": (
        "<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>1.1 Ref</text:p>"
        "</table:table-cell><table:table-cell><text:p>p1</text:p></table:table-cell></table:table-row>"
        "</table:table-header-rows><table:table-row><table:table-cell><text:p>1.10 Comment</text:p></table:table-cell>"
        "<table:table-cell><text:p>Words {level}.<text:frame>",
        "</text:frame></text:p></table:table-cell></table:table-row></table:table>",
    ),
}
_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_AROUND = {
    "docx": (
        "word/document.xml",
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>',
        "</w:body></w:document>",
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>0 Pack</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>P-2222-3333-4444</w:t>"
        "</w:r></w:p></w:tc></w:tr></w:tbl>",
    ),
    "odt": (
        "content.xml",
        f'<office:document-content xmlns:office="{_OASIS}:office:1.0" xmlns:text="{_OASIS}:text:1.0" '
        f'xmlns:table="{_OASIS}:table:1.0"><office:body><office:text>',
        "</office:text></office:body></office:document-content>",
        "<table:table><table:table-row><table:table-cell><text:p>0 Pack</text:p></table:table-cell><table:table-cell>"
        "<text:p>P-2222-3333-4444</text:p></table:table-cell></table:table-row></table:table>",
    ),
}


def replaced(content, name, part):
    """The archive with another part of this name."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            target.writestr(item, part if item.filename == name else source.read(item))
    return held.getvalue()


def shown(answer, take):
    """The fields of the page with the differences, with what was ticked already and these choices."""
    fields = {"pack": answer.context["comparison"].pack.number, "submission_id": str(uuid4())}
    for number, line in enumerate(answer.context["lines"]):
        name = f"r{number}"
        fields |= {f"{name}-kind": line.kind, f"{name}-place": line.written.place, f"{name}-seen": line.mark}
        fields |= {f"{name}-{n}": text for n, text in line.written.values.items()}
        ticked = "file" if line.status in {"new", "changed"} else ""
        if choice := take.get(number, ticked):
            fields[f"{name}-take"] = choice
    return fields


def whole_text(content):
    """All that a pack says, in every part of it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
