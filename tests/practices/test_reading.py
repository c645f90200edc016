"""Who sees a practice in which state; browsing, counts, exports, what it costs; merging and erasing."""

import csv
import io
import json
from uuid import uuid4

import openpyxl
import pytest
from django.contrib.auth.models import AnonymousUser

from consultation.practices import actions, exports
from consultation.practices.models import Practice, PracticeRevision
from consultation.reports.models import Instrument, Mention
from consultation.secretariat.actions import erase_person, merge_organisations
from consultation.stakeholders import personal_data
from tests import factories

CANARY = "xanthocroix"

#            state: (author, colleague, other delegation, moderator, nobody)
SEEN = {
    "draft": (True, True, False, False, False),
    "pending": (True, True, False, True, False),
    "returned": (True, True, False, True, False),
    "published": (True, True, True, True, True),
    "removed": (True, True, False, True, False),
    "withdrawn": (False, False, False, False, False),
}


@pytest.fixture
def people(consultation, contributor, moderator):
    colleague = factories.delegate(consultation, organisation=factories.organisation_of(contributor))
    return (contributor, colleague, factories.delegate(consultation), moderator, None)


@pytest.fixture
def c(consultation):
    return f"/consultations/{consultation.slug}/"


def content(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def in_state(state, consultation, author, moderator):
    said = {"title": CANARY, "summary": CANARY, "results": CANARY}
    practice = factories.practice(author, consultation, submit=state != "draft", **said)
    if state == "returned":
        factories.decided_practice(moderator, practice, "return")
    if state in {"published", "removed", "withdrawn"}:
        factories.decided_practice(moderator, practice)
    if state == "removed":
        factories.decided_practice(moderator, practice, "remove")
    if state == "withdrawn":
        actions.withdraw_practice(author, practice)
    return practice


@pytest.mark.parametrize("state", SEEN)
def test_who_sees_a_practice_in_each_state(c, consultation, people, moderator, as_user, state):
    practice = in_state(state, consultation, people[0], moderator)
    for person, seen in zip(people, SEEN[state], strict=True):
        assert Practice.objects.visible_to(person or AnonymousUser()).filter(pk=practice.pk).exists() is seen
        answer = as_user(person).get(f"{c}practices/{practice.public_id}/")
        assert answer.status_code == (200 if seen else 404)
        assert (CANARY in answer.content.decode()) is seen
        listed = as_user(person).get(f"{c}practices/").content.decode()
        assert (CANARY in listed) is (state == "published")


@pytest.mark.parametrize("state", [s for s in SEEN if s != "published"])
def test_what_is_not_public_leaves_no_trace_on_any_public_page_or_file(
    c, consultation, people, moderator, client, state
):
    pages = ["", "report/", "recommendations/", "passages/pol3/", "practices/", "practices.csv", "practices/?q=x"]
    before = [content(client.get(f"{c}{page}")) for page in pages]
    practice = in_state(state, consultation, people[0], moderator)
    assert [content(client.get(f"{c}{page}")) for page in pages] == before
    held = json.loads(content(client.get(f"{c}practices.json")))
    assert held["practices"] == []
    book = openpyxl.load_workbook(io.BytesIO(content(client.get(f"{c}practices.xlsx"))))
    assert book.active.max_row == 1
    for address in (f"flag/practice-{practice.public_id}/", f"practices/?recommendation=pol3&q={CANARY}"):
        page = client.get(f"{c}{address}").content.decode()
        asked = (f'value="{CANARY}"', f"q={CANARY}</bdi>")  # what the reader asked for, and the address of the page
        assert page.count(CANARY) == sum(page.count(said) for said in asked)
    assert CANARY not in client.get(f"/organisations/{practice.organisation.slug}/").content.decode()


def test_the_edit_of_a_published_practice_stays_with_its_delegation(c, consultation, people, moderator, as_user):
    practice = factories.decided_practice(moderator, factories.practice(people[0], consultation, title="Said"))
    hidden = factories.description(consultation, "pol4", title=CANARY, place=CANARY, countries=("AQ",))
    for submit in (False, True):
        actions.revise_practice(people[0], practice, hidden, submit=submit)
        for page in (f"practices/{practice.public_id}/", "practices/", "practices.csv", "practices.json"):
            assert CANARY not in content(as_user(None).get(f"{c}{page}")).decode()
        for asked in ("q=" + CANARY, "recommendation=pol4", "country=AQ", "place=" + CANARY):
            assert as_user(None).get(f"{c}practices/?{asked}").context["page"].paginator.count == 0
        assert "1 practice" not in as_user(None).get(f"{c}passages/pol4/").content.decode()


def test_the_list_is_narrowed_by_recommendation_group_country_place_and_words(c, consultation, moderator, client):
    states, civil = factories.group("states"), factories.group("civil-society")
    for group, said in (
        (states, {"title": "First", "place": "Sample City", "countries": ("CH", "FR")}),
        (civil, {"title": "Second", "place": "Other Town", "countries": ("FR",), "results": "90 families."}),
    ):
        author = factories.delegate(consultation, organisation=factories.OrganisationFactory(group=group))
        refs = ("pol3", "pra1") if group == states else ("pra1",)
        factories.decided_practice(moderator, factories.practice(author, consultation, *refs, **said))

    def found(asked):
        page = client.get(f"{c}practices/?{asked}").context["page"]
        return [practice.published.title for practice in page]

    assert found("") == ["Second", "First"]
    assert found("recommendation=pol3") == ["First"]
    assert found("recommendation=pra1") == ["Second", "First"]
    assert found("group=civil-society") == ["Second"]
    assert found("country=CH") == ["First"]
    assert found("place=town") == ["Second"]
    assert found("q=90+families") == ["Second"]
    assert found("recommendation=pra1&country=CH&group=states") == ["First"]
    assert found("recommendation=p8&group=nobody&country=XX") == ["Second", "First"]
    assert "2 practices" in client.get(f"{c}passages/pra1/").content.decode()
    assert "1 practice</a>" in client.get(f"{c}passages/pol3/").content.decode()
    assert "practices/?recommendation" not in client.get(f"{c}passages/pol4/").content.decode()
    assert "2 published practices" in client.get(c).content.decode()
    assert "1 practice of 2 fits." in client.get(f"{c}practices/?group=states").content.decode()


def test_the_list_is_narrowed_by_the_frameworks_of_its_recommendations(c, consultation, contributor, moderator, client):
    pol3, pra1 = (factories.passage(consultation, ref) for ref in ("pol3", "pra1"))
    instrument = Instrument.objects.create(slug="sample", name="Sample Agenda", kind="agenda")
    for passage in (pol3, pra1):
        Mention.objects.create(instrument=instrument, passage=passage, start=0, end=3, words=passage.text[:3])
    named = factories.practice(contributor, consultation, "pol3", "pra1", title="Named", summary=CANARY)
    other = factories.practice(contributor, consultation, "pol4", title="Other", summary=CANARY)
    for practice in (named, other):
        factories.decided_practice(moderator, practice)
    page = client.get(f"{c}practices/?framework=sample")
    assert [practice.published.title for practice in page.context["page"]] == ["Named"]
    assert "Sample Agenda" in client.get(f"{c}practices/{named.public_id}/").content.decode()
    assert "Sample Agenda" not in client.get(f"{c}practices/{other.public_id}/").content.decode()
    found = client.get(f"/search/?q={CANARY}&framework=sample").content.decode()
    assert "(1)" in found
    assert "Named" in found
    assert "Other" not in found


def test_practices_of_another_consultation_are_not_here(c, consultation, moderator, contributor, client):
    elsewhere = factories.ConsultationFactory()
    author = factories.delegate(elsewhere)
    practice = factories.decided_practice(factories.moderator(elsewhere), factories.practice(author, elsewhere))
    assert client.get(f"{c}practices/{practice.public_id}/").status_code == 404
    assert client.get(f"{c}practices/").context["number"] == 0
    assert "practices/?recommendation" not in client.get(f"{c}passages/pol3/").content.decode()


def test_the_files_hold_what_is_published_and_no_formula(c, consultation, contributor, moderator, client, monkeypatch):
    monkeypatch.setattr(exports, "CHUNK", 2)
    for n in range(3):
        said = {"title": f"Practice {n}", "summary": '=HYPERLINK("x")', "partners": "@sum(1)"}
        factories.decided_practice(moderator, factories.practice(contributor, consultation, "pol3", "pra1", **said))
    held = json.loads(content(client.get(f"{c}practices.json")))["practices"]
    assert [row["title"] for row in held] == ["Practice 0", "Practice 1", "Practice 2"]
    assert held[0]["summary"] == '=HYPERLINK("x")'
    assert (held[0]["countries"], held[0]["since"], held[0]["recommendations"]) == (
        ["CH", "FR"],
        2015,
        ["POL.3", "PRA.1"],
    )
    lines = list(csv.DictReader(io.StringIO(content(client.get(f"{c}practices.csv")).decode())))
    assert [row["summary"] for row in lines] == ['\'=HYPERLINK("x")'] * 3
    assert (lines[0]["partners"], lines[0]["countries"], lines[0]["since"]) == ("'@sum(1)", "CH, FR", "2015")
    sheet = openpyxl.load_workbook(io.BytesIO(content(client.get(f"{c}practices.xlsx")))).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value} == {"s"}
    assert [cell.value for cell in sheet[2]][3:5] == ["Practice 0", '\'=HYPERLINK("x")']


