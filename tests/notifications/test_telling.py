"""Who is told of what: moderators, authors, focal points, drafters, followers; nobody of their own act."""

from uuid import uuid4

import pytest

from consultation.consultations.models import Officer
from consultation.discussion.actions import Words, revise_comment, withdraw_comment
from consultation.moderation import actions as moderation
from consultation.moderation.actions import Verdict
from consultation.moderation.models import Decision
from consultation.notifications import actions, reading
from consultation.notifications.models import Following, Notification, Preferences
from consultation.notifications.wording import Teller
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from consultation.stakeholders.models import Membership
from tests import factories
from tests.notifications.conftest import said

pytestmark = pytest.mark.django_db


def told(person):
    """The kinds of what the person was told, oldest first."""
    return list(Notification.objects.filter(person=person).order_by("pk").values_list("kind", flat=True))


def sentences(person):
    return [
        Teller(person).worded(n).sentence for n in Notification.objects.visible_to(person).for_display().order_by("pk")
    ]


def drafted(drafter, consultation, ref="pol3", answer=None):
    return positions.draft_position(
        drafter, consultation, factories.passage(consultation, ref), answer or Answer("endorse"), uuid4()
    )


def test_moderators_are_told_that_something_waits(consultation, contributor, moderator, work):
    factories.submitted(contributor, consultation)
    work()
    assert sentences(moderator) == [
        f"A comment of {factories.organisation_of(contributor)} on ¶ 8 waits for a decision."
    ]
    assert told(contributor) == []


def test_a_moderator_is_told_once_until_they_have_read_it(consultation, contributor, moderator, work):
    comment = factories.submitted(contributor, consultation)
    revise_comment(contributor, comment, Words("Other words"))
    work()
    assert told(moderator) == ["moderation"]
    actions.mark_read(moderator)
    revise_comment(contributor, comment, Words("Still other words"))
    work()
    assert told(moderator) == ["moderation", "moderation"]


def test_what_was_decided_is_unread_for_no_moderator_and_told_again_when_it_comes_back(
    consultation, contributor, moderator, work
):
    colleague = factories.moderator(consultation)
    comment = factories.submitted(contributor, consultation)
    work()
    factories.decided(moderator, comment, "return")
    work()
    assert not Notification.objects.filter(person=colleague, read_at=None)
    revise_comment(contributor, comment, Words("Other words"))
    work()
    assert told(colleague) == ["moderation", "moderation"]
    assert len(sentences(colleague)) == 2
    withdraw_comment(contributor, comment)
    work()
    assert not Notification.objects.filter(person=colleague, read_at=None)


def test_a_draft_that_is_signed_waits_for_no_other_focal_point(consultation, contributor, focal_point, work):
    other = factories.focal_point(consultation, factories.organisation_of(contributor))
    drafted(contributor, consultation)
    work()
    factories.signed(focal_point, consultation)
    work()
    assert told(other) == ["signature"]
    assert not Notification.objects.filter(person=other, read_at=None)


def test_a_moderator_of_the_same_organisation_is_not_asked(consultation, contributor, moderator, work):
    Membership.objects.create(user=moderator, organisation=factories.organisation_of(contributor), role="observer")
    factories.submitted(contributor, consultation)
    work()
    assert told(moderator) == []


@pytest.mark.parametrize(
    ("decisions", "sentence", "quote"),
    [
        (["publish"], "Your comment on ¶ 8 is published.", ""),
        (
            ["return"],
            "Your comment on ¶ 8 was returned. Edit it and submit it again.",
            "Outside the scope of this passage or consultation: Say it at another passage.",
        ),
        (
            ["publish", "remove"],
            "Your comment on ¶ 8 was removed.",
            "Outside the scope of this passage or consultation: Say it at another passage.",
        ),
        (["publish", "remove", "restore"], "Your comment on ¶ 8 is published again.", ""),
    ],
)
def test_the_author_is_told_of_each_decision(
    consultation, contributor, moderator, server, work, decisions, sentence, quote
):
    comment = factories.submitted(contributor, consultation)
    for kind in decisions:
        factories.decided(moderator, comment, kind)
    work()
    last = Teller(contributor).worded(Notification.objects.visible_to(contributor).for_display().order_by("pk").last())
    assert (last.sentence, last.quote) == (sentence, quote)
    mail = server.to(contributor.email)[-1]
    assert sentence in said(mail)
    assert quote in said(mail)
    assert told(moderator).count("decision") == 0


