"""Changing the window for everybody, with a reason; and saying in time that the closing is near."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consultation.consultations import rules
from consultation.consultations.actions.acting import hold_window
from consultation.consultations.models import Consultation, Reminder, WindowChange
from consultation.consultations.times import said
from consultation.record import clock
from consultation.record.actions import append, hold
from consultation.record.errors import AlreadySent, Changed, Refusal

Kind = WindowChange.Kind
State = Consultation.State


@dataclass(frozen=True)
class Window:
    """From when to when, the end not included."""

    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True)
class Why:
    """The reason for the record, and the note that everybody reads."""

    reason: str
    public_note: str


@transaction.atomic
@clock.one_instant()
def change_window(
    officer: Any,
    consultation: Consultation,
    new: Window | None,
    why: Why,
    submission_id: UUID,
    *,
    seen: Window | None = None,
) -> WindowChange:
    """Move, extend or shorten the window for all; `new` None closes it at this instant. The same form sent again
    gives the change that is there.

    Opening can be moved only until it has come. Raises `NotAllowed`; `Changed` where another window was `seen`;
    `Refusal` for a window that cannot be, and after the outcome was published; `ValueError` without reason or note.
    """
    rules.require_secretariat(officer, consultation)
    if not why.reason.strip() or not why.public_note.strip():
        raise ValueError("A change of the window needs a reason and a public note.")
    hold_window(consultation, to_change=True)
    hold(consultation)
    held = Consultation.objects.get(pk=consultation.pk)
    if found := held.window_changes.filter(submission_id=submission_id).first():
        _require_same(found, new, why)
        return found
    if seen and (seen.opens_at, seen.closes_at) != (held.opens_at, held.closes_at):
        raise Changed(_("The window was changed meanwhile. It is shown as it stands now; check and send again."))
    now = clock.now()
    new = new or Window(held.opens_at, now)
    change = WindowChange.objects.create(
        consultation=held,
        kind=_kind(held, new, now),
        old_opens_at=held.opens_at,
        new_opens_at=new.opens_at,
        old_closes_at=held.closes_at,
        new_closes_at=new.closes_at,
        reason=why.reason,
        public_note=why.public_note,
        made_by=officer,
        made_at=now,
        submission_id=submission_id,
    )
    held.opens_at, held.closes_at, held.last_change = new.opens_at, new.closes_at, change
    held.save(update_fields=["opens_at", "closes_at", "last_change"])
    _tell(change)
    return change


def _require_same(found: WindowChange, new: Window | None, why: Why) -> None:
    """Raise `AlreadySent` unless this is what the form said before; closing at once names no window."""
    made = Window(found.new_opens_at, found.new_closes_at)
    if Why(found.reason, found.public_note) != why or new not in {None, made}:
        raise AlreadySent


def _tell(change: WindowChange) -> None:
    """The entry in the record, with both windows and the words about it."""
    append(
        f"consultation.{change.kind}",
        change.consultation,
        actor=change.made_by,
        consultation=change.consultation.slug,
        change=change.pk,
        opened=[change.old_opens_at, change.new_opens_at],
        closes=[change.old_closes_at, change.new_closes_at],
        reason=change.reason,
        public_note=change.public_note,
    )


def _kind(held: Consultation, new: Window, now: datetime) -> Kind:
    """What the change is; raises `Refusal` where it cannot be."""
    state = held.state_at(now)
    if state == State.OUTCOME_PUBLISHED:
        raise Refusal(_("The outcome is published. The window stands as it is; start another round instead."))
    if new.closes_at <= new.opens_at:
        raise Refusal(_("The closing must be after the opening."))
    if new.closes_at < now:
        raise Refusal(_("The closing must not be in the past. To close now, choose “Close at once”."))
    if (new.opens_at, new.closes_at) == (held.opens_at, held.closes_at):
        raise Refusal(_("This is the window as it stands. Change it, or leave it."))
    if state == State.PREPARED:
        return Kind.MOVED
    if new.opens_at != held.opens_at:
        raise Refusal(_("It opened on %s; only the closing can be changed.") % said(held.opens_at, held))
    if state == State.CLOSED and new.closes_at <= now:
        raise Refusal(_("The consultation is closed already."))
    return Kind.EXTENDED if new.closes_at > held.closes_at else Kind.SHORTENED


def remind_when_due() -> int:
    """Write an entry for each open consultation whose closing is as near as one of its reminders says; gives how many.

    Any number of workers may ask at once: the entry is written once. Where several distances were missed, only the
    nearest is said; one that lies before the opening, or before the closing was set as it is now, never.
    """
    now = clock.now()
    open_now = Consultation.objects.filter(announced=True, opens_at__lte=now, closes_at__gt=now)
    return sum(_remind(c) for c in open_now.exclude(reminder_days=[]).select_related("last_change"))


def _due(consultation: Consultation, now: datetime) -> list[int]:
    """The distances that have come, the nearest first."""
    since = consultation.opens_at
    if consultation.last_change:
        since = max(since, consultation.last_change.made_at)
    instants = {days: consultation.closes_at - timedelta(days=days) for days in consultation.reminder_days}
    return sorted(days for days, at in instants.items() if since <= at <= now)


@transaction.atomic
def _remind(consultation: Consultation) -> bool:
    now = clock.now()
    if not _untold(consultation, _due(consultation, now)):
        return False
    hold(consultation)
    held = Consultation.objects.select_related("last_change").get(pk=consultation.pk)
    due = _due(held, now)
    untold = _untold(held, due)
    Reminder.objects.bulk_create(
        Reminder(consultation=held, days=days, closes_at=held.closes_at, at=now) for days in untold
    )
    if not untold or untold[0] != due[0] or held.closes_at <= now:
        return False
    append("consultation.closes_soon", held, consultation=held.slug, days=due[0], closes_at=held.closes_at)
    return True


def _untold(consultation: Consultation, due: list[int]) -> list[int]:
    told = consultation.reminders.filter(closes_at=consultation.closes_at).values_list("days", flat=True)
    said_already = set(told) if due else set()
    return [days for days in due if days not in said_already]
