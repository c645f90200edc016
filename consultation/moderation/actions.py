"""Deciding: one function for every decision, for the queue and the admin alike."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from consultation.discussion import actions as discussion
from consultation.discussion.models import Comment
from consultation.moderation import queue, rules
from consultation.moderation.errors import AlreadyDecided, NewerRevision
from consultation.moderation.models import Decision
from consultation.moderation.queue import Item
from consultation.positions import actions as positions
from consultation.positions.models import Position, PositionVersion
from consultation.record import clock
from consultation.record.actions import append, hold
from consultation.record.errors import Changed

Kind = Decision.Kind
Explanation = PositionVersion.Explanation


@dataclass(frozen=True)
class Verdict:
    """What a moderator decides: the decision, its coded reason, and the statement to the author."""

    kind: str
    reason: str = ""
    statement: str = ""


@transaction.atomic
def decide(moderator: Any, item_id: str, revision: int, verdict: Verdict, submission_id: UUID) -> Decision:
    """Take one decision on the words that the moderator read (`revision` is their number).

    The same `submission_id` again gives the decision that is there. What was submitted in time is moderated after
    closing too. Raises `NotAllowed`, `NewerRevision`, `AlreadyDecided`, `Changed`, `ValueError` without a reason.
    """
    if found := Decision.objects.filter(submission_id=submission_id, moderator=moderator).first():
        return found
    _lock(item_id)
    item = queue.find(item_id, moderator)
    if item is None:
        raise Changed(_("There is nothing to decide here."))
    rules.require_moderator(moderator, item.consultation)
    rules.require_impartial(moderator, item.organisation, item.author)
    if verdict.kind in rules.NEEDS_REASON and not (verdict.reason and verdict.statement.strip()):
        raise ValueError("A decision against a contribution needs a reason and a statement to the author.")
    if item.number != revision:
        raise NewerRevision(_("The author changed this text while you were reading. Nothing was decided."))
    _require_possible(item, verdict)
    _apply(item, verdict.kind)
    decision = Decision.objects.create(
        consultation=item.consultation,
        revision=item.revision,
        version=item.version,
        kind=verdict.kind,
        reason=verdict.reason,
        statement=verdict.statement,
        moderator=moderator,
        at=clock.now(),
        submission_id=submission_id,
    )
    _tell(item, decision)
    return decision


def latest_decision(item: Item) -> Decision | None:
    """The last decision on the words of this item, or None."""
    return Decision.objects.filter(revision=item.revision, version=item.version).order_by("-pk").first()


def decisions_about(item: Item) -> "QuerySet[Decision]":
    """All decisions on this comment or position, whichever revision they were about, oldest first."""
    if item.revision:
        about = Q(revision__comment=item.revision.comment_id)
    else:
        about = Q(version__position=item.version.position_id if item.version else None)
    return Decision.objects.filter(about).select_related("moderator", "revision", "version").order_by("pk")


def words_at(item: Item, number: int) -> str:
    """The words of this item at an earlier revision or version, "" where there is none."""
    if item.revision:
        return item.revision.comment.revisions.filter(number=number).values_list("body", flat=True).first() or ""
    versions = item.version.position.versions if item.version else PositionVersion.objects.none()
    return versions.filter(number=number).values_list("explanation", flat=True).first() or ""


def _lock(item_id: str) -> None:
    """Hold the comment or position, so that one decision comes after the other."""
    kind, _separator, public_id = item_id.partition("-")
    model = Comment if kind == queue.COMMENT else Position
    if thing := model._default_manager.filter(public_id=public_id).first():
        hold(thing)


def _require_possible(item: Item, verdict: Verdict) -> None:
    if verdict.kind in rules.POSSIBLE.get(item.state, ()):
        return
    if decision := latest_decision(item):
        raise AlreadyDecided(
            _("Already decided by another moderator: “%(decision)s”. Yours was not taken.")
            % {"decision": decision.get_kind_display()},
            decision,
        )
    raise Changed(_("The author withdrew this, or it no longer waits for this decision. Nothing was decided."))


def _apply(item: Item, kind: str) -> None:
    if item.revision:
        if kind == Kind.PUBLISH:
            discussion.publish(item.revision)
        elif kind == Kind.RETURN:
            discussion.return_to_author(item.revision)
        elif kind == Kind.REMOVE:
            discussion.remove(item.revision.comment)
        else:
            discussion.restore(item.revision.comment)
    elif item.version:
        becomes = {
            Kind.PUBLISH: Explanation.PUBLISHED,
            Kind.RETURN: Explanation.RETURNED,
            Kind.REMOVE: Explanation.REMOVED,
            Kind.RESTORE: Explanation.PUBLISHED,
        }
        positions.move_explanation(item.version, becomes[Kind(kind)])


def _tell(item: Item, decision: Decision) -> None:
    subject: Any = item.revision.comment if item.revision else item.version.position if item.version else None
    append(
        f"{item.kind}.{_PAST[Kind(decision.kind)]}",
        subject,
        actor=decision.moderator,
        consultation=item.consultation.slug,
        passage=item.passage.ref,
        organisation=item.organisation.pk,
        revision=item.number,
        decision=decision.pk,
        reason=decision.reason,
    )


_PAST = {Kind.PUBLISH: "published", Kind.RETURN: "returned", Kind.REMOVE: "removed", Kind.RESTORE: "restored"}
