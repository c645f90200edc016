"""The numbers and bullets that a word processor shows before paragraphs: they are not in the text of the file."""

import re
from dataclasses import dataclass, replace
from typing import Any

from docx.oxml.ns import qn

_ROMAN = [(100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")]
_LAST_LEVEL = 8


@dataclass(frozen=True)
class Level:
    form: str
    text: str
    start: int


class Numbering:
    """Counts as the word processor does: one counter for each level of each list."""

    def __init__(self, root: Any) -> None:
        self._counters: dict[str, dict[int, int]] = {}
        self._lists: dict[str, tuple[str, dict[int, Level]]] = {}
        if root is None:
            return
        shapes = {a.get(qn("w:abstractNumId")): _levels(a) for a in root.findall(qn("w:abstractNum"))}
        for num in root.findall(qn("w:num")):
            shape = num.find(qn("w:abstractNumId"))
            name = shape.get(qn("w:val")) if shape is not None else ""
            restarted = num.find(qn("w:lvlOverride")) is not None
            counter = f"num {num.get(qn('w:numId'))}" if restarted else f"shape {name}"
            self._lists[num.get(qn("w:numId"))] = (counter, _overridden(num, shapes.get(name, {})))

    def marker(self, num_id: str, depth: int) -> str:
        """What stands before the next paragraph of this list at this depth: `3.2 `, `(a) `, `- `; "" if nothing."""
        counter_name, levels = self._lists.get(num_id, ("", {}))
        level = levels.get(depth)
        if level is None or depth > _LAST_LEVEL:
            return ""
        if level.form == "bullet":
            return "- "
        counters = self._counters.setdefault(counter_name, {})
        counters[depth] = counters.get(depth, level.start - 1) + 1
        for deeper in [d for d in counters if d > depth]:
            del counters[deeper]

        def shown(found: "re.Match[str]") -> str:
            other = int(found[1]) - 1
            there = levels.get(other, level)
            return _written(counters.get(other, there.start), there.form)

        text = re.sub(r"%([1-9])", shown, level.text).strip()
        return f"{text} " if text and level.form != "none" else ""


def _levels(shape: Any) -> dict[int, Level]:
    levels = {}
    for level in shape.findall(qn("w:lvl")):
        form, text, start = (_value(level, name) for name in ("w:numFmt", "w:lvlText", "w:start"))
        levels[int(level.get(qn("w:ilvl")))] = Level(form or "decimal", text, int(start) if start.isdigit() else 1)
    return levels


def _overridden(num: Any, levels: dict[int, Level]) -> dict[int, Level]:
    """The levels with what this list has of its own: another shape, another first number."""
    levels = dict(levels)
    for override in num.findall(qn("w:lvlOverride")):
        levels |= _levels(override)
        deep, start = int(override.get(qn("w:ilvl"))), _value(override, "w:startOverride")
        if deep in levels and start.isdigit():
            levels[deep] = replace(levels[deep], start=int(start))
    return levels


def _value(element: Any, name: str) -> str:
    found = element.find(qn(name))
    return str(found.get(qn("w:val")) or "") if found is not None else ""


def _written(number: int, form: str) -> str:
    if form in {"lowerLetter", "upperLetter"}:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter.upper() if form == "upperLetter" else letter
    if form in {"lowerRoman", "upperRoman"}:
        roman = ""
        for value, sign in _ROMAN:
            while number >= value:
                roman, number = roman + sign, number - value
        return roman.upper() if form == "upperRoman" else roman
    return str(number)
