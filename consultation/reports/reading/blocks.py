"""What every reader gives: the source as a list of blocks, each with its place in the source and what it looks like."""

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.translation import gettext as _

Shape = Literal["heading", "number", "letter", "bullet", "plain", "table", "note", "left_out"]

# With a hyphen only before Arabic letters: "10 - 15 people" is no number of a paragraph.
_ARABIC = r"\d{1,3}[ \t]?[-–](?=[ \t]*\(?[\u0621-\u064a])"
_NUMBER = rf"(?P<number>\d{{1,4}}(?:\.\d{{1,4}})+\.?(?=[ \t])|\d{{1,4}}[.)](?=[ \t])|\d{{1,4}}[．、]|{_ARABIC})"
_LETTER = r"(?P<letter>\((?:[a-z]{1,2}|[ivxl]{1,6}|[\u0621-\u064a][\u0640\u200d]?)\)|[a-z]\))"
_WIDE = r"(?P<wide>（(?:[a-z]{1,2}|[ivxl]{1,6}|[一二三四五六七八九十]{1,3})）)"
_BULLET = r"(?P<bullet>(?:[-*+•▪◦‣–·][ \t]+)+(?:o[ \t]+)?|o[ \t]{2,})"
_NOTE = r"(?P<note>\[\^[\w-]{1,10}\]:)"
_MARKER = re.compile(
    rf"(?P<indent>[ \t]*)(?:{_NUMBER}[ \t]*|{_LETTER}[ \t]+|{_WIDE}[ \t]*|{_BULLET}|{_NOTE}[ \t]+)(?=\S)"
)
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_TAB = 4
# A number alone on its line, or "Page 3 of 10": what a page carries, not what the report says.
PAGE_NUMBER = re.compile(r"\s*(?:page\s+)?[-–(]?\s*\d{1,4}\s*[-–)]?(?:\s*(?:of|/)\s*\d{1,4})?\s*", re.IGNORECASE)
_SPACELESS = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
_WRAPPED = 55  # a line of plain text this long, followed by another without a blank between, was cut at the margin
_ENDS = ".!?:;…。！？：；؟؛"
_AFTER_THE_END = re.compile(r"(?:\[\^[\w-]{1,10}\]|[\s*_)”’\"»])+$")  # notes, marks and closing quotes
_OF_A_NUMBER = ".)．、-– \t"
_PARENTHESES = "()（）[]"


@dataclass
class Doubt:
    """Something that the editor is asked: `kind` for programs, `sentence` for people."""

    kind: str
    sentence: str


@dataclass
class Block:
    """One piece of the source. An editor's `kind` and `ref` go before what its shape suggests."""

    text: str
    shape: Shape = "plain"
    marker: str = ""
    level: int = 0
    number: str = ""
    first_line: int = 0
    last_line: int = 0
    source: str = ""
    blank_before: bool = True
    page_breaks: list[int] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    confirmed: bool = False
    kind: str = ""
    ref: str = ""
    # The file itself says that this is a heading.
    styled: bool = False
    # The number or bullet was made by the word processor: it is no character of the file.
    automatic: bool = False
    # Where the file is an export of ours: the passage's fields as they were.
    label: dict[str, Any] | None = None


@dataclass
class Source:
    """A file that was read: its blocks, the characters in it, and what cannot become a passage."""

    format: str
    blocks: list[Block]
    # The words of the file in order, for the comparison of characters; "" where the blocks' own source is all.
    words: str = ""
    doubts: list[Doubt] = field(default_factory=list)
    # Where the file is an export of ours: title block, session record.
    label: dict[str, Any] | None = None


@dataclass(frozen=True)
class Marked:
    """A line cut into its marker and the rest."""

    shape: Shape
    marker: str
    rest: str
    level: int = 0
    number: str = ""


def marked(line: str) -> Marked:
    """What the beginning of a line says: a number, a letter, a bullet, a note, or nothing.

    The marker keeps every character, so that marker and rest give the line again.
    """
    found = _MARKER.match(line.translate(_DIGITS))
    if not found or found.end() > _LONGEST_MARKER:
        return Marked("plain", "", line)
    marker, rest = line[: found.end()], line[found.end() :]
    indent = sum(_TAB if c == "\t" else 1 for c in found["indent"])
    if found["number"]:
        return Marked("number", marker, rest, indent, found["number"].rstrip(_OF_A_NUMBER))
    if letter := found["letter"] or found["wide"]:
        return Marked("letter", marker, rest, indent, letter.strip(_PARENTHESES))
    if found["note"]:
        return Marked("note", marker, rest, 0, found["note"][2:-2])
    return Marked("bullet", marker, rest, indent + 2 * (len(found["bullet"].split()) - 1))


