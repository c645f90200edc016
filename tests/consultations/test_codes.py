"""More time for one organisation: who an access code lets in, and that what comes late stands apart."""

import io
import json
from datetime import timedelta
from uuid import uuid4

import openpyxl
import pytest

from consultation.consultations import actions
from consultation.consultations.actions import Grant, Why, Window
from consultation.consultations.errors import Closed
from consultation.consultations.models import CodeUse
from consultation.discussion import actions as discussion
from consultation.discussion.actions import Words
from consultation.outcome.data import data_of
from consultation.positions import actions as positions
from consultation.record import clock
from consultation.record.errors import NotAllowed, Refusal
from consultation.record.models import Entry
from consultation.summaries.queries import summary_of
from tests import factories
from tests.outcome.reading import docx_words

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def c(consultation):
    return f"/consultations/{consultation.slug}"


def figures(consultation):
    return [row.totals.as_dict() for row in summary_of(consultation).rows]


def test_a_code_lets_its_people_contribute_after_closing_marked_late(consultation, contributor, moderator, client, c):
    factories.close(consultation)
    with pytest.raises(Closed):
        factories.submitted(contributor, consultation)
    factories.let_in(contributor, consultation)
    comment = factories.submitted(contributor, consultation, body="After closing.")
    assert comment.latest.late
    factories.decided(moderator, comment)
    page = client.get(f"{c}/passages/p8/").content.decode()
    assert "After closing." in page
    assert "submitted after closing" in page
    (exported,) = json.loads(client.get(f"{c}/comments.json").getvalue())["comments"]
    assert exported["late"] == "yes"
    entry = Entry.objects.about(comment).first()
    assert entry.content["late"] is True


def test_giving_and_entering_a_code_is_on_the_record_without_the_code(consultation, contributor):
    factories.close(consultation)
    code = factories.let_in(contributor, consultation)
    given, entered = Entry.objects.about(code)
    assert (given.kind, entered.kind, entered.actor) == ("code.given", "code.entered", contributor)
    assert given.content["reason"] == "It asked for more time."
    assert code.code not in f"{given.content}{entered.content}"


def test_a_late_position_is_shown_apart_and_changes_no_figure(consultation, contributor, focal_point, client, c):
    factories.signed(focal_point, consultation, "pol3", "endorse")
    factories.close(consultation)
    before = figures(consultation)
    factories.let_in(focal_point, consultation)
    factories.signed(focal_point, consultation, "pol3", "cannot_endorse", "It changed.")
    factories.signed(focal_point, consultation, "pol4", "endorse")
    assert figures(consultation) == before
    data = client.get(f"{c}/summary.json").json()
    assert [(late["ref"], late["stance"]) for late in data["late"]] == [("pol3", "cannot_endorse"), ("pol4", "endorse")]
    assert data["late"][0]["explanation"] == ""  # a moderator has not read it
    assert [row["totals"] for row in data["recommendations"]] == before
    page = client.get(f"{c}/summary/").content.decode()
    assert "Late positions, in none of the figures" in page
    passage = client.get(f"{c}/passages/pol3/").content.decode()
    assert "Late positions" in passage
    assert "It changed." not in passage
    lines = b"".join(client.get(f"{c}/summary.csv").streaming_content).decode().splitlines()
    pol3 = next(line for line in lines if line.startswith("pol3,"))
    assert ",endorse,," in pol3
    assert "cannot_endorse" in pol3
    assert len(lines) == 1 + consultation.recommendations().count()
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{c}/summary.xlsx").content))
    head = [cell.value for cell in book["Positions"][1]]
    row = next(r for r in book["Positions"].iter_rows(values_only=True) if r[0] == "pol3")
    assert (row[head.index("stance")], row[head.index("late_stance")]) == ("endorse", "cannot_endorse")


def test_the_outcome_document_has_late_positions_in_its_annex(consultation, focal_point, client, c):
    factories.close(consultation)
    factories.let_in(focal_point, consultation)
    factories.signed(focal_point, consultation, "pol3", "reservation", "Within our law.")
    data = data_of(consultation)
    assert data["positions"] == []
    assert data["summary"]["late"][0]["organisation"] == factories.organisation_of(focal_point).name
    words = docx_words(client.get(f"{c}/summary.docx").content)
    assert words.index("Annex A") < words.index("Late positions, in none of the figures") < words.index("POL.3 L1")