@pytest.mark.parametrize("number", [1, 12])
def test_what_the_pages_cost(
    c, consultation, contributor, moderator, as_user, number, django_assert_num_queries, django_assert_max_num_queries
):
    for _ in range(number):
        practice = factories.practice(contributor, consultation, "pol3", "pra1", "pra2")
        factories.decided_practice(moderator, practice)
    for _ in range(number):
        factories.practice(contributor, consultation, "pol3", "pra1")
        factories.decided_practice(moderator, factories.practice(contributor, consultation), "return")
    nobody, author, judge = as_user(None), as_user(contributor), as_user(moderator)
    with django_assert_num_queries(9):
        nobody.get(f"{c}practices/")
    with django_assert_num_queries(7):
        nobody.get(f"{c}practices/{practice.public_id}/")
    for name, budget in (("json", 4), ("csv", 4), ("xlsx", 4)):
        with django_assert_num_queries(budget):
            content(nobody.get(f"{c}practices.{name}"))
    with django_assert_max_num_queries(16):
        author.get("/delegation/")
    with django_assert_max_num_queries(10):
        judge.get("/moderation/")


def test_long_lists_have_pages(c, consultation, contributor, moderator, client):
    for n in range(21):
        factories.decided_practice(moderator, factories.practice(contributor, consultation, title=f"Number {n}"))
    first, second = client.get(f"{c}practices/"), client.get(f"{c}practices/?page=2")
    assert [len(p.context["page"]) for p in (first, second)] == [20, 1]
    assert "page=2#list" in first.content.decode()


