"""Silence broken, withdrawn, extended and ended at the same instant. On the real databases."""

import time
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from consultation.record import clock
from consultation.record.errors import Refusal
from consultation.record.models import Entry
from consultation.silence import actions
from consultation.silence.models import Breaking
from tests import factories
from tests.races.test_at_once import _report_is_loaded, at_once  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)


def wait_until(instant: datetime) -> None:
    time.sleep(max((instant - clock.now()).total_seconds(), 0))


def test_fifty_break_at_the_end_and_each_counts_once_or_is_refused(consultation):
    signers = [factories.focal_point(consultation) for _ in range(48)]
    chair = factories.chair(consultation)
    soon = clock.now() + timedelta(seconds=2)
    procedure = actions.start(chair, consultation, [factories.passage(consultation, "pol3")], soon, uuid4())
    answers = at_once(
        *[lambda signer=signer: factories.broken(signer, procedure) for signer in signers], *[actions.settle] * 2
    )
    wait_until(soon)
    actions.settle()
    broke = [a for a in answers[:48] if isinstance(a, Breaking)]
    assert all(isinstance(a, (Breaking, Refusal)) for a in answers[:48])
    assert all(breaking.broken_at < soon for breaking in broke)
    assert Breaking.objects.count() == len(broke) == Entry.objects.filter(kind="silence.broken").count()
    procedure.refresh_from_db()
    assert procedure.result == ("broken" if broke else "agreed")
    assert Entry.objects.filter(kind="silence.ended").count() == 1


def test_fifty_sendings_of_one_form_break_silence_once(consultation, focal_point):
    procedure = factories.under_silence(consultation, "pol3")
    colleague = factories.focal_point(consultation, factories.organisation_of(focal_point))
    once = uuid4()
    sent = actions.Objection("Why.", "fact")
    at_once(
        *[lambda: actions.break_silence(focal_point, procedure, sent, once)] * 40,
        *[lambda: factories.broken(colleague, procedure)] * 10,
    )
    assert Breaking.objects.count() == Entry.objects.filter(kind="silence.broken").count() == 1


def test_ten_workers_settle_and_remind_once(consultation):
    chair = factories.chair(consultation)
    soon = clock.now() + timedelta(seconds=2)
    actions.start(chair, consultation, [factories.passage(consultation, "pol3")], soon, uuid4())
    wait_until(soon - timedelta(seconds=1))
    at_once(*[actions.remind] * 10)
    wait_until(soon)
    at_once(*[actions.settle] * 10)
    assert Entry.objects.filter(kind="silence.ended").count() == 1
    assert Entry.objects.filter(kind="silence.reminded").count() <= 1


def test_withdrawing_and_closing_at_once_leave_one_of_the_two(consultation, focal_point):
    chair = factories.chair(consultation)
    for ref in ("pol1", "pol2", "pol3", "pol4"):
        procedure = factories.under_silence(consultation, ref, by=chair)
        key = factories.broken(focal_point, procedure).pk
        at_once(
            lambda procedure=procedure, key=key: actions.withdraw_breaking(focal_point, procedure, key),
            lambda procedure=procedure: actions.close_as_broken(chair, procedure),
        )
        procedure.refresh_from_db()
        assert (procedure.result == "broken") is procedure.breakings.standing().exists()