def test_a_late_explanation_is_moderated_beside_the_one_in_time(consultation, focal_point, moderator, as_user, c):
    first = factories.signed(focal_point, consultation, "pol3", "reservation", "In time.")
    factories.close(consultation)
    factories.let_in(focal_point, consultation)
    second = factories.signed(focal_point, consultation, "pol3", "reservation", "Too late.")
    item = f"/moderation/explanation-{first.position.public_id}/"
    for version in (second, first):
        form = {"decision": "publish", "revision": version.number, "submission_id": str(uuid4())}
        assert as_user(moderator).post(item, form).status_code == 302
        version.refresh_from_db()
        assert version.explanation_state == "published"
    page = as_user(None).get(f"{c}/passages/pol3/").content.decode()
    assert page.index("In time.") < page.index("Late positions") < page.index("Too late.")


def test_what_was_signed_in_time_cannot_be_taken_back_late(consultation, focal_point):
    factories.signed(focal_point, consultation, "pol3")
    factories.close(consultation)
    factories.let_in(focal_point, consultation)
    pol3, pol4 = (factories.passage(consultation, ref) for ref in ("pol3", "pol4"))
    with pytest.raises(Closed):
        positions.withdraw_position(focal_point, consultation, pol3)
    factories.signed(focal_point, consultation, "pol4")
    assert len(summary_of(consultation).late) == 1
    positions.withdraw_position(focal_point, consultation, pol4)
    assert summary_of(consultation).late == []
    assert summary_of(consultation).signed == 1


def test_a_late_comment_can_be_taken_back_but_not_one_in_time(consultation, contributor):
    intime = factories.submitted(contributor, consultation)
    factories.close(consultation)
    factories.let_in(contributor, consultation)
    late = factories.submitted(contributor, consultation)
    with pytest.raises(Closed):
        discussion.withdraw_comment(contributor, intime)
    assert discussion.withdraw_comment(contributor, late).state == "withdrawn"


def test_an_edit_after_closing_marks_the_comment_late(consultation, contributor, moderator):
    comment = factories.published(contributor, consultation, moderator)
    factories.close(consultation)
    factories.let_in(contributor, consultation)
    discussion.revise_comment(contributor, comment, Words("Other words."))
    comment = factories.decided(moderator, comment)
    assert comment.is_late
    assert comment.revisions.get(number=1).late is False


def test_a_draft_submitted_late_is_late(consultation, contributor):
    place = factories.passage(consultation, "p8")
    draft = discussion.write_comment(contributor, consultation, place, Words("Draft"), uuid4(), submit=False)
    factories.close(consultation)
    factories.let_in(contributor, consultation)
    assert discussion.revise_comment(contributor, draft, Words("Draft")).latest.late


def test_after_an_extension_what_is_signed_in_the_window_counts_alone(consultation, focal_point, secretariat):
    factories.close(consultation)
    factories.let_in(focal_point, consultation)
    factories.signed(focal_point, consultation, "pol3", "cannot_endorse")
    longer = Window(consultation.opens_at, clock.now() + DAY)
    actions.change_window(secretariat, consultation, longer, Why("r", "n"), uuid4())
    consultation.refresh_from_db()
    assert len(summary_of(consultation).late) == 1
    factories.signed(focal_point, consultation, "pol3", "endorse")
    found = summary_of(consultation)
    assert (found.late, found.signed) == ([], 1)


def enter(user, consultation, code):
    return actions.enter_code(user, consultation, code.code)


def test_a_code_of_another_organisation_is_refused(consultation, contributor):
    other = factories.OrganisationFactory()
    factories.delegate(consultation, organisation=other)
    factories.close(consultation)
    code = factories.code_for(other, consultation)
    with pytest.raises(NotAllowed, match="given to another organisation"):
        enter(contributor, consultation, code)
    with pytest.raises(Closed):
        factories.submitted(contributor, consultation)


def test_a_code_admits_so_many_people_and_each_once(consultation, contributor, focal_point):
    organisation = factories.organisation_of(contributor)
    third = factories.delegate(consultation, organisation=organisation)
    factories.close(consultation)
    code = factories.code_for(organisation, consultation, uses=2)
    for person in (contributor, contributor, focal_point):
        enter(person, consultation, code)
    with pytest.raises(Refusal, match="used 2 times"):
        enter(third, consultation, code)
    assert CodeUse.objects.count() == 2
    with pytest.raises(Closed):
        factories.submitted(third, consultation)


def test_a_code_ends(consultation, contributor, turn):
    factories.close(consultation)
    code = factories.let_in(contributor, consultation, days=2)
    turn(code.until - timedelta(seconds=1))
    factories.submitted(contributor, consultation)
    turn(code.until)
    with pytest.raises(Closed):
        factories.submitted(contributor, consultation)
    with pytest.raises(Refusal, match="ended on"):
        enter(contributor, consultation, code)


