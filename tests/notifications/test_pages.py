"""The list, the settings and the buttons to follow."""

from datetime import timedelta

import pytest
from django.test import Client

from consultation.consultations.models import Officer
from consultation.notifications import actions, context
from consultation.notifications.models import Following, Notification, preferences_of
from consultation.record import clock
from consultation.record.models import Entry
from tests import factories

pytestmark = pytest.mark.django_db
SETTINGS = {
    "silence": "at_once",
    "statement": "at_once",
    "text": "daily",
    "letter": "at_once",
    "decision": "daily",
    "signature": "at_once",
    "sent_back": "at_once",
    "answer": "daily",
    "comment": "never",
    "position": "daily",
    "moderation": "at_once",
    "reminder": "daily",
    "window": "at_once",
    "digest_hour": "18",
    "time_zone": "Africa/Addis_Ababa",
}


@pytest.fixture
def told_twice(consultation, contributor, moderator, work):
    for ref in ("p8", "p9"):
        factories.published(contributor, consultation, moderator, ref=ref)
    work()
    return contributor


def page_of(as_user, person, address="/notifications/"):
    return as_user(person).get(address).content.decode()


def test_unread_ones_come_first_and_are_counted_in_the_masthead(told_twice, as_user):
    newest = Notification.objects.filter(person=told_twice).first()
    as_user(told_twice).post("/notifications/read/", {"notification": newest.pk})
    page = page_of(as_user, told_twice)
    assert page.index("¶ 8 is published") < page.index("¶ 9 is published")
    assert page.count('(1<span class="visually-hidden">') == 2
    as_user(told_twice).post("/notifications/read/")
    page = page_of(as_user, told_twice)
    assert "Nothing new." in page
    assert page.index("¶ 9 is published") < page.index("¶ 8 is published")


@pytest.mark.parametrize("many", [1000, 2])
def test_the_masthead_counts_only_what_one_may_still_see(told_twice, consultation, as_user, monkeypatch, many):
    """Whether the kinds that are unread are known, or too many to look at."""
    monkeypatch.setattr(context, "MANY", many)
    Officer.objects.create(consultation=consultation, user=told_twice, role="moderator")
    entry = Entry.objects.earliest("pk")
    settled = consultation.comments.first()  # it was decided on: nothing waits
    told = {"person": told_twice, "consultation": consultation, "passage": settled.passage, "comment": settled}
    Notification.objects.create(kind="moderation", entry=entry, made_at=clock.now(), **told)
    assert Notification.objects.filter(person=told_twice, read_at=None).count() == 3
    assert page_of(as_user, told_twice).count('(2<span class="visually-hidden">') == 2


def test_what_was_told_on_one_passage_stands_together(consultation, contributor, moderator, work, as_user):
    for ref in ("p8", "p9", "p8"):
        factories.published(contributor, consultation, moderator, ref=ref)
    work()
    page = page_of(as_user, contributor)
    assert [page.count(f"passages/{ref}/") for ref in ("p8", "p9")] == [1, 1]
    assert page.index("passages/p8/") < page.index("passages/p9/")


def test_what_was_read_a_year_ago_is_forgotten(told_twice, turn):
    actions.mark_read(told_twice, [Notification.objects.filter(person=told_twice).first().pk])
    turn(timedelta(days=366))
    actions.forget()
    assert Notification.objects.filter(person=told_twice).count() == 1


@pytest.mark.parametrize("sent", ["x", "-1", "99999999999999999999", "²", ""])
def test_marking_what_is_not_there_marks_nothing(told_twice, as_user, sent):
    assert as_user(told_twice).post("/notifications/read/", {"notification": sent}).status_code == 302
    assert Notification.objects.filter(read_at=None, person=told_twice).count() == 2


def test_nobody_reads_or_marks_what_others_were_told(told_twice, as_user):
    other = factories.UserFactory()
    assert "is published" not in page_of(as_user, other)
    as_user(other).post("/notifications/read/", {"notification": Notification.objects.first().pk})
    assert not Notification.objects.exclude(read_at=None)


def test_settings_are_kept(contributor, as_user):
    assert as_user(contributor).post("/notifications/settings/", SETTINGS).status_code == 302
    kept = preferences_of(contributor)
    assert (kept.decision, kept.comment, kept.digest_hour) == ("daily", "never", 18)
    assert kept.time_zone == "Africa/Addis_Ababa"
    assert not kept.follow_own_threads
    assert "The daily mail goes at 18:00 (Addis Ababa time)." in page_of(as_user, contributor)


@pytest.mark.parametrize(
    ("field", "value"),
    [("time_zone", "Atlantis/Centre"), ("digest_hour", "24"), ("comment", "hourly"), ("decision", "")],
)
def test_settings_that_cannot_be_are_refused_with_a_word(contributor, as_user, field, value):
    answer = as_user(contributor).post("/notifications/settings/", {**SETTINGS, field: value})
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()
    assert preferences_of(contributor).decision == "at_once"


def test_following_and_stopping_by_buttons_without_scripts(consultation, contributor, moderator, as_user):
    root = factories.published(contributor, consultation, moderator)
    reader = factories.UserFactory()
    overview, passage = f"/consultations/{consultation.slug}/", f"/consultations/{consultation.slug}/passages/p8/"
    assert "Follow this consultation" in page_of(as_user, reader, overview)
    assert "Follow this thread" in page_of(as_user, reader, passage)
    for sent, back in (
        ({"action": "follow"}, overview),
        ({"action": "follow", "passage": "p8"}, passage),
        ({"action": "follow", "thread": root.public_id}, f"{overview}comments/{root.public_id}/"),
        ({"action": "follow", "thread": root.public_id}, f"{overview}comments/{root.public_id}/"),
    ):
        assert as_user(reader).post(f"{overview}follow/", sent).url == back
    assert Following.objects.filter(person=reader, active=True).count() == 3
    page = page_of(as_user, reader, passage)
    assert "Stop following ¶ 8" in page
    assert "Stop following this thread" in page
    as_user(reader).post(f"{overview}follow/", {"action": "stop", "passage": "p8"})
    assert page_of(as_user, reader, "/notifications/settings/").count('value="stop"') == 2


def test_who_has_not_signed_in_sees_no_button_to_follow(consultation):
    assert "Follow" not in Client().get(f"/consultations/{consultation.slug}/").content.decode()


@pytest.mark.parametrize("number", [1, 40])
def test_pages_ask_the_same_number_of_questions_for_any_number_of_notifications(
    consultation, contributor, moderator, work, as_user, django_assert_max_num_queries, number
):
    for _comment in range(number):
        root = factories.published(contributor, consultation, moderator)
        actions.follow(contributor, consultation, thread=root)
    work()
    client = as_user(contributor)
    for address, budget in (("/notifications/", 14), ("/notifications/settings/", 12)):
        with django_assert_max_num_queries(budget):
            client.get(address)
