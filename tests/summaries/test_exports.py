"""The summary to take away: every figure of the page can be counted again from it, by hand and in plain SQL."""

import csv
import io
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import jsonschema
import openpyxl
import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consultation.moderation import actions as moderation
from consultation.moderation.actions import Verdict
from consultation.positions import actions as positions
from consultation.record import clock
from consultation.record.errors import Refusal
from consultation.secretariat.actions import erase_person, merge_organisations
from consultation.secretariat.merging import rivals
from consultation.summaries.changes import changes_since
from consultation.summaries.queries import as_json, summary_of
from consultation.summaries.words import adjective, sentence
from tests import factories

STANCES = ("endorse", "reservation", "cannot_endorse")


@pytest.fixture
def c(consultation):
    return f"/consultations/{consultation.slug}"


def lines(client, c):
    return list(csv.DictReader(io.StringIO(b"".join(client.get(f"{c}/summary.csv")).decode())))


def recount(rows):
    """What the page says, counted from the lines of the CSV: totals and groups by recommendation, convergence."""
    counted = {}
    for ref in dict.fromkeys(row["ref"] for row in rows):
        by_group = {}
        for row in rows:
            if row["ref"] == ref:
                by_group.setdefault(row["group"], Counter())[row["stance"] or "no_position"] += 1
        product = 1.0
        for counts in by_group.values():
            taken = sum(counts[s] for s in STANCES)
            product *= (1 + counts["endorse"] + counts["reservation"] / 2) / (2 + taken)
        counted[ref] = (sum(by_group.values(), Counter()), by_group, round(product, 4))
    return counted


def recount_in_sql(consultation):
    """The totals in plain SQL, without any of our code."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT passage.ref, version.stance, COUNT(*)
            FROM positions_position position
            JOIN positions_positionversion version ON version.id = position.signed_id AND version.state = 'signed'
            JOIN reports_passage passage ON passage.id = position.recommendation_id
            JOIN stakeholders_organisation organisation ON organisation.id = position.organisation_id
            JOIN consultations_participation participation
              ON participation.organisation_id = organisation.id
             AND participation.consultation_id = position.consultation_id
            WHERE position.consultation_id = %s AND organisation.state = 'approved'
            GROUP BY passage.ref, version.stance
            """,
            [consultation.pk],
        )
        return {(ref, stance): number for ref, stance, number in cursor.fetchall()}


def same(client, consultation):
    """The page's own figures, those of the CSV and those of SQL."""
    published = as_json(summary_of(consultation))
    by_hand = recount(lines(client, f"/consultations/{consultation.slug}"))
    in_sql = recount_in_sql(consultation)
    for row in published["recommendations"]:
        totals, by_group, convergence = by_hand.get(row["ref"], (Counter(), {}, 1.0))
        assert {k: v for k, v in row["totals"].items() if v} == dict(totals)
        assert {g: {k: v for k, v in n.items() if v} for g, n in row["by_group"].items()} == {
            g: dict(n) for g, n in by_group.items()
        }
        assert row["convergence"] == convergence
        assert {s: in_sql.get((row["ref"], s), 0) for s in STANCES} == {s: totals[s] for s in STANCES}


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["sign", "sign", "sign", "withdraw", "suspend", "approve", "merge", "erase"]),
        st.integers(0, 3),
        st.sampled_from(STANCES),
    ),
    max_size=14,
)


@pytest.mark.django_db
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(acts=ACTS)
def test_an_independent_recount_equals_the_page_whatever_happened(client, acts):
    consultation = factories.ConsultationFactory()
    secretariat = factories.UserFactory(is_staff=True, is_superuser=True)
    groups = ("states", "states", "civil-society", "academia")
    organisations = [factories.OrganisationFactory(group=factories.group(slug)) for slug in groups]
    signers = [factories.focal_point(consultation, organisation) for organisation in organisations]
    pol3 = factories.passage(consultation, "pol3")
    for act, who, stance in acts:
        organisation, signer = organisations[who], signers[who]
        organisation.refresh_from_db()
        try:
            if act == "sign":
                factories.signed(signer, consultation, "pol3", stance, "Because." if stance == "reservation" else "")
            elif act == "withdraw":
                positions.withdraw_position(signer, consultation, pol3, organisation_id=organisation.pk)
            elif act == "erase":
                erase_person(secretariat, signer)
            elif act == "merge":
                other = organisations[(who + 1) % len(organisations)]
                standing = {pair.key: organisation.pk for pair in rivals(organisation, other)}
                merge_organisations(secretariat, organisation, other, standing)
            elif organisation.state in {"approved", "suspended"}:
                organisation.state = "suspended" if act == "suspend" else "approved"
                organisation.save()
        except Refusal:
            pass
        same(client, consultation)


def test_the_json_is_as_its_schema_says(client, c, consultation):
    factories.signed(factories.focal_point(consultation), consultation, "pol3")
    schema = client.get(f"{c}/summary.schema.json").json()
    jsonschema.validate(client.get(f"{c}/summary.json").json(), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"consultation": "x"}, schema)


def test_the_csv_has_a_line_for_everybody_and_only_published_words(client, c, consultation, moderator):
    signer = factories.focal_point(consultation)
    factories.focal_point(consultation)
    factories.signed(signer, consultation, "pol3", "reservation", "=HYPERLINK(1)")
    found = lines(client, c)
    assert len(found) == 2 * consultation.recommendations().count()
    line = next(x for x in found if x["stance"])
    assert (line["ref"], line["stance"], line["explanation"]) == ("pol3", "reservation", "")
    position = signer.memberships.get().organisation.positions.get()
    moderation.decide(moderator, f"explanation-{position.public_id}", 1, Verdict("publish"), uuid4())
    assert next(x for x in lines(client, c) if x["stance"])["explanation"] == "'=HYPERLINK(1)"


