"""Blacking out a part of a contribution, and looking at what was blacked out: each look leaves an entry."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consultation.moderation import queue, rules
from consultation.moderation.actions.decisions import id_of, lock, tell
from consultation.moderation.errors import NewerRevision
from consultation.moderation.models import Decision, Original, Redaction
from consultation.moderation.queue import Item
from consultation.record import clock
from consultation.record.actions import append
from consultation.record.errors import AlreadySent, Changed, Refusal
from consultation.text.redaction import Blacked, holds

# Rooms below say what else repeats a contribution: item, words, whether to do it or only to look.
FURTHER: list[Callable[[Item, list[str], bool], Iterable[Blacked]]] = []


class NotThere(Refusal):
    """Words that do not stand in the contribution; `words` are they."""

    status = 422

    def __init__(self, words: list[str]) -> None:
        super().__init__(_("These words do not stand in the text: %s") % "; ".join(words))
        self.words = words


def preview(moderator: Any, item: Item, words: list[str]) -> list[Blacked]:
    """What everybody would read, without the drafts of others, which a moderator does not see. Raises `NotThere`."""
    _require_redactable(moderator, item)
    found = _repeating(item, words, do=False)
    _require_there(item, found, words)
    return [each for each in found if not each.private]


@transaction.atomic
def redact(
    moderator: Any, item_id: str, revision: int, words: list[str], *, reason: str, statement: str, submission_id: UUID
) -> Decision:
    """Black these words out of a contribution, of all its revisions and of what quotes it; keeps the originals.

    The same `submission_id` again gives the decision that is there. It cannot be undone: what is blacked out was told
    to nobody. Raises `NotAllowed`, `NewerRevision`, `NotThere`, `Changed`, `ValueError` without reason or statement.
    """
    lock(item_id)
    if found := Decision.objects.filter(submission_id=submission_id, moderator=moderator).first():
        same = Redaction.objects.filter(decision=found, words=words).exists()
        if not same or (id_of(found), found.reason, found.statement) != (item_id, reason, statement):
            raise AlreadySent
        return found
    item = queue.find(item_id, moderator)
    if item is None:
        raise Changed(_("There is nothing to decide here."))
    _require_redactable(moderator, item)
    if reason not in rules.REDACTS or not statement.strip():
        raise ValueError("Blacking out needs a reason and a statement to the author.")
    if item.number != revision:
        raise NewerRevision(_("The author changed this text while you were reading. Nothing was decided."))
    _require_there(item, _repeating(item, words, do=False), words)
    decision = Decision.objects.create(
        consultation=item.consultation,
        kind=Decision.Kind.REDACT,
        reason=reason,
        statement=statement,
        moderator=moderator,
        at=clock.now(),
        submission_id=submission_id,
        **{item.kind.words_field: item.words},
    )
    redaction = Redaction.objects.create(decision=decision, words=words)
    Original.objects.bulk_create(
        Original(redaction=redaction, table=b.row._meta.label_lower, row=b.row.pk, column=b.column, text=b.original)
        for b in _repeating(item, words, do=True)
    )
    tell(f"{item.kind.name}.redacted", item, decision, moderator)
    return decision


@transaction.atomic
def look(moderator: Any, redaction: Redaction) -> list[Original]:
    """The originals, for a moderator of the consultation; the record keeps that they were looked at.

    Raises `NotAllowed`.
    """
    rules.require_moderator(moderator, redaction.decision.consultation)
    append(
        "redaction.looked",
        redaction,
        actor=moderator,
        consultation=redaction.decision.consultation.slug,
        decision=redaction.decision_id,
    )
    return list(redaction.originals.order_by("pk"))


def _require_redactable(moderator: Any, item: Item) -> None:
    rules.require_moderator(moderator, item.consultation)
    rules.require_impartial(moderator, item.organisation, item.author)
    if not item.is_redactable:
        raise Changed(_("Only what is published or waits for a decision can be blacked out."))


def _require_there(item: Item, found: list[Blacked], words: list[str]) -> None:
    """Raise `NotThere` unless each of these words stands in the contribution itself."""
    own = _own(item, found)
    missing = [one for one in words if not any(holds(each.original, one) for each in own)]
    if missing or not words:
        raise NotThere(missing)


def _own(item: Item, found: list[Blacked]) -> list[Blacked]:
    return [b for b in found if getattr(b.row, f"{item.kind.thing_field}_id", None) == item.thing.pk]


def _repeating(item: Item, words: list[str], *, do: bool) -> list[Blacked]:
    found: list[Blacked] = list(item.kind.redact(item.thing, words) if do else item.kind.repeating(item.thing, words))
    for further in FURTHER:
        found += further(item, words, do)
    return found
