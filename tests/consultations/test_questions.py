"""Guiding questions: threads of their own, answered like passages are commented on; no part of the report."""

import json
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from consultation.discussion import actions as discussion
from consultation.discussion.actions import Words
from consultation.record.errors import NotAllowed
from consultation.reports.markdown import to_json
from consultation.reports.models import Passage
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def c(consultation):
    return f"/consultations/{consultation.slug}"


@pytest.fixture
def question(consultation):
    return factories.question(consultation, "What would help migrants <most>?")


def test_an_organisation_answers_a_question_and_a_moderator_publishes_it(
    consultation, contributor, moderator, question, as_user, client, c
):
    page = as_user(contributor).get(f"{c}/passages/question-1/").content.decode()
    assert "What would help migrants &lt;most&gt;?" in page
    assert "Answer the question" in page
    assert "proposed_wording" not in page
    sent = as_user(contributor).post(
        f"{c}/passages/question-1/comments/", {"body": "Portable pensions.", "action": "submit"}
    )
    assert sent.status_code == 302
    answer = question.comments.get()
    assert (answer.state, answer.latest.quote) == ("pending", "What would help migrants <most>?")
    assert "Portable pensions." not in client.get(f"{c}/passages/question-1/").content.decode()
    waiting = as_user(moderator).get("/moderation/").content.decode()
    assert "Q1" in waiting
    item = as_user(moderator).get(f"/moderation/comment-{answer.public_id}/").content.decode()
    assert "What would help migrants" in item
    factories.decided(moderator, answer)
    assert "Portable pensions." in client.get(f"{c}/passages/question-1/").content.decode()
    assert "1 answer" in client.get(f"{c}/").content.decode()


def test_answers_are_searched_exported_linked_and_replied_to(consultation, contributor, moderator, question, client, c):
    answer = factories.published(contributor, consultation, moderator, ref="question-1", body="Portable pensions.")
    reply = factories.submitted(factories.delegate(consultation), consultation, "question-1", "We agree.", answer)
    assert reply.root == answer
    assert client.get(f"{c}/comments/{answer.public_id}/").url.startswith(f"{c}/passages/question-1/")
    assert "Portable" in client.get("/search/?q=pensions").content.decode()
    (exported,) = json.loads(client.get(f"{c}/comments.json").getvalue())["comments"]
    assert (exported["passage"], exported["code"]) == ("question-1", "Q1")
    assert "question-1,Q1," in b"".join(client.get(f"{c}/comments.csv").streaming_content).decode()


def test_a_question_is_no_part_of_the_report(consultation, contributor, moderator, client, c):
    before = client.get(f"{c}/report.json").content, client.get(f"{c}/report.md").content
    passages = consultation.passages().count()
    summary = client.get(f"{c}/summary.json").json()["recommendations"]
    factories.question(consultation)
    factories.published(contributor, consultation, moderator, ref="question-1")
    assert (client.get(f"{c}/report.json").content, client.get(f"{c}/report.md").content) == before
    assert consultation.passages().count() == passages
    assert client.get(f"{c}/summary.json").json()["recommendations"] == summary
    assert "question-1" not in client.get(f"{c}/report/").content.decode()
    assert len(to_json(consultation.report, consultation.passages())["passages"]) == passages


def test_a_question_takes_no_other_wording_and_no_position(consultation, contributor, focal_point, question):
    with pytest.raises(NotAllowed, match="no other wording"):
        discussion.write_comment(contributor, consultation, question, Words("Yes.", proposed_wording="Why?"), uuid4())
    with pytest.raises(NotAllowed, match="takes no positions"):
        factories.signed(focal_point, consultation, "question-1")


def test_questions_of_one_consultation_are_not_those_of_another(consultation, question, client):
    other = factories.ConsultationFactory()
    assert client.get(f"/consultations/{other.slug}/passages/question-1/").status_code == 404
    mine = factories.question(other, "Another question?")
    assert "Another question?" in client.get(f"/consultations/{other.slug}/passages/{mine.ref}/").content.decode()
    assert client.get(f"/consultations/{other.slug}/passages/question-2/").status_code == 404


def test_one_leads_to_the_next(consultation, question, client, c):
    factories.question(consultation, "And then?", 2)
    assert f"{c}/passages/question-2/" in client.get(f"{c}/passages/question-1/").content.decode()
    assert f"{c}/passages/p1/" not in client.get(f"{c}/passages/question-2/").content.decode()


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "question", "ref": "p99"},
        {"kind": "paragraph", "ref": "question-9"},
        {"kind": "paragraph", "ref": "p99", "report": None},
        {"kind": "question", "ref": "question-9", "report": "one"},
    ],
)
def test_the_database_keeps_questions_and_passages_of_reports_apart(consultation, fields):
    fields = {"report": consultation.report if fields["kind"] == "paragraph" else None, **fields}
    if fields["report"] == "one":
        fields["report"] = consultation.report
    with pytest.raises(IntegrityError), transaction.atomic():
        Passage.objects.create(code="", order=999, text="x", **fields)


def test_a_question_can_be_followed(consultation, contributor, question, as_user, c):
    as_user(contributor).post(f"{c}/follow/", {"passage": "question-1", "action": "follow"})
    assert contributor.followings.get().passage == question
    assert "Q1" in as_user(contributor).get("/notifications/settings/").content.decode()
