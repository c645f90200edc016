"""Markdown: markdown-it finds headings, lists and tables; the words and their inline marks stay as they stand."""

import re

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

from consultation.reports.reading import labels
from consultation.reports.reading.blocks import Block, Doubt, Source, marked
from consultation.reports.reading.characters import decode
from consultation.reports.reading.plain_text import headings_marked, left_out_marked, line_block

# No raw HTML, no code, no reference definitions: their characters stay text and nothing of the file is lost.
_parser = MarkdownIt("zero", {"maxNesting": 40}).enable(["heading", "lheading", "list", "table", "hr"])

_BORDER = re.compile(r"(?<!\\)\|")
_OUTER = re.compile(r"^\||(?<!\\)\|$")


def read(content: bytes) -> Source:
    """The blocks of a Markdown file; an export of ours gives its passages as they were. Raises `Unreadable`."""
    text, doubts = decode(content)
    if labels.is_labelled(text):
        return labels.read(text)
    lines = text.split("\n")
    blocks: list[Block] = []
    for token in _parser.parse(text):
        if token.map and token.type in {"heading_open", "paragraph_open", "table_open", "hr"}:
            blocks += _blocks(token, lines)
    has_headings = any(block.shape == "heading" for block in blocks)
    blocks = blocks if has_headings else headings_marked(blocks)
    for block in blocks:
        if block.shape == "table":  # its borders are marks: what is compared is what its cells say
            lines[block.first_line - 1 : block.last_line] = [*block.text.split("\n"), ""]
    return Source("markdown", left_out_marked(blocks), "\n".join(lines), doubts)


def _blocks(token: Token, lines: list[str]) -> list[Block]:
    """The block of a heading or table; for a paragraph one for each line that begins with a marker."""
    first, last = token.map or (0, 0)
    while last > first and not lines[last - 1].strip():
        last -= 1
    blank = first == 0 or not lines[first - 1].strip()
    raw = lines[first:last]
    if token.type == "heading_open":
        return [_heading(token, raw, first, blank_before=blank)]
    if token.type == "hr":
        doubt = Doubt("left_out", _("A line across the page is left out."))
        return [Block(raw[0], "left_out", "", 0, "", first + 1, last, raw[0], blank, doubts=[doubt])]
    if token.type == "table_open":
        return [Block(_cells(raw), "table", "", 0, "", first + 1, last, "\n".join(raw), blank)]
    return [
        line_block(line, first + 1 + offset, blank_before=blank and not offset)
        for offset, line in enumerate(raw)
        if line.strip()
    ]


def _cells(raw: list[str]) -> str:
    """The rows of a table as people read them, as those of a DOCX: cells with | between them, no line of dashes."""
    rows = [_OUTER.sub("", line.strip()) for line in (raw[0], *raw[2:])]
    return "\n".join(" | ".join(cell.strip() for cell in _BORDER.split(row)) for row in rows)


def _heading(token: Token, raw: list[str], first: int, *, blank_before: bool) -> Block:
    level = int(token.tag[1])
    line = raw[0].strip()
    hashes = len(line) - len(line.lstrip("#")) if token.markup.startswith("#") else 0
    marks = line[:hashes] + line[hashes:][: len(line[hashes:]) - len(line[hashes:].lstrip())]
    cut = marked(line[len(marks) :])
    return Block(
        line[len(marks) :],
        "heading",
        marks,
        level,
        cut.number if cut.shape == "number" else "",
        first + 1,
        first + len(raw),
        "\n".join(raw),
        blank_before,
        styled=True,
    )
