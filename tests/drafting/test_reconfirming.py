"""Positions stay bound to the text they were signed on; the focal point reconfirms or changes them in one step."""

import html
from uuid import uuid4

import pytest
from jsonschema import validate

from consultation.drafting.models import NextText
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from consultation.positions.earlier import awaiting_reconfirmation, earlier_of
from consultation.positions.models import Position, PositionVersion
from consultation.record.errors import Changed
from consultation.record.models import Entry
from consultation.summaries.exports import SCHEMA
from consultation.summaries.queries import counts_by_passage
from tests import factories
from tests.drafting import arranging

NEW = "Adhere to all agreed standards, including the UN CMW and CEDAW."


def read(answer):
    return " ".join(html.unescape(answer.content.decode()).split())


@pytest.fixture
def organisation(focal_point):
    return factories.organisation_of(focal_point)


@pytest.fixture
def signed(consultation, focal_point, moderator):
    """A reservation on POL.3 with a published explanation, and an endorsement of POL.4."""
    version = factories.statement(focal_point, consultation, moderator)
    factories.signed(focal_point, consultation, "pol4")
    return version


@pytest.fixture
def second(consultation, rapporteur, signed, organisation):
    """The round on the new version, in which the words of POL.3 are others and those of POL.4 the same."""
    arranging.changed(rapporteur, consultation, "pol3", NEW)
    found = arranging.next_round(arranging.publish(rapporteur, consultation))
    factories.Participation.objects.create(consultation=found, organisation=organisation)
    return found


@pytest.fixture
def form(second):
    return f"/consultations/{second.slug}/passages/pol3/position/"


def of(consultation, organisation, ref="pol3"):
    return earlier_of(consultation, organisation, [factories.passage(consultation, ref)])


def reconfirmed(browser, form, signed, **fields):
    sent = {"action": "reconfirm", "earlier": signed.name, "version": 0, "submission_id": str(uuid4()), **fields}
    return browser.post(form, sent)


def sign_what_is_checked(browser, page):
    """Press the button of the check page: send what it holds."""
    form, draft = page.context["form"], page.context["draft"]
    return browser.post(
        page.request["PATH_INFO"],
        {
            "action": "sign",
            "confirm": "1",
            "stance": draft.stance,
            "explanation": draft.explanation,
            "version": form["version"].value(),
            "submission_id": str(uuid4()),
        },
    )


def test_nothing_is_counted_on_a_text_that_it_was_not_signed_on(second, organisation, signed, client):
    assert not Position.objects.filter(consultation=second).exists()
    assert all(counts.taken == 0 for counts in counts_by_passage(second).values())
    data = client.get(f"/consultations/{second.slug}/summary.json").json()
    validate(data, SCHEMA)
    assert data["awaiting_reconfirmation"] == {
        "pol3": {"endorse": 0, "reservation": 1, "cannot_endorse": 0},
        "pol4": {"endorse": 1, "reservation": 0, "cannot_endorse": 0},
    }
    assert all(r["totals"]["no_position"] == 1 for r in data["recommendations"])
    first = client.get(f"/consultations/{signed.position.consultation.slug}/summary.json").json()
    assert "awaiting_reconfirmation" not in first
    validate(first, SCHEMA)


def test_the_summary_and_the_passage_show_them_apart(second, client):
    for page in ("summary/", "passages/pol3/"):
        shown = read(client.get(f"/consultations/{second.slug}/{page}"))
        assert (
            "On an earlier text, awaiting reconfirmation: <strong>1</strong> organisation (0 endorsed it, 1 with"
            in shown
        )
        assert "They are not counted here." in shown
    assert "No position has been signed yet." in read(client.get(f"/consultations/{second.slug}/summary/"))


def test_the_position_form_shows_what_was_signed_with_the_difference_of_the_texts(second, focal_point, as_user, form):
    shown = read(as_user(focal_point).get(form))
    for words in (
        "What was signed on the earlier text",
        "on an earlier text, awaiting reconfirmation",
        "Within our law.",
        "all agreed</ins>",
        "international</del>",
        "Reconfirm on the new text",
    ):
        assert words in shown
    same = read(as_user(focal_point).get(form.replace("pol3", "pol4")))
    assert "The words of this recommendation are the same" in same
    assert "The position is still not carried over" in same
    assert "What was signed on the earlier text" not in read(as_user(focal_point).get(form.replace("pol3", "pol5")))


