"""A pack: made with one's drafts, filled in away from the network, sent back, saved as drafts."""

import copy
import io
from uuid import uuid4

import docx
import openpyxl
import pytest
from django.utils.translation import override

from consultation.discussion import actions as discussion
from consultation.discussion.actions import Words
from consultation.discussion.models import Comment
from consultation.offline import actions
from consultation.offline import fields as f
from consultation.offline.models import Pack
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from consultation.positions.models import Position, Stance
from consultation.record.models import Entry
from tests import factories
from tests.offline import filling

FORMATS = ["xlsx", "docx", "odt"]
ARABIC = "نوافق على هذا.\nWith  two spaces & <marks>"


def drafts():
    waiting = Position.objects.select_related("draft", "recommendation").filter(draft__isnull=False)
    return {p.recommendation.ref: (p.draft.stance, p.draft.explanation, p.draft.capacity) for p in waiting}


def comments():
    return [
        (c.passage.ref, c.latest.type, c.latest.body, c.latest.proposed_wording)
        for c in Comment.objects.filter(state="draft").select_related("passage", "latest").order_by("pk")
    ]


@pytest.mark.parametrize("kind", FORMATS)
def test_filled_in_away_from_the_network_it_comes_back_as_drafts(
    consultation, contributor, focal_point, pack_of, send, save, kind
):
    factories.signed(focal_point, consultation, "pol2", "reservation", "Within our law.")
    pack = pack_of(contributor, kind)
    pack = filling.fill(pack, kind, "pol1", {f.STANCE: "cannot endorse", f.EXPLANATION: ARABIC})
    pack = filling.fill(pack, kind, "pol2", {f.EXPLANATION: "Within our laws.", f.CAPACITY: "In an expert capacity"})
    note = {f.TYPE: "Editorial", f.COMMENT: "A comma is missing.", f.WORDING: "Other words, then."}
    pack = filling.fill(pack, kind, "p8", note, "comment")
    answer = send(contributor, pack, kind)
    assert [(line.name, line.status) for line in answer.context["lines"]] == [
        ("POL.1", "new"),
        ("POL.2", "changed"),
        ("¶ 8", "new"),
    ]
    assert (drafts(), comments()) == ({}, [])
    save(contributor, answer)
    assert drafts() == {
        "pol1": ("cannot_endorse", ARABIC, "organisation"),
        "pol2": ("reservation", "Within our laws.", "expert"),
    }
    assert comments() == [("p8", "editorial", "A comma is missing.", "Other words, then.")]


@pytest.mark.parametrize("kind", FORMATS)
def test_sent_back_as_it_was_it_changes_nothing(consultation, contributor, focal_point, pack_of, send, base, kind):
    factories.signed(focal_point, consultation, "pol2", "reservation", ARABIC)
    passage = factories.passage(consultation, "p9")
    discussion.write_comment(
        contributor, consultation, passage, Words(ARABIC, proposed_wording="Better."), uuid4(), submit=False
    )
    answer = send(contributor, pack_of(contributor, kind), kind, follow=True)
    assert answer.redirect_chain[-1][0] == base
    assert "nothing to save" in answer.content.decode()


@pytest.mark.parametrize("kind", FORMATS)
def test_a_draft_of_a_comment_goes_out_and_its_new_words_come_back(
    consultation, contributor, pack_of, send, save, kind
):
    passage = factories.passage(consultation, "p9")
    draft = discussion.write_comment(contributor, consultation, passage, Words("Before."), uuid4(), submit=False)
    pack = filling.fill(pack_of(contributor, kind), kind, "p9", {f.COMMENT: "After."}, "comment")
    answer = send(contributor, pack, kind)
    assert [line.status for line in answer.context["lines"]] == ["changed"]
    save(contributor, answer)
    assert comments() == [("p9", "substantive", "After.", "")]
    assert Comment.objects.get().pk == draft.pk


