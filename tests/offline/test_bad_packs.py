"""What bad input gets: a clear answer for the whole file, and nothing half-done."""

import io
import zipfile
from datetime import timedelta
from uuid import uuid4

import openpyxl
import pytest

from consultation.consultations.models import Participation
from consultation.discussion import actions as discussion
from consultation.discussion.models import Comment
from consultation.keeping import retention
from consultation.offline import actions
from consultation.offline import fields as f
from consultation.offline.formats import read_file
from consultation.offline.models import Letter, LetterLine, Pack, ScanContent
from consultation.positions.models import Position
from consultation.record import clock
from consultation.reports.models import Report
from consultation.secretariat.actions import erase_person, merge_organisations
from tests import factories
from tests.offline import filling

FORMATS = ["xlsx", "docx", "odt"]
MAIN_PART = {"xlsx": "xl/workbook.xml", "docx": "word/document.xml", "odt": "content.xml"}


def refused(answer):
    assert answer.status_code == 422
    assert (Position.objects.filter(draft__isnull=False).exists(), Comment.objects.exists()) == (False, False)
    return answer.content.decode()


@pytest.mark.parametrize("kind", FORMATS)
def test_a_pack_of_another_consultation(contributor, pack_of, send, kind):
    other = factories.ConsultationFactory()
    Participation.objects.create(consultation=other, organisation=factories.organisation_of(contributor))
    assert "another consultation" in refused(send(contributor, pack_of(contributor, kind, to=other), kind))


@pytest.mark.parametrize("kind", FORMATS)
def test_a_pack_of_another_organisation(consultation, contributor, pack_of, send, kind):
    stranger = factories.focal_point(consultation)
    page = refused(send(contributor, pack_of(stranger, kind), kind))
    assert "made for another organisation" in page
    assert factories.organisation_of(stranger).name not in page


@pytest.mark.parametrize("kind", FORMATS)
def test_a_pack_of_an_older_version_of_the_text(contributor, pack_of, send, kind):
    pack = pack_of(contributor, kind)
    older = Report.objects.create(slug="older", title="Older", held_on="2020-01-01")
    Pack.objects.update(report=older)
    assert "older version of the text" in refused(send(contributor, pack, kind))


@pytest.mark.parametrize("kind", FORMATS)
def test_a_number_that_was_never_given_out(contributor, pack_of, send, kind):
    pack = pack_of(contributor, kind)
    Pack.objects.update(number="P-2222-3333-4444")
    assert "never given out" in refused(send(contributor, pack, kind))


@pytest.mark.parametrize("kind", FORMATS)
def test_external_entities_and_bombs_are_not_opened(contributor, pack_of, send, kind):
    pack = pack_of(contributor, kind)
    part = zipfile.ZipFile(io.BytesIO(pack)).read(MAIN_PART[kind])
    entity = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    start = part.index(b"?>") + 2
    page = refused(
        send(contributor, filling.replaced(pack, MAIN_PART[kind], part[:start] + entity + part[start:]), kind)
    )
    assert "holds parts that no office program writes" in page
    bomb = filling.replaced(pack, MAIN_PART[kind], part + b" " * 30_000_000)
    assert "unpacks to more" in refused(send(contributor, bomb, kind))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("pdf", b"%PDF-1.7", "A printed form is not read"),
        ("xlsm", b"PK\x03\x04", "Files with macros are not taken"),
        ("csv", b"ref,position", "ends with .xlsx, .docx or .odt"),
        ("odt", b"no archive", "of another kind than its name says"),
        ("xlsx", b"", "The file is empty"),
        ("docx", b"PK\x03\x04" + b"0" * 5_000_000, "The file is too large. The limit is 4 MB."),
    ],
)
def test_what_is_no_pack_at_all(contributor, send, name, content, said):
    assert said in refused(send(contributor, content, name))


def test_an_office_file_that_is_no_pack(contributor, send):
    held = io.BytesIO()
    openpyxl.Workbook().save(held)
    assert "This is not a pack" in refused(send(contributor, held.getvalue()))