def test_the_delegation_finds_what_it_has_in_hand(consultation, contributor, focal_point, moderator, as_user):
    factories.practice(contributor, consultation, submit=False, title="Begun draft")
    factories.practice(contributor, consultation, title="Waiting one")
    factories.decided_practice(moderator, factories.practice(contributor, consultation, title="Sent home"), "return")
    shown = factories.decided_practice(moderator, factories.practice(contributor, consultation, title="Done"))
    page = as_user(focal_point).get("/delegation/").content.decode()
    for said in ("Good practices in hand", "Begun draft", "Waiting one", "Sent home", "Say where."):
        assert said in page
    assert "Done" not in page
    actions.revise_practice(contributor, shown, factories.description(consultation, title="Edited"), submit=False)
    assert "edit of a published one" in as_user(focal_point).get("/delegation/").content.decode()
    assert "Begun draft" not in as_user(factories.delegate(consultation)).get("/delegation/").content.decode()


def test_the_form_begins_with_the_recommendation_one_comes_from(c, contributor, as_user):
    form = as_user(contributor).get(f"{c}practices/new/?recommendation=pra1").context["form"]
    assert form["recommendations"].value() == ["pra1"]


def test_who_has_not_signed_in_keeps_what_they_typed(c, client):
    answer = client.post(f"{c}practices/new/", {"title": "Typed before", "submission_id": str(uuid4())})
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/")


def test_practices_follow_an_organisation_that_is_merged(c, consultation, contributor, moderator, client):
    practice = factories.decided_practice(moderator, factories.practice(contributor, consultation))
    absorbed = factories.organisation_of(contributor)
    kept = factories.organisation_of(factories.focal_point(consultation))
    secretariat = factories.UserFactory(is_staff=True, is_superuser=True)
    moved = merge_organisations(secretariat, kept, absorbed, {})
    practice.refresh_from_db()
    assert (practice.organisation, moved["practices.practice"]) == (kept, 1)
    assert kept.name in client.get(f"{c}practices/").content.decode()
    actions.revise_practice(contributor, practice, factories.description(consultation, title="Goes on"))


def test_a_persons_practices_are_in_their_data_and_stand_when_they_are_erased(
    c, consultation, contributor, moderator, client
):
    contributor.name = "Canary Sample"
    contributor.save()
    practice = factories.decided_practice(moderator, factories.practice(contributor, consultation))
    held = personal_data.export(contributor)["held"]
    revision = held["practices.practicerevision.created_by"][0]
    assert (revision["title"], revision["countries"]) == ("A sample practice", "CH,FR")
    assert held["practices.practice.author"][0]["public_id"] == practice.public_id
    erase_person(factories.UserFactory(is_staff=True, is_superuser=True), contributor)
    for page in ("practices/", f"practices/{practice.public_id}/", "practices.json"):
        assert "Canary" not in content(client.get(f"{c}{page}")).decode()
    assert "a former delegate" in client.get(f"{c}practices/{practice.public_id}/").content.decode()
    assert PracticeRevision.objects.count() == 1


def test_a_search_finds_what_is_published_and_nothing_else(c, consultation, contributor, moderator, client):
    said = {"title": "A telescope shared", "summary": f"{CANARY} for all", "results": "Seen by many."}
    practice = factories.decided_practice(moderator, factories.practice(contributor, consultation, **said))
    factories.practice(contributor, consultation, summary=f"{CANARY} pending")
    hidden = factories.description(consultation, title="Edited telescope", results="quasarish")
    actions.revise_practice(contributor, practice, hidden)
    page = client.get(f"/search/?q={CANARY}").content.decode()
    assert "A telescope shared" in page
    assert f"{c}practices/{practice.public_id}/" in page
    assert "pending" not in page
    for asked, found in (("kind=practice", True), ("passage=pol3", True), ("passage=pol4", False)):
        assert ("telescope" in client.get(f"/search/?q={CANARY}&{asked}").content.decode()) is found
    assert "No result" in client.get("/search/?q=quasarish").content.decode()
    factories.decided_practice(moderator, practice, "return")
    factories.decided_practice(moderator, practice, "remove")
    assert "No result" in client.get(f"/search/?q={CANARY}").content.decode()
