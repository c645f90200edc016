"""An edit that is saved as a draft changes nothing of what was submitted, whatever a moderator decides meanwhile."""

from importlib import import_module
from uuid import uuid4

import pytest
from django.apps import apps

from consultation.discussion import actions
from consultation.discussion.actions import Words
from consultation.discussion.models import Comment
from consultation.dispositions.rules import why_not_yet
from consultation.moderation import actions as moderation
from consultation.moderation import queue
from consultation.moderation.errors import NewerRevision
from consultation.moderation.models import Appeal, Decision
from consultation.record.models import Entry
from tests import factories

BEGUN = "Words of the draft edit."
SUBMITTED = "Words that were submitted."
WAITS = "Your draft is saved. What you submitted goes on waiting for a moderator."
STANDS = "Your draft is saved. The published version stays."


@pytest.fixture
def c(consultation):
    return f"/consultations/{consultation.slug}"


@pytest.fixture
def pending(consultation, contributor):
    return factories.submitted(contributor, consultation, body=SUBMITTED)


def edit(browser, comment, body=BEGUN, action="draft"):
    address = f"/consultations/{comment.consultation.slug}/comments/{comment.public_id}/edit/"
    return browser.post(address, {"body": body, "action": action}, follow=True).content.decode()


def states(comment):
    return list(comment.revisions.order_by("number").values_list("state", "body"))


def waiting(moderator):
    return [(item.id, item.number, item.text) for item in queue.waiting(moderator, 10)]


def test_what_waits_goes_on_waiting_while_the_edit_is_a_draft(c, pending, contributor, moderator, as_user):
    page = edit(as_user(contributor), pending)
    assert WAITS in page
    assert states(pending) == [("pending", SUBMITTED), ("draft", BEGUN)]
    assert waiting(moderator) == [(f"comment-{pending.public_id}", 1, SUBMITTED)]
    form = as_user(contributor).get(f"{c}/comments/{pending.public_id}/edit/").content.decode()
    assert BEGUN in form
    assert "You go on with the draft that you saved." in form
    assert "You saved an edit as a draft." in page


def test_the_draft_of_an_edit_is_read_by_its_author_only(c, pending, contributor, focal_point, moderator, as_user):
    edit(as_user(contributor), pending)
    for reader in (focal_point, moderator, contributor):
        page = as_user(reader).get(f"{c}/passages/p8/").content.decode()
        assert SUBMITTED in page
        assert BEGUN not in page
        assert ("You saved an edit as a draft." in page) == (reader == contributor)
    for reader in (focal_point, contributor):
        assert (BEGUN in as_user(reader).get("/delegation/").content.decode()) == (reader == contributor)
    assert BEGUN not in as_user(moderator).get(f"/moderation/comment-{pending.public_id}/").content.decode()


def test_saving_it_again_writes_over_it_and_keeps_one(pending, contributor, as_user):
    for body in ("One.", "Two.", "Two.", BEGUN):
        edit(as_user(contributor), pending, body)
    assert states(pending) == [("pending", SUBMITTED), ("draft", BEGUN)]
    told = Entry.objects.about(pending).filter(kind="comment.drafted")
    assert [entry.content["revision"] for entry in told] == [2]


def test_submitting_the_draft_takes_the_place_of_what_waited(pending, contributor, moderator, as_user):
    edit(as_user(contributor), pending)
    page = edit(as_user(contributor), pending, action="submit")
    assert "Your comment is waiting for a moderator. You can still edit it." in page
    assert states(pending) == [("superseded", SUBMITTED), ("pending", BEGUN)]
    assert waiting(moderator) == [(f"comment-{pending.public_id}", 2, BEGUN)]
    assert factories.decided(moderator, pending).published.body == BEGUN
    assert "You saved an edit" not in page


def test_what_was_read_before_it_is_not_decided_on(pending, contributor, moderator, as_user):
    edit(as_user(contributor), pending)
    edit(as_user(contributor), pending, action="submit")
    verdict = moderation.Verdict("publish")
    with pytest.raises(NewerRevision):
        moderation.decide(moderator, f"comment-{pending.public_id}", 1, verdict, uuid4())


def test_it_still_counts_as_waiting_for_the_dispositions(consultation, pending, contributor, as_user):
    edit(as_user(contributor), pending)
    assert "1 comment waits for a moderator." in why_not_yet(consultation, consultation.closes_at)


def test_what_waits_is_published_beside_the_draft(pending, contributor, moderator, as_user, client):
    edit(as_user(contributor), pending)
    comment = factories.decided(moderator, pending)
    assert comment.published.body == comment.latest.body == SUBMITTED
    assert states(comment) == [("published", SUBMITTED), ("draft", BEGUN)]
    assert STANDS in edit(as_user(contributor), comment, "Other draft.")
    edit(as_user(contributor), comment, BEGUN, "submit")
    assert states(comment) == [("published", SUBMITTED), ("pending", BEGUN)]
    assert factories.decided(moderator, comment).published.body == BEGUN