def test_what_was_changed_here_meanwhile_is_a_choice_between_two_texts(
    consultation, contributor, focal_point, pack_of, send, save
):
    passage = factories.passage(consultation, "p9")
    draft = discussion.write_comment(contributor, consultation, passage, Words("Before."), uuid4(), submit=False)
    pack = filling.fill(pack_of(contributor), "xlsx", "pol1", {f.STANCE: "Endorse", f.EXPLANATION: "Mine"})
    pack = filling.fill(pack, "xlsx", "p9", {f.COMMENT: "From the file."}, "comment")
    pol1 = factories.passage(consultation, "pol1")
    positions.draft_position(focal_point, consultation, pol1, Answer("cannot_endorse", "Theirs"), uuid4())
    discussion.revise_comment(contributor, draft, Words("Written here."), submit=False)
    answer = send(contributor, pack)
    page = answer.content.decode()
    assert [line.status for line in answer.context["lines"]] == ["conflict", "conflict"]
    assert all(words in page for words in ("Theirs", "Mine", "From the file.", "Written here."))
    unanswered = save(contributor, answer, {0: "file"})
    assert unanswered.status_code == 422
    assert "Choose one of the two" in unanswered.content.decode()
    assert drafts()["pol1"][1] == "Theirs"
    save(contributor, answer, {0: "file", 1: "here"})
    assert drafts()["pol1"][1] == "Mine"
    assert comments() == [("p9", "substantive", "Written here.", "")]


def test_what_changes_between_looking_and_saving_is_not_written_over(
    consultation, contributor, focal_point, pack_of, send, save
):
    pack = filling.fill(pack_of(contributor), "xlsx", "pol1", {f.STANCE: "Endorse"})
    pack = filling.fill(pack, "xlsx", "pol3", {f.STANCE: "Endorse"})
    answer = send(contributor, pack)
    pol1 = factories.passage(consultation, "pol1")
    positions.draft_position(focal_point, consultation, pol1, Answer("cannot_endorse"), uuid4())
    again = save(contributor, answer, {0: "file", 1: "file"})
    assert again.status_code == 409
    assert [line.status for line in again.context["lines"]] == ["conflict", "new"]
    assert drafts() == {"pol1": ("cannot_endorse", "", "organisation")}


def test_saved_twice_it_is_saved_once(contributor, pack_of, send, save):
    pack = filling.fill(pack_of(contributor), "xlsx", "pol1", {f.STANCE: "Endorse"})
    pack = filling.fill(pack, "xlsx", "p8", {f.COMMENT: "Once."}, "comment")
    answer = send(contributor, pack)
    once = str(uuid4())
    save(contributor, answer, submission_id=once)
    before = Entry.objects.count()
    save(contributor, answer, submission_id=once)
    save(contributor, answer)
    assert Entry.objects.count() == before
    comment = next(number for number, line in enumerate(answer.context["lines"]) if line.kind == "comment")
    other = save(contributor, answer, submission_id=once, **{f"r{comment}-{f.COMMENT}": "Said otherwise."})
    assert other.status_code == 409
    assert "Said otherwise." in other.content.decode()
    assert Entry.objects.count() == before
    assert Position.objects.get().versions.count() == 1
    assert len(comments()) == 1
    assert "nothing to save" in send(contributor, pack, follow=True).content.decode()


def test_a_line_that_was_refused_is_not_saved_and_the_others_are(contributor, pack_of, send, save):
    pack = filling.fill(pack_of(contributor), "xlsx", "pol1", {f.STANCE: "Endorse"})
    pack = filling.fill(pack, "xlsx", "pol3", {f.STANCE: "Perhaps"})
    answer = send(contributor, pack)
    assert [line.status for line in answer.context["lines"]] == ["new", "refused"]
    assert save(contributor, answer, {0: "file", 1: "file"}).status_code == 422
    assert drafts() == {}
    save(contributor, answer)
    assert set(drafts()) == {"pol1"}


