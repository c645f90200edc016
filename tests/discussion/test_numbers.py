"""Two numbers for each contribution: one that everybody cites, one that only its delegation knows."""

import re
from uuid import uuid4

import pytest

from consultation.discussion.models import Comment
from consultation.positions.models import Position
from tests import factories

pytestmark = pytest.mark.django_db


def read(answer):
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode(errors="replace")


def test_the_delegation_sees_the_private_number_and_nobody_else(
    consultation, contributor, focal_point, moderator, as_user
):
    comment = factories.published(contributor, consultation, moderator, ref="pol3")
    position = factories.signed(focal_point, consultation).position
    observer = factories.delegate(consultation, "observer", factories.organisation_of(contributor))
    c = f"/consultations/{consultation.slug}"
    pages = (
        "passages/pol3/", "recommendations/", "summary/", "summary.json", "summary.csv", "comments.json",
        "comments.csv", f"comments/{comment.public_id}/history/", f"comments/{comment.public_id}/replies/",
        "passages/pol3/proposals/", "outcome/data.json",
    )  # fmt: skip
    for who in (None, moderator, factories.focal_point(consultation)):
        for page in pages:
            seen = read(as_user(who).get(f"{c}/{page}"))
            assert comment.receipt not in seen
            assert position.receipt not in seen
    for who in (contributor, focal_point, observer):
        seen = read(as_user(who).get(f"{c}/passages/pol3/"))
        assert comment.receipt in seen
        assert position.receipt in seen


def test_who_submits_is_given_the_number(consultation, contributor, as_user):
    address = f"/consultations/{consultation.slug}/passages/p8/comments/"
    sent = {"body": "A remark.", "action": "submit", "submission_id": str(uuid4())}
    answer = as_user(contributor).post(address, sent, follow=True)
    assert Comment.objects.get().receipt in read(answer)


def test_no_number_is_given_twice(consultation, contributor, focal_point, moderator):
    for _ in range(5):
        factories.decided(moderator, factories.published(contributor, consultation, moderator), "remove")
    factories.signed(focal_point, consultation)
    rows = [*Comment.objects.all(), *Position.objects.all()]
    receipts, public = [r.receipt for r in rows], [r.public_id for r in rows]
    assert len(set(receipts + public)) == len(receipts) + len(public) == 12
    assert all(re.fullmatch(r"R-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}", number) for number in receipts)
