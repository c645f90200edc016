"""From bytes to text: which encoding, and which characters cannot be taken."""

import codecs
import unicodedata

from django.utils.translation import gettext as _

from consultation.reports.errors import Unreadable
from consultation.reports.reading.blocks import Doubt

_MARKS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
_START = 2_000
_DIRECTION = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
_LONGEST_LINE = 100_000


def decode(content: bytes) -> tuple[str, list[Doubt]]:
    """The text with line feeds as line ends, and what is doubtful about its encoding. Raises `Unreadable`.

    UTF-8, UTF-16 and UTF-32 are recognised surely; what is none of them is read as Windows-1252 and doubted.
    """
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), None) or _without_mark(content)
    doubts = []
    try:
        text = content.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        if encoding:
            raise Unreadable(_("The text is broken at byte %s.") % error.start) from error
        text = _western(content)
        letters = "".join(dict.fromkeys(c for c in text if ord(c) > 127))[:20]  # noqa: PLR2004 - beyond ASCII
        doubts.append(
            Doubt("encoding", _("The file is not in UTF-8 and was read as Windows-1252. Its letters: %s") % letters)
        )
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n")
    if not text.strip():
        raise Unreadable(_("The file is empty."))
    check_characters(text)
    return text, [*doubts, *turned(text)]


def turned(text: str) -> list[Doubt]:
    """A doubt where invisible characters show the words in another order than they are stored and compared in."""
    lines = [str(number) for number, line in enumerate(text.split("\n"), 1) if _DIRECTION & set(line)]
    if not lines:
        return []
    sentence = _("The text holds characters that turn the direction of the words around. Lines: %s.")
    return [Doubt("direction", sentence % ", ".join(lines[:20]))]


def check_characters(text: str) -> None:
    """Raise `Unreadable` with the line of the first character that is not text, or of a line without end."""
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > _LONGEST_LINE:
            raise Unreadable(
                _("Line %(line)s has more than %(limit)s characters.") % {"line": number, "limit": f"{_LONGEST_LINE:,}"}
            )
        if line.isprintable():
            continue
        for column, character in enumerate(line, 1):
            if unicodedata.category(character) in {"Cc", "Cs"} and character not in "\t\f":
                raise Unreadable(
                    _("Line %(line)s, character %(column)s: the control character U+%(code)s is not text.")
                    % {"line": number, "column": column, "code": f"{ord(character):04X}"}
                )


def _without_mark(content: bytes) -> str | None:
    """UTF-16 without its mark: no other text has noughts, and read the wrong way round it gives what is no text."""
    start = content[:_START]
    if 0 not in start:
        return None
    found = [(_lines_in(start, name), name) for name in ("utf-16-le", "utf-16-be")]
    lines, name = max(found)
    return name if lines > 0 else None


def _lines_in(start: bytes, encoding: str) -> int:
    """How many spaces and ends of lines a text has when read so; -1 where it would be none."""
    try:
        text = start[: len(start) // 2 * 2].decode(encoding, "strict" if len(start) < _START else "ignore")
    except UnicodeDecodeError:
        return -1
    if any(unicodedata.category(c) in {"Cc", "Cs", "Cn", "Co"} and c not in "\t\r\n\f" for c in text):
        return -1
    return sum(c in " \n" for c in text)


def _western(content: bytes) -> str:
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise Unreadable(
            _("The encoding of the text is not known (byte %s). Save the file as UTF-8.") % error.start
        ) from error
