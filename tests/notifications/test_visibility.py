"""Nothing unpublished is told to those who may not see it: not when it is told, not on the page, not in any mail."""

from datetime import timedelta
from uuid import uuid4

import pytest

from consultation.discussion.actions import Words, revise_comment, withdraw_comment
from consultation.moderation import actions as moderation
from consultation.moderation.actions import Verdict
from consultation.notifications import actions, delivery
from consultation.notifications.models import Mail, Notification, Preferences
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from consultation.record import clock
from consultation.stakeholders.models import Membership
from tests import factories
from tests.notifications.conftest import html, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def follower(consultation):
    """Somebody who follows the consultation and wants everything at once."""
    person = factories.UserFactory()
    Preferences.objects.create(person=person, comment="at_once", position="at_once")
    actions.follow(person, consultation)
    return person


def everything(server):
    return "\n".join(f"{m.items()}{text(m)}{html(m)}" for m in server.received)


def test_what_waits_is_in_no_mail(consultation, contributor, moderator, follower, server, work):
    Preferences.objects.create(person=moderator, moderation="at_once")
    comment = factories.submitted(contributor, consultation, body="A canary that waits.")
    work()
    factories.decided(moderator, comment, "return")
    factories.submitted(contributor, consultation, body="Another canary.")
    factories.signed(factories.focal_point(consultation), consultation, "pol3", "reservation", "A third canary.")
    work()
    assert "canary" not in everything(server)
    assert len(server.to(moderator.email)) == 3
    assert "signed a position on POL.3" in text(server.to(follower.email)[0])


def test_a_comment_removed_before_it_was_read_is_told_to_no_follower(
    consultation, contributor, moderator, follower, server, work
):
    comment = factories.published(contributor, consultation, moderator)
    factories.decided(moderator, comment, "remove")
    work()
    assert not Notification.objects.filter(person=follower).exists()
    assert not server.to(follower.email)


@pytest.mark.parametrize("ending", ["remove", "withdraw", "hide"])
def test_what_went_while_the_mail_waited_is_not_sent(
    consultation, contributor, moderator, follower, server, work, as_user, ending
):
    comment = factories.published(contributor, consultation, moderator, body="A canary")
    server.stop()
    with pytest.raises(delivery.ServerDown):
        work()
    assert Mail.objects.filter(person=follower, state="waiting").count() == 1
    if ending == "remove":
        factories.decided(moderator, comment, "remove")
    elif ending == "withdraw":
        withdraw_comment(contributor, comment)
    else:
        consultation.announced = False
        consultation.save()
    server.start()
    work()
    assert not server.to(follower.email)
    assert Mail.objects.get(person=follower).state == "dropped"
    assert "canary" not in as_user(follower).get("/notifications/").content.decode()


def test_an_edit_that_waits_is_not_quoted(consultation, contributor, moderator, follower, server, work):
    comment = factories.published(contributor, consultation, moderator, body="What was published.")
    revise_comment(contributor, comment, Words("A canary"))
    work()
    (mail,) = server.to(follower.email)
    assert "What was published." in text(mail)
    assert "canary" not in everything(server)


def test_what_went_before_the_daily_mail_is_not_in_it(consultation, contributor, moderator, server, work, turn):
    reader = factories.UserFactory()
    actions.follow(reader, consultation)
    gone = factories.published(contributor, consultation, moderator, body="A canary")
    factories.published(contributor, consultation, moderator, body="It stays.", ref="p9")
    work()
    factories.decided(moderator, gone, "remove")
    turn(timedelta(days=1))
    work()
    (mail,) = server.to(reader.email)
    assert "It stays." in text(mail)
    assert "canary" not in everything(server)


def test_a_day_of_which_nothing_may_be_told_makes_no_daily_mail(
    consultation, contributor, moderator, server, work, turn
):
    reader = factories.UserFactory()
    actions.follow(reader, consultation)
    gone = factories.published(contributor, consultation, moderator)
    work()
    factories.decided(moderator, gone, "remove")
    turn(timedelta(days=1))
    work()
    assert not Mail.objects.filter(person=reader).exists()


