"""Drafts that a delegation writes together, and the support of proposed wordings."""

from uuid import uuid4

import pytest

from consultation.discussion import actions
from consultation.discussion.actions import Words
from consultation.discussion.models import Comment, Support
from consultation.discussion.proposals import touched
from consultation.record.models import Entry
from tests import factories

WORDING = "A comprehensive process shall be without migrants in it."


@pytest.fixture
def c(consultation):
    return f"/consultations/{consultation.slug}"


@pytest.fixture
def colleague(consultation, contributor):
    return factories.delegate(consultation, organisation=factories.organisation_of(contributor))


@pytest.fixture
def draft(consultation, contributor):
    words, passage = Words("Begun by one."), factories.passage(consultation, "p8")
    return actions.write_comment(contributor, consultation, passage, words, uuid4(), submit=False, shared=True)


def edit(browser, c, comment, body, version, action="draft"):
    return browser.post(
        f"{c}/comments/{comment.public_id}/edit/", {"body": body, "version": version, "action": action, "shared": "on"}
    )


def test_a_shared_draft_is_read_and_edited_by_the_delegation_only(c, consultation, draft, colleague, as_user, client):
    assert "Begun by one." in as_user(colleague).get(f"{c}/passages/p8/").content.decode()
    assert edit(as_user(colleague), c, draft, "Continued by another.", 1).status_code == 302
    draft.refresh_from_db()
    assert (draft.latest.body, draft.latest.saves, draft.author) == ("Continued by another.", 2, draft.author)
    stranger = as_user(factories.delegate(consultation))
    assert stranger.get(f"{c}/comments/{draft.public_id}/edit/").status_code == 404
    assert "Continued" not in client.get(f"{c}/passages/p8/").content.decode()
    kinds = list(Entry.objects.about(draft).values_list("kind", "actor"))
    assert kinds == [("comment.drafted", draft.author_id), ("comment.drafted", colleague.pk)]


def test_a_draft_that_is_not_shared_is_its_authors(c, consultation, contributor, colleague, as_user):
    words, passage = Words("Mine"), factories.passage(consultation, "p8")
    own = actions.write_comment(contributor, consultation, passage, words, uuid4(), submit=False)
    assert as_user(colleague).get(f"{c}/comments/{own.public_id}/edit/").status_code == 404


def test_two_who_edit_the_same_draft_see_both_texts_and_nothing_is_written_over(
    c, draft, contributor, colleague, as_user
):
    edit(as_user(colleague), c, draft, "Of the colleague.", 1)
    answer = edit(as_user(contributor), c, draft, "Of the author.", 1)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Of the colleague." in page
    assert "Of the author." in page
    draft.refresh_from_db()
    assert draft.latest.body == "Of the colleague."
    assert 'name="version" value="2"' in page
    assert edit(as_user(contributor), c, draft, "Of both.", 2).status_code == 302
    draft.refresh_from_db()
    assert draft.latest.body == "Of both."


def test_a_conflict_while_typing_is_told_in_a_line(c, draft, contributor, colleague, as_user):
    edit(as_user(colleague), c, draft, "Of the colleague.", 1)
    answer = as_user(contributor).post(
        f"{c}/comments/{draft.public_id}/edit/",
        {"body": "Of the author.", "version": 1, "action": "draft"},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 409
    assert "A colleague changed this draft" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_a_colleague_submits_what_was_written_together(c, draft, colleague, contributor, as_user):
    edit(as_user(colleague), c, draft, "Finished.", 1, action="submit")
    draft.refresh_from_db()
    assert (draft.state, draft.author, draft.latest.created_by) == ("pending", contributor, colleague)
    assert edit(as_user(colleague), c, draft, "Changed later.", 2, action="submit").status_code == 403


# Support ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def proposal(consultation, contributor, moderator):
    passage = factories.passage(consultation, "p24")
    comment = actions.write_comment(
        contributor, consultation, passage, Words("Shorter.", proposed_wording=WORDING), uuid4()
    )
    return factories.decided(moderator, comment)


def support(browser, c, comment, revision=1, **fields):
    return browser.post(f"{c}/comments/{comment.public_id}/support/", {"revision": revision, **fields})


def test_an_organisation_supports_a_wording_once_however_many_accounts(c, consultation, proposal, as_user, client):
    organisation = factories.OrganisationFactory(name="Sample Supporters")
    for _ in range(3):
        support(as_user(factories.delegate(consultation, organisation=organisation)), c, proposal)
    assert Support.objects.count() == 1
    page = client.get(f"{c}/passages/p24/proposals/").content.decode()
    assert "1 proposal" in page
    assert "Sample Supporters" in page
    assert Entry.objects.filter(kind="proposal.supported").count() == 1


def test_a_new_revision_asks_the_supporters_again(c, consultation, proposal, contributor, moderator, as_user, client):
    supporter = as_user(factories.delegate(consultation))
    support(supporter, c, proposal)
    actions.revise_comment(contributor, proposal, Words("Shorter.", proposed_wording=WORDING + " Now."))
    factories.decided(moderator, proposal)
    page = client.get(f"{c}/passages/p24/proposals/").content.decode()
    assert "They supported an earlier wording and are asked again" in page
    assert support(supporter, c, proposal, revision=1).status_code == 409
    assert support(supporter, c, proposal, revision=2).status_code == 302
    assert Support.objects.filter(withdrawn_at=None).get().revision.number == 2


def test_a_support_is_withdrawn(c, consultation, proposal, as_user, client):
    supporter = as_user(factories.delegate(consultation))
    support(supporter, c, proposal)
    support(supporter, c, proposal, action="withdraw")
    assert not Support.objects.filter(withdrawn_at=None).exists()
    assert "No organisation has said" in client.get(f"{c}/passages/p24/proposals/").content.decode()


@pytest.mark.parametrize(("who", "status"), [("own", 403), ("observer", 403), ("nobody", 302), ("stranger", 403)])
def test_who_may_not_support(c, consultation, proposal, colleague, as_user, who, status):
    people = {
        "own": colleague,
        "observer": factories.delegate(consultation, "observer"),
        "nobody": None,
        "stranger": factories.UserFactory(),
    }
    assert support(as_user(people[who]), c, proposal).status_code == status
    assert not Support.objects.exists()


@pytest.mark.parametrize("revision", ["", "abc", "-1", "9" * 30, "2"])
def test_a_revision_that_was_not_read_is_not_supported(c, consultation, proposal, as_user, revision):
    answer = support(as_user(factories.delegate(consultation)), c, proposal, revision=revision)
    assert answer.status_code == 409


def test_wordings_that_touch_the_same_words_are_said_to(c, consultation, proposal, moderator, client):
    old = factories.passage(consultation, "p24").words
    for new in (old.replace("process", "procedure", 1), f"{old} And more."):
        comment = actions.write_comment(
            factories.delegate(consultation),
            consultation,
            factories.passage(consultation, "p24"),
            Words("Other.", proposed_wording=new),
            uuid4(),
        )
        factories.decided(moderator, comment)
    page = " ".join(client.get(f"{c}/passages/p24/proposals/").content.decode().split())
    assert "3 proposals" in page
    assert "touch the same words" in page
    assert not touched(old, old)
    assert Comment.objects.with_proposals().count() == 3
