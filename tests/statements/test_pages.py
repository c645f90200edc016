"""The pages of group statements, and who sees what of them."""

from uuid import uuid4

import pytest

from consultation.consultations.models import Consultation
from consultation.record.models import Entry
from consultation.secretariat.actions import merge_organisations
from consultation.stakeholders.models import Grouping
from consultation.statements import actions
from consultation.statements.models import Dissociation, GroupStatement
from tests import factories

pytestmark = pytest.mark.django_db
WORDS = "A-STATEMENT-OF-US-ALL"


@pytest.fixture
def c(consultation):
    return f"/consultations/{consultation.slug}/passages/pol3/"


@pytest.fixture
def address(c, statement):
    return f"{c}statements/{statement.public_id}/"


def org(person):
    return factories.organisation_of(person)


def test_the_speaker_writes_checks_and_signs(consultation, house, as_user, c):
    browser = as_user(house.first_speaker)
    make = f"{c}statements/in-the-name-of/{house.first.slug}/"
    assert make in browser.get(c).content.decode()
    sent = {
        "stance": "reservation",
        "members": [org(house.both).slug],
        "submission_id": str(uuid4()),
        "action": "check",
    }
    answer = browser.post(make, sent)
    assert (answer.status_code, "Enter the statement" in answer.content.decode()) == (422, True)
    check = browser.post(make, {**sent, "explanation": WORDS}).content.decode()
    assert "Check and sign the statement" in check
    assert not GroupStatement.objects.exists()
    back = browser.post(make, {**sent, "explanation": WORDS, "action": "change"}).content.decode()
    assert WORDS in back
    for _ in range(2):
        answer = browser.post(make, {**sent, "explanation": WORDS, "confirm": "1"})
    made = GroupStatement.objects.get()
    assert answer["Location"] == f"{c}statements/{made.public_id}/"
    assert [m.organisation for m in made.listed.all()] == [org(house.both)]


def test_a_colleagues_change_while_one_writes_is_refused_with_the_text(consultation, house, as_user, c):
    factories.signed(house.first_speaker, consultation)
    make = f"{c}statements/in-the-name-of/{house.first.slug}/"
    sent = {"stance": "endorse", "explanation": WORDS, "members": [org(house.both).slug], "confirm": "1", "version": 0}
    answer = as_user(house.first_speaker).post(make, sent)
    assert answer.status_code == 409
    assert WORDS in answer.content.decode()


def test_a_member_confirms_with_a_page_that_says_what_it_replaces(
    consultation, house, statement, moderator, as_user, address, c
):
    browser = as_user(house.both)
    assert "Group statements that wait for your answer" in browser.get("/delegation/").content.decode()
    browser.post(f"{address}confirm/", {"submission_id": str(uuid4())})
    assert "is the signed position of your organisation" in browser.get(address).content.decode()
    assert "wait for your answer" not in browser.get("/delegation/").content.decode()
    other = factories.group_statement(house.second_speaker, house.second, consultation, moderator)
    page = browser.get(f"{c}statements/{other.public_id}/").content.decode()
    assert f"has confirmed the statement of <bdi>{house.first.name}</bdi>" in page
    assert "your organisation counts once" in page


def test_a_stale_page_does_not_replace_a_colleagues_position(consultation, house, as_user, address):
    factories.signed(house.both, consultation, stance="cannot_endorse")
    answer = as_user(house.both).post(f"{address}confirm/", {"version": 0})
    assert answer.status_code == 409
    assert Entry.objects.filter(kind="statement.confirmed").count() == 0


def test_everybody_reads_who_confirmed_dissociated_and_did_not_answer(
    consultation, house, statement, client, address, c
):
    actions.confirm(house.both, statement, uuid4())
    for page in (client.get(c).content.decode(), client.get(address).content.decode()):
        assert house.first.name in page
        assert "Confirmed by" in page
        assert "Not answered" in page
        assert page.count("Within the law of each of us.") == 1
    actions.dissociate(house.only_first, statement, "", uuid4())
    assert "Dissociated" in client.get(c).content.decode()
    assert "Not answered" not in client.get(c).content.decode()


