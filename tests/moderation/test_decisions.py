"""The queue and decisions, through /moderation/ and through the admin."""

from uuid import uuid4

import pytest

from consultation.discussion import actions as discussion
from consultation.discussion.actions import Words
from consultation.moderation import actions
from consultation.moderation.models import Decision
from consultation.stakeholders.models import Membership
from tests import factories


def address(comment):
    return f"/moderation/comment-{comment.public_id}/"


def form(comment, **fields):
    return {"decision": "publish", "revision": comment.latest.number, "submission_id": str(uuid4()), **fields}


RETURN = {"decision": "return", "reason": "off_topic", "statement": "Say it at ¶ 9."}


@pytest.fixture
def comment(consultation, contributor):
    return factories.submitted(contributor, consultation, body="To be read")


def test_the_moderator_finds_it_in_the_queue_and_publishes_it(comment, moderator, as_user):
    browser = as_user(moderator)
    assert "To be read" in browser.get("/moderation/").content.decode()
    assert "To be read" in browser.get(address(comment)).content.decode()
    assert browser.post(address(comment), form(comment)).status_code == 302
    comment.refresh_from_db()
    assert comment.state == "published"
    assert "Nothing waits for a decision" in browser.get("/moderation/").content.decode()


def test_the_author_is_told_why_a_comment_was_returned_and_by_no_name(comment, contributor, moderator, as_user):
    as_user(moderator).post(address(comment), form(comment, **RETURN))
    page = as_user(contributor).get("/delegation/").content.decode()
    assert "returned with a reason" in page
    passage = as_user(contributor).get(f"/consultations/{comment.consultation.slug}/passages/p8/").content.decode()
    assert "Say it at ¶ 9." in passage
    assert moderator.name not in passage.replace(contributor.name, "")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"decision": ""}, "Select a decision"),
        ({"decision": "hide"}, "not one of the available choices"),
        ({"decision": "return", "statement": "x"}, "Select a reason"),
        ({"decision": "return", "reason": "off_topic"}, "Enter a statement to the author"),
        ({"decision": "return", "reason": "taste", "statement": "x"}, "not one of the available choices"),
    ],
)
def test_a_decision_that_is_not_complete_is_not_taken(comment, moderator, as_user, fields, sentence):
    answer = as_user(moderator).post(address(comment), form(comment, **fields))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Decision.objects.exists()


@pytest.mark.parametrize("who", ["contributor", "nobody", "moderator of another consultation"])
def test_only_moderators_of_the_consultation_decide(comment, contributor, as_user, who):
    other = factories.moderator(factories.ConsultationFactory())
    person = {"contributor": contributor, "nobody": None, "moderator of another consultation": other}[who]
    expected = {"contributor": 403, "nobody": 302, "moderator of another consultation": 404}[who]
    browser = as_user(person)
    assert browser.get(address(comment)).status_code == expected
    assert browser.post(address(comment), form(comment)).status_code == expected
    assert not Decision.objects.exists()


@pytest.mark.parametrize("own", ["author", "organisation"])
def test_nobody_decides_on_their_own_organisations_contribution(comment, contributor, moderator, as_user, own):
    if own == "author":
        comment = factories.submitted(
            factories.delegate(comment.consultation, organisation=comment.organisation), comment.consultation
        )
        person = comment.author
        from consultation.consultations.models import Officer  # noqa: PLC0415

        Officer.objects.create(consultation=comment.consultation, user=person, role="moderator")
    else:
        person = moderator
        Membership.objects.create(user=moderator, organisation=comment.organisation, role="observer")
    browser = as_user(person)
    assert "another moderator" in browser.get("/moderation/").content.decode()
    answer = browser.post(address(comment), form(comment))
    assert answer.status_code == 403
    assert "Another moderator has to decide" in answer.content.decode()
    assert not Decision.objects.exists()


def test_a_decision_binds_to_the_words_that_were_read(comment, contributor, moderator, as_user):
    read = form(comment)
    discussion.revise_comment(contributor, comment, Words("Changed while it was read"))
    answer = as_user(moderator).post(address(comment), read)
    assert answer.status_code == 409
    assert "The author changed this text" in answer.content.decode()
    assert "Changed" in answer.content.decode()
    comment.refresh_from_db()
    assert comment.state == "pending"
    assert not Decision.objects.exists()


def test_the_second_moderator_is_told_what_the_first_decided(comment, moderator, as_user):
    second = factories.moderator(comment.consultation)
    first, late = form(comment), form(comment, **RETURN)
    as_user(moderator).post(address(comment), first)
    answer = as_user(second).post(address(comment), late)
    assert answer.status_code == 409
    assert "Already decided by another moderator" in answer.content.decode()
    assert "Say it at ¶ 9." in answer.content.decode()
    assert Decision.objects.count() == 1


def test_the_same_decision_sent_twice_is_one(comment, moderator, as_user):
    sent = form(comment)
    browser = as_user(moderator)
    assert [browser.post(address(comment), sent).status_code for _ in range(2)] == [302, 302]
    assert Decision.objects.count() == 1


def test_a_form_that_decided_before_decides_nothing_else(comment, moderator, as_user):
    browser, sent = as_user(moderator), form(comment)
    browser.post(address(comment), sent)
    other = browser.post(address(comment), {**sent, **RETURN})
    assert (other.status_code, Decision.objects.get().kind) == (409, "publish")
    assert "sent before, with other words" in other.content.decode()
    actions.undo(moderator, Decision.objects.get())
    again = browser.post(address(comment), sent)
    assert again.status_code == 409
    assert "Open the page again" in again.content.decode()
    comment.refresh_from_db()
    assert comment.state == "pending"


