"""Writing, revising and withdrawing comments, through the page's own addresses."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from consultation.discussion import actions
from consultation.discussion.actions import Words
from consultation.discussion.models import Comment
from consultation.record import clock
from consultation.record.errors import Changed
from consultation.stakeholders.models import Membership, Organisation
from tests import factories


def address(consultation, ref="p8"):
    return f"/consultations/{consultation.slug}/passages/{ref}/comments/"


def form(**fields):
    return {"body": "We would add a word on health.", "submission_id": str(uuid4()), "action": "submit", **fields}


def close(consultation):
    consultation.closes_at = clock.now() - timedelta(seconds=1)
    consultation.save()


def test_a_comment_waits_for_a_moderator_and_only_its_delegation_sees_it(consultation, contributor, as_user):
    answer = as_user(contributor).post(address(consultation), form(), follow=True)
    assert answer.status_code == 200
    comment = Comment.objects.get()
    assert comment.state == "pending"
    assert comment.organisation == factories.organisation_of(contributor)
    assert "waiting for a moderator" in answer.content.decode()
    page = f"/consultations/{consultation.slug}/passages/p8/"
    colleague = factories.delegate(consultation, organisation=comment.organisation)
    stranger = factories.delegate(consultation)
    for person, sees in ((contributor, True), (colleague, True), (stranger, False), (None, False)):
        assert ("We would add" in as_user(person).get(page).content.decode()) is sees


@pytest.mark.parametrize("number", [0, 12])
def test_submitting_asks_the_database_as_often_whatever_is_there(
    consultation, contributor, number, django_assert_max_num_queries
):
    for _ in range(number):
        factories.submitted(contributor, consultation)
    words, place = Words("A remark."), factories.passage(consultation, "p8")
    # PostgreSQL is asked for its lock of the window and its clock, too.
    with django_assert_max_num_queries(18 if connection.vendor == "sqlite" else 20):
        actions.write_comment(contributor, consultation, place, words, uuid4())


def test_after_publication_everybody_sees_it(consultation, contributor, moderator, as_user):
    factories.published(contributor, consultation, moderator, body="We would add a word.")
    page = as_user(None).get(f"/consultations/{consultation.slug}/passages/p8/").content.decode()
    assert "We would add a word." in page
    assert "1 comment" in as_user(None).get(f"/consultations/{consultation.slug}/report/").content.decode()


def test_the_same_form_sent_twice_makes_one_comment_and_shows_it(consultation, contributor, as_user):
    sent = form()
    browser = as_user(contributor)
    first, second = browser.post(address(consultation), sent), browser.post(address(consultation), sent)
    assert first.status_code == second.status_code == 302
    assert first.url == second.url
    assert Comment.objects.count() == 1


def test_a_used_form_of_somebody_else_shows_nothing_of_theirs(consultation, contributor, as_user):
    theirs = factories.submitted(contributor, consultation)
    other = factories.delegate(consultation)
    answer = as_user(other).post(address(consultation), form(submission_id=str(theirs.submission_id)))
    assert answer.status_code == 409
    assert Comment.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"body": ""}, "Enter your comment"),
        ({"body": "   "}, "Enter your comment"),
        ({"body": "\u200b"}, "Enter your comment"),
        ({"body": "***"}, "Enter your comment"),
        ({"body": "x" * 10_001}, "1 character too long"),
        ({"body": "a\x00b"}, "control characters"),
        ({"body": "a\u202eb"}, "direction of text"),
        ({"body": "a" + "\u0301" * 1000}, "piled-up accents"),
        ({"type": "vote"}, "not one of the available choices"),
        ({"parent": "nothere"}, "not published on this passage"),
        ({"submission_id": "1"}, "valid UUID"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_field_and_nothing_typed_is_lost(
    consultation, contributor, as_user, fields, sentence
):
    answer = as_user(contributor).post(address(consultation), form(**{"proposed_wording": "Kept words", **fields}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "There is a problem" in page
    beside_its_field_too = 1 if fields.keys() & {"submission_id", "parent"} else 2
    assert page.count(sentence) >= beside_its_field_too
    assert "Kept words" in page
    assert not Comment.objects.exists()


def test_ten_thousand_characters_are_not_too_many(consultation, contributor, as_user):
    assert as_user(contributor).post(address(consultation), form(body="x" * 10_000)).status_code == 302


@pytest.mark.parametrize(("other", "ref"), [({"body": "Another remark."}, "p8"), ({}, "p9")])
def test_a_sent_form_with_other_words_is_not_taken_for_the_first(consultation, contributor, as_user, other, ref):
    browser, sent = as_user(contributor), form()
    browser.post(address(consultation), sent)
    again = browser.post(address(consultation, ref), {**sent, **other})
    assert again.status_code == 409
    page = again.content.decode()
    assert "was not recorded" in page
    assert {**sent, **other}["body"] in page
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("action", ["publish", "", "DRAFT"])
def test_an_action_that_is_not_known_does_nothing(consultation, contributor, as_user, action):
    answer = as_user(contributor).post(address(consultation), form(action=action))
    assert answer.status_code == 422
    assert "Use one of its buttons." in answer.content.decode()
    assert "We would add a word on health." in answer.content.decode()
    assert not Comment.objects.exists()


def test_line_ends_are_counted_and_kept_the_same(consultation, contributor, as_user):
    as_user(contributor).post(address(consultation), form(body="a\r\nb"))
    assert Comment.objects.get().latest.body == "a\nb"


@pytest.mark.parametrize("ref", ["pra6", "p4"])
def test_proposed_wording_that_changes_nothing_is_refused(consultation, contributor, as_user, ref):
    same = factories.passage(consultation, ref).words
    answer = as_user(contributor).post(address(consultation, ref), form(proposed_wording=same))
    assert answer.status_code == 422
    assert "Change the wording or remove it" in answer.content.decode()


def test_proposed_wording_is_shown_as_a_difference(consultation, contributor, moderator, as_user):
    words = "Find alternatives to detention and end at once the detention of migrant children."
    as_user(contributor).post(address(consultation, "pra6"), form(proposed_wording=words))
    factories.decided(moderator, Comment.objects.get())
    page = as_user(None).get(f"/consultations/{consultation.slug}/passages/pra6/").content.decode()
    assert "<del>" in page
    assert "<ins>" in page


def test_a_preview_writes_nothing(consultation, contributor, as_user):
    answer = as_user(contributor).post(address(consultation), form(body="*as it will look*", action="preview"))
    assert answer.status_code == 200
    assert "<em>as it will look</em>" in answer.content.decode()
    assert not Comment.objects.exists()


def test_a_draft_is_seen_by_its_author_only_and_can_be_submitted(consultation, contributor, moderator, as_user):
    browser = as_user(contributor)
    browser.post(address(consultation), form(body="Not yet", action="draft"))
    comment = Comment.objects.get()
    colleague = factories.delegate(consultation, organisation=comment.organisation)
    for person in (colleague, moderator, None):
        assert not Comment.objects.visible_to(person or _nobody()).exists()
    browser.post(
        f"/consultations/{consultation.slug}/comments/{comment.public_id}/edit/", form(body="Now", action="submit")
    )
    comment.refresh_from_db()
    assert (comment.state, comment.latest.body, comment.revisions.count()) == ("pending", "Now", 1)


def test_a_closed_consultation_takes_no_comment_and_keeps_the_typed_text(consultation, contributor, as_user):
    close(consultation)
    answer = as_user(contributor).post(address(consultation), form())
    assert answer.status_code == 409
    assert "closed on" in answer.content.decode()
    assert "We would add a word on health." in answer.content.decode()
    assert not Comment.objects.exists()


def test_the_instant_of_closing_is_outside(consultation, contributor):
    consultation.closes_at = clock.now()
    consultation.save()
    assert consultation.state_at(consultation.closes_at) == "closed"
    assert consultation.state_at(consultation.opens_at) == "open"


def test_who_is_not_signed_in_signs_in_and_finds_the_text_again(consultation, contributor, client):
    answer = client.post(address(consultation), form(body="Typed before the session ended"))
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/?next=")
    assert not Comment.objects.exists()
    contributor.set_password("a-long-sample-password")
    contributor.save()
    client.force_login(contributor, backend="django.contrib.auth.backends.ModelBackend")
    assert "Typed before the session ended" in client.get(address(consultation)).content.decode()


def _nobody():
    from django.contrib.auth.models import AnonymousUser  # noqa: PLC0415 - only here

    return AnonymousUser()


@pytest.mark.parametrize(
    "state", [Organisation.State.APPLIED, Organisation.State.SUSPENDED, Organisation.State.REFUSED]
)
def test_nobody_speaks_for_an_organisation_that_is_not_approved(consultation, contributor, as_user, state):
    Organisation.objects.update(state=state)
    answer = as_user(contributor).post(address(consultation), form())
    assert answer.status_code == 403
    assert "not approved" in answer.content.decode()
    assert "We would add a word on health." in answer.content.decode()


def test_an_observer_submits_nothing(consultation, as_user):
    observer = factories.delegate(consultation, Membership.Role.OBSERVER)
    answer = as_user(observer).post(address(consultation), form())
    assert answer.status_code == 403
    assert "Observers read" in answer.content.decode()


def test_who_left_a_delegation_is_refused_at_once(consultation, contributor, as_user):
    browser = as_user(contributor)
    browser.get("/delegation/")
    Membership.objects.update(ended_at=clock.now())
    assert browser.post(address(consultation), form()).status_code == 403


def test_a_forged_organisation_is_not_believed(consultation, contributor, as_user):
    other = factories.organisation_of(factories.delegate(consultation))
    forged = {"state": "published", "author": "1", "created_at": "2001-01-01"}
    answer = as_user(contributor).post(address(consultation), form(organisation=other.slug, **forged))
    assert answer.status_code == 403
    assert not Comment.objects.exists()
    as_user(contributor).post(address(consultation), form(**forged))
    comment = Comment.objects.get()
    assert comment.organisation == factories.organisation_of(contributor)
    assert (comment.state, comment.author) == ("pending", contributor)


def test_a_form_without_a_token_is_refused_and_another_sites_text_is_not_shown(consultation, contributor):
    from django.test import Client  # noqa: PLC0415 - a client that checks tokens

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(contributor, backend="django.contrib.auth.backends.ModelBackend")
    foreign = browser.post(address(consultation), form(), headers={"Origin": "https://evil.example"})
    own = browser.post(address(consultation), form(), headers={"Origin": "http://testserver"})
    assert foreign.status_code == own.status_code == 403
    assert "We would add" not in foreign.content.decode()
    assert "We would add" in own.content.decode()
    assert not Comment.objects.exists()


def test_an_unknown_passage_or_consultation_is_not_found(consultation, contributor, as_user):
    browser = as_user(contributor)
    assert browser.post(address(consultation, "p99"), form()).status_code == 404
    assert browser.post("/consultations/none/passages/p8/comments/", form()).status_code == 404


def test_a_reply_stands_under_its_parent(consultation, contributor, moderator, as_user):
    parent = factories.published(contributor, consultation, moderator)
    other = factories.delegate(consultation)
    as_user(other).post(address(consultation), form(parent=parent.public_id))
    reply = Comment.objects.get(parent=parent)
    assert reply.root == parent
    deeper = factories.submitted(contributor, consultation, parent=factories.decided(moderator, reply))
    assert deeper.root == parent


@pytest.mark.parametrize("elsewhere", ["passage", "consultation", "pending", "removed"])
def test_a_reply_to_what_is_not_published_here_is_refused(consultation, contributor, moderator, as_user, elsewhere):
    if elsewhere == "passage":
        parent = factories.published(contributor, consultation, moderator, ref="p9")
    elif elsewhere == "consultation":
        other = factories.ConsultationFactory()
        person = factories.delegate(other)
        parent = factories.published(person, other, factories.moderator(other))
    else:
        parent = factories.submitted(contributor, consultation)
        if elsewhere == "removed":
            factories.decided(moderator, factories.decided(moderator, parent), "remove")
    answer = as_user(contributor).post(address(consultation), form(parent=parent.public_id))
    assert answer.status_code == 422


def test_an_edit_leaves_the_published_version_until_a_moderator_has_read_it(
    consultation, contributor, moderator, as_user
):
    comment = factories.published(contributor, consultation, moderator, body="First words")
    actions.revise_comment(contributor, comment, Words("Second words"))
    page = f"/consultations/{consultation.slug}/passages/p8/"
    assert "First words" in as_user(None).get(page).content.decode()
    assert "Second words" not in as_user(None).get(page).content.decode()
    factories.decided(moderator, comment)
    assert "Second words" in as_user(None).get(page).content.decode()
    assert "edited" in as_user(None).get(page).content.decode()


def test_a_returned_comment_can_be_revised_and_submitted_again(consultation, contributor, moderator, as_user):
    comment = factories.decided(moderator, factories.submitted(contributor, consultation), "return")
    page = as_user(contributor).get(f"/consultations/{consultation.slug}/passages/p8/").content.decode()
    assert "Say it at another passage." in page
    actions.revise_comment(contributor, comment, Words("Better words"))
    assert factories.decided(moderator, comment).published.body == "Better words"


def test_only_the_author_changes_or_withdraws(consultation, contributor, moderator, as_user):
    comment = factories.published(contributor, consultation, moderator)
    colleague = factories.delegate(consultation, organisation=comment.organisation)
    for what in ("edit", "withdraw"):
        url = f"/consultations/{consultation.slug}/comments/{comment.public_id}/{what}/"
        assert as_user(colleague).post(url, form()).status_code == 403
        assert as_user(None).post(url, form()).status_code == 302
    comment.refresh_from_db()
    assert comment.state == "published"


def test_a_withdrawn_comment_leaves_a_placeholder_only_where_it_was_answered(
    consultation, contributor, moderator, as_user
):
    answered = factories.published(contributor, consultation, moderator, body="Answered words")
    alone = factories.published(contributor, consultation, moderator, body="Lonely words")
    factories.published(contributor, consultation, moderator, body="The reply", parent=answered)
    for comment in (answered, alone):
        actions.withdraw_comment(contributor, comment)
    page = as_user(None).get(f"/consultations/{consultation.slug}/passages/p8/").content.decode()
    assert page.count("Withdrawn by its author") == 1
    assert "The reply" in page
    assert "Answered words" not in page
    assert "Lonely words" not in page


def test_withdrawing_twice_is_withdrawing_once_and_a_withdrawn_comment_does_not_come_back(
    consultation, contributor, moderator
):
    comment = factories.published(contributor, consultation, moderator)
    actions.withdraw_comment(contributor, comment)
    actions.withdraw_comment(contributor, comment)
    with pytest.raises(Changed):
        factories.decided(moderator, comment, "restore")


def test_a_changing_address_is_not_for_reading(consultation, contributor, moderator, as_user):
    comment = factories.published(contributor, consultation, moderator)
    url = f"/consultations/{consultation.slug}/comments/{comment.public_id}/withdraw/"
    assert as_user(contributor).get(url).status_code == 405