def test_what_waits_is_returned_beside_the_draft(c, pending, contributor, moderator, as_user):
    edit(as_user(contributor), pending)
    comment = factories.decided(moderator, pending, "return")
    assert states(comment) == [("returned", SUBMITTED), ("draft", BEGUN)]
    for address in (f"{c}/passages/p8/", "/delegation/", f"{c}/comments/{comment.public_id}/edit/"):
        assert "Say it at another passage." in as_user(contributor).get(address).content.decode()
    said = edit(as_user(contributor), comment, "Other draft.")
    assert "Your draft is saved." in said
    assert "waiting for a moderator" not in said
    edit(as_user(contributor), comment, BEGUN, "submit")
    comment.refresh_from_db()
    assert (comment.state, states(comment)) == ("pending", [("returned", SUBMITTED), ("pending", BEGUN)])


def test_a_return_is_undone_and_appealed_against_beside_the_draft(c, pending, contributor, moderator, as_user):
    edit(as_user(contributor), pending)
    factories.decided(moderator, pending, "return")
    moderation.undo(moderator, Decision.objects.get())
    assert states(pending) == [("pending", SUBMITTED), ("draft", BEGUN)]
    factories.decided(moderator, pending, "return")
    form = {"statement": "Look again.", "submission_id": uuid4()}
    assert as_user(contributor).post(f"{c}/appeal/comment-{pending.public_id}/", form).status_code == 302
    assert Appeal.objects.exists()
    assert states(pending) == [("pending", SUBMITTED), ("draft", BEGUN)]


def test_a_publication_is_undone_beside_the_draft(pending, contributor, moderator, as_user):
    edit(as_user(contributor), pending)
    factories.decided(moderator, pending)
    moderation.undo(moderator, Decision.objects.get())
    pending.refresh_from_db()
    assert (pending.state, states(pending)) == ("pending", [("pending", SUBMITTED), ("draft", BEGUN)])


def test_the_edit_of_a_published_comment_goes_on_waiting_too(consultation, contributor, moderator, as_user):
    comment = factories.published(contributor, consultation, moderator, body="Published first.")
    edit(as_user(contributor), comment, SUBMITTED, "submit")
    assert WAITS in edit(as_user(contributor), comment)
    assert waiting(moderator) == [(f"comment-{comment.public_id}", 2, SUBMITTED)]
    comment = factories.decided(moderator, comment, "return")
    assert states(comment) == [("published", "Published first."), ("returned", SUBMITTED), ("draft", BEGUN)]


def test_withdrawn_with_a_draft_nothing_waits(pending, contributor, moderator, as_user):
    edit(as_user(contributor), pending)
    actions.withdraw_comment(contributor, pending)
    assert waiting(moderator) == []
    assert queue.find(f"comment-{pending.public_id}", moderator).text == SUBMITTED
    pending.refresh_from_db()
    assert (pending.state, pending.latest.body) == ("withdrawn", SUBMITTED)


def test_typing_goes_on_in_a_tab_after_the_draft_was_submitted_in_another(
    consultation, contributor, moderator, as_user
):
    words, place = Words("Begun."), factories.passage(consultation, "p8")
    draft = actions.write_comment(contributor, consultation, place, words, uuid4(), submit=False)
    actions.revise_comment(contributor, draft, Words(SUBMITTED))
    typed = as_user(contributor).post(
        f"/consultations/{consultation.slug}/comments/{draft.public_id}/edit/",
        {"body": BEGUN, "version": "1", "action": "draft"},
        headers={"HX-Request": "true"},
    )
    assert "Saved as a draft" in typed.content.decode()
    assert f"{len(BEGUN)} of" in typed.content.decode()
    assert waiting(moderator) == [(f"comment-{draft.public_id}", 1, SUBMITTED)]


def test_a_draft_tells_no_name(consultation, contributor, moderator):
    consultation.attribution_choice = True
    consultation.save()
    Comment.objects.filter(pk=factories.submitted(contributor, consultation).pk).update(attribution="group")
    comment = Comment.objects.get()
    actions.revise_comment(contributor, comment, Words(BEGUN), submit=False, attribution="named")
    comment.refresh_from_db()
    assert comment.attribution == "group"


def test_the_record_is_evidence_of_what_was_submitted(pending, contributor, as_user):
    edit(as_user(contributor), pending)
    actions.withdraw_comment(contributor, pending)
    told = {entry.kind: entry.content["revision"] for entry in Entry.objects.about(pending)}
    assert told == {"comment.submitted": 1, "comment.drafted": 2, "comment.withdrawn": 1}


@pytest.mark.parametrize("published", [False, True])
def test_what_an_earlier_version_took_out_of_moderation_waits_again(
    consultation, contributor, moderator, published, as_user
):
    """It made the draft the latest, and superseded what waited."""
    comment = factories.submitted(contributor, consultation, body=SUBMITTED)
    if published:
        comment = factories.decided(moderator, comment)
        edit(as_user(contributor), comment, SUBMITTED, "submit")
    edit(as_user(contributor), comment)
    draft = comment.revisions.get(state="draft")
    comment.revisions.filter(state="pending").update(state="superseded")
    Comment.objects.filter(pk=comment.pk).update(latest=draft)
    migration = import_module("consultation.discussion.migrations.0010_drafts_of_edits")
    migration.let_submitted_words_be_latest(apps, None)
    assert [text for _id, _number, text in waiting(moderator)] == [SUBMITTED]
    comment.refresh_from_db()
    assert (comment.latest.state, comment.draft.body) == ("pending", BEGUN)
    migration.let_drafts_be_latest(apps, None)
    comment.refresh_from_db()
    assert comment.latest == draft
