"""Participation and positions by group, region and kind: the figures, what is withheld, the files."""

import csv
import io
from uuid import uuid4

import pytest

from consultation.consultations.models import Participation
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from consultation.stakeholders.models import Organisation
from tests import factories


@pytest.fixture
def c(consultation):
    return f"/consultations/{consultation.slug}"


def organisations(consultation, number, **what):
    """Fictional organisations that take part, each with its focal point."""
    made = []
    for _ in range(number):
        organisation = factories.OrganisationFactory(**what)
        made.append(factories.focal_point(consultation, organisation))
    return made


@pytest.fixture
def signers(consultation):
    """Eight states in Europe, five networks in Africa, one council that states neither country nor kind."""
    network = {"group": factories.group("civil-society"), "country": "KE", "kind": "network"}
    return {
        "europe": organisations(consultation, 8, country="CH", kind="government"),
        "africa": organisations(consultation, 5, **network),
        "other": organisations(consultation, 1, group=factories.group("private-sector")),
    }


def table(client, c, **about):
    tables = client.get(f"{c}/breakdown.json").json()["tables"]
    return next(t for t in tables if all(t.get(k) == v for k, v in about.items()))


def counts(found):
    return {row["slug"]: (row["counts"], row["total"]) for row in found["rows"]}


def test_participation_is_counted_by_each_dimension(client, c, signers):
    by_region = counts(table(client, c, figure="participation", by="region"))
    assert {slug: total for slug, (_counts, total) in by_region.items()} == {"150": 8, "002": 5, "not-stated": 1}
    by_kind = counts(table(client, c, figure="participation", by="kind"))
    assert {slug: total for slug, (_counts, total) in by_kind.items()} == {
        "government": 8,
        "network": 5,
        "not-stated": 1,
    }


def test_positions_are_counted_by_region(client, c, consultation, signers):
    for signer in [*signers["europe"][:5], *signers["africa"][:4]]:
        factories.signed(signer, consultation, "pol3")
    for signer in signers["europe"][5:]:
        factories.signed(signer, consultation, "pol3", "cannot_endorse")
    found = table(client, c, figure="positions", recommendation="pol3", by="region")
    assert found["totals"] == {"endorse": 9, "reservation": 0, "cannot_endorse": 3, "no_position": 2}
    europe, total = counts(found)["150"]
    assert (europe["endorse"], total) == (5, 8) or europe["endorse"] is None


def test_a_small_number_is_not_shown_and_cannot_be_subtracted(client, c, consultation, signers):
    """One network refuses: neither its cell nor its row or column gives the number back."""
    for signer in [*signers["europe"], *signers["africa"][:4]]:
        factories.signed(signer, consultation, "pol3")
    factories.signed(signers["africa"][4], consultation, "pol3", "cannot_endorse")
    found = table(client, c, figure="positions", recommendation="pol3", by="region")
    assert counts(found)["002"][0]["cannot_endorse"] is None
    rows = [row["counts"] for row in found["rows"]]
    assert sum(cells["cannot_endorse"] is None for cells in rows) > 1
    assert sum(value is None for value in counts(found)["002"][0].values()) > 1
    page = client.get(f"{c}/breakdown/?recommendation=pol3").content.decode()
    assert "not shown" in page
    for cells in rows:
        assert all(value is None or value == 0 or value >= 3 for value in cells.values())


def test_by_group_the_figures_are_those_of_the_summary(client, c, consultation, signers):
    factories.signed(signers["other"][0], consultation, "pol3", "reservation", "Within our law.")
    found = counts(table(client, c, figure="positions", recommendation="pol3", by="group"))
    row = next(r for r in client.get(f"{c}/summary.json").json()["recommendations"] if r["ref"] == "pol3")
    assert {slug: cells for slug, (cells, _total) in found.items()} == row["by_group"]