def test_the_drafter_and_the_signer_are_told_of_a_decision_on_the_explanation(
    consultation, contributor, focal_point, moderator, work
):
    answer = Answer("reservation", "Within our law.")
    drafted(contributor, consultation, answer=answer)
    pol3 = factories.passage(consultation, "pol3")
    version = positions.sign_position(focal_point, consultation, pol3, answer, uuid4())
    work()
    assert told(moderator) == ["moderation"]
    item = f"explanation-{version.position.public_id}"
    moderation.decide(moderator, item, version.number, Verdict("return", "confidential", "Leave out a name."), uuid4())
    work()
    organisation = factories.organisation_of(contributor)
    expected = f"The explanation of position of {organisation} on POL.3 was returned."
    assert expected in sentences(contributor)
    assert expected in sentences(focal_point)


def test_focal_points_are_told_that_a_draft_waits_and_its_stance_is_not_mailed(
    consultation, contributor, focal_point, server, work
):
    drafted(contributor, consultation, answer=Answer("cannot_endorse", "A canary in the draft."))
    work()
    assert told(focal_point) == ["signature"]
    assert told(contributor) == []
    (mail,) = server.to(focal_point.email)
    assert "waits for your signature" in said(mail)
    assert "canary" not in mail.as_string()
    assert "annot endorse" not in mail.as_string()


def test_a_focal_point_is_not_told_of_their_own_draft(consultation, contributor, focal_point, work):
    drafted(focal_point, consultation)
    work()
    assert told(focal_point) == []


def test_the_drafter_is_told_what_was_sent_back(consultation, contributor, focal_point, work):
    drafted(contributor, consultation)
    positions.send_back(focal_point, consultation, factories.passage(consultation, "pol3"), "Which law?")
    work()
    told_last = Notification.objects.visible_to(contributor).for_display().last()
    assert Teller(told_last.person).worded(told_last).quote == "Which law?"


def test_what_was_sent_back_leads_to_where_it_can_be_read_after_closing(
    consultation, contributor, focal_point, work, as_user
):
    drafted(contributor, consultation, answer=Answer("reservation", "Within our law."))
    positions.send_back(focal_point, consultation, factories.passage(consultation, "pol3"), "Which law?")
    work()
    factories.close(consultation)
    told_last = Notification.objects.visible_to(contributor).for_display().last()
    answer = as_user(contributor).get(Teller(contributor).worded(told_last).path)
    assert answer.status_code == 200
    for words in ("closed on", "Within our law.", "Which law?"):
        assert words in answer.content.decode()


@pytest.mark.parametrize("place", ["consultation", "passage", "thread"])
def test_followers_are_told_of_a_new_comment(consultation, contributor, moderator, work, place):
    root = factories.published(contributor, consultation, moderator)
    work()
    follower = factories.UserFactory()
    places = {"consultation": {}, "passage": {"passage": root.passage}, "thread": {"thread": root}}
    actions.follow(follower, consultation, **places[place])
    factories.published(factories.delegate(consultation), consultation, moderator, parent=root)
    factories.published(contributor, consultation, moderator, ref="p9")
    work()
    assert told(follower) == ["comment"] * (2 if place == "consultation" else 1)


