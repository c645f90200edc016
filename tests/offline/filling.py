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