@pytest.mark.parametrize(
    ("values", "row", "said"),
    [
        ({f.STANCE: "Perhaps"}, "position", "4 Position: Choose one of the list"),
        ({f.STANCE: "Endorse with reservation"}, "position", "5 Explanation of position: Enter an explanation"),
        ({f.EXPLANATION: "Why."}, "position", "4 Position: Select a position"),
        ({f.STANCE: "Endorse", f.EXPLANATION: "x" * 10_001}, "position", "1 character too long"),
        ({f.STANCE: "Endorse", f.EXPLANATION: "a\u202eb"}, "position", "change the direction of text"),
        ({f.STANCE: "Endorse", f.TEXT: "Another text."}, "position", "3 Text of the report: The text of the report"),
        ({f.STANCE: "Endorse", f.CODE: "POL.9"}, "position", "2 Number: This ref has the number POL.1"),
        ({f.STANCE: "Endorse", f.REF: "pol99"}, "position", "1 Ref: The form has no such ref"),
        ({f.COMMENT: "Why.", f.TYPE: "Angry"}, "comment", "9 Type: Choose one of the list"),
        ({f.WORDING: "Other words."}, "comment", "10 Comment: Enter your comment"),
        ({f.COMMENT: "Why.", f.DRAFT: "abcdefabcdef"}, "comment", "8 Draft: The form has no such draft"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_row(contributor, pack_of, send, values, row, said):
    ref = "pol1" if row == "position" else "p8"
    answer = send(contributor, filling.fill(pack_of(contributor), "xlsx", ref, values, row))
    (line,) = answer.context["lines"]
    assert line.status == "refused"
    assert said in " ".join(line.errors_said)
    assert drafts() == {}


def test_a_text_that_was_corrected_since_takes_nothing_of_the_old_form(consultation, contributor, pack_of, send):
    pack = filling.fill(pack_of(contributor), "xlsx", "pol1", {f.STANCE: "Endorse"})
    Pack.objects.update(texts={**Pack.objects.get().texts, "pol1": "0" * 64})
    (line,) = send(contributor, pack).context["lines"]
    assert "The text was changed since this form was made" in line.errors_said[0]


def test_a_further_comment_stands_in_a_spare_row_or_a_copied_table(contributor, pack_of, send, save):
    book = openpyxl.load_workbook(io.BytesIO(pack_of(contributor)))
    sheet = book["Comments"]
    for line, words in ((sheet.max_row - 1, "One."), (sheet.max_row, "Another.")):
        sheet.cell(line, 1).value, sheet.cell(line, 6).value = "p8", words
    held = io.BytesIO()
    book.save(held)
    save(contributor, send(contributor, held.getvalue()))
    assert [words for _ref, _type, words, _wording in comments()] == ["One.", "Another."]

    made = docx.Document(io.BytesIO(pack_of(contributor, "docx")))
    table = next(t for t in made.tables if t.rows[0].cells[1].text == "p9" and "9.8" not in t.rows[3].cells[0].text)
    copied = copy.deepcopy(table._tbl)
    table._tbl.addnext(copied)
    for each, words in zip(
        [t for t in made.tables if t.rows[0].cells[1].text == "p9"], ("Three.", "Four."), strict=True
    ):
        each.rows[5].cells[1].text = words
    held = io.BytesIO()
    made.save(held)
    save(contributor, send(contributor, held.getvalue(), "docx"))
    assert [words for ref, _type, words, _wording in comments() if ref == "p9"] == ["Three.", "Four."]


def test_a_form_made_in_one_language_is_read_in_another(contributor, pack_of, send, save):
    with override("fr"):
        pack, stance = pack_of(contributor, "docx"), str(Stance.CANNOT_ENDORSE.label)
    assert stance != "Cannot endorse"
    save(contributor, send(contributor, filling.fill(pack, "docx", "pol1", {f.STANCE: stance}), "docx"))
    assert drafts()["pol1"][0] == "cannot_endorse"


def test_a_number_is_never_given_twice_and_the_same_form_makes_one_pack(consultation, contributor):
    organisation, once = factories.organisation_of(contributor), uuid4()
    first = actions.make_pack(contributor, consultation, organisation, "xlsx", once)
    again = actions.make_pack(contributor, consultation, organisation, "xlsx", once)
    other = actions.make_pack(contributor, consultation, organisation, "xlsx", uuid4())
    assert first.pack.number == again.pack.number != other.pack.number
    assert Pack.objects.count() == 2
    assert Entry.objects.filter(kind="pack.made").count() == 2
