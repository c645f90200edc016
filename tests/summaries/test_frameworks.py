"""Reading by reference framework: the index, the quiet line at a passage, the filters; what is not public stays so."""

import json

import pytest

from consultation.reports.models import Instrument, Mention
from tests import factories

CANARY = "xanthocroix"


@pytest.fixture
def c(consultation):
    return f"/consultations/{consultation.slug}"


def index(client, c):
    return {f.instrument.slug: f for f in client.get(f"{c}/frameworks/").context["frameworks"]}


def content(answer):
    return b"".join(answer.streaming_content).decode()


def test_the_index_says_where_each_framework_is_mentioned_and_how_much_is_said_there(
    client, c, consultation, contributor, moderator
):
    for ref in ("pol3", "pol3", "p13", "p7"):
        factories.published(contributor, consultation, moderator, ref=ref)
    factories.submitted(contributor, consultation, ref="pol3", body=CANARY)
    found = index(client, c)
    assert len(found) == 19
    cmw = found["cmw"]
    assert [p.ref for p in cmw.passages] == ["p3", "p13", "pol3"]
    assert (cmw.recommendations, cmw.comments) == (1, 3)
    page = client.get(f"{c}/frameworks/").content.decode()
    assert f'href="{c}/passages/pol10/"' in page
    assert "names it “Vienna Treaty on consular rights”" in page
    assert CANARY not in page


def test_a_passage_says_what_it_mentions_once_each(client, c):
    page = client.get(f"{c}/passages/p13/").content.decode()
    line = page.split("Mentions:")[1].split("</p>")[0]
    names = [part.split("<")[0] for part in line.split('">')[1:]]
    assert names == ["CMW", "ILO conventions", "CEDAW", "ILO Fair Recruitment", "IRIS", "2030 Agenda and SDGs"]
    assert "Mentions:" not in client.get(f"{c}/passages/p7/").content.decode()


@pytest.mark.parametrize("page", ["", "report/"])
def test_the_index_is_reached_from_overview_and_report(client, c, page):
    assert f'href="{c}/frameworks/"' in client.get(f"{c}/{page}").content.decode()


def test_recommendations_are_filtered_by_framework(client, c):
    def shown(query):
        page = client.get(f"{c}/recommendations/?{query}").content.decode()
        return page.count('class="recommendation"')

    assert shown("framework=2030-agenda") == 3
    assert shown("framework=2030-agenda&q=coherence") == 1
    assert shown("framework=cedaw") == 0
    assert shown("framework=nonsense") == 24


def test_comments_are_taken_away_by_framework(client, c, consultation, contributor, moderator):
    for ref in ("pol3", "p14", "p7"):
        factories.published(contributor, consultation, moderator, ref=ref, body=f"On {ref}")
    factories.submitted(contributor, consultation, ref="pol3", body=CANARY)
    held = json.loads(content(client.get(f"{c}/comments.json?framework=cmw")))
    assert held["framework"] == "cmw"
    assert [row["body"] for row in held["comments"]] == ["On pol3"]
    lines = content(client.get(f"{c}/comments.csv?framework=migof"))
    assert "On p14" in lines
    assert "On pol3" not in lines
    assert client.get(f"{c}/comments.xlsx?framework=migof").status_code == 200
    assert CANARY not in json.dumps(held)


@pytest.mark.parametrize("slug", ["nonsense", "", "%00"])
def test_a_file_of_an_unknown_framework_is_not_there(client, c, slug):
    for form in ("json", "csv", "xlsx"):
        assert client.get(f"{c}/comments.{form}?framework={slug}").status_code == 404


def test_a_search_is_narrowed_to_a_framework(client, consultation, contributor, moderator):
    for ref in ("pol3", "p7"):
        factories.published(contributor, consultation, moderator, ref=ref, body="A remark on standards")
    found = client.get("/search/?q=standards&framework=cmw").context["found"]
    numbers = {one.kind: one.number for _label, one in found}
    assert numbers["comment"] == 1
    assert client.get("/search/?q=standards&framework=nonsense").status_code == 200


def test_a_framework_of_a_report_that_is_not_public_is_not_named(client, c, consultation):
    consultation.announced = False
    consultation.save()
    assert client.get(f"{c}/frameworks/").status_code == 404
    assert client.get(f"{c}/comments.json?framework=cmw").status_code == 404
    assert "CEDAW" not in client.get("/search/?q=x").content.decode()


def test_a_report_without_mentions_says_so(client, c):
    Mention.objects.all().delete()
    assert "not linked any framework" in client.get(f"{c}/frameworks/").content.decode()


@pytest.mark.parametrize("number", [1, 30])
def test_the_index_costs_the_same_queries_however_much_there_is(
    client, c, consultation, contributor, moderator, django_assert_max_num_queries, number
):
    passage = factories.passage(consultation, "p8")
    for n in range(number):
        instrument = Instrument.objects.create(slug=f"sample-{n}", name=f"Sample {n}", kind="treaty")
        Mention.objects.create(instrument=instrument, passage=passage, start=n, end=n + 1, words=passage.text[n])
    factories.published(contributor, consultation, moderator)
    with django_assert_max_num_queries(4):
        assert client.get(f"{c}/frameworks/").status_code == 200
    with django_assert_max_num_queries(11):
        assert client.get(f"{c}/passages/p8/").status_code == 200
