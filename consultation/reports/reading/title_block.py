"""The title block: which of the first lines are forum, title, date and place, and what the date line says."""

import re
from datetime import date, time

from django.utils.translation import gettext as _

from consultation.reports.reading.blocks import Block, Doubt, is_unfinished

KINDS = ("forum", "title", "date_line", "place_line")
LEFT_OUT = "left_out"
_LONGEST = 4
_LENGTH = 300
# Of the languages of the United Nations that write months as words; Chinese writes them as numbers.
_MONTHS = {
    name: number
    for names in (
        "january february march april may june july august september october november december",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
        "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    )
    for number, name in enumerate(names.split(), 1)
}
_MONTH = "|".join(_MONTHS)
_TH = "(?:st|nd|rd|th|er)?"
_DAY = rf"(?P<day>\d{{1,2}}){_TH}"
_TO = r"\s*(?:[-–—,&]|,?\s(?:to|and|au|et|al?|y|по|и|إلى|و)\s)\s*"
_OF = r"\s+(?:de\s+)?"
_FURTHER = rf"(?:{_TO}\d{{1,2}}{_TH}){{0,6}}"  # the other days of a meeting that lasts longer than one
_DATES = [
    re.compile(  # 30 November – 2 December 2025
        rf"{_DAY}{_OF}(?P<month>{_MONTH}){_TO}\d{{1,2}}{_TH}{_OF}(?P<last>{_MONTH}),?{_OF}(?P<year>\d{{4}})",
        re.IGNORECASE,
    ),
    re.compile(rf"{_DAY}{_FURTHER}{_OF}(?P<month>{_MONTH}),?{_OF}(?P<year>\d{{4}})", re.IGNORECASE),
    re.compile(rf"(?P<month>{_MONTH})\s+{_DAY}{_FURTHER},?\s+(?P<year>\d{{4}})", re.IGNORECASE),
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"),
    re.compile(r"(?P<year>\d{4})\s*年\s*(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*日"),
    re.compile(r"(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4})"),
]
# Times of twelve hours are left to the editor: 3:00-4:30 p.m. is not in the night.
_TIMES = re.compile(r"(\d{1,2})[:.h](\d{2})\s*[-–]\s*(\d{1,2})[:.h](\d{2})(?!\s*[ap]\.?m\b)(?!\d)", re.IGNORECASE)


def mark(blocks: list[Block]) -> None:
    """Give the lines before the first paragraph their kind in the title block, as far as they look like one."""
    top = _top([block for block in blocks if block.shape != "left_out"])
    dated = next((i for i, block in enumerate(top) if held_on(block.text)), None)
    before = top if dated is None else top[:dated]
    title = next((block for block in before if block.styled), next(iter(before[:2][::-1]), None))
    if title is not None:
        title.kind = "title"
    others = [block for block in before if block is not title]
    if others:
        others[0].kind = "forum"
    for block in others[1:]:
        block.doubts.append(Doubt("title", _("This line stands in the title block and is none of its parts.")))
    if dated is not None:
        for block, name in zip(top[dated:], ("date_line", "place_line"), strict=False):
            block.kind = name


def _top(blocks: list[Block]) -> list[Block]:
    """The first lines, up to the first that is a paragraph, a list or a heading of the text below."""
    top: list[Block] = []
    for block in blocks:
        sentence = (not is_unfinished(block.text) or block.text.endswith(",")) and not held_on(block.text)
        second = block.styled and (block.level > 1 or any(b.styled for b in top))
        other = block.shape not in {"plain", "heading"} or (block.marker.strip("# ") != "")
        if len(top) == _LONGEST + 1 or other or second or sentence or len(block.text) > _LENGTH:
            break
        top.append(block)
    dated = next((i for i, block in enumerate(top) if held_on(block.text)), None)
    if dated is not None:
        return top[: dated + 2]
    styled = [i for i, block in enumerate(top) if block.styled]
    # Without a date only what is surely above the text: up to the styled title, else the first line or two.
    return top[: styled[0] + 1] if styled else top[: min(2, max(len(top) - 1, 1))]


def held_on(line: str) -> date | None:
    """The first day that the line names."""
    for pattern in _DATES:
        if found := pattern.search(line, 0, _LENGTH):
            month = _MONTHS.get(found["month"].lower()) or int(found["month"])
            last = _MONTHS.get((found.groupdict().get("last") or "").lower(), month)
            try:
                return date(int(found["year"]) - (month > last), month, int(found["day"]))
            except ValueError:
                return None
    return None


def times(line: str) -> tuple[time | None, time | None]:
    """From when to when, where the line says so."""
    if found := _TIMES.search(line, 0, _LENGTH):
        try:
            return time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
        except ValueError:
            pass
    return None, None