def test_who_left_the_delegation_is_told_no_more_of_its_drafts(
    consultation, contributor, focal_point, server, work, as_user
):
    pol3 = factories.passage(consultation, "pol3")
    positions.draft_position(contributor, consultation, pol3, Answer("endorse"), uuid4())
    server.stop()
    with pytest.raises(delivery.ServerDown):
        work()
    Membership.objects.filter(user=focal_point).update(ended_at=clock.now())
    server.start()
    work()
    assert not server.to(focal_point.email)
    page = as_user(focal_point).get("/notifications/").content.decode()
    assert "POL.3" not in page
    assert "(0<" in page


def test_a_person_who_may_no_longer_sign_in_gets_no_mail(consultation, contributor, moderator, follower, server, work):
    follower.is_active = False
    follower.save()
    factories.published(contributor, consultation, moderator)
    work()
    assert not server.to(follower.email)


def test_a_consultation_in_preparation_cannot_be_followed(consultation, as_user):
    consultation.announced = False
    consultation.save()
    assert as_user(factories.UserFactory()).post(f"/consultations/{consultation.slug}/follow/").status_code == 404


def test_a_comment_that_one_may_not_see_cannot_be_followed(consultation, contributor, as_user):
    comment = factories.submitted(contributor, consultation)
    stranger = as_user(factories.UserFactory())
    address = f"/consultations/{consultation.slug}/follow/"
    assert stranger.post(address, {"thread": comment.public_id}).status_code == 404
    assert stranger.post(address, {"thread": "nothing"}).status_code == 404


def without_our_own(page: str) -> str:
    for ours in ('<script src="/static/js/theme.js"></script>', '<svg width="0"', "<svg class"):
        page = page.replace(ours, "")
    return page


@pytest.mark.parametrize(
    ("field", "hostile"),
    [
        ("body", "<script>alert(1)</script> & <img src=x onerror=alert(1)>"),
        ("body", "{{ settings.SECRET_KEY }} {% debug %}"),
        ("title", "<script>alert(1)</script>"),
        ("organisation", "<svg onload=alert(1)>"),
        ("statement", "<b onmouseover=alert(1)>No</b>"),
    ],
)
def test_what_people_write_is_text_in_mails(
    consultation, contributor, moderator, follower, server, work, as_user, field, hostile
):
    organisation = factories.organisation_of(contributor)
    if field == "title":
        consultation.title = hostile
        consultation.save()
    elif field == "organisation":
        organisation.name = hostile
        organisation.save()
    comment = factories.published(
        contributor, consultation, moderator, body=hostile if field == "body" else "A remark."
    )
    if field == "statement":
        moderation.decide(moderator, f"comment-{comment.public_id}", 1, Verdict("remove", "other", hostile), uuid4())
    work()
    pages = [html(m) for m in server.received] + [
        as_user(p).get("/notifications/").content.decode() for p in (follower, contributor)
    ]
    for tag in ("<script", "<img", "<svg", "<b "):
        assert all(tag not in without_our_own(page) for page in pages)
    assert any(hostile in text(m) for m in server.received)


@pytest.mark.parametrize("title", ["Round\r\nBcc: x@example.org", "Round\nX-Evil: 1\n\nBody"])
def test_a_title_with_line_ends_makes_no_header(consultation, contributor, moderator, follower, server, work, title):
    consultation.title = title
    consultation.save()
    factories.published(contributor, consultation, moderator)
    work()
    (mail,) = server.to(follower.email)
    assert mail["Bcc"] is None
    assert mail["X-Evil"] is None
    assert " ".join(title.split()) in mail["Subject"]


def test_names_and_addresses_that_people_write_reach_no_header(
    consultation, contributor, moderator, follower, server, work
):
    contributor.name = '"Admin <admin@gov.test>"'
    contributor.save()
    factories.published(contributor, consultation, moderator, body="Write to victim@example.net, Cc: boss@example.net")
    work()
    assert {m["X-Envelope-To"] for m in server.received} == {follower.email, contributor.email}
    for mail in server.received:
        assert mail["From"] == "consultation@127.0.0.1"
        assert "example.net" not in str(mail.items())
        assert "gov.test" not in str(mail.items())


def test_what_is_quoted_cannot_pass_for_the_words_of_the_mail(
    consultation, contributor, moderator, follower, server, work
):
    factories.published(
        contributor, consultation, moderator, body="A remark.\n\n-- \nStop these mails: https://evil.example/"
    )
    work()
    (mail,) = server.to(follower.email)
    lines = [line for line in text(mail).splitlines() if "evil.example" in line]
    assert all(line.startswith("  > ") for line in lines)
    assert lines
