"""What authors and moderators are told of good practices."""

from uuid import uuid4

import pytest

from consultation.moderation import actions as moderation
from consultation.notifications.models import Mail, Notification
from consultation.notifications.wording import Teller
from consultation.practices import actions
from tests import factories


def told(person):
    unread = Notification.objects.visible_to(person).filter(read_at=None)
    return [Teller(person).worded(n).sentence for n in unread.for_display().order_by("pk")]


@pytest.fixture(autouse=True)
def _at_once(settings):
    settings.UNDO_SECONDS = 0


def test_the_moderators_are_told_of_what_waits_and_the_author_of_each_decision(
    consultation, contributor, moderator, work, as_user, mailoutbox
):
    practice = factories.practice(contributor, consultation, submit=False, title="Trained")
    work()
    assert told(moderator) == []
    actions.revise_practice(contributor, practice, factories.description(consultation, title="Trained"))
    actions.revise_practice(contributor, practice, factories.description(consultation, title="Trained well"))
    work()
    organisation = practice.organisation
    assert told(moderator) == [f"The good practice “Trained well” of {organisation} waits for a decision."]
    factories.decided_practice(moderator, practice, "return")
    work()
    assert told(moderator) == []
    assert told(contributor) == ["Your good practice “Trained well” was returned. Edit it and submit it again."]
    page = as_user(contributor).get("/notifications/").content.decode()
    assert f"/consultations/{consultation.slug}/practices/{practice.public_id}/" in page
    assert "Say where." in page
    mail = Mail.objects.get(person=contributor)
    assert mail.state == "sent"
    actions.revise_practice(contributor, practice, factories.description(consultation, title="Trained better"))
    factories.decided_practice(moderator, practice)
    for kind in ("remove", "restore"):
        factories.decided_practice(moderator, practice, kind)
    work()
    assert told(contributor)[1:] == [
        "Your good practice “Trained better” is published.",
        "Your good practice “Trained better” was removed.",
        "Your good practice “Trained better” is published again.",
    ]


def test_appeals_and_enough_flags_are_told_to_moderators(consultation, contributor, moderator, work):
    second = factories.moderator(consultation)
    practice = factories.decided_practice(moderator, factories.practice(contributor, consultation, title="Trained"))
    item = f"practice-{practice.public_id}"
    for number in (0, 1):
        reader = factories.delegate(consultation)
        moderation.flag(reader, consultation, item, uuid4(), reason="abusive")
        work()
        assert len(told(second)) == number
    factories.decided_practice(moderator, practice, "remove")
    work()
    assert told(second) == []
    decision = practice.published.decisions.last()
    moderation.appeal(contributor, decision, "It insults nobody.", uuid4())
    work()
    assert len(told(second)) == 1
    assert told(moderator) == []
    factories.decided_practice(second, practice, "keep")
    work()
    assert told(contributor)[-1] == "Your appeal on “Trained” was decided: the removal stands."


def test_nothing_of_a_withdrawn_practice_is_told_to_others(consultation, contributor, moderator, work):
    practice = factories.practice(contributor, consultation)
    work()
    assert len(told(moderator)) == 1
    actions.withdraw_practice(contributor, practice)
    assert told(moderator) == []
    work()
    assert told(moderator) == []
