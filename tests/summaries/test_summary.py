"""What counts, how it is counted, and the summary for people and for programs."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultation.consultations.models import Participation
from consultation.positions import actions as positions
from consultation.stakeholders.models import StakeholderGroup
from consultation.summaries.queries import Counts, convergence
from tests import factories


def summary(client, consultation):
    return client.get(f"/consultations/{consultation.slug}/summary.json").json()


def of(answer, ref):
    return next(r for r in answer["recommendations"] if r["ref"] == ref)


@pytest.fixture
def groups(consultation):
    """Two states, one network and one council, as the sample has them, by their focal points."""

    def one(group):
        organisation = factories.OrganisationFactory(group=StakeholderGroup.objects.get(slug=group))
        return factories.focal_point(consultation, organisation)

    return {
        "states": [one("states"), one("states")],
        "civil-society": [one("civil-society")],
        "private-sector": [one("private-sector")],
    }


def test_the_json_is_exactly_as_outside_programs_rely_on(client, consultation, groups):
    factories.signed(groups["states"][0], consultation, "pol3", "endorse")
    factories.signed(groups["states"][1], consultation, "pol3", "reservation", "Within our law.")
    answer = summary(client, consultation)
    assert set(answer) == {"consultation", "state", "as_of", "groups", "recommendations"}
    assert answer["consultation"] == consultation.slug
    assert answer["state"] == "open"
    assert answer["as_of"].endswith("Z")
    assert answer["groups"] == [
        {"slug": "states", "name": "States", "organisations": 2},
        {"slug": "civil-society", "name": "Civil society", "organisations": 1},
        {"slug": "private-sector", "name": "Private sector", "organisations": 1},
    ]
    assert len(answer["recommendations"]) == 24
    row = of(answer, "pol3")
    assert (row["code"], row["kind"]) == ("POL.3", "political")
    assert row["text"] == "Adhere to international standards, including the UN CMW."
    assert row["totals"] == {"endorse": 1, "reservation": 1, "cannot_endorse": 0, "no_position": 2}
    assert row["by_group"] == {
        "states": {"endorse": 1, "reservation": 1, "cannot_endorse": 0, "no_position": 0},
        "civil-society": {"endorse": 0, "reservation": 0, "cannot_endorse": 0, "no_position": 1},
        "private-sector": {"endorse": 0, "reservation": 0, "cannot_endorse": 0, "no_position": 1},
    }
    # (1 + 1.5) / (2 + 2) for the states, 1/2 for each group without a position.
    assert row["convergence"] == pytest.approx(0.625 / 4, abs=1e-4)


def test_an_organisation_counts_once_however_many_accounts_it_has(client, consultation, groups):
    organisation = factories.organisation_of(groups["states"][0])
    for _ in range(5):
        factories.signed(factories.focal_point(consultation, organisation), consultation, "pra1")
    assert of(summary(client, consultation), "pra1")["totals"]["endorse"] == 1


def test_who_does_not_take_part_is_neither_counted_nor_in_the_denominator(client, consultation, groups):
    version = factories.signed(groups["civil-society"][0], consultation, "pra1")
    Participation.objects.filter(organisation=version.position.organisation).delete()
    answer = summary(client, consultation)
    assert of(answer, "pra1")["totals"] == {"endorse": 0, "reservation": 0, "cannot_endorse": 0, "no_position": 3}
    assert "civil-society" not in {g["slug"] for g in answer["groups"]}


def test_a_withdrawn_position_is_no_position(client, consultation, groups):
    signer = groups["states"][0]
    factories.signed(signer, consultation, "pra1")
    positions.withdraw_position(signer, consultation, factories.passage(consultation, "pra1"))
    assert of(summary(client, consultation), "pra1")["totals"]["no_position"] == 4


def test_the_page_shows_the_same_figures_with_denominators(client, consultation, groups):
    factories.signed(groups["states"][0], consultation, "pol3")
    page = " ".join(client.get(f"/consultations/{consultation.slug}/summary/").content.decode().split())
    assert "of 4 participating organisations" in page
    assert "of 96 possible" in page
    passage = " ".join(client.get(f"/consultations/{consultation.slug}/passages/pol3/").content.decode().split())
    assert "<strong>1 of 4</strong> participating organisations endorse" in passage


@pytest.mark.parametrize("order", ["report", "convergence", "cannot", "reservation", "nonsense"])
def test_the_summary_is_ordered_and_filtered(client, consultation, groups, order):
    factories.signed(groups["states"][0], consultation, "pra12", "cannot_endorse")
    page = client.get(f"/consultations/{consultation.slug}/summary/?kind=practical&order={order}").content.decode()
    assert "POL.3" not in page
    assert "PRA.7.a" in page
    if order == "cannot":
        assert page.index("PRA.12") < page.index(">PRA.1<")


counts = st.builds(
    lambda e, r, c, n: Counts(of=e + r + c + n, endorse=e, reservation=r, cannot_endorse=c),
    *[st.integers(0, 500)] * 4,
)


@given(st.lists(counts, max_size=8))
def test_convergence_lies_between_nothing_and_one(groups):
    assert 0 <= convergence(groups) <= 1


@given(st.lists(counts, min_size=1, max_size=8), st.integers(0, 7))
def test_one_more_endorsement_never_lowers_convergence_and_one_more_refusal_never_raises_it(groups, which):
    changed = groups[which % len(groups)]
    before = convergence(groups)
    changed.endorse += 1
    assert convergence(groups) >= before
    changed.endorse -= 1
    changed.cannot_endorse += 1
    assert convergence(groups) <= before


def test_the_recommendations_are_filtered(client, as_user, consultation, groups):
    state = groups["states"][0]
    factories.signed(state, consultation, "pol3", "cannot_endorse")
    list_ = f"/consultations/{consultation.slug}/recommendations/"

    def shown(query, person=None):
        page = as_user(person).get(f"{list_}?{query}").content.decode()
        return page.count('class="recommendation"')

    assert shown("") == 24
    assert shown("kind=political") == 11
    assert shown("kind=practical") == 13
    assert shown("stance=cannot_endorse") == 1
    assert shown("group=states&stance=cannot_endorse") == 1
    assert shown("group=civil-society&stance=cannot_endorse") == 0
    assert shown("q=detention") == 1
    assert shown("mine=signed", state) == 1
    assert shown("mine=none", state) == 23


@pytest.mark.parametrize(
    ("asked", "refs"),
    [
        ("POL.3", ["pol3"]),
        ("pol3", ["pol3"]),
        ("%20Pol.3%20", ["pol3"]),
        ("PRA.10", ["pra10"]),
        ("pra%207.A", ["pra7a"]),
        ("detention", ["pra6"]),
        # A code in part, or with more to it, is words like others.
        ("pra1%25", []),
        ("pol33", []),
    ],
)
def test_a_recommendation_is_found_by_its_code_or_ref(client, consultation, asked, refs):
    page = client.get(f"/consultations/{consultation.slug}/recommendations/?q={asked}").content.decode()
    shown = re.findall(r'class="recommendation" id="(\w+)"', page)
    assert shown == refs


@pytest.mark.parametrize(
    "query",
    [
        "kind=zzz",
        "group=none",
        "stance[]=x",
        "&".join(["kind=political"] * 1000),
        "q=%27%20OR%201=1--",
        "q=%00",
        "mine=x",
    ],
)
def test_an_unknown_filter_is_answered_and_never_fails(client, consultation, query):
    answer = client.get(f"/consultations/{consultation.slug}/recommendations/?{query}")
    assert answer.status_code in {200, 400}


@pytest.mark.parametrize("page", ["-1", "0", "1e9", "abc", "9" * 22, "%00"])
def test_a_page_that_is_not_there_is_the_nearest(client, consultation, page):
    assert client.get(f"/consultations/{consultation.slug}/passages/p8/?page={page}").status_code == 200


def test_every_passage_is_on_the_report_page_to_the_character(client, consultation):
    from html.parser import HTMLParser  # noqa: PLC0415

    class Texts(HTMLParser):
        def __init__(self):
            super().__init__()
            self.ref, self.inside, self.texts = "", "", {}

        def handle_starttag(self, tag, attrs):
            attributes = dict(attrs)
            if tag == "section":
                self.ref = attributes.get("id", "")
            if "data-passage-text" in attributes:
                self.inside = tag
                self.texts[self.ref] = ""

        def handle_endtag(self, tag):
            if tag == self.inside:
                self.inside = ""

        def handle_data(self, data):
            if self.inside:
                self.texts[self.ref] += data

    page = Texts()
    page.feed(client.get(f"/consultations/{consultation.slug}/report/").content.decode())
    assert page.texts == {p.ref: p.words for p in consultation.passages()}


def test_the_report_is_given_as_markdown_and_json(client, consultation):
    markdown = client.get(f"/consultations/{consultation.slug}/report.md").content.decode()
    answer = client.get(f"/consultations/{consultation.slug}/report.json").json()
    assert len(answer["passages"]) == 58
    assert all(p["markdown"] in markdown for p in answer["passages"])


PAGES = {
    "": 8,
    "report/": 6,
    "recommendations/": 9,
    "passages/p8/": 11,
    "passages/pol3/": 19,
    "summary/": 5,
    "summary.json": 5,
}


@pytest.mark.parametrize("number", [1, 30])
def test_a_page_costs_the_same_queries_however_much_there_is(
    client, consultation, moderator, django_assert_max_num_queries, number
):
    for _ in range(number):
        signer = factories.focal_point(consultation)
        factories.signed(signer, consultation, "pol3", "reservation", "Because.")
        comment = factories.published(signer, consultation, moderator)
        factories.published(signer, consultation, moderator, parent=comment)
    for page, budget in PAGES.items():
        with django_assert_max_num_queries(budget, info=page):
            assert client.get(f"/consultations/{consultation.slug}/{page}").status_code == 200
