"""The form as a spreadsheet: down, filled in, up, a difference to look at, drafts; and all that is refused."""

import zipfile
from datetime import datetime
from io import BytesIO
from uuid import uuid4

import openpyxl
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.formula import ArrayFormula

from consultation.positions import actions
from consultation.positions.actions import Answer
from consultation.positions.grid import Grid
from consultation.positions.models import Position, PositionVersion
from consultation.positions.spreadsheet.reading import BadSpreadsheet, read_form
from consultation.positions.spreadsheet.writing import write_form
from consultation.stakeholders.models import Membership
from consultation.text import characters
from tests import factories

HARMFUL = ['=HYPERLINK("http://evil.example","x")', "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0"]


@pytest.fixture
def base(consultation, contributor):
    return f"/delegation/{factories.organisation_of(contributor).slug}/{consultation.slug}/positions"


@pytest.fixture
def book(contributor, base, as_user):
    """The downloaded form, opened."""
    return openpyxl.load_workbook(BytesIO(as_user(contributor).get(f"{base}.xlsx").content))


def row_of(book, ref):
    return next(row[0].row for row in book["Positions"].iter_rows() if row[0].value == ref)


def fill(book, ref, stance=None, explanation=None):
    number = row_of(book, ref)
    book["Positions"].cell(number, 4).value = stance
    book["Positions"].cell(number, 5).value = explanation
    return number


def saved(book):
    held = BytesIO()
    book.save(held)
    return held.getvalue()


def send(browser, base, content, name="positions.xlsx"):
    return browser.post(f"{base}/upload/", {"file": SimpleUploadedFile(name, content)})


def confirm(browser, base, answer, **take):
    """Send the difference page as a browser does: all hidden fields and the ticks that it has."""
    grid = answer.context["grid"]
    fields = {"chosen": "1", "submission_id": str(uuid4()), "take": take.get("take", [])}
    for row in grid.changed:
        new = row.row().answer
        fields |= {
            f"{row.prefix}-stance": new.stance,
            f"{row.prefix}-explanation": new.explanation,
            f"{row.prefix}-version": row.current_number,
        }
        if "take" not in take and not row.conflict:
            fields["take"].append(row.prefix)
    return browser.post(f"{base}/", fields)


def drafts():
    return {
        p.recommendation.ref: (p.draft.stance, p.draft.explanation)
        for p in Position.objects.select_related("draft", "recommendation").filter(draft__isnull=False)
    }


# Down ----------------------------------------------------------------------------------------------------------------


def test_the_form_has_a_row_for_each_recommendation_with_what_is_there_now(
    consultation, contributor, focal_point, base, as_user
):
    factories.signed(focal_point, consultation, "pol2", "reservation", "Within our law.")
    answer = as_user(contributor).get(f"{base}.xlsx")
    assert answer["Content-Disposition"].startswith('attachment; filename="positions-')
    book = openpyxl.load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["Read me", "Positions"]
    rows = list(book["Positions"].iter_rows(min_row=2, values_only=True))
    recommendations = list(consultation.recommendations())
    assert [(r[0], r[1], r[2]) for r in rows] == [(r.ref, r.code, r.words) for r in recommendations]
    pol2 = next(r for r in rows if r[0] == "pol2")
    assert pol2[3:7] == ("Endorse with reservation", "Within our law.", "1", "Signed")
    readme = "\n".join(str(c) for row in book["Read me"].iter_rows(values_only=True) for c in row)
    assert consultation.title in readme
    assert factories.organisation_of(contributor).name in readme


def test_only_the_answers_can_be_written_and_stances_are_a_list(book):
    sheet = book["Positions"]
    assert sheet.protection.sheet
    assert [sheet.cell(2, column).protection.locked for column in range(1, 8)] == [True] * 3 + [False] * 2 + [True] * 2
    kinds = {v.type: v.formula1 for v in sheet.data_validations.dataValidation}
    assert kinds["list"] == '"Endorse,Endorse with reservation,Cannot endorse"'


