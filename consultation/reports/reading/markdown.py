"""Markdown: markdown-it finds headings, lists and tables; the words and their inline marks stay as they stand."""

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

from consultation.reports.reading import labels
from consultation.reports.reading.blocks import Block, Doubt, Source, marked
from consultation.reports.reading.characters import decode
from consultation.reports.reading.plain_text import headings_marked, left_out_marked, line_block

# No raw HTML, no code, no reference definitions: their characters stay text and nothing of the file is lost.
_parser = MarkdownIt("zero", {"maxNesting": 40}).enable(["heading", "lheading", "list", "table", "hr"])


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
    return Source("markdown", left_out_marked(blocks), text, doubts)


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
        text = "\n".join(raw)
        return [Block(text, "table", "", 0, "", first + 1, last, text, blank)]
    return [
        line_block(line, first + 1 + offset, blank_before=blank and not offset)
        for offset, line in enumerate(raw)
        if line.strip()
    ]


def _heading(token: Token, raw: list[str], first: int, *, blank_before: bool) -> Block:
    level = int(token.tag[1])
    line = raw[0].strip()
    hashes = len(line) - len(line.lstrip("#")) if token.markup.startswith("#") else 0
    marks = line[:hashes] + line[hashes:][: len(line[hashes:]) - len(line[hashes:].lstrip())]
    cut = marked(line[len(marks) :])
    cut = cut if cut.shape == "number" else marked("")
    return Block(
        line[len(marks) + len(cut.marker) :],
        "heading",
        marks + cut.marker,
        level,
        cut.number,
        first + 1,
        first + len(raw),
        "\n".join(raw),
        blank_before,
        styled=True,
    )
