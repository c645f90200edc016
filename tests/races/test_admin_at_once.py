"""The admin saves a form while an action changes the same row: both stand. On the real databases."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction

from consultation.consultations import actions as rounds
from consultation.consultations.actions import Why, Window
from consultation.consultations.models import Consultation, WindowChange
from consultation.record import clock
from consultation.record.models import Entry
from consultation.stakeholders import actions as stakeholders
from consultation.stakeholders.models import Organisation
from tests import factories
from tests.races.test_at_once import _report_is_loaded  # noqa: F401 - a fixture
from tests.secretariat.editing import sent_back

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def secretariat():
    return factories.UserFactory(is_staff=True, is_superuser=True)


def another_waits() -> bool:
    """Whether a connection waits for what this one holds; SQLite lets nobody see it, and lets nobody else write."""
    if connection.vendor == "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def saved_meanwhile(browser, address, typed, act):
    """Send the form of this page while the transaction of `act` has changed the row and not ended yet."""
    sent, done = sent_back(browser.get(address)), Event()

    def save():
        try:
            return browser.post(address, {**sent, **typed})
        finally:
            done.set()
            connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            act()
            answer = threads.submit(save)
            while not (done.is_set() or another_waits()):
                time.sleep(0.01)
        assert answer.result().status_code == 302


def test_an_edit_of_the_introduction_leaves_a_change_of_the_window_alone(consultation, secretariat, as_user):
    later = consultation.closes_at + timedelta(days=10)
    saved_meanwhile(
        as_user(secretariat),
        f"/admin/consultations/consultation/{consultation.pk}/change/",
        {"introduction": "Please read first."},
        lambda: rounds.change_window(
            secretariat, consultation, Window(consultation.opens_at, later), Why("Asked.", "Longer."), uuid4()
        ),
    )
    consultation.refresh_from_db()
    assert (consultation.introduction, consultation.closes_at) == ("Please read first.", later)
    assert consultation.last_change == WindowChange.objects.get()


def test_an_edit_leaves_the_publication_of_the_outcome_alone(consultation, secretariat, as_user):
    now = clock.now()
    saved_meanwhile(
        as_user(secretariat),
        f"/admin/consultations/consultation/{consultation.pk}/change/",
        {"place": "Bern"},
        lambda: Consultation.objects.filter(pk=consultation.pk).update(outcome_published_at=now),
    )
    consultation.refresh_from_db()
    assert (consultation.place, consultation.outcome_published_at) == ("Bern", now)


def test_an_edit_of_an_organisation_leaves_its_suspension_alone(secretariat, as_user):
    organisation = factories.OrganisationFactory()
    saved_meanwhile(
        as_user(secretariat),
        f"/admin/stakeholders/organisation/{organisation.pk}/change/",
        {"name": "Renamed network"},
        lambda: stakeholders.decide_on_organisation(secretariat, organisation, "suspended", "Its mandate ended."),
    )
    organisation.refresh_from_db()
    assert (organisation.name, organisation.state) == ("Renamed network", "suspended")
    assert organisation.reason == "Its mandate ended."
    assert Organisation.objects.get(folded_name="renamednetwork") == organisation


def test_the_entry_tells_the_value_that_the_edit_found(consultation, secretariat, as_user):
    saved_meanwhile(
        as_user(secretariat),
        f"/admin/consultations/consultation/{consultation.pk}/change/",
        {"title": "Third title"},
        lambda: Consultation.objects.filter(pk=consultation.pk).update(title="Second title"),
    )
    [change] = Entry.objects.get(kind="consultation.changed").content["changes"]
    assert change["changed"]["before"] == {"title": "Second title"}
    assert change["changed"]["after"] == {"title": "Third title"}
