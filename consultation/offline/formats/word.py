"""A pack as a Word document (DOCX): a table for each row of the form, a numbered field in each of its lines."""

import io
from typing import IO, Any

import docx
from django.utils.translation import gettext as _
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from consultation.offline import fields as f
from consultation.offline.content import Content, Item
from consultation.offline.errors import BadPack
from consultation.offline.fields import Written
from consultation.offline.formats.tables import heading_of, read_tables, rows_of
from consultation.text.characters import printable

_INK = RGBColor(0x1B, 0x24, 0x30)
_LABEL_WIDTH, _VALUE_WIDTH = Cm(4.5), Cm(12)
_MOST_TABLES = 2_000


def write(content: Content) -> bytes:
    """The form, with the pack's number and the page on every page."""
    made = docx.Document()
    made.styles["Normal"].font.size = Pt(10)
    for style in ("Title", "Heading 1", "Heading 2"):
        made.styles[style].font.color.rgb = _INK
    made.add_paragraph(printable(content.pack.consultation.title), style="Title")
    _add_table(made, [("0 Pack", content.pack.number)])
    for number, (name, text) in enumerate(content.facts):
        paragraph = made.add_paragraph(f"{name}: {printable(text)}")
        paragraph.paragraph_format.space_before = Pt(0 if number else 10)
        paragraph.paragraph_format.space_after = Pt(2)
    for line in content.instructions:
        made.add_paragraph(line, style="List Number")
    for kind, title in ((f.POSITION, _("Positions")), (f.NOTE, _("Comments"))):
        items = content.of_kind(kind)
        if items:
            made.add_heading(title, 1)
        for item in items:
            _add_item(made, content, item)
    _add_footer(made, content.pack.number)
    properties = made.core_properties
    properties.title, properties.author, properties.comments = content.pack.number, "", ""
    properties.created = properties.modified = content.pack.made_at.replace(tzinfo=None, microsecond=0)
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()


def _add_item(made: Any, content: Content, item: Item) -> None:
    made.add_heading(printable(heading_of(item)), 2)
    _add_table(made, rows_of(item, attribution=content.attribution))


def _add_table(made: Any, lines: list[tuple[str, str]]) -> None:
    table = made.add_table(rows=len(lines), cols=2, style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, (_LABEL_WIDTH, _VALUE_WIDTH), strict=True):
        column.width = width
    for row, (name, text) in zip(table.rows, lines, strict=True):
        first, second = row.cells
        first.width, second.width = _LABEL_WIDTH, _VALUE_WIDTH
        first.text = printable(name)
        first.paragraphs[0].runs[0].bold = True
        paragraphs = printable(text).split("\n")
        second.text = paragraphs[0]
        for paragraph in paragraphs[1:]:
            second.add_paragraph(paragraph)


def _add_footer(made: Any, number: str) -> None:
    paragraph = made.sections[0].footer.paragraphs[0]
    paragraph.add_run(f"{number}\t\t")
    run = paragraph.add_run()
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def read(file: IO[bytes]) -> tuple[str, list[Written]]:
    """The number of the pack and its rows. Raises `BadPack`."""
    made = docx.Document(file)
    tables = made.tables
    if len(tables) > _MOST_TABLES:
        raise BadPack(_("The file has more rows than a form can have. Nothing was read."))
    return read_tables([[_line(row) for row in table._tbl.tr_lst] for table in tables])


def _line(row: Any) -> tuple[str, str]:
    """The label and the value of a line: the words of its first two cells, a line for each paragraph."""
    cells = [_words(cell) for cell in row.tc_lst[:2]]
    return (cells[0], cells[1]) if len(cells) > 1 else ("", "")


def _words(cell: Any) -> str:
    """With what was inserted while changes are tracked, and without what was deleted; each word once.

    A table or a box in the cell is words of the cell.
    """
    said = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "\u2011"}
    parts = []
    for element in cell.iter(qn("w:p"), qn("w:r")):
        if element.tag == qn("w:p"):
            parts.append("\n")
        else:
            parts += [child.text or "" if child.tag == qn("w:t") else said.get(child.tag, "") for child in element]
    return "".join(parts).strip("\n")