def test_a_code_taken_back_admits_nobody(consultation, contributor, secretariat):
    factories.close(consultation)
    code = factories.let_in(contributor, consultation)
    late = factories.submitted(contributor, consultation)
    actions.take_code_back(secretariat, code)
    actions.take_code_back(secretariat, code)
    with pytest.raises(Closed):
        factories.submitted(contributor, consultation)
    with pytest.raises(Refusal, match="taken this code back"):
        enter(contributor, consultation, code)
    late.refresh_from_db()
    assert late.state == "pending"
    assert Entry.objects.filter(kind="code.taken_back").count() == 1


def test_observers_suspended_organisations_and_other_consultations_get_nothing_from_a_code(consultation, contributor):
    organisation = factories.organisation_of(contributor)
    observer = factories.delegate(consultation, "observer", organisation)
    factories.close(consultation)
    code = factories.code_for(organisation, consultation)
    with pytest.raises(NotAllowed):
        enter(observer, consultation, code)
    other = factories.close(factories.ConsultationFactory())
    with pytest.raises(Refusal, match="not known in this consultation"):
        enter(contributor, other, code)
    organisation.state = "suspended"
    organisation.save()
    with pytest.raises(NotAllowed):
        enter(contributor, consultation, code)


def test_after_the_outcome_no_code_helps(consultation, contributor):
    factories.close(consultation)
    code = factories.let_in(contributor, consultation)
    consultation.outcome_published_at = clock.now()
    consultation.save()
    with pytest.raises(Closed):
        factories.submitted(contributor, consultation)
    with pytest.raises(Refusal, match="outcome is published"):
        enter(contributor, consultation, code)


@pytest.mark.parametrize(("days", "sentence"), [(0, "after the closing"), (-1, "after the closing")])
def test_a_code_must_end_after_closing(consultation, secretariat, contributor, days, sentence):
    grant = Grant(factories.organisation_of(contributor), consultation.closes_at + days * DAY, 1, "Why")
    with pytest.raises(Refusal, match=sentence):
        actions.give_code(secretariat, consultation, grant, uuid4())
    stranger = Grant(factories.OrganisationFactory(), consultation.closes_at + DAY, 1, "Why")
    with pytest.raises(Refusal, match="does not take part"):
        actions.give_code(secretariat, consultation, stranger, uuid4())
    with pytest.raises(NotAllowed):
        actions.give_code(contributor, consultation, grant, uuid4())


def test_the_secretariats_page_gives_a_code_and_the_delegate_uses_it(
    consultation, contributor, secretariat, as_user, c
):
    factories.close(consultation)
    organisation = factories.organisation_of(contributor)
    admin, address = as_user(secretariat), f"/admin/consultations/consultation/{consultation.pk}/codes/"
    until = (clock.now() + 3 * DAY).strftime("%Y-%m-%dT%H:%M")
    wrong = admin.post(address, {"organisation": organisation.pk, "until": "soon", "uses": 2, "reason": "Kept words"})
    assert wrong.status_code == 422
    assert "Kept words" in wrong.content.decode()
    assert "Enter a day and a time" in wrong.content.decode()
    once = str(uuid4())
    sent = {"organisation": organisation.pk, "until": until, "uses": 2, "reason": "Illness.", "submission_id": once}
    assert admin.post(address, sent).status_code == admin.post(address, sent).status_code == 302
    assert admin.post(address, {**sent, "uses": 3}).status_code == 409
    code = consultation.access_codes.get()
    assert code.code in admin.get(address).content.decode()

    browser = as_user(contributor)
    assert "Enter an access code" in browser.get(f"{c}/").content.decode()
    assert "Enter an access code" in browser.get(f"{c}/passages/p8/").content.decode()
    bad = browser.post(f"{c}/code/", {"code": "zzzz"})
    assert bad.status_code == 409
    assert "not known" in bad.content.decode()
    assert browser.post(f"{c}/code/", {"code": ""}).status_code == 422
    assert "marked late" in browser.post(f"{c}/code/", {"code": f" {code.code.upper()} "}).content.decode()
    page = browser.get(f"{c}/passages/p8/").content.decode()
    assert 'name="body"' in page
    assert browser.post(f"{c}/passages/p8/comments/", {"body": "Late.", "action": "submit"}).status_code == 302
    assert browser.get(f"{c}/passages/pol3/position/").status_code == 200
    assert "Your access code lets you contribute until" in browser.get("/delegation/").content.decode()
    admin.post(address, {"take_back": code.code})
    assert browser.get(f"{c}/passages/pol3/position/").status_code == 409