@pytest.mark.parametrize("text", HARMFUL)
def test_what_begins_like_a_formula_is_text_in_the_form_and_comes_back_as_it_was(
    consultation, contributor, base, as_user, text
):
    actions.draft_position(
        contributor, consultation, factories.passage(consultation, "pol1"), Answer("endorse", text.strip()), uuid4()
    )
    browser = as_user(contributor)
    content = browser.get(f"{base}.xlsx").content
    book = openpyxl.load_workbook(BytesIO(content))
    cell = book["Positions"].cell(row_of(book, "pol1"), 5)
    assert (cell.data_type, cell.value) == ("s", text.strip())
    assert "nothing to save" in send_and_follow(browser, base, content)


def send_and_follow(browser, base, content):
    answer = browser.post(f"{base}/upload/", {"file": SimpleUploadedFile("f.xlsx", content)}, follow=True)
    return answer.content.decode()


# Up ------------------------------------------------------------------------------------------------------------------


def test_filled_in_at_home_it_is_a_difference_then_drafts_then_signed(
    consultation, contributor, focal_point, base, book, as_user
):
    factories.signed(focal_point, consultation, "pol1", "endorse", "We agree with most of it.")
    browser = as_user(focal_point)
    book = openpyxl.load_workbook(BytesIO(browser.get(f"{base}.xlsx").content))
    fill(book, "pol1", "Endorse", "We agree with all of it.")
    fill(book, "pol2", "Endorse with reservation", "Within our law.")
    fill(book, "pra12", "cannot endorse")
    answer = send(browser, base, saved(book))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "3 of 24 rows differ" in page
    assert "</span>most</del>" in page.replace("removed: ", "")
    assert drafts() == {}
    check = confirm(browser, base, answer)
    assert check.url.endswith("/sign/")
    assert drafts() == {
        "pol1": ("endorse", "We agree with all of it."),
        "pol2": ("reservation", "Within our law."),
        "pra12": ("cannot_endorse", ""),
    }
    read = [f"{p.recommendation.ref}:{p.draft.number}" for p in Position.objects.filter(draft__isnull=False)]
    browser.post(check.url, {"read": read, "everything": "1", "submission_id": str(uuid4())})
    assert PositionVersion.objects.filter(state="signed").count() == 3


def test_rows_left_as_they_were_or_taken_out_change_nothing(consultation, contributor, base, book, as_user):
    fill(book, "pol1", "Endorse")
    book["Positions"].delete_rows(row_of(book, "pol3"))
    browser = as_user(contributor)
    confirm(browser, base, send(browser, base, saved(book)))
    assert drafts() == {"pol1": ("endorse", "")}


def test_only_ticked_rows_are_saved(consultation, contributor, base, book, as_user):
    fill(book, "pol1", "Endorse")
    fill(book, "pol2", "Endorse")
    browser = as_user(contributor)
    confirm(browser, base, send(browser, base, saved(book)), take=["pol2"])
    assert drafts() == {"pol2": ("endorse", "")}


def test_what_a_colleague_changed_after_the_download_is_shown_with_both_texts_and_not_ticked(
    consultation, contributor, focal_point, base, book, as_user
):
    pol1 = factories.passage(consultation, "pol1")
    actions.draft_position(focal_point, consultation, pol1, Answer("cannot_endorse", "Theirs"), uuid4())
    fill(book, "pol1", "Endorse", "Mine")
    fill(book, "pol2", "Endorse")
    browser = as_user(contributor)
    answer = send(browser, base, saved(book))
    page = answer.content.decode()
    assert "changed meanwhile" in page
    assert "Theirs" in page
    assert "Mine" in page
    assert 'value="pol1">' in page
    assert 'value="pol2" checked>' in page
    confirm(browser, base, answer)
    assert drafts() == {"pol1": ("cannot_endorse", "Theirs"), "pol2": ("endorse", "")}
    confirm(browser, base, send(browser, base, saved(book)), take=["pol1"])
    assert drafts()["pol1"] == ("endorse", "Mine")