def test_the_workbook_has_its_sheets_and_no_formula(client, c, consultation):
    factories.signed(factories.focal_point(consultation), consultation, "pol3")
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{c}/summary.xlsx").content))
    assert book.sheetnames == ["Read me", "Summary", "Positions", "Explanations"]
    assert book["Summary"].max_row == 1 + consultation.recommendations().count()
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("address", ["summary.csv", "summary.xlsx", "summary.json", "summary/"])
@pytest.mark.parametrize("number", [1, 12])
def test_an_export_costs_at_most_eight_queries(client, c, consultation, address, number, django_assert_max_num_queries):
    for _ in range(number):
        factories.signed(factories.focal_point(consultation), consultation, "pol3")
    with django_assert_max_num_queries(8):
        answer = client.get(f"{c}/{address}")
        b"".join(answer) if answer.streaming else answer.content


# Words and moments -------------------------------------------------------------------------------------------------


def row(consultation, ref="pol3"):
    return next(r for r in summary_of(consultation).rows if r.recommendation.ref == ref)


@pytest.mark.parametrize(
    ("stances", "word"),
    [
        ([], "too few"),
        (["endorse"] * 2, "too few"),
        (["endorse"] * 3, "unanimous"),
        (["endorse"] * 3 + ["reservation"], "broad"),
        (["endorse"] * 3 + ["cannot_endorse"], "broad"),
        (["endorse"] * 2 + ["cannot_endorse"], "divided"),
    ],
)
def test_each_word_follows_from_its_rule(consultation, stances, word):
    for stance in stances:
        explanation = "Because." if stance == "reservation" else ""
        factories.signed(factories.focal_point(consultation), consultation, "pol3", stance, explanation)
    assert str(adjective(row(consultation)).name) == word


def test_a_large_group_does_not_make_a_divided_one_broad(consultation):
    for _ in range(9):
        factories.signed(factories.focal_point(consultation), consultation, "pol3")
    other = factories.OrganisationFactory(group=factories.group("academia"))
    factories.signed(factories.focal_point(consultation, other), consultation, "pol3", "cannot_endorse")
    assert str(adjective(row(consultation)).name) == "divided"


def test_the_sentence_names_every_group_with_its_denominator(client, c, consultation):
    for stance in ("endorse", "endorse", "reservation"):
        explanation = "Because." if stance == "reservation" else ""
        factories.signed(factories.focal_point(consultation), consultation, "pol3", stance, explanation)
    other = factories.OrganisationFactory(group=factories.group("academia"))
    factories.signed(factories.focal_point(consultation, other), consultation, "pol3")
    assert sentence(row(consultation)) == (
        "Endorsed by 2 of 3 (States) and 1 of 1 (Academia) that took a position; with reservation by 1 of 3 (States)."
    )
    assert "Endorsed by 2 of 3 (States)" in client.get(f"{c}/summary/").content.decode()


def test_two_moments_are_compared(client, c, consultation, monkeypatch):
    consultation.closes_at = timezone.now() + timedelta(days=30)
    consultation.save()
    first, second, third = (factories.focal_point(consultation) for _ in range(3))
    for signer in (first, second):
        factories.signed(signer, consultation, "pol3")
    later = timezone.now() + timedelta(days=3)
    monkeypatch.setattr(clock, "now", lambda: later)
    factories.signed(first, consultation, "pol3", "cannot_endorse")
    positions.withdraw_position(second, consultation, factories.passage(consultation, "pol3"))
    factories.signed(third, consultation, "pol3")
    day = (later - timedelta(days=1)).date()
    found = changes_since(consultation, day)
    assert (found.new, found.changed, found.withdrawn) == (1, 1, 1)
    page = client.get(f"{c}/summary/?since={day}").content.decode()
    assert "1 new position" in page
    assert client.get(f"{c}/summary/?since=yesterday").status_code == 200


@pytest.mark.parametrize(("show", "refs"), [("differ", ["pol4"]), ("reservation", ["pol3"]), ("zzz", None)])
def test_rows_are_chosen(client, c, consultation, show, refs):
    state = factories.focal_point(consultation)
    other = factories.focal_point(consultation, factories.OrganisationFactory(group=factories.group("academia")))
    factories.signed(state, consultation, "pol3", "reservation", "Because.")
    factories.signed(state, consultation, "pol4")
    factories.signed(other, consultation, "pol4", "cannot_endorse")
    shown = [r.recommendation.ref for r, *_words in client.get(f"{c}/summary/?show={show}").context["rows"]]
    assert shown == refs if refs else len(shown) == 24


def test_a_row_opens_to_its_explanations_word_for_word(client, c, consultation, moderator):
    version = factories.signed(
        factories.focal_point(consultation), consultation, "pol3", "reservation", "With the words of the report only."
    )
    assert "With the words" not in client.get(f"{c}/summary/?open=pol3").content.decode()
    moderation.decide(moderator, f"explanation-{version.position.public_id}", 1, Verdict("publish"), uuid4())
    assert "With the words of the report only." in client.get(f"{c}/summary/?open=pol3").content.decode()
    assert "With the words" not in client.get(f"{c}/summary/?open=nothing").content.decode()
