"""Closing is near: said once at each distance, however many workers ask, to whom it concerns."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from consultation.consultations.actions import Why, Window, change_window, remind_when_due
from consultation.consultations.models import Reminder
from consultation.consultations.models.consultation import validate_reminder_days
from consultation.discussion import actions as discussion
from consultation.discussion.actions import Words
from consultation.notifications import reading
from consultation.notifications.models import Notification
from consultation.notifications.wording import Teller
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from consultation.record import clock
from consultation.record.models import Entry
from tests import factories

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def long(consultation):
    """A consultation of thirty days that began a day ago, with reminders a week and a day before closing."""
    consultation.opens_at, consultation.closes_at = clock.now() - DAY, clock.now() + 29 * DAY
    consultation.reminder_days = [7, 1]
    consultation.save()
    return consultation


def said():
    return [entry.content["days"] for entry in Entry.objects.filter(kind="consultation.closes_soon")]


def test_each_distance_is_said_once(long, turn):
    assert remind_when_due() == 0
    turn(long.closes_at - 7 * DAY)
    assert [remind_when_due(), remind_when_due()] == [1, 0]
    turn(long.closes_at - 2 * DAY)
    assert remind_when_due() == 0
    turn(long.closes_at - DAY)
    assert [remind_when_due(), remind_when_due()] == [1, 0]
    turn(long.closes_at)
    assert remind_when_due() == 0
    assert said() == [7, 1]


def test_where_the_worker_slept_only_the_nearest_is_said(long, turn):
    turn(long.closes_at - timedelta(hours=3))
    assert [remind_when_due(), remind_when_due()] == [1, 0]
    assert said() == [1]
    assert Reminder.objects.count() == 2


def test_a_distance_before_the_opening_is_never_said(consultation):
    consultation.reminder_days = [7]
    consultation.save()
    assert remind_when_due() == 0


def test_after_an_extension_it_is_said_again_for_the_new_closing(long, turn, secretariat):
    turn(long.closes_at - DAY)
    remind_when_due()
    later = Window(long.opens_at, long.closes_at + 3 * DAY)
    change_window(secretariat, long, later, Why("r", "n"), uuid4())
    assert remind_when_due() == 0  # a week before the new closing lies before the extension
    turn(later.closes_at - DAY)
    assert remind_when_due() == 1
    assert said() == [1, 1]


def test_nothing_is_said_of_what_is_not_announced(long, turn):
    long.announced = False
    long.save()
    turn(long.closes_at - DAY)
    assert remind_when_due() == 0


def test_those_with_drafts_and_followers_are_told_and_nobody_else(long, turn, as_user):
    contributor, author = factories.delegate(long), factories.delegate(long)
    organisation = factories.organisation_of(contributor)
    focal, observer = factories.focal_point(long, organisation), factories.delegate(long, "observer", organisation)
    colleague = factories.delegate(long, organisation=factories.organisation_of(author))
    done, follower = factories.focal_point(long), factories.UserFactory()
    positions.draft_position(contributor, long, factories.passage(long, "pol3"), Answer("endorse"), uuid4())
    place = factories.passage(long, "p8")
    discussion.write_comment(author, long, place, Words("Only mine."), uuid4(), submit=False)
    factories.signed(done, long)
    as_user(follower).post(f"/consultations/{long.slug}/follow/", {"action": "follow"})
    turn(long.closes_at - 7 * DAY)
    remind_when_due()
    while reading.read(100):
        pass
    told = Notification.objects.filter(kind="reminder")
    assert {n.person for n in told} == {contributor, focal, author, follower}
    assert not {observer, colleague, done} & {n.person for n in told}
    shown = Notification.objects.visible_to(author).filter(kind="reminder")
    assert "closes on" in Teller(author).worded(shown.for_display().get()).sentence
    turn(long.closes_at)
    assert not Notification.objects.visible_to(author).filter(kind="reminder").exists()


@pytest.mark.parametrize("days", [[0], [91], [1, 1], ["7"], [True], 7, [1.5]])
def test_only_whole_days_are_taken(days):
    with pytest.raises(ValidationError):
        validate_reminder_days(days)
