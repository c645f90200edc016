"""Reminders, codes and windows at the same instant. On the real databases."""

from datetime import timedelta
from uuid import uuid4

import pytest

from consultation.consultations import actions
from consultation.consultations.actions import Why, Window
from consultation.consultations.models import CodeUse, Reminder, WindowChange
from consultation.record import clock
from consultation.record.errors import Refusal
from consultation.record.models import Entry
from tests import factories
from tests.races.test_at_once import _report_is_loaded, at_once  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)


def test_many_workers_remind_once(consultation):
    consultation.opens_at, consultation.closes_at = clock.now() - timedelta(days=9), clock.now() + timedelta(hours=9)
    consultation.reminder_days = [7, 1]
    consultation.save()
    at_once(*[actions.remind_when_due for _ in range(4)])
    assert Entry.objects.filter(kind="consultation.closes_soon").count() == 1
    assert Reminder.objects.count() == 2


def test_a_code_is_not_used_more_often_than_it_allows(consultation):
    organisation = factories.OrganisationFactory()
    people = [factories.delegate(consultation, organisation=organisation) for _ in range(4)]
    factories.close(consultation)
    code = factories.code_for(organisation, consultation, uses=2)
    answers = at_once(*[lambda p=p: actions.enter_code(p, consultation, code.code) for p in people])
    assert sum(isinstance(answer, Refusal) for answer in answers) == 2
    assert CodeUse.objects.count() == 2


def test_two_officers_who_change_the_window_at_once_see_each_other(consultation):
    officers = [factories.secretariat() for _ in range(2)]
    seen = Window(consultation.opens_at, consultation.closes_at)

    def extend(officer, days):
        longer = Window(seen.opens_at, seen.closes_at + timedelta(days=days))
        return actions.change_window(officer, consultation, longer, Why("r", "n"), uuid4(), seen=seen)

    answers = at_once(*[lambda o=o, n=n: extend(o, n) for n, o in enumerate(officers, start=1)])
    assert sum(isinstance(answer, Refusal) for answer in answers) == 1
    assert WindowChange.objects.count() == 1
