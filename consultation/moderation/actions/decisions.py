"""Deciding: one function for every decision, for the queue, in bulk and for the admin alike; and undoing."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from consultation.consultations.times import said
from consultation.moderation import queue, rules
from consultation.moderation.actions.claims import release
from consultation.moderation.errors import AlreadyDecided, NewerRevision
from consultation.moderation.kinds import KINDS, Item, kind_of, split
from consultation.moderation.models import Appeal, Decision, DecisionQuerySet, Flag
from consultation.record import clock
from consultation.record.actions import append
from consultation.record.errors import AlreadySent, Changed, NotAllowed, Refusal

Kind = Decision.Kind


@dataclass(frozen=True)
class Verdict:
    """What a moderator decides: the decision, its coded reason, and the statement to the author."""

    kind: str
    reason: str = ""
    statement: str = ""


@transaction.atomic
def decide(moderator: Any, item_id: str, revision: int, verdict: Verdict, submission_id: UUID) -> Decision:
    """Take one decision on the words that the moderator read (`revision` is their number).

    The same form again gives the decision that is there, as long as it stands. What was submitted in time is moderated
    after closing too. Raises `NotAllowed`, `NewerRevision`, `AlreadyDecided`, `Changed`, `ValueError` without a reason.
    """
    lock(item_id)
    if found := Decision.objects.filter(submission_id=submission_id, moderator=moderator).first():
        _require_same(found, item_id, verdict)
        return found
    item = queue.find(item_id, moderator)
    if item is None:
        raise Changed(_("There is nothing to decide here."))
    rules.require_moderator(moderator, item.consultation)
    rules.require_impartial(moderator, item.organisation, item.author)
    rules.require_other_moderator(moderator, item)
    if verdict.kind in rules.NEEDS_REASON and not (verdict.reason and verdict.statement.strip()):
        raise ValueError("A decision against a contribution needs a reason and a statement to the author.")
    if item.number != revision:
        raise NewerRevision(_("The author changed this text while you were reading. Nothing was decided."))
    _require_possible(moderator, item, verdict)
    remembered = item.kind.remembered(item.words, verdict.kind)
    if verdict.kind != Kind.KEEP:
        item.kind.apply(item.words, verdict.kind)
    decision = Decision.objects.create(
        consultation=item.consultation,
        kind=verdict.kind,
        reason=verdict.reason,
        statement=verdict.statement,
        moderator=moderator,
        at=clock.now(),
        submission_id=submission_id,
        **{item.kind.words_field: item.words},
        **remembered,
    )
    Flag.objects.filter(pk__in=[flag.pk for flag in item.flags]).update(settled=decision)
    if item.appeal:
        Appeal.objects.filter(pk=item.appeal.pk).update(settled=decision)
    release(item_id)
    tell(f"{item.kind.name}.{_PAST[Kind(decision.kind)]}", item, decision, moderator)
    return decision


def _require_same(found: Decision, item_id: str, verdict: Verdict) -> None:
    """Raise `Changed` unless the decision of this form stands, on the same item and with this verdict."""
    if found.undone_at:
        raise Changed(_("This form was already used. Open the page again and submit once more."))
    if Verdict(found.kind, found.reason, found.statement) != verdict or id_of(found) != item_id:
        raise AlreadySent


@transaction.atomic
def decide_several(
    moderator: Any, read: dict[str, int], verdict: Verdict, submission_id: UUID
) -> tuple[list[Decision], list[tuple[str, str]]]:
    """Take the same decision on several items (id to the revision that was read).

    Gives the decisions taken, and for each item on which none was taken its id and the sentence that says why.
    """
    for kind in KINDS.values():
        kind.hold_several([public_id for one, public_id in map(split, read) if one is kind])
    taken, refused = [], []
    for item_id, revision in read.items():
        try:
            with transaction.atomic():
                taken.append(decide(moderator, item_id, revision, verdict, uuid5(submission_id, item_id)))
        except Refusal as refusal:
            refused.append((item_id, refusal.sentence))
    return taken, refused


@transaction.atomic
def undo(moderator: Any, decision: Decision) -> Decision:
    """Take one's own decision back within a minute, before anybody is told; undone already, it stays so.

    Raises `NotAllowed` for another's, `Changed` when the minute is over or something has followed.
    """
    lock(id_of(decision))
    decision.refresh_from_db()
    if decision.moderator_id != moderator.pk:
        raise NotAllowed(_("Only the moderator who took a decision can undo it."))
    if decision.undone_at:
        return decision
    item = queue.find(id_of(decision), moderator)
    if decision.kind == Kind.REDACT:
        raise Changed(_("What was blacked out stays so. Its author can submit other words."))
    late = clock.now() - decision.at > timedelta(seconds=settings.UNDO_SECONDS)
    if late or item is None or decisions_about(item).standing().last() != decision or hasattr(decision, "appeal"):
        raise Changed(_("A decision can be undone within one minute, while nothing has followed it."))
    if decision.kind != Kind.KEEP:
        kind_of(decision).take_back(decision)
    decision.flags.update(settled=None)
    Appeal.objects.filter(settled=decision).update(settled=None)
    decision.undone_at = clock.now()
    decision.save(update_fields=["undone_at"])
    tell(f"{item.kind.name}.decision_undone", item, decision, moderator)
    return decision


def id_of(decision: Decision) -> str:
    """The queue's name of the thing that was decided on."""
    kind = kind_of(decision)
    return kind.id_of(kind.thing_of(words_of(decision)))