def test_the_narrowest_choice_decides(consultation, contributor, moderator, work):
    root = factories.published(contributor, consultation, moderator)
    work()
    muted, keen = factories.UserFactory(), factories.UserFactory()
    actions.follow(muted, consultation)
    actions.follow(muted, consultation, thread=root, active=False)
    actions.follow(keen, consultation, passage=root.passage, active=False)
    actions.follow(keen, consultation, thread=root)
    factories.published(factories.delegate(consultation), consultation, moderator, parent=root)
    work()
    assert (told(muted), told(keen)) == ([], ["comment"])
    factories.published(contributor, consultation, moderator)
    work()
    assert (told(muted), told(keen)) == (["comment"], ["comment"])


def test_an_edit_that_is_published_is_no_new_comment(consultation, contributor, moderator, work):
    comment = factories.published(contributor, consultation, moderator)
    follower = factories.UserFactory()
    actions.follow(follower, consultation)
    work()
    revise_comment(contributor, comment, Words("An edit"))
    factories.decided(moderator, comment)
    work()
    assert told(follower) == ["comment"]


def test_an_edit_after_an_undone_decision_is_no_new_comment(consultation, contributor, moderator, work, settings):
    """What was published at once was published by no decision."""
    settings.UNDO_SECONDS = 60
    consultation.moderation_mode = "after"
    consultation.save()
    follower = factories.UserFactory()
    actions.follow(follower, consultation)
    comment = factories.submitted(contributor, consultation)
    work()
    assert told(follower) == ["comment"]
    factories.decided(moderator, comment, "remove")
    moderation.undo(moderator, Decision.objects.get())
    revise_comment(contributor, comment, Words("An edit"))
    settings.UNDO_SECONDS = 0
    work()
    assert told(follower) == ["comment"]


def test_authors_follow_the_threads_they_write_in_unless_they_do_not_want_to(
    consultation, contributor, moderator, work
):
    root = factories.published(contributor, consultation, moderator)
    shy = factories.delegate(consultation)
    Preferences.objects.create(person=shy, follow_own_threads=False)
    factories.published(shy, consultation, moderator, parent=root)
    work()
    assert "comment" in told(contributor)
    assert not Following.objects.filter(person=shy).exists()


def test_who_stopped_following_a_thread_is_not_put_back_by_writing_again(consultation, contributor, moderator, work):
    root = factories.published(contributor, consultation, moderator)
    work()
    actions.follow(contributor, consultation, thread=root, active=False)
    factories.published(contributor, consultation, moderator, parent=root)
    work()
    assert not Following.objects.get(person=contributor).active


def test_followers_of_a_recommendation_are_told_of_a_new_position(consultation, contributor, focal_point, work):
    follower, elsewhere = factories.UserFactory(), factories.UserFactory()
    actions.follow(follower, consultation, passage=factories.passage(consultation, "pol3"))
    actions.follow(elsewhere, consultation, passage=factories.passage(consultation, "pol4"))
    actions.follow(focal_point, consultation)
    factories.signed(focal_point, consultation, explanation="An explanation that waits.")
    work()
    organisation = factories.organisation_of(contributor)
    assert sentences(follower) == [f"{organisation} signed a position on POL.3: endorse."]
    assert told(elsewhere) == told(focal_point) == []


def test_nobody_is_told_twice_of_one_entry(consultation, contributor, moderator, work):
    root = factories.published(contributor, consultation, moderator)
    work()
    follower = factories.UserFactory()
    for place in ({}, {"passage": root.passage}, {"thread": root}):
        actions.follow(follower, consultation, **place)
    factories.published(factories.delegate(consultation), consultation, moderator, parent=root)
    work()
    assert told(follower) == ["comment"]


def test_telling_a_thousand_followers_costs_what_telling_one_costs(
    consultation, contributor, moderator, work, django_assert_max_num_queries
):
    for follower in factories.UserFactory.create_batch(300):
        actions.follow(follower, consultation)
    work()
    factories.published(contributor, consultation, moderator)
    with django_assert_max_num_queries(60):
        reading.read(10)
    assert Notification.objects.filter(kind="comment").count() == 300


def test_an_officer_who_left_is_not_told(consultation, contributor, moderator, work):
    Officer.objects.all().delete()
    factories.submitted(contributor, consultation)
    work()
    assert told(moderator) == []
