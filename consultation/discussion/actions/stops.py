"""Closing a thread with a reason, and opening it again."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from consultation.consultations import rules as consultation_rules
from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment, ThreadStop
from consultation.record import clock
from consultation.record.actions import append, hold
from consultation.record.errors import Changed, NotAllowed
from consultation.reports.models import Passage


@transaction.atomic
def stop_thread(
    moderator: Any, passage: Passage, consultation: Consultation, reason: str, root: Comment | None = None
) -> ThreadStop:
    """Close the thread of a passage, or the one below a comment, with a reason that everybody sees.

    Closed already for this reason, it stays so. Raises `NotAllowed`, `Changed`, `ValueError` without a reason.
    """
    _require_moderator(moderator, consultation)
    if not reason.strip():
        raise ValueError("Closing a thread needs a reason.")
    hold(consultation)
    stop, made = ThreadStop.objects.get_or_create(
        consultation=consultation,
        passage=passage,
        root=root,
        lifted_at=None,
        defaults={"reason": reason, "stopped_by": moderator, "stopped_at": clock.now()},
    )
    if stop.reason != reason:
        raise Changed(_("This thread is closed already, for the reason that stands there. Nothing was changed."))
    if made:
        _tell_stop("thread.stopped", stop, moderator)
    return stop


@transaction.atomic
def lift_stop(moderator: Any, stop: ThreadStop) -> ThreadStop:
    """Open a closed thread again; open already, it stays so. Raises `NotAllowed`."""
    _require_moderator(moderator, stop.consultation)
    hold(stop)
    stop.refresh_from_db()
    if stop.lifted_at is None:
        stop.lifted_at = clock.now()
        stop.save(update_fields=["lifted_at"])
        _tell_stop("thread.lifted", stop, moderator)
    return stop


def _require_moderator(user: Any, consultation: Consultation) -> None:
    if not consultation_rules.is_moderator(user, consultation):
        raise NotAllowed(_("Only moderators of this consultation close and open threads."))


def _tell_stop(kind: str, stop: ThreadStop, actor: Any) -> None:
    append(
        kind,
        stop,
        actor=actor,
        consultation=stop.consultation.slug,
        passage=stop.passage.ref,
        root=stop.root_id,
        reason=stop.reason,
    )
