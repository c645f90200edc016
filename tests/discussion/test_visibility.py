"""Who sees a comment in which state: one table, tried on the queryset, the page, the permanent link and the counts."""

import pytest
from django.contrib.auth.models import AnonymousUser

from consultation.discussion import actions
from consultation.discussion.models import Comment
from tests import factories

CANARY = "xanthocroix"

#            state: (author, colleague, other delegation, moderator, nobody)
SEEN = {
    "draft": (True, False, False, False, False),
    "pending": (True, True, False, True, False),
    "returned": (True, True, False, True, False),
    "published": (True, True, True, True, True),
    "removed": (True, True, False, True, False),
    "withdrawn": (False, False, False, False, False),
}


@pytest.fixture
def people(consultation, contributor, moderator):
    colleague = factories.delegate(consultation, organisation=factories.organisation_of(contributor))
    return (contributor, colleague, factories.delegate(consultation), moderator, None)


def in_state(state, consultation, author, moderator):
    if state == "draft":
        from uuid import uuid4  # noqa: PLC0415

        words = actions.Words(CANARY)
        return actions.write_comment(
            author, consultation, factories.passage(consultation, "p8"), words, uuid4(), submit=False
        )
    comment = factories.submitted(author, consultation, body=CANARY)
    if state == "returned":
        return factories.decided(moderator, comment, "return")
    if state in {"published", "removed", "withdrawn"}:
        factories.decided(moderator, comment)
    if state == "removed":
        factories.decided(moderator, comment, "remove")
    if state == "withdrawn":
        actions.withdraw_comment(author, comment)
    return comment


@pytest.mark.parametrize("state", SEEN)
def test_who_sees_a_comment_in_each_state(consultation, people, moderator, as_user, state):
    comment = in_state(state, consultation, people[0], moderator)
    for person, seen in zip(people, SEEN[state], strict=True):
        assert Comment.objects.visible_to(person or AnonymousUser()).filter(pk=comment.pk).exists() is seen
        link = as_user(person).get(f"/consultations/{consultation.slug}/comments/{comment.public_id}/")
        assert link.status_code == (302 if seen else 404)
        page = as_user(person).get(f"/consultations/{consultation.slug}/passages/p8/").content.decode()
        words_shown = seen and state != "removed"
        assert (CANARY in page) is words_shown


@pytest.mark.parametrize("state", [s for s in SEEN if s != "published"])
def test_what_is_not_public_leaves_no_trace_on_any_public_page(consultation, people, moderator, as_user, state):
    nobody = as_user(None)
    pages = [f"/consultations/{consultation.slug}/{p}" for p in ("", "report/", "recommendations/", "passages/p8/")]
    before = [nobody.get(page).content for page in pages]
    in_state(state, consultation, people[0], moderator)
    assert [nobody.get(page).content for page in pages] == before


def test_an_unknown_comment_and_a_hidden_one_get_the_same_answer(consultation, contributor, as_user):
    hidden = factories.submitted(contributor, consultation)
    answers = [
        as_user(None).get(f"/consultations/{consultation.slug}/comments/{public_id}/")
        for public_id in (hidden.public_id, "aaaaaaaaaaaa")
    ]
    assert [a.status_code for a in answers] == [404, 404]
    assert answers[0].content.replace(hidden.public_id.encode(), b"") == answers[1].content.replace(
        b"aaaaaaaaaaaa", b""
    )