def test_the_focal_point_reconfirms_in_one_step_and_signs_after_checking(
    second, focal_point, organisation, signed, as_user, form
):
    browser = as_user(focal_point)
    answer = reconfirmed(browser, form, signed)
    assert answer.status_code == 302
    page = browser.get(answer.url)
    assert "Reconfirms" in read(page)
    assert "all agreed</ins>" in read(page)
    assert counts_by_passage(second)[factories.passage(second, "pol3").pk].taken == 0
    sign_what_is_checked(browser, page)
    version = Position.objects.get(consultation=second).signed
    assert (version.stance, version.explanation, version.reconfirms) == ("reservation", "Within our law.", signed)
    assert version.explanation_state == "published"  # a moderator has read these words
    entry = Entry.objects.filter(kind="position.signed", consultation=second.slug).get()
    assert entry.content["reconfirmed_from"] == signed.name
    assert [e.answered for e in of(second, organisation)] == [True]
    assert set(awaiting_reconfirmation(second)) == {factories.passage(second, "pol4").pk}
    assert signed.position.signed == signed  # it stands on the earlier text as before
    assert "Reconfirm on the new text" not in read(browser.get(form))


def test_a_contributor_prepares_it_and_the_focal_point_signs(second, contributor, focal_point, signed, as_user, form):
    answer = reconfirmed(as_user(contributor), form, signed)
    assert "Waiting for signature" in read(as_user(contributor).get(answer.url))
    assert not Position.objects.get(consultation=second).signed
    positions.sign_several(focal_point, second, factories.organisation_of(focal_point), {"pol3": 1}, uuid4())
    assert Position.objects.get(consultation=second).signed.reconfirms == signed


def test_what_is_changed_is_no_reconfirmation(second, focal_point, signed, as_user, form):
    browser = as_user(focal_point)
    reconfirmed(browser, form, signed)
    sent = {"action": "sign", "confirm": "1", "stance": "endorse", "version": 1, "submission_id": str(uuid4())}
    browser.post(form, sent)
    version = Position.objects.get(consultation=second).signed
    assert (version.stance, version.reconfirms) == ("endorse", None)
    assert of(second, factories.organisation_of(focal_point))[0].answered
    entry = Entry.objects.filter(kind="position.signed", consultation=second.slug).get()
    assert "reconfirmed_from" not in entry.content


def test_sent_twice_it_is_one_draft_and_a_colleague_is_not_written_over(
    second, contributor, focal_point, signed, as_user, form
):
    once = str(uuid4())
    for _ in range(2):
        assert reconfirmed(as_user(contributor), form, signed, submission_id=once).status_code == 302
    assert PositionVersion.objects.filter(position__consultation=second).count() == 1
    answer = reconfirmed(as_user(focal_point), form, signed)
    assert answer.status_code == 409
    assert "A colleague changed this position" in read(answer)


@pytest.mark.parametrize("wrong", ["another organisation", "this text", "other words", "nothing"])
def test_only_what_stands_on_the_earlier_text_is_reconfirmed(
    consultation, second, focal_point, signed, as_user, form, wrong
):
    pol3 = factories.passage(second, "pol3")
    other = factories.focal_point(second)
    if wrong == "nothing":
        assert reconfirmed(as_user(focal_point), form, signed, earlier="x.1").status_code == 409
        assert reconfirmed(as_user(focal_point), form, signed, earlier="").status_code == 409
    elif wrong == "another organisation":
        with pytest.raises(Changed, match="is not what your organisation signed"):
            positions.sign_position(other, second, pol3, Answer.reconfirming(signed), uuid4())
    elif wrong == "other words":
        answer = Answer("endorse", reconfirms=signed)
        with pytest.raises(Changed):
            positions.draft_position(focal_point, second, pol3, answer, uuid4())
    else:
        version = factories.signed(focal_point, second, "pol3")
        with pytest.raises(Changed):
            positions.sign_position(focal_point, second, pol3, Answer.reconfirming(version), uuid4())
    assert not PositionVersion.objects.filter(reconfirms__isnull=False).exists()