@pytest.mark.parametrize("kind", ["docx", "odt"])
def test_a_table_in_a_table_is_words_of_its_cell_and_read_once(kind):
    """Read again on each level, a few hundred bytes of tables in tables kept a worker for minutes."""
    deep = 20
    number, rows = read_file(filling.nested(kind, deep), f"pack.{kind}")
    assert number == "P-2222-3333-4444"
    assert [row.values[f.REF] for row in rows] == ["p1"]
    words = rows[0].values[f.COMMENT]
    assert [words.count(f"Words {level}.") for level in range(deep)] == [1] * deep


@pytest.mark.parametrize("name", ["Positions", "Comments"])
def test_a_sheet_that_goes_on_for_thousands_of_empty_rows_is_refused(contributor, pack_of, send, name):
    book = openpyxl.load_workbook(io.BytesIO(pack_of(contributor)))
    book[name]["A1048576"] = "p1"
    held = io.BytesIO()
    book.save(held)
    assert f"The sheet “{name}” goes on below row 5000" in refused(send(contributor, held.getvalue()))


def test_nothing_comes_in_before_opening_and_after_closing(consultation, contributor, pack_of, send, as_user, base):
    pack = filling.fill(pack_of(contributor), "xlsx", "pol1", {f.STANCE: "Endorse"})
    factories.close(consultation)
    answer = send(contributor, pack)
    assert answer.status_code == 409
    assert "closed" in answer.content.decode()
    factories.let_in(contributor, consultation)
    assert send(contributor, pack).status_code == 200


# Leaks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [*FORMATS, "pdf"])
def test_a_pack_holds_nothing_that_its_reader_may_not_read(
    consultation, contributor, focal_point, moderator, pack_of, kind
):
    """Another organisation's words, and a colleague's draft that is not shared, are in none."""
    stranger = factories.focal_point(consultation)
    factories.signed(stranger, consultation, "pol1", "reservation", "Canary of others")
    factories.submitted(stranger, consultation, body="Canary of others")
    passage = factories.passage(consultation, "p8")
    words = discussion.Words("Canary of a colleague")
    discussion.write_comment(focal_point, consultation, passage, words, uuid4(), submit=False)
    factories.signed(focal_point, consultation, "pol2", "endorse", "Our own words")
    made = pack_of(contributor, kind)
    number = Pack.objects.get().number
    if kind == "pdf":
        assert made.startswith(b"%PDF-")
        assert number.encode() in made
        return
    text = filling.whole_text(made)
    assert "Canary" not in text
    assert factories.organisation_of(stranger).name not in text
    assert "Our own words" in text
    assert number in text
    assert "Canary" in filling.whole_text(pack_of(focal_point, kind))


def test_another_delegations_draft_cannot_be_named(consultation, contributor, pack_of, send):
    stranger = factories.focal_point(consultation)
    theirs = factories.submitted(stranger, consultation)
    pack = filling.fill(pack_of(contributor), "xlsx", "p8", {f.DRAFT: theirs.public_id, f.COMMENT: "x"}, "comment")
    (line,) = send(contributor, pack).context["lines"]
    assert "no such draft" in line.errors_said[0]


def test_without_a_choice_of_attribution_none_is_taken_and_with_it_never_less_than_was_told(
    consultation, contributor, focal_point, pack_of, send
):
    factories.signed(focal_point, consultation, "pol2", "endorse")
    consultation.attribution_choice = True
    consultation.save()
    pack = pack_of(contributor)
    for ref in ("pol1", "pol2"):
        pack = filling.fill(pack, "xlsx", ref, {f.STANCE: "Cannot endorse", f.SHOWN: "Group only"})
    assert [line.status for line in send(contributor, pack).context["lines"]] == ["new", "refused"]
    type(consultation).objects.update(attribution_choice=False)
    assert [line.status for line in send(contributor, pack).context["lines"]] == ["refused", "refused"]