def words_of(decision: Decision) -> Any:
    """The revision or version that was decided on."""
    return getattr(decision, kind_of(decision).words_field)


def latest_decision(item: Item) -> Decision | None:
    """The last decision on the words of this item, or None."""
    return Decision.objects.standing().filter(**{item.kind.words_field: item.words}).order_by("-pk").first()


def decisions_about(item: Item) -> DecisionQuerySet:
    """All decisions on this thing, whichever revision they were about, oldest first."""
    about = item.kind.decisions_about(item.thing)
    return about.select_related("moderator", "appeal", "redaction").order_by("pk")


def words_at(item: Item, number: int) -> str:
    """The words of this item at an earlier revision or version, "" where there is none."""
    return item.kind.text_at(item.thing, number)


def lock(item_id: str) -> None:
    """Hold the thing, so that one decision comes after the other."""
    kind, public_id = split(item_id)
    if kind:
        kind.hold(public_id)


def _require_possible(moderator: Any, item: Item, verdict: Verdict) -> None:
    if verdict.kind in rules.possible(item):
        return
    if decision := latest_decision(item):
        sentence = (
            _("You decided this already on %(when)s: “%(decision)s”. Nothing more was decided.")
            if decision.moderator_id == moderator.pk
            else _("Already decided by another moderator on %(when)s: “%(decision)s”. Yours was not taken.")
        )
        when = said(decision.at, item.consultation)
        raise AlreadyDecided(sentence % {"when": when, "decision": decision.get_kind_display()}, decision)
    raise Changed(_("The author withdrew this, or it no longer waits for this decision. Nothing was decided."))


def tell(kind: str, item: Item, decision: Decision, moderator: Any) -> None:
    """The entry in the record of a decision."""
    append(
        kind,
        item.thing,
        actor=moderator,
        consultation=item.consultation.slug,
        passage=item.kind.ref(item.thing),
        organisation=item.organisation.pk,
        revision=item.number,
        decision=decision.pk,
        reason=decision.reason,
        appeal=item.appeal.pk if item.appeal else None,
    )


_PAST = {
    Kind.PUBLISH: "published",
    Kind.RETURN: "returned",
    Kind.REMOVE: "removed",
    Kind.RESTORE: "restored",
    Kind.KEEP: "kept",
}