def test_a_change_between_looking_and_saving_is_a_conflict(consultation, contributor, focal_point, base, book, as_user):
    fill(book, "pol1", "Endorse", "Mine")
    browser = as_user(contributor)
    looked_at = send(browser, base, saved(book))
    pol1 = factories.passage(consultation, "pol1")
    actions.draft_position(focal_point, consultation, pol1, Answer("cannot_endorse", "Theirs"), uuid4())
    answer = confirm(browser, base, looked_at)
    assert answer.status_code == 409
    assert drafts() == {"pol1": ("cannot_endorse", "Theirs")}


# What is refused, each with its place; nothing is saved -------------------------------------------------------------


TRUE, A_DAY = True, datetime(2026, 1, 1)  # noqa: DTZ001 - a cell has no zone
# What goes wrong in the row of pol5: the cells that are written over, and what is said in which column.
WRONG = {
    "formula as stance": ({4: '=IF(1=1,"Endorse","")'}, "D (Position)", "This is a formula"),
    "formula as explanation": (
        {5: '=HYPERLINK("http://evil.example","x")'},
        "E (Explanation of position)",
        "This is a formula",
    ),
    "array formula": ({5: ArrayFormula("E6", "=SUM(1,2)")}, "E (Explanation of position)", "This is a formula"),
    "unknown stance": ({4: "Abstain"}, "D (Position)", "Choose one of the list"),
    "reservation alone": (
        {4: "Endorse with reservation"},
        "E (Explanation of position)",
        "Enter an explanation of the reservation",
    ),
    "words alone": ({5: "Only words"}, "D (Position)", "Select a position"),
    "unknown ref": ({1: "pol99"}, "A (Ref)", "no recommendation with this ref"),
    "no ref": ({1: None}, "A (Ref)", "no recommendation with this ref"),
    "doubled ref": ({1: "pol4", 2: "POL.4"}, "A (Ref)", "stands in row 5 already"),
    "code of another": ({2: "PRA.1"}, "B (Code)", "Were columns moved"),
    "no version": ({6: None}, "F (Version)", "Leave the version"),
    "version in words": ({6: "new"}, "F (Version)", "Leave the version"),
    "too long": ({4: "Endorse", 5: "x" * 10_001}, "E (Explanation of position)", "1 character too long"),
    "hidden characters": ({4: "Endorse", 5: "a\u202eb"}, "E (Explanation of position)", "the direction of text"),
    "a date": ({4: "Endorse", 5: A_DAY}, "E (Explanation of position)", "Write this as text"),
    "a truth": ({4: "Endorse", 5: TRUE}, "E (Explanation of position)", "Write this as text"),
    "another column": ({9: "A remark of mine"}, "I", "no such column"),
}


@pytest.mark.parametrize(("cells", "column", "sentence"), WRONG.values(), ids=WRONG)
def test_a_wrong_cell_is_told_by_sheet_row_and_column(contributor, base, book, as_user, cells, column, sentence):
    number = row_of(book, "pol5")
    fill(book, "pol1", "Endorse", "This row is right.")
    for place, value in cells.items():
        book["Positions"].cell(number, place).value = value
    answer = send(as_user(contributor), base, saved(book))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"Sheet “Positions”, row {number}, column {column}:</strong>" in page
    assert sentence in page
    assert not PositionVersion.objects.exists()


def test_every_problem_is_told_at_once(contributor, base, book, as_user):
    for ref in ("pol1", "pol2", "pol3"):
        fill(book, ref, "Maybe")
    assert send(as_user(contributor), base, saved(book)).content.decode().count("Choose one of the list") == 3


