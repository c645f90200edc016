"""What text people may send: one form of Unicode, no hidden or harmful characters."""

import re
import unicodedata

# Direction overrides and isolates turn the words around them; the rest is invisible or not text at all.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = {"\u200b", "\u2060", "\ufeff", "\u00ad", "\u180e", "\u200c", "\u200d", "\u200e", "\u200f"}
# Marks of Markdown that are symbols, and letters and symbols that have no form: fillers and the empty Braille cell.
_FORMLESS = frozenset("<>`~|^=+\u115f\u1160\u3164\uffa0\u2800")
_RUN_LIMIT = {"combining": 8, "invisible": 4}
# Controls but for line feed and tab, halves of characters, and code points that Unicode will never give to one (the
# last two of each plane among them): they come from broken files and break XML.
_LAST_OF_PLANES = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
_CONTROL = re.compile(f"[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{_LAST_OF_PLANES}]")
# The other characters that end a line, if only in some programs: what stands behind one passes for a line of its own.
_LINE = re.compile("[\u2028\u2029]")
_LINE_ENDS = re.compile(r"\r\n?")


def normalise(text: str) -> str:
    """The text in NFC with line feeds as line ends and no white space around it."""
    return unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text)).strip()


def problem(text: str) -> str | None:
    """Why this text cannot be taken, as one of `control`, `line`, `direction`, `invisible`, `combining`; or None.

    Joiners inside words and emoji are text; a run of more than four invisible characters, or of more than eight
    combining marks, is not.
    """
    run = {"combining": 0, "invisible": 0}
    for character in text:
        if _DIRECTION.match(character):
            return "direction"
        if _CONTROL.match(character):
            return "control"
        if _LINE.match(character):
            return "line"
        kind = _kind(character)
        for name, limit in _RUN_LIMIT.items():
            run[name] = run[name] + 1 if kind == name else 0
            if run[name] > limit:
                return name
    return None


def _kind(character: str) -> str:
    if character in _INVISIBLE:
        return "invisible"
    return "combining" if unicodedata.category(character) in {"Mn", "Me"} else ""


def printable(text: str) -> str:
    """The text as a file can hold it: characters that are none shown as U+FFFD, direction overrides left out.

    What people send has neither (`problem`); fixtures, names and old rows may.
    """
    return _CONTROL.sub("\ufffd", _DIRECTION.sub("", text))


def is_blank(text: str) -> bool:
    """Whether a reader would see nothing: no letter, digit or symbol, but marks of Markdown or signs without a form."""
    return not any(unicodedata.category(c)[0] in "LNS" and c not in _FORMLESS for c in text)
