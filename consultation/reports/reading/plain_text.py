"""Plain text: a line is a block; markers, blank lines and pages tell what it is. The seed's report is of this kind."""

import re
from collections import Counter

from django.utils.translation import gettext as _

from consultation.reports.reading.blocks import PAGE_NUMBER, Block, Doubt, Source, is_unfinished, marked
from consultation.reports.reading.characters import decode

_HEADING_LENGTH = 200
_NUMBERED_HEADING_LENGTH = 80
_REPEATED = 3
_RUNNING_HEAD_LENGTH = 100
_TABLE = re.compile(r"\s*\|.*\|\s*$")


def read(content: bytes) -> Source:
    """The blocks of a plain text. Raises `Unreadable`."""
    text, doubts = decode(content)
    return Source("text", left_out_marked(headings_marked(lines_of(text))), text, doubts)


def lines_of(text: str) -> list[Block]:
    """A block for each line that holds words; the rows of a table are one."""
    blocks: list[Block] = []
    blank = True
    for number, whole in enumerate(text.split("\n"), 1):
        line = whole.replace("\f", "")
        if not line.strip():
            blank = True
            continue
        if _TABLE.match(line) and blocks and blocks[-1].shape == "table" and not blank:
            blocks[-1].text += "\n" + line
            blocks[-1].source += "\n" + line
            blocks[-1].last_line = number
        elif _TABLE.match(line):
            blocks.append(Block(line, "table", "", 0, "", number, number, line, blank))
        else:
            blocks.append(line_block(line, number, blank_before=blank))
        blank = False
    return blocks


def line_block(line: str, number: int, *, blank_before: bool) -> Block:
    """One line with its marker cut off; spaces around the words stand outside of them."""
    cut = marked(line)
    text = cut.rest.rstrip() if cut.marker else line.strip()
    return Block(text, cut.shape, cut.marker, cut.level, cut.number, number, number, line, blank_before)


def headings_marked(blocks: list[Block]) -> list[Block]:
    """Short lines between blanks that are no sentence, before something else, are headings."""
    for index, block in enumerate(blocks):
        after = blocks[index + 1] if index + 1 < len(blocks) else None
        if block.shape == "plain" and block.blank_before and after and after.blank_before:
            cut = index and is_unfinished(blocks[index - 1].text) and block.text[:1].islower()
            if _could_be_heading(block.text) and not cut:
                block.shape, block.level = "heading", 1
        elif block.shape == "number" and after and _heads(block, after):
            block.shape, block.level = "heading", 1 + block.number.count(".")
            block.text, block.marker = block.marker.lstrip() + block.text, ""
            block.doubts.append(Doubt("heading", _("This numbered line may be a heading or a paragraph.")))
    return blocks


def _heads(block: Block, after: Block) -> bool:
    """A short numbered line before one that is numbered below it."""
    short = len(block.text) <= _NUMBERED_HEADING_LENGTH and _could_be_heading(block.text)
    return short and after.number.startswith(block.number + ".")


def _could_be_heading(text: str) -> bool:
    return len(text) <= _HEADING_LENGTH and is_unfinished(text) and not text.endswith(",")


def left_out_marked(blocks: list[Block]) -> list[Block]:
    """Page numbers and lines that come again on every page: left out, when the editor agrees."""
    often = Counter(b.source.strip() for b in blocks if b.shape in {"plain", "heading"})
    for block in blocks:
        whole = block.source.strip()
        running = often[whole] >= _REPEATED and len(whole) <= _RUNNING_HEAD_LENGTH
        page = PAGE_NUMBER.fullmatch(whole) and (block.shape != "bullet" or whole.endswith(("-", "–")))
        if block.shape in {"plain", "heading", "bullet"} and (running or page):
            block.shape, block.text, block.marker = "left_out", whole, ""
            block.doubts = [
                Doubt("left_out", _("“%s” looks like a page number or a running head. It is left out.") % whole)
            ]
    return blocks