def test_a_joint_statement_is_made_anew(consultation, moderator, rapporteur, signed, as_user):
    partner = factories.focal_point(consultation)
    factories.aligned(partner, consultation, signed)
    arranging.changed(rapporteur, consultation, "pol3", NEW)
    second = arranging.next_round(arranging.publish(rapporteur, consultation), access="all")
    page = as_user(partner).get(f"/consultations/{second.slug}/passages/pol3/position/")
    assert "It was explained by the words of another organisation" in read(page)
    assert "Reconfirm on the new text" not in read(page)
    found = of(second, factories.organisation_of(partner))[0]
    with pytest.raises(Changed):
        positions.sign_position(
            partner,
            second,
            factories.passage(second, "pol3"),
            Answer("reservation", "", reconfirms=found.version),
            uuid4(),
        )


def test_the_delegation_has_them_on_its_list(second, contributor, focal_point, signed, as_user):
    shown = read(as_user(focal_point).get("/delegation/"))
    assert "Signed on an earlier text, awaiting reconfirmation (2)" in shown
    assert "the words changed" in shown
    assert "the words are the same" in shown
    assert "No position yet (22)" in shown
    slug = factories.organisation_of(focal_point).slug
    rows = read(as_user(focal_point).get(f"/delegation/{slug}/{second.slug}/positions/"))
    assert rows.count("on an earlier text, awaiting reconfirmation") == 2
    factories.signed(focal_point, second, "pol3", "cannot_endorse", "No longer.")
    assert "Signed on an earlier text, awaiting reconfirmation (1)" in read(as_user(contributor).get("/delegation/"))


def test_what_was_withdrawn_does_not_come_back(second, focal_point, organisation, signed):
    pol3 = factories.passage(second, "pol3")
    factories.signed(focal_point, second, "pol3")
    positions.withdraw_position(focal_point, second, pol3)
    assert pol3.pk not in awaiting_reconfirmation(second)  # it answered on this text, and took it back
    person = arranging.officer(second)
    arranging.changed(person, second, "pol3", "A third text.")
    third = arranging.next_round(arranging.publish(person, second), access="all")
    assert of(third, organisation) == []
    # What nobody answered in between still waits, from two versions back.
    assert [e.text.report for e in of(third, organisation, "pol4")] == [signed.position.consultation.report]
    assert set(awaiting_reconfirmation(third)) == {factories.passage(third, "pol4").pk}


def test_only_closed_and_announced_rounds_tell(consultation, second, organisation, signed):
    consultation.closes_at = second.closes_at
    consultation.save()
    assert of(second, organisation) == []
    assert awaiting_reconfirmation(second) == {}
    arranging.close(consultation)
    consultation.announced = False
    consultation.save()
    assert awaiting_reconfirmation(second) == {}


def test_organisations_that_do_not_take_part_any_more_are_not_awaited(second, organisation):
    organisation.state = "suspended"
    organisation.save()
    assert awaiting_reconfirmation(second) == {}


def test_who_may_not_see_positions_learns_nothing_from_who_is_awaited(second, focal_point, as_user, client):
    second.summary_access = "officers"
    second.save()
    shown = read(client.get(f"/consultations/{second.slug}/passages/pol3/"))
    assert "awaiting reconfirmation" not in shown
    assert client.get(f"/consultations/{second.slug}/summary/").status_code == 403
    # Their own organisation's position they see.
    assert "on an earlier text, awaiting reconfirmation" in read(
        as_user(focal_point).get(f"/consultations/{second.slug}/passages/pol3/")
    )


@pytest.mark.parametrize("number", [1, 20])
def test_the_number_of_organisations_costs_no_queries(
    consultation, rapporteur, client, number, django_assert_num_queries
):
    for _ in range(number):
        person = factories.focal_point(consultation)
        for ref in ("pol3", "pol4"):
            factories.signed(person, consultation, ref)
    arranging.changed(rapporteur, consultation, "pol3", NEW)
    second = arranging.next_round(arranging.publish(rapporteur, consultation), access="all")
    with django_assert_num_queries(6):
        assert awaiting_reconfirmation(second)[factories.passage(second, "pol3").pk].total == number
    address = f"/consultations/{second.slug}"
    client.get(f"{address}/summary/")
    with django_assert_num_queries(10):
        client.get(f"{address}/summary/")


def test_a_text_without_an_earlier_version_asks_nothing(consultation, organisation, django_assert_num_queries):
    pol3 = [factories.passage(consultation, "pol3")]
    assert consultation.report.previous_id is None
    with django_assert_num_queries(0):
        assert earlier_of(consultation, organisation, pol3) == []
        assert awaiting_reconfirmation(consultation) == {}
    assert not NextText.objects.exists()