# Across rooms ----------------------------------------------------------------------------------------------------


def test_packs_and_letters_follow_an_organisation_into_the_one_it_is_merged_with(
    consultation, contributor, focal_point, pack_of, send
):
    absorbed = factories.focal_point(consultation)
    pack = filling.fill(pack_of(absorbed), "xlsx", "pol1", {f.STANCE: "Endorse"})
    letter = factories.letter(factories.organisation_of(absorbed), consultation, pol3="endorse")
    kept = factories.organisation_of(contributor)
    merge_organisations(factories.secretariat(), kept, factories.organisation_of(absorbed), {})
    assert [line.status for line in send(contributor, pack).context["lines"]] == ["new"]
    key = letter.lines.get().pk
    confirmed = actions.confirm_letter(focal_point, letter, {key: 0})
    assert Position.objects.get(signed__isnull=False).organisation == kept
    assert confirmed.state == "confirmed"


def test_a_person_who_is_erased_leaves_packs_and_letters_that_stand(consultation, contributor, focal_point, pack_of):
    pack_of(contributor)
    letter = factories.letter(factories.organisation_of(contributor), consultation, pol3="endorse")
    actions.confirm_letter(focal_point, letter, {letter.lines.get().pk: 0})
    for person in (contributor, focal_point):
        erase_person(factories.secretariat(), person)
    letter.refresh_from_db()
    assert (Pack.objects.count(), letter.state) == (1, "confirmed")
    assert str(letter.decided_by) != focal_point.name


def test_a_letter_that_never_stood_is_let_go_after_a_year(consultation, contributor, focal_point):
    organisation = factories.organisation_of(contributor)
    refused_one = factories.letter(organisation, consultation, pol1="endorse")
    stands = factories.letter(organisation, consultation, pol3="endorse")
    actions.refuse_letter(focal_point, refused_one, "Not ours.")
    actions.confirm_letter(focal_point, stands, {stands.lines.get().pk: 0})
    assert retention.apply()["letters"] == 0
    Letter.objects.update(decided_at=clock.now() - timedelta(days=366))
    assert retention.apply()["letters"] == 1
    assert list(ScanContent.objects.values_list("scan__letter", flat=True)) == [stands.pk]
    assert LetterLine.objects.get(letter=refused_one).words == ""
    assert retention.apply()["letters"] == 0


# Size ------------------------------------------------------------------------------------------------------------


def test_a_pack_and_its_difference_ask_as_much_for_many_rows_as_for_few(
    consultation, contributor, focal_point, base, pack_of, send, as_user, django_assert_max_num_queries
):
    few = filling.fill(pack_of(contributor), "xlsx", "pol1", {f.STANCE: "Endorse"})
    few = filling.fill(few, "xlsx", "p1", {f.COMMENT: "A remark."}, "comment")
    many = few
    made = []
    with django_assert_max_num_queries(40) as queries:
        assert as_user(contributor).post(base, {"kind": "xlsx"}).status_code == 200
    made.append(len(queries))
    for number in range(1, 12):
        many = filling.fill(many, "xlsx", f"pra{number}", {f.STANCE: "Endorse", f.EXPLANATION: "Yes."})
        many = filling.fill(many, "xlsx", f"p{number}", {f.COMMENT: "Another remark."}, "comment")
    for number in range(1, 11):
        factories.signed(focal_point, consultation, f"pol{number}", "reservation", "Within our law.")
        factories.submitted(contributor, consultation, f"p{number}")
    asked = []
    for pack in (few, many):
        with django_assert_max_num_queries(32) as queries:
            assert send(contributor, pack).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1]
    with django_assert_max_num_queries(40) as queries:
        assert as_user(contributor).post(base, {"kind": "xlsx"}).status_code == 200
    made.append(len(queries))
    assert made[0] == made[1]
    with django_assert_max_num_queries(26):
        assert as_user(contributor).get(base).status_code == 200