def test_a_row_that_was_cleared_is_told_and_nothing_is_withdrawn(consultation, focal_point, base, as_user):
    factories.signed(focal_point, consultation, "pol1")
    browser = as_user(focal_point)
    book = openpyxl.load_workbook(BytesIO(browser.get(f"{base}.xlsx").content))
    fill(book, "pol1")
    answer = send(browser, base, saved(book))
    assert answer.status_code == 422
    assert "withdraw it on its own page" in answer.content.decode()


def extra_sheet(book):
    book.create_sheet("Notes")


def hidden_sheet(book):
    book.create_sheet("Hidden").sheet_state = "veryHidden"


def missing_sheet(book):
    del book["Read me"]


def other_head(book):
    book["Positions"].cell(1, 4).value = "Vote"


def many_rows(book):
    for number in range(400):
        book["Positions"].cell(30 + number, 5).value = "x"


def empty_rows(book):
    book["Positions"]["A1048576"] = "pol1"


def set_whose(label, value):
    def change(book):
        for row in book["Read me"].iter_rows():
            if row[0].value == label:
                row[1].value = value

    return change


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (extra_sheet, "Sheet “Notes”:</strong> Remove this sheet"),
        (hidden_sheet, "Sheet “Hidden”:</strong> Remove this sheet"),
        (missing_sheet, "The sheet “Read me” is missing"),
        (other_head, "The head of this column must be “Position”"),
        (many_rows, "no recommendation with this ref"),
        (empty_rows, "The sheet “Positions” goes on below row 5000. Delete all rows below the form, empty ones too."),
        (set_whose("organisation", "another-sample"), "This form is of another organisation: another-sample"),
        (set_whose("consultation", "other"), "This form is of another consultation: other"),
        (set_whose("form", "budget 2"), "This is not a form of positions"),
    ],
)
def test_a_form_that_is_not_this_delegations_form_is_refused(contributor, base, book, as_user, change, sentence):
    fill(book, "pol1", "Endorse")
    change(book)
    answer = send(as_user(contributor), base, saved(book))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not PositionVersion.objects.exists()


def test_the_form_of_another_organisation_is_refused(consultation, contributor, base, as_user):
    other = factories.delegate(consultation)
    theirs = as_user(other).get(
        f"/delegation/{factories.organisation_of(other).slug}/{consultation.slug}/positions.xlsx"
    )
    answer = send(as_user(contributor), base, theirs.content)
    assert answer.status_code == 422
    assert "This form is of another organisation" in answer.content.decode()


def plain_workbook():
    held = BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as made:
        made.add_worksheet().write(0, 0, "x")
    return held.getvalue()


