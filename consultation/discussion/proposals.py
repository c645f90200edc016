"""All proposed wordings on one passage, side by side: what each changes, which overlap, who supports them."""

from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from consultation.consultations.attribution import Attribution
from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment, CommentRevision, Support
from consultation.reports.models import Passage
from consultation.stakeholders.models import StakeholderGroup
from consultation.text.difference import difference, words


@dataclass(frozen=True)
class Proposal:
    """A published wording, with its support: now, and of an earlier revision that waits to be renewed."""

    comment: Comment
    revision: CommentRevision
    touched: frozenset[int]
    supports: tuple[Support, ...]

    @property
    def tells_who_supports(self) -> bool:
        """Nobody supports their own words: who supports them is told only where it is told whose they are."""
        return self.comment.attribution == Attribution.NAMED

    @property
    def by_group(self) -> list[tuple[StakeholderGroup, int]]:
        """How many organisations of each group support exactly these words."""
        groups = {s.organisation.group_id: s.organisation.group for s in self.current}
        number = Counter(s.organisation.group_id for s in self.current)
        return sorted(((groups[pk], n) for pk, n in number.items()), key=lambda pair: pair[0].order)

    @property
    def current(self) -> list[Support]:
        return [s for s in self.supports if s.revision_id == self.revision.pk]

    @property
    def earlier(self) -> list[Support]:
        """Given to an earlier wording; the organisation is asked again."""
        return [s for s in self.supports if s.revision_id != self.revision.pk]

    def supported_by(self, organisations: set[int]) -> bool:
        return any(s.organisation_id in organisations for s in self.current)


def proposals_on(consultation: Consultation, passage: Passage) -> list[Proposal]:
    """The published wordings on a passage, oldest first: two queries, however many."""
    comments = list(consultation.comments.with_proposals().filter(passage=passage).for_display()[:200])
    supports: dict[int, list[Support]] = {}
    rows = Support.objects.filter(comment__in=comments, withdrawn_at=None).select_related("organisation__group")
    for support in rows.order_by("organisation__group__order", "organisation__name"):
        supports.setdefault(support.comment_id, []).append(support)
    return [
        Proposal(c, c.published, touched(passage.words, c.published.proposed_wording), tuple(supports.get(c.pk, ())))
        for c in comments
        if c.published
    ]


def touched(old: str, new: str) -> frozenset[int]:
    """The places of the words of `old` that `new` takes away, or beside which it puts something in."""
    place, found = 0, set()
    for part in difference(old, new):
        length = len(words(part.text))
        if part.kind == "removed":
            found |= set(range(place, place + length))
        elif part.kind == "added":
            found |= {place - 1, place}
        if part.kind != "added":
            place += length
    return frozenset(found)


def overlapping(proposals: list[Proposal]) -> set[Any]:
    """The keys of the comments whose wordings touch the same words as another's."""
    found: set[Any] = set()
    for one, other in combinations(proposals, 2):
        if one.touched & other.touched:
            found |= {one.comment.pk, other.comment.pk}
    return found