def test_what_waits_for_a_moderator_is_seen_by_speaker_and_moderator_alone(consultation, house, moderator, as_user, c):
    made = factories.group_statement(house.first_speaker, house.first, consultation)
    page = f"{c}statements/{made.public_id}/"
    for person, status in ((None, 404), (house.both, 404), (house.first_speaker, 200), (moderator, 200)):
        assert as_user(person).get(page).status_code == status
    assert made.public_id not in as_user(house.both).get("/delegation/").content.decode()
    assert as_user(house.both).post(f"{page}confirm/", {}).status_code == 404


def test_where_positions_are_hidden_a_listed_member_reads_it_and_nobodys_answer(
    consultation, house, statement, as_user, address, c
):
    consultation.summary_access = Consultation.SummaryAccess.OFFICERS
    consultation.save()
    actions.confirm(house.only_first, statement, uuid4())
    assert as_user(None).get(address).status_code == 404
    assert as_user(house.second_speaker).get(address).status_code == 404
    assert statement.public_id not in as_user(house.second_speaker).get(c).content.decode()
    page = as_user(house.both).get(address).content.decode()
    assert "Confirm and sign" in page
    assert org(house.only_first).name not in page
    assert org(house.only_first).name not in as_user(house.both).get(c).content.decode()


def test_too_long_words_are_refused_and_kept(house, as_user, address):
    answer = as_user(house.both).post(f"{address}dissociate/", {"words": WORDS + "x" * 5000})
    assert answer.status_code == 422
    assert WORDS in answer.content.decode()
    assert not Dissociation.objects.exists()


def test_a_contributor_is_told_who_can_answer(consultation, house, as_user, address):
    contributor = factories.delegate(consultation, organisation=org(house.both))
    page = as_user(contributor).get(address).content.decode()
    assert "Only your focal point can confirm" in page
    assert as_user(contributor).post(f"{address}confirm/", {}).status_code == 403


def test_the_secretariat_keeps_groupings_in_the_admin_and_it_is_recorded(as_user, house):
    secretariat = factories.UserFactory(is_staff=True, is_superuser=True)
    organisation = org(house.both)
    sent = {
        "name": "Sample Union of Samples",
        "slug": "sample-union",
        "memberships-TOTAL_FORMS": 1,
        "memberships-INITIAL_FORMS": 0,
        "memberships-0-organisation": organisation.pk,
        "speakers-TOTAL_FORMS": 1,
        "speakers-INITIAL_FORMS": 0,
        "speakers-0-organisation": organisation.pk,
        "speakers-0-starts_at_0": "2026-01-01",
        "speakers-0-starts_at_1": "00:00",
    }
    answer = as_user(secretariat).post("/admin/stakeholders/grouping/add/", sent)
    assert answer.status_code == 302
    made = Grouping.objects.get(slug="sample-union")
    assert list(made.members.all()) == [organisation]
    assert made.speakers.count() == 1
    assert Entry.objects.about(made).get().kind == "grouping.added"


def test_merging_carries_groupings_and_answers_over(consultation, house, statement):
    secretariat = factories.UserFactory(is_staff=True, is_superuser=True)
    absorbed, kept = org(house.only_first), org(house.second_speaker)
    actions.dissociate(house.only_first, statement, "", uuid4())
    merge_organisations(secretariat, kept, absorbed, {})
    assert kept in house.first.members.all()
    assert Dissociation.objects.get().organisation == kept
    assert statement.listed.filter(organisation=kept).exists()


@pytest.mark.parametrize("number", [1, 15])
def test_the_statements_page_costs_the_same_with_few_and_many(
    consultation, moderator, as_user, c, number, django_assert_num_queries
):
    speaker = factories.focal_point(consultation)
    people = [factories.focal_point(consultation) for _ in range(number)]
    made = factories.group_statement(
        speaker, factories.grouping(org(speaker), *map(org, people)), consultation, moderator
    )
    for person in people[1:]:
        actions.confirm(person, made, uuid4())
    browser = as_user(people[0])
    with django_assert_num_queries(13):
        assert browser.get(f"{c}statements/{made.public_id}/").status_code == 200
