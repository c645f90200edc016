"""What waits for moderators: contributions of every kind, flags and appeals, under one face."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from consultation.consultations.models import Consultation, Officer
from consultation.moderation.kinds import KINDS, Item, split
from consultation.moderation.kinds.kind import APPEALED, EDIT, EXPLAINED, FLAGGED, NEW, PRACTISED

__all__ = [
    "APPEALED",
    "COMMENT",
    "EDIT",
    "EXPLAINED",
    "EXPLANATION",
    "FLAGGED",
    "NEW",
    "PRACTICE",
    "PRACTISED",
    "Item",
    "count",
    "find",
    "following",
    "how_much",
    "items",
    "moderated_by",
    "sources",
    "together",
    "waiting",
]

COMMENT, EXPLANATION, PRACTICE = "comment", "explanation", "practice"
_COLUMNS = ("thing", "pk", "since", "why")


def moderated_by(user: Any) -> "QuerySet[Consultation]":
    """The consultations in which this person is a moderator."""
    return Consultation.objects.filter(officers__user=user, officers__role=Officer.Role.MODERATOR)


def sources(consultations: Any) -> Iterator["QuerySet[Any]"]:
    """What waits in these consultations, a queryset for each kind and reason, with the same names for their columns.

    `thing`, `pk` (of the revision or version), `since`, `why`, and for filtering `in_consultation`, `of_group` and
    `of_organisation` (slugs).
    """
    for kind in KINDS.values():
        yield from kind.sources(consultations)


def together(querysets: "list[QuerySet[Any]]") -> "QuerySet[Any]":
    """The rows of all sources in one query, oldest first."""
    rows = [q.values_list(*_COLUMNS) for q in querysets]
    return rows[0].union(*rows[1:], all=True).order_by("since", "thing", "pk")


def items(rows: "list[tuple[str, int, datetime, str]]", user: Any) -> list[Item]:
    """The items behind these rows, in their order, as this moderator sees them: a query for each kind of thing."""
    found: dict[tuple[str, int], Any] = {}
    for name, kind in KINDS.items():
        found |= kind.found([pk for thing, pk, _since, _why in rows if thing == name], user)
    # Something that was decided between the queries is no longer there.
    there = [(KINDS[thing], found[thing, pk], since, why) for thing, pk, since, why in rows if (thing, pk) in found]
    return [kind.waiting_item(words, since, why, user) for kind, words, since, why in there]


def waiting(user: Any, limit: int) -> list[Item]:
    """The first `limit` items that wait for this moderator, oldest first."""
    return items(list(together(list(sources(moderated_by(user))))[:limit]), user)


def following(user: Any, look_at: int = 50) -> Item | None:
    """The oldest item that this moderator may decide on and nobody else has open; None where there is none."""
    found = waiting(user, look_at)
    return next((item for item in found if not item.claimed_by and not item.is_own), None)


def how_much(querysets: "list[QuerySet[Any]]") -> tuple[int, datetime | None]:
    """How many things wait, and since when the one in the middle does: two queries, one where nothing waits."""
    number = together(querysets).count()
    if not number:
        return 0, None
    since = [q.values_list("since") for q in querysets]
    return number, since[0].union(*since[1:], all=True).order_by("since")[(number - 1) // 2][0]


def count(user: Any) -> int:
    """How many items wait for this moderator."""
    return together(list(sources(moderated_by(user)))).count()


def find(item_id: str, user: Any) -> Item | None:
    """The item with this id in a consultation that the person moderates, whatever its state; else None."""
    kind, public_id = split(item_id)
    return kind.find(public_id, moderated_by(user)) if kind else None