def test_only_who_takes_part_and_only_what_is_signed_counts(client, c, consultation, signers):
    factories.signed(signers["africa"][0], consultation, "pol3")
    factories.OrganisationFactory(country="FJ")
    Participation.objects.filter(organisation=factories.organisation_of(signers["africa"][0])).delete()
    found = table(client, c, figure="positions", recommendation="pol3", by="region")
    assert found["totals"]["endorse"] == 0
    assert "009" not in counts(found)
    assert counts(found)["002"][1] == 4


def test_page_json_and_csv_have_the_same_figures(client, c, consultation, signers):
    for signer in signers["europe"]:
        factories.signed(signer, consultation, "pra1")
    tables = client.get(f"{c}/breakdown.json").json()["tables"]
    lines = list(csv.DictReader(io.StringIO(b"".join(client.get(f"{c}/breakdown.csv").streaming_content).decode())))
    from_json = [
        (t["figure"], t.get("recommendation", ""), t["by"], t.get("and", ""), row["slug"], column, n)
        for t in tables
        for row in t["rows"]
        for column, n in [*row["counts"].items(), ("total", row["total"])]
    ]
    from_csv = [
        (
            line["figure"],
            line["recommendation"],
            line["by"],
            line["and"],
            line["row"],
            line["column"],
            None if line["count"] == "not shown" else int(line["count"]),
        )
        for line in lines
    ]
    assert from_csv == from_json
    page = client.get(f"{c}/breakdown/?recommendation=pra1")
    shown = {
        (row.slug, column.slug): n
        for _name, one in page.context["positions"]
        for row, cells, _total in one.lines
        for column, n in cells
    }
    mine = {
        (row["slug"], column): n
        for t in tables
        if t.get("recommendation") == "pra1"
        for row in t["rows"]
        for column, n in row["counts"].items()
    }
    assert shown == mine


@pytest.mark.parametrize("query", ["", "recommendation=nonsense", "by=kind&crossed=kind", "by=x&crossed=%00"])
def test_a_choice_that_is_not_known_is_answered(client, c, signers, query):
    assert client.get(f"{c}/breakdown/?{query}").status_code == 200


def test_a_consultation_without_participants_says_so(client, c):
    assert "No organisation takes part yet" in client.get(f"{c}/breakdown/").content.decode()


@pytest.mark.parametrize("number", [1, 30])
@pytest.mark.parametrize("page", ["breakdown/", "breakdown.json", "breakdown.csv"])
def test_the_figures_cost_the_same_queries_however_many_take_part(
    client, c, consultation, django_assert_max_num_queries, number, page
):
    for signer in organisations(consultation, number, country="CH", kind="government"):
        factories.signed(signer, consultation, "pol3")
    with django_assert_max_num_queries(5):
        answer = client.get(f"{c}/{page}")
        assert b"".join(answer) if answer.streaming else answer.content


def test_an_organisation_states_its_kind_when_it_applies(as_user, db):
    applicant = factories.UserFactory()
    form = {
        "name": "Sample Union of Ports",
        "group": "trade-unions",
        "country": "CH",
        "kind": "union",
        "mandate": "Its congress asked us to speak.",
        "official_email": "office@union.example",
        "submission_id": "5b3ad3a7-06ac-4f7a-9b02-c03a3b4a3a3e",
    }
    browser = as_user(applicant)
    assert browser.post("/organisations/apply/", {**form, "kind": "empire"}).status_code == 422
    assert browser.post("/organisations/apply/", form).status_code == 302
    made = Organisation.objects.get()
    assert made.kind == "union"
    made.state = "approved"
    made.save()
    assert "Trade union" in browser.get(f"/organisations/{made.slug}/").content.decode()


def test_a_position_without_a_name_is_in_no_table(consultation, focal_point, client):
    """By region or kind it could be told from the few that are left."""
    consultation.attribution_choice = True
    consultation.save()
    for _ in range(3):
        factories.focal_point(consultation)
    address = f"/consultations/{consultation.slug}/breakdown.json"
    before = client.get(address).json()["tables"]
    pol3 = factories.passage(consultation, "pol3")
    positions.sign_position(focal_point, consultation, pol3, Answer("endorse", attribution="group"), uuid4())
    assert client.get(address).json()["tables"] == before
