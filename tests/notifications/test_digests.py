"""The daily mail comes once, at the hour that the person chose, in their own time zone."""

from datetime import UTC, datetime, timedelta

import pytest

from consultation.consultations.models import Consultation
from consultation.notifications import actions, digests
from consultation.notifications.models import Preferences
from consultation.record import clock
from tests import factories
from tests.notifications.conftest import text

pytestmark = pytest.mark.django_db


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.fixture
def opened(consultation):
    Consultation.objects.update(opens_at=utc(2026, 1, 1), closes_at=utc(2028, 1, 1))
    consultation.refresh_from_db()
    return consultation


def reader_of(consultation, **preferences):
    person = factories.UserFactory()
    Preferences.objects.create(person=person, **preferences)
    actions.follow(person, consultation)
    return person


@pytest.fixture
def sent_at(server, work, turn):
    """The instants, from one to another in steps of ten minutes, at which a person gets a mail."""

    def watch(person, start, end):
        instants, now = [], start
        while now < end:
            turn(now)
            before = len(server.to(person.email))
            work()
            instants += [now] * (len(server.to(person.email)) - before)
            now += timedelta(minutes=10)
        return instants

    return watch


def publish(consultation, moderator, turn, at):
    turn(at)
    factories.published(factories.delegate(consultation), consultation, moderator)


@pytest.mark.parametrize(
    ("zone", "hour", "instant"),
    [
        ("Europe/Zurich", 7, utc(2026, 11, 25, 6)),
        ("Pacific/Kiritimati", 7, utc(2026, 11, 24, 17)),
        ("Pacific/Pago_Pago", 7, utc(2026, 11, 24, 18)),
        ("Asia/Kathmandu", 0, utc(2026, 11, 24, 18, 20)),
        ("America/New_York", 23, utc(2026, 11, 25, 4)),
    ],
)
def test_the_daily_mail_goes_at_the_right_hour_in_any_zone(opened, moderator, turn, sent_at, zone, hour, instant):
    reader = reader_of(opened, time_zone=zone, digest_hour=hour)
    publish(opened, moderator, turn, utc(2026, 11, 24, 12))
    assert sent_at(reader, utc(2026, 11, 24, 12), utc(2026, 11, 25, 12)) == [instant]


def test_the_hour_stays_over_the_change_to_summer_time(opened, moderator, turn, sent_at):
    reader = reader_of(opened, digest_hour=7)
    for day in (27, 28, 29):
        publish(opened, moderator, turn, utc(2026, 3, day, 12))
        instants = sent_at(reader, utc(2026, 3, day, 12), utc(2026, 3, day + 1, 12))
        # 29 March 2026 is the first day of summer time: 07:00 is 06:00 UTC before it and 05:00 UTC from it on.
        assert instants == [utc(2026, 3, day + 1, 6 if day == 27 else 5)]


def test_an_hour_that_is_left_out_strikes_when_the_next_begins(opened, moderator, turn, sent_at):
    reader = reader_of(opened, digest_hour=2)
    publish(opened, moderator, turn, utc(2026, 3, 28, 12))
    assert sent_at(reader, utc(2026, 3, 28, 12), utc(2026, 3, 29, 12)) == [utc(2026, 3, 29, 1)]


def test_an_hour_that_is_repeated_strikes_once(opened, moderator, turn, sent_at):
    reader = reader_of(opened, digest_hour=2)
    publish(opened, moderator, turn, utc(2026, 10, 24, 12))
    assert sent_at(reader, utc(2026, 10, 24, 12), utc(2026, 10, 25, 0, 20)) == [utc(2026, 10, 25, 0)]
    publish(opened, moderator, turn, utc(2026, 10, 25, 0, 20))
    assert sent_at(reader, utc(2026, 10, 25, 0, 20), utc(2026, 10, 25, 12)) == []


def test_a_worker_that_was_away_at_the_hour_sends_the_mail_when_it_comes_back(opened, moderator, server, work, turn):
    reader = reader_of(opened)
    publish(opened, moderator, turn, utc(2026, 11, 24, 5))
    work()
    turn(utc(2026, 11, 24, 21))
    work()
    assert len(server.to(reader.email)) == 1


def test_everything_of_a_day_is_one_mail_without_what_was_read(opened, moderator, server, work, turn):
    reader = reader_of(opened)
    publish(opened, moderator, turn, utc(2026, 11, 24, 12))
    work()
    actions.mark_read(reader)
    for _comment in range(3):
        publish(opened, moderator, turn, utc(2026, 11, 24, 13))
    work()
    turn(utc(2026, 11, 25, 12))
    work()
    (mail,) = server.to(reader.email)
    assert text(mail).count("commented on") == 3
    assert "3 notifications" in mail["Subject"]
    assert mail["References"] is None


def test_what_is_read_or_unwanted_by_the_hour_makes_no_mail(opened, moderator, server, work, turn):
    reader, tired = reader_of(opened), reader_of(opened)
    publish(opened, moderator, turn, utc(2026, 11, 24, 12))
    work()
    actions.mark_read(reader)
    Preferences.objects.filter(person=tired).update(comment="never")
    turn(utc(2026, 11, 25, 12))
    work()
    assert server.to(reader.email) == server.to(tired.email) == []


def test_a_clock_that_goes_back_sends_nothing_twice(opened, moderator, server, work, turn):
    reader = reader_of(opened)
    publish(opened, moderator, turn, utc(2026, 11, 24, 12))
    work()
    for hour in (7, 6, 5, 7, 8):
        turn(utc(2026, 11, 25, hour))
        work()
    assert len(server.to(reader.email)) == 1


def test_gathering_asks_the_same_number_of_questions_for_many_who_wait(
    opened, moderator, work, turn, django_assert_num_queries
):
    for _person in range(20):
        reader_of(opened, digest_hour=23, time_zone="UTC")
    publish(opened, moderator, turn, utc(2026, 11, 24, 12))
    work()
    with django_assert_num_queries(2):
        digests.gather()
    assert clock.now() == utc(2026, 11, 24, 12)
