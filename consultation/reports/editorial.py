"""Editorial notes that can be written by rule: what a reader would otherwise take for a mistake of ours."""

import re

from django.utils.translation import gettext as _

from consultation.reports.contents import PassageFields
from consultation.reports.models import Passage
from consultation.reports.reading.blocks import is_unfinished

_EMPTY_LINK = re.compile(r"\[([^\]\[]+)\]\(#?\)")
_WORDS_BEFORE = 3


def notes(passages: list[PassageFields]) -> None:
    """Write into each passage's note what its source has so: links without address, page breaks, missing ends."""
    stopped = _lists_with_full_stops(passages)
    for passage, after in zip(passages, [*passages, None][1:], strict=True):
        found = [_("In the source the link on “%s” has no address.") % words for words in _links(passage)]
        found += [_page_break(passage, offset) for offset in passage.page_breaks]
        last = after is None or after.kind in {Passage.Kind.HEADING, Passage.Kind.LIST}
        if last and passage.kind == Passage.Kind.PARAGRAPH and passage.text.rstrip().endswith(":"):
            found.append(_("In the source the paragraph ends with the colon; nothing follows it."))
        if passage.parent in stopped and _is_unfinished(passage):
            found.append(_("In the source this recommendation has no full stop."))
        passage.editorial_note = " ".join(found)


def _links(passage: PassageFields) -> list[str]:
    return _EMPTY_LINK.findall(passage.text)


def _page_break(passage: PassageFields, offset: int) -> str:
    if offset:
        words = " ".join(passage.text[:offset].split()[-_WORDS_BEFORE:])
        return _("A page break in the source stands after “%s”.") % words
    return _("A page break in the source stands before this recommendation.")


def _is_unfinished(passage: PassageFields) -> bool:
    return passage.kind == Passage.Kind.RECOMMENDATION and is_unfinished(passage.text)


def _lists_with_full_stops(passages: list[PassageFields]) -> set[str | None]:
    """The refs under which most recommendations end with a full stop."""
    under: dict[str | None, list[bool]] = {}
    for passage in passages:
        if passage.kind == Passage.Kind.RECOMMENDATION:
            under.setdefault(passage.parent, []).append(not is_unfinished(passage.text))
    return {parent for parent, ends in under.items() if 2 * sum(ends) > len(ends)}