def test_who_decided_already_is_told_that_it_was_they(comment, moderator, as_user):
    browser, first, late = as_user(moderator), form(comment), form(comment, **RETURN)
    browser.post(address(comment), first)
    page = browser.post(address(comment), late).content.decode()
    assert "You decided this already on" in page
    assert "another moderator" not in page


def test_what_its_author_withdrew_is_not_decided(comment, contributor, moderator, as_user):
    sent = form(comment)
    discussion.withdraw_comment(contributor, comment)
    assert as_user(moderator).post(address(comment), sent).status_code == 409
    comment.refresh_from_db()
    assert comment.state == "withdrawn"


@pytest.mark.parametrize(("state", "refused"), [("pending", "remove"), ("published", "return"), ("removed", "return")])
def test_a_decision_fits_the_state(comment, moderator, as_user, state, refused):
    if state != "pending":
        factories.decided(moderator, comment)
    if state == "removed":
        factories.decided(moderator, comment, "remove")
    answer = as_user(moderator).post(address(comment), form(comment, **{**RETURN, "decision": refused}))
    assert answer.status_code == 409
    comment.refresh_from_db()
    assert comment.state == state


def test_a_removed_comment_is_restored(comment, moderator, as_user):
    factories.decided(moderator, comment)
    factories.decided(moderator, comment, "remove")
    as_user(moderator).post(address(comment), form(comment, decision="restore"))
    comment.refresh_from_db()
    assert comment.state == "published"


def test_a_moderators_words_are_shown_as_text(comment, contributor, moderator, as_user):
    as_user(moderator).post(address(comment), form(comment, **{**RETURN, "statement": "<b onmouseover=alert(1)>"}))
    page = as_user(contributor).get(f"/consultations/{comment.consultation.slug}/passages/p8/").content.decode()
    assert "&lt;b onmouseover=alert(1)&gt;" in page
    assert "<b onmouseover" not in page


def test_what_was_submitted_in_time_is_moderated_after_closing(comment, moderator):
    comment.consultation.closes_at = comment.created_at
    comment.consultation.save()
    assert factories.decided(moderator, comment).state == "published"


# The admin ---------------------------------------------------------------------------------------------------------


def admin_address(comment):
    return f"/admin/discussion/comment/{comment.pk}/change/"


@pytest.fixture
def admin(moderator):
    moderator.is_staff = True
    moderator.save()
    return moderator


def test_the_admin_publishes_by_the_same_action(comment, admin, as_user):
    browser = as_user(admin)
    assert "To be read" in browser.get("/admin/discussion/comment/").content.decode()
    page = browser.get(admin_address(comment)).content.decode()
    assert "To be read" in page
    answer = browser.post(admin_address(comment), form(comment))
    assert answer.status_code == 302, answer.content.decode()
    comment.refresh_from_db()
    assert comment.state == "published"
    assert Decision.objects.get().moderator == admin


def test_the_admin_shows_no_draft(comment, contributor, consultation, moderator, admin, as_user):
    """Neither the draft of an edit, on which nothing is decided, nor one that was withdrawn."""
    factories.decided(moderator, comment)
    discussion.revise_comment(contributor, comment, Words("Begun for nobody else."), submit=False)
    words, place = Words("Begun and taken back."), factories.passage(consultation, "p8")
    draft = discussion.write_comment(contributor, consultation, place, words, uuid4(), submit=False)
    discussion.withdraw_comment(contributor, draft)
    for address in ("/admin/discussion/comment/", admin_address(comment)):
        page = as_user(admin).get(address).content.decode()
        assert "To be read" in page
        assert "Begun" not in page
    assert as_user(admin).get(admin_address(draft)).status_code == 302
    discussion.withdraw_comment(contributor, comment)
    assert "To be read" not in as_user(admin).get("/admin/discussion/comment/").content.decode()


def test_the_admin_asks_for_a_reason_too(comment, admin, as_user):
    answer = as_user(admin).post(admin_address(comment), form(comment, decision="return"))
    assert "Select a reason" in answer.content.decode()
    assert not Decision.objects.exists()
    as_user(admin).post(admin_address(comment), form(comment, **RETURN))
    comment.refresh_from_db()
    assert comment.state == "returned"


def test_the_admin_publishes_several_at_once(comment, contributor, consultation, admin, as_user):
    second = factories.submitted(contributor, consultation)
    as_user(admin).post(
        "/admin/discussion/comment/",
        {"action": "publish_selected", "_selected_action": [comment.pk, second.pk]},
    )
    assert set(consultation.comments.values_list("state", flat=True)) == {"published"}


def test_the_admin_cannot_get_round_the_rules(comment, contributor, admin, as_user):
    Membership.objects.create(user=admin, organisation=comment.organisation, role="observer")
    assert as_user(admin).post(admin_address(comment), form(comment)).status_code == 403
    assert as_user(admin).get("/admin/discussion/comment/add/").status_code == 403
    assert as_user(admin).post(f"/admin/discussion/comment/{comment.pk}/delete/").status_code == 403
    comment.refresh_from_db()
    assert comment.state == "pending"


def test_staff_who_do_not_moderate_see_no_comments_in_the_admin(comment, as_user):
    staff = factories.UserFactory(is_staff=True, is_superuser=True)
    assert as_user(staff).get("/admin/discussion/comment/").status_code == 403
