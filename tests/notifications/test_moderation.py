"""What authors and moderators are told of decisions, appeals and flags."""

from datetime import timedelta
from uuid import uuid4

import pytest

from consultation.moderation import actions
from consultation.moderation.actions import Verdict
from consultation.moderation.models import Decision
from consultation.notifications.models import Notification
from consultation.notifications.wording import Teller
from tests import factories


def told(person):
    return [
        Teller(person).worded(n).sentence for n in Notification.objects.visible_to(person).for_display().order_by("pk")
    ]


def item(comment):
    return f"comment-{comment.public_id}"


@pytest.fixture
def second(consultation):
    return factories.moderator(consultation)


@pytest.fixture
def comment(consultation, contributor):
    return factories.submitted(contributor, consultation)


def test_a_decision_is_told_when_it_can_no_longer_be_undone(comment, contributor, moderator, work, turn, settings):
    settings.UNDO_SECONDS = 60
    factories.decided(moderator, comment, "return")
    work()
    assert told(contributor) == []
    turn(timedelta(seconds=61))
    work()
    assert told(contributor) == ["Your comment on ¶ 8 was returned. Edit it and submit it again."]


def test_nobody_is_told_of_a_decision_that_was_undone(comment, contributor, moderator, work, turn, settings):
    settings.UNDO_SECONDS = 60
    factories.decided(moderator, comment)
    actions.undo(moderator, Decision.objects.get())
    factories.decided(moderator, comment, "return")
    turn(timedelta(seconds=61))
    work()
    assert told(contributor) == ["Your comment on ¶ 8 was returned. Edit it and submit it again."]


def test_an_appeal_is_told_to_the_other_moderators_and_its_decision_to_the_author(
    comment, contributor, moderator, second, work
):
    factories.decided(moderator, comment)
    factories.decided(moderator, comment, "remove")
    work()
    before = {person: len(told(person)) for person in (moderator, second)}
    actions.appeal(contributor, Decision.objects.last(), "It is on the subject.", uuid4())
    work()
    assert len(told(second)) == before[second] + 1
    assert len(told(moderator)) == before[moderator]
    comment.refresh_from_db()
    actions.decide(second, item(comment), comment.latest.number, Verdict("keep", "", "The rule is clear."), uuid4())
    work()
    assert told(contributor)[-1] == "Your appeal on ¶ 8 was decided: the removal stands."


def test_moderators_are_told_once_enough_organisations_have_flagged(consultation, comment, moderator, work):
    factories.decided(moderator, comment)
    work()
    for expected in (0, 1, 1):
        person = factories.delegate(consultation)
        actions.flag(person, consultation, item(comment), uuid4(), reason="abusive")
        work()
        assert len(told(moderator)) == expected


def test_followers_are_told_of_what_is_published_at_once(consultation, contributor, work):
    consultation.moderation_mode = "after"
    consultation.save()
    other = factories.delegate(consultation)
    first = factories.submitted(other, consultation)
    work()
    factories.submitted(contributor, consultation, parent=first)
    work()
    assert len(told(other)) == 1
    assert "replied in a thread on ¶ 8" in told(other)[0]
