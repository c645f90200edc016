"""The worker's side of the webhooks: take a delivery, send it, say what became of it. As with mails (decision 20)."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from consultation.api import actions, outlet, signing
from consultation.api.models import Delivery, Webhook
from consultation.api.telling import message
from consultation.record import clock

log = logging.getLogger(__name__)

PAUSES = [timedelta(seconds=n) for n in (5, 300, 1_800, 7_200, 18_000)]
TRIES = len(PAUSES) + 1
# How long a taken delivery is left to its worker: longer than any conversation may last.
LEASE = timedelta(minutes=2)
KEPT = timedelta(days=30)
# After so long in one pass the mails have their turn.
_SECONDS_A_PASS = 5.0
State = Delivery.State


def deliver(limit: int, stopping: Callable[[], bool] = lambda: False) -> int:
    """Send up to `limit` deliveries that are due, for a few seconds; gives how many were taken."""
    taken, until = 0, time.monotonic() + _SECONDS_A_PASS
    while taken < limit and not stopping() and time.monotonic() < until:
        delivery = _take()
        if delivery is None:
            break
        taken += 1
        _send(delivery)
    return taken


def prune() -> int:
    """Delete deliveries that ended a month ago; gives how many."""
    ended = Delivery.objects.exclude(state=State.WAITING).filter(ended_at__lt=clock.now() - KEPT)
    return ended.delete()[1].get(Delivery._meta.label, 0)


@transaction.atomic
def _take() -> Delivery | None:
    """The next delivery that is due, held for this worker alone until its lease ends."""
    now = clock.now()
    due = Delivery.objects.due(now).filter(webhook__stopped_at=None)
    taken: Delivery | None = due.select_for_update(skip_locked=True, of=("self",)).first()
    if taken is None:
        return None
    taken.tries, taken.next_try_at, taken.claim = taken.tries + 1, now + LEASE, uuid4()
    taken.save(update_fields=["tries", "next_try_at", "claim"])
    return Delivery.objects.select_related("webhook__made_by", "webhook__consultation").get(pk=taken.pk)


def _send(delivery: Delivery) -> None:
    body = message(delivery)
    if body is None:
        _change(delivery, state=State.DROPPED, ended_at=clock.now())
        return
    hook = delivery.webhook
    headers = signing.signed(hook, delivery.message_id, int(clock.now().timestamp()), body)
    try:
        answer = outlet.post(hook.url, body, headers)
    except outlet.Unreachable as problem:
        _put_back(delivery, str(problem))
        return
    delivery.answer = answer.status
    if answer.status // 100 == HTTPStatus.OK // 100:
        _change(delivery, state=State.SENT, answer=answer.status, ended_at=clock.now(), problem="")
    elif answer.status == HTTPStatus.GONE:
        _give_up(delivery, _("The address answered 410: it wants nothing more."))
    else:
        _put_back(delivery, _("The address answered %d.") % answer.status)


def _put_back(delivery: Delivery, problem: str) -> None:
    """Wait for the next try, or give up and switch the webhook off."""
    if delivery.tries >= TRIES:
        _give_up(delivery, problem)
        return
    pause = PAUSES[delivery.tries - 1]
    _change(delivery, answer=delivery.answer, problem=problem, next_try_at=clock.now() + pause)


def _give_up(delivery: Delivery, problem: str) -> None:
    """No more tries; its owner is told, once, by mail."""
    with transaction.atomic():
        _change(delivery, state=State.GIVEN_UP, answer=delivery.answer, problem=problem, ended_at=clock.now())
        if actions.switch_off(delivery.webhook, problem):
            _tell_owner(delivery.webhook, problem)


def _tell_owner(hook: Webhook, problem: str) -> None:
    person = hook.made_by
    if not person.is_active or person.erased_at:
        return
    with override(person.mail_language):
        text = _(
            "The webhook %(url)s of “%(consultation)s” was switched off, because it did not take what was sent: "
            "%(problem)s\n\nNothing more is sent to it. Register it again when your program answers."
        )
        said = {"url": hook.url, "consultation": hook.consultation.title, "problem": problem}
        send_mail(_("A webhook was switched off"), text % said, None, [person.email])


def _change(delivery: Delivery, **changes: Any) -> None:
    """Write what became of it, unless another worker has taken it over since."""
    if not Delivery.objects.filter(pk=delivery.pk, claim=delivery.claim).update(claim=None, **changes):
        log.warning("Delivery %s was taken over by another worker: its lease had ended.", delivery.message_id)
