"""The table of comments: read back as the field reads it, only what is public, and nothing in it is a formula."""

import io
import re
import tracemalloc
import zipfile
from datetime import timedelta
from uuid import uuid4

import docx
import openpyxl
import pytest
from django.utils import timezone

from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment, CommentRevision
from consultation.dispositions import table, table_word
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def fetched(consultation, as_user):
    """The lines of the table as an openpyxl or python-docx reader has them, the heading first."""

    def fetching(extension, by="", who=None):
        answer = as_user(who).get(f"/consultations/{consultation.slug}/comments-table.{extension}?by={by}")
        content = io.BytesIO(b"".join(answer.streaming_content))
        assert f"-by-{by or 'passage'}.{extension}" in answer["Content-Disposition"]
        if extension == "xlsx":
            book = openpyxl.load_workbook(content)
            return [[cell.value or "" for cell in row] for sheet in book for row in sheet.iter_rows()]
        return [[cell.text for cell in row.cells] for row in docx.Document(content).tables[0].rows]

    return fetching


@pytest.mark.parametrize("extension", ["docx", "xlsx"])
def test_each_comment_is_a_line_with_its_answer(
    consultation, contributor, focal_point, civil, moderator, said, answered, publish, fetched, extension
):
    comment = said(contributor, "Say who does it.", wording="States adhere.", type="editorial")
    question = said(civil, "Who pays?", ref="p8", type="question")
    factories.statement(focal_point, consultation, moderator, ref="pol3", explanation="Within our law.")
    answered(comment, "in_part", "The first half.")
    publish()
    heading, first, second = fetched(extension)
    assert heading[4:] == [
        "Type", "Comment", "Proposed wording", "Explanation of position", "Organisation", "Group", "Disposition",
        "Reply",
    ]  # fmt: skip
    pol3 = factories.passage(consultation, "pol3")
    assert first[:3] == ["p8", "¶ 8", factories.passage(consultation, "p8").words]
    assert first[3:8] == [question.public_id, "Question", "Who pays?", "", ""]
    assert first[8:] == ["Sample Network", "Civil society", "", ""]
    assert second == [
        "pol3", "POL.3", pol3.words, comment.public_id, "Editorial", "Say who does it.", "States adhere.",
        "Within our law.", comment.organisation.name, "States", "Accepted in part", "The first half.",
    ]  # fmt: skip


@pytest.mark.parametrize("extension", ["docx", "xlsx"])
def test_it_is_ordered_by_passage_or_by_organisation(contributor, civil, said, fetched, extension):
    said(civil, "B1", ref="p9")
    said(contributor, "A1", ref="p8")
    said(civil, "B2", ref="p8")
    said(contributor, "A2", ref="p9")
    assert [line[5] for line in fetched(extension)[1:]] == ["A1", "B2", "B1", "A2"]
    assert [line[5] for line in fetched(extension, "organisation")[1:]] == ["B2", "B1", "A1", "A2"]


@pytest.mark.parametrize("extension", ["docx", "xlsx"])
def test_nothing_that_is_not_public_is_in_it(
    consultation, contributor, focal_point, moderator, said, answered, rapporteur, fetched, extension
):
    answered(said(contributor, "Seen."), "in_part", "Canary of the rapporteur.")
    factories.submitted(contributor, consultation, body="Canary that waits.")
    factories.decided(moderator, said(contributor, "Canary that went."), "remove")
    factories.signed(focal_point, consultation, "pol3", "reservation", "Canary unread.")
    for who in (None, contributor, moderator, rapporteur):
        lines = fetched(extension, who=who)
        assert len(lines) == 2
        assert "Canary" not in str(lines)
        assert "Accepted" not in str(lines)


@pytest.mark.parametrize("extension", ["docx", "xlsx"])
def test_explanations_stand_in_it_only_for_whom_positions_are_shown(
    consultation, contributor, focal_point, moderator, said, fetched, extension
):
    said(contributor, "Seen.")
    factories.statement(focal_point, consultation, moderator, explanation="Canary of the position.")
    Consultation.objects.update(summary_access="participants")
    assert "Canary" not in str(fetched(extension))
    assert "Canary" in str(fetched(extension, who=contributor))


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", '=HYPERLINK("http://x")']


def test_no_cell_is_a_formula(consultation, contributor, said, fetched):
    for formula in FORMULAS:
        said(contributor, formula)
    for line in fetched("xlsx")[1:]:
        assert line[5].startswith("'")
    assert {line[5] for line in fetched("docx")[1:]} == set(FORMULAS)


def test_what_people_write_is_text_in_a_word_file(contributor, said, fetched):
    said(contributor, "<w:p>&amp; ]]> “Text”\nA second line\nسطر عربي")
    assert fetched("docx")[1][5] == "<w:p>&amp; ]]> “Text”\nA second line\nسطر عربي"


def test_word_files_of_any_number_of_rows_need_little_memory():
    def rows(number):
        for n in range(number):
            yield [f"Cell {n} " * 20] * len(table.HEADINGS)

    peaks = []
    for number in (200, 4_000):
        tracemalloc.start()
        file = table_word.write("T", "A", [str(h) for h in table.HEADINGS], rows(number), timezone.now())
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert len(re.findall(b"<w:tr>", _document(file))) == number + 1
    assert peaks[1] < peaks[0] + 2_000_000


def _document(file):
    with zipfile.ZipFile(file) as archive:
        return archive.read("word/document.xml")


def test_it_costs_the_same_number_of_queries_at_any_number_of_comments(
    consultation, contributor, django_assert_max_num_queries
):
    def cost(number):
        now = timezone.now()
        passage = factories.passage(consultation, "p8")
        organisation = factories.organisation_of(contributor)
        comments = Comment.objects.bulk_create(
            Comment(
                consultation=consultation, passage=passage, author=contributor, organisation=organisation,
                created_at=now + timedelta(seconds=n), state_at=now, submission_id=uuid4(),
            )
            for n in range(number)
        )  # fmt: skip
        revisions = CommentRevision.objects.bulk_create(
            CommentRevision(
                comment=c, number=1, state="published", body="B", quote="", created_by=contributor, created_at=now
            )
            for c in comments
        )
        for comment, revision in zip(comments, revisions, strict=True):
            comment.published, comment.latest, comment.state = revision, revision, "published"
        Comment.objects.bulk_update(comments, ["published", "latest", "state"])
        with django_assert_max_num_queries(6) as counted:
            assert len(list(table.lines(contributor, consultation, table.PASSAGE))) == consultation.comments.count()
        return len(counted)

    assert cost(3) == cost(300)
