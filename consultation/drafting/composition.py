"""The whole new version of a report, composed from the old text and what is drafted."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from consultation.drafting.models import NextPassage, NextText
from consultation.drafting.proposed import Change
from consultation.reports.actions import next_slug
from consultation.reports.contents import Contents, PassageFields, contents_of
from consultation.reports.models import Passage, Report

# How the United Nations number what comes between two numbers.
LATIN = ("bis", "ter", "quater", "quinquies", "sexies", "septies", "octies", "novies", "decies")
_LATIN = re.compile(rf"[ ]?({'|'.join(LATIN)}|x\d+)$")
_STEM = 11  # of the 20 characters of a ref
_NUMBER = re.compile(r"^(\s*\d+)(\W*)$")


@dataclass(frozen=True)
class Composed:
    """The contents to store; `pairs` are the refs, new to old; `refs` names each drafted passage that is in it."""

    contents: Contents
    pairs: dict[str, str]
    refs: dict[int, str]
    places: list[NextPassage]

    @property
    def told(self) -> dict[str, list[str]]:
        """What the record says: refs by kind of change."""
        found: dict[str, list[str]] = {}
        for place in self.places:
            if place.latest:
                ref = self.refs.get(place.pk) or (place.passage.ref if place.passage else "")
                found.setdefault(place.latest.change, []).append(ref)
        return found


def compose(next_text: NextText, title: str = "") -> Composed:
    """The new version as it would be now. Kept passages keep their ref; no ref of an earlier version is used again."""
    report = next_text.consultation.report
    old = contents_of(report)
    places = list(next_text.passages.changes().for_display()) if next_text.pk else []
    by_ref = {place.passage.ref: place for place in places if place.passage}
    taken = _taken(report)
    pairs: dict[str, str] = {}
    refs: dict[int, str] = {}
    passages: list[PassageFields] = []
    for anchor, place in _in_order(old.passages, places):
        if place is None:
            if found := _kept(anchor, by_ref.get(anchor.ref)):
                passages.append(found)
                pairs[found.ref] = anchor.ref
        else:
            found = _added(anchor, place, taken)
            passages.append(found)
            refs[place.pk] = found.ref
    refs |= {place.pk: ref for ref, place in by_ref.items() if ref in pairs}
    numbered = [replace(passage, order=order) for order, passage in enumerate(passages, 1)]
    block = replace(old.report, slug=next_slug(report), title=title or old.report.title)
    return Composed(Contents(block, old.roles, numbered), pairs, refs, places)


def _in_order(
    old: list[PassageFields], places: Iterable[NextPassage]
) -> Iterator[tuple[PassageFields, NextPassage | None]]:
    """Each old passage, and after it and all that stands under it the new ones, each with the one it stands after."""
    ends = {passage.ref: index for index, passage in enumerate(old)}
    for index, passage in reversed(list(enumerate(old))):
        if passage.parent:
            ends[passage.parent] = max(ends[passage.parent], ends[passage.ref], index)
    new: dict[int, list[tuple[int, int, NextPassage, PassageFields]]] = {}
    by_ref = {passage.ref: passage for passage in old}
    for place in places:
        if place.after:
            anchor = by_ref[place.after.ref]
            new.setdefault(ends[anchor.ref], []).append((-anchor.depth, place.place, place, anchor))
    for index, passage in enumerate(old):
        yield passage, None
        for _depth, _number, place, anchor in sorted(new.get(index, []), key=lambda each: each[:2]):
            yield anchor, place


def _kept(old: PassageFields, place: NextPassage | None) -> PassageFields | None:
    """The passage with its new words, if any; None where it is dropped."""
    if place is None or place.latest is None:
        return old
    if place.latest.change == Change.DROPPED:
        return None
    # Page breaks and editorial notes speak of the old words.
    return replace(old, text=place.latest.text, page_breaks=[], editorial_note="")


def _added(anchor: PassageFields, place: NextPassage, taken: set[str]) -> PassageFields:
    """A new passage: of the kind and in the place of the one that it stands after, and numbered after it."""
    ref, code, suffix = _numbered(anchor, taken)
    kind = Passage.Kind.PARAGRAPH if anchor.kind == Passage.Kind.TABLE else anchor.kind
    marker = _NUMBER.sub(rf"\1 {suffix}\2", anchor.marker)
    return replace(
        anchor,
        ref=ref,
        code=code,
        kind=str(kind),
        text=place.latest.text if place.latest else "",
        marker=marker,
        page_breaks=[],
        editorial_note="",
    )


def _numbered(anchor: PassageFields, taken: set[str]) -> tuple[str, str, str]:
    """The ref and code that come next after this passage, with the word that was added; the ref is taken then."""
    stem, code = _LATIN.sub("", anchor.ref)[:_STEM], _LATIN.sub("", anchor.code)
    for number in range(len(LATIN) + len(taken) + 1):
        suffix = LATIN[number] if number < len(LATIN) else f"x{number + 2}"
        if f"{stem}{suffix}" not in taken:
            break
    taken.add(f"{stem}{suffix}")
    return f"{stem}{suffix}", f"{code} {suffix}" if code else "", suffix


def _taken(report: Report) -> set[str]:
    """The refs of this version and of those before it."""
    line: list[int] = []
    seen: Report | None = report
    while seen is not None:  # versions make one line, which ends with the first
        line.append(seen.pk)
        seen = seen.previous
    return set(Passage.objects.filter(report__in=line).values_list("ref", flat=True))