_LONGEST_MARKER = 40


def made(marker: str, depth: int) -> Marked:
    """The same of a marker that the word processor made: surely one, so that 1, a. and A) are taken too."""
    core = marker.translate(_DIGITS).strip(_OF_A_NUMBER + _PARENTHESES)
    if re.fullmatch(r"\d+(?:\.\d+)*", core):
        return Marked("number", marker, "", 0 if "." in core else depth, core)
    if core.isalpha():
        return Marked("letter", marker, "", depth, core.lower())
    return Marked("plain" if any(map(str.isalnum, core)) else "bullet", marker, "", depth)


def ending(text: str) -> str:
    """The text up to its last word or full stop: without notes, marks and quotation marks that come after it."""
    return _AFTER_THE_END.sub("", text)


def is_unfinished(text: str) -> bool:
    """Whether something is there that ends without a full stop or the like."""
    return bool(text.strip()) and not ending(text).endswith(tuple(_ENDS))


def pages_apart(blocks: list[Block]) -> list[Block]:
    """The blocks with sentences joined that a page break or a line end has cut, and the doubtful joins marked."""
    joined: list[Block] = []
    for block in blocks:
        before = next((b for b in reversed(joined) if b.shape != "left_out"), None)
        if (
            before is None
            or block.shape != "plain"
            or block.kind
            or before.kind
            or before.shape in {"heading", "table"}
        ):
            joined.append(block)
        elif _goes_on(before, block):
            join(before, block)
        else:
            if _may_go_on(before, block):
                name = before.marker.strip() or f"{before.text[:30]}…"
                block.doubts.append(Doubt("continues", _("This line may continue “%s”.") % name))
            joined.append(block)
    return joined


def join(before: Block, after: Block) -> None:
    """Put the words of `after` at the end of `before`, with one space, and remember where the breaks were.

    Between two letters of a script that has no spaces none is put, and no break can be remembered. A number or bullet
    that the word processor made is no word.
    """
    spaceless = _SPACELESS.search(before.text[-1:]) and _SPACELESS.search(after.text[:1])
    if after.blank_before and before.text and not spaceless:
        before.page_breaks.append(len(before.text))
    before.text += ("" if spaceless or not before.text else " ") + ("" if after.automatic else after.marker)
    before.page_breaks += [len(before.text) + place for place in after.page_breaks if place]
    before.text += after.text
    before.last_line = after.last_line
    before.source += ("\n\n" if after.blank_before else "\n") + after.source
    before.doubts += after.doubts


def split(block: Block, offset: int) -> tuple[Block, Block]:
    """The block cut in two before the character at `offset` of its text; the space at the cut goes."""
    head, tail = block.text[:offset].rstrip(), block.text[offset:].lstrip()
    cut = marked(tail)
    first = Block(
        head,
        block.shape,
        block.marker,
        block.level,
        block.number,
        block.first_line,
        block.last_line,
        head,
        block.blank_before,
        [place for place in block.page_breaks if place < len(head)],
        block.doubts,
        block.confirmed,
        block.kind,
        block.ref,
        block.styled,
        block.automatic,
    )
    start = len(block.text) - len(cut.rest)
    second = Block(
        cut.rest,
        cut.shape,
        cut.marker,
        cut.level,
        cut.number,
        block.first_line,
        block.last_line,
        tail,
        blank_before=True,
        page_breaks=[place - start for place in block.page_breaks if place > start],
    )
    return first, second


def _goes_on(before: Block, block: Block) -> bool:
    """A line that follows without a blank, or begins with a small letter after an unfinished sentence."""
    if before.shape == "note":
        return not block.blank_before
    if not block.blank_before:
        return before.shape != "plain" or len(before.source.rpartition("\n")[2]) >= _WRAPPED
    return is_unfinished(before.text) and block.text[:1].islower()


def _may_go_on(before: Block, block: Block) -> bool:
    """Half of the signs: a small letter after a full stop, or a long sentence after an unfinished one."""
    small = block.text[:1].islower()
    unfinished = is_unfinished(before.text) and before.shape in {"number", "letter", "plain"}
    whole_sentence = not is_unfinished(block.text)
    return small or (unfinished and whole_sentence and before.shape == "number")