def with_part(content, name, data):
    held = BytesIO(content)
    with zipfile.ZipFile(held, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return held.getvalue()


BIG = 2 * 1024 * 1024
FILES = {
    "macros by name": ("f.xlsm", lambda form: form, "Files with macros are not taken"),
    "program by name": ("f.exe", lambda form: form, "ends with .xlsx"),
    "renamed program": ("f.xlsx", lambda _form: b"MZ\x90\x00" + b"\x00" * 500, "of another kind than its name says"),
    "program before a form": ("f.xlsx", lambda form: b"MZ\x90\x00" * 100 + form, "of another kind than its name says"),
    "password": ("f.xlsx", lambda _form: b"\xd0\xcf\x11\xe0" + b"\x00" * 500, "by a password or of an old kind"),
    "half a file": ("f.xlsx", lambda form: form[: len(form) // 2], "of another kind than its name says"),
    "nothing": ("f.xlsx", lambda _form: b"", "The file is empty"),
    "macros": ("f.xlsx", lambda form: with_part(form, "xl/vbaProject.bin", b"x"), "has macros"),
    "links": ("f.xlsx", lambda form: with_part(form, "xl/externalLinks/a.xml", b"<x/>"), "other active parts"),
    "path": ("f.xlsx", lambda form: with_part(form, "../evil.xml", b"<x/>"), "names of the parts"),
    "bomb": ("f.xlsx", lambda form: with_part(form, "xl/big.xml", b"<x>" + b" " * 30_000_000), "unpacks to more"),
    "entity": ("f.xlsx", lambda form: with_part(form, "xl/d.xml", b"<!DOCTYPE x []><x/>"), "no office program"),
    "2 MB and more": ("f.xlsx", lambda form: form + b"\x00" * BIG, "The limit is 2 MB"),
    "another workbook": ("f.xlsx", lambda _form: plain_workbook(), "Remove this sheet"),
}


@pytest.mark.parametrize(("name", "content", "sentence"), FILES.values(), ids=FILES)
def test_a_file_of_another_kind_is_refused_with_a_sentence(contributor, base, book, as_user, name, content, sentence):
    answer = send(as_user(contributor), base, content(saved(book)), name)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "Nothing was saved" in page
    assert not PositionVersion.objects.exists()


def test_no_file_is_said(contributor, base, as_user):
    answer = as_user(contributor).post(f"{base}/upload/", {})
    assert answer.status_code == 422
    assert "Choose the file" in answer.content.decode()


def test_upload_needs_the_token_of_our_own_page(contributor, base, book):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(contributor, backend="django.contrib.auth.backends.ModelBackend")
    assert send(browser, base, saved(book)).status_code == 403
    page = browser.get(f"{base}/").content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    fields = {"file": SimpleUploadedFile("f.xlsx", saved(book)), "csrfmiddlewaretoken": token}
    assert browser.post(f"{base}/upload/", fields).status_code == 302


def test_only_those_who_draft_for_the_organisation_send_a_form(consultation, contributor, base, book, as_user):
    organisation = factories.organisation_of(contributor)
    observer = factories.delegate(consultation, Membership.Role.OBSERVER, organisation)
    for person, status in ((factories.focal_point(consultation), 404), (observer, 403), (None, 302)):
        assert send(as_user(person), base, saved(book)).status_code == status


def test_after_closing_the_upload_is_refused_with_the_instant(
    consultation, contributor, base, book, as_user, monkeypatch
):
    monkeypatch.setattr("consultation.record.clock.now", lambda: consultation.closes_at)
    answer = send(as_user(contributor), base, saved(book))
    assert answer.status_code == 409
    assert "closed on" in answer.content.decode()


# Properties ----------------------------------------------------------------------------------------------------------

TEXTS = (
    st.text(max_size=300)
    .map(characters.normalise)
    .filter(lambda text: not characters.problem(text) and not characters.is_blank(text))
)
quietly = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@quietly
@given(text=TEXTS)
def test_every_explanation_comes_back_as_it_was(consultation, contributor, text):
    membership = Membership.objects.get(user=contributor)
    pol1 = factories.passage(consultation, "pol1")
    actions.draft_position(contributor, consultation, pol1, Answer("endorse", text), uuid4())
    form = BytesIO(write_form(Grid(membership, consultation)))
    filled = read_form(form, "f.xlsx", consultation, membership.organisation)
    assert characters.normalise(filled.sent["pol1-explanation"]) == text
    again = Grid(membership, consultation, filled.sent)
    assert again.is_valid()
    assert again.changed == []


@quietly
@given(places=st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 255)), min_size=1, max_size=8))
def test_a_damaged_file_is_read_or_refused_with_sentences(consultation, contributor, places):
    membership = Membership.objects.get(user=contributor)
    form = bytearray(write_form(Grid(membership, consultation)))
    for place, byte in places:
        form[place % len(form)] = byte
    try:
        filled = read_form(BytesIO(bytes(form)), "f.xlsx", consultation, membership.organisation)
    except BadSpreadsheet as bad:
        sentences = [problem.sentence for problem in bad.problems]
    else:
        sentences = list(filled.sent)
    assert sentences
