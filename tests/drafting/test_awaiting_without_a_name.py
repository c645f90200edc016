"""What awaits reconfirmation is a figure that everybody reads: it may not tell who has answered without a name."""

import html
from itertools import permutations
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.db import transaction

from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from consultation.positions.earlier import awaiting_reconfirmation, earlier_of
from consultation.record import clock, ids
from consultation.summaries.queries import summary_of
from tests import factories
from tests.drafting import arranging

HELD = {"north": "endorse", "east": "endorse", "west": "endorse", "south": "cannot_endorse"}
BY_NAME = {"endorse": 3, "reservation": 0, "cannot_endorse": 1}


@pytest.fixture
def people(consultation):
    """Four organisations; on POL.3 one alone cannot endorse. All by name."""
    found = {name: factories.focal_point(consultation) for name in HELD}
    for name, stance in HELD.items():
        factories.signed(found[name], consultation, stance=stance)
    return found


def next_round(consultation, people, text):
    """The round on a newer text of POL.3, in which names can be left out."""
    rapporteur = arranging.officer(consultation)
    arranging.changed(rapporteur, consultation, "pol3", text)
    made = arranging.next_round(arranging.publish(rapporteur, consultation), attribution_choice=True)
    for person in people.values():
        organisation = factories.organisation_of(person)
        factories.Participation.objects.create(consultation=made, organisation=organisation)
    return made


@pytest.fixture
def second(consultation, people):
    return next_round(consultation, people, "A second text.")


def sign(person, consultation, attribution="secretariat", stance="endorse", explanation=""):
    answer = Answer(stance, explanation, attribution=attribution)
    where = person, consultation, factories.passage(consultation, "pol3")
    return positions.sign_position(*where, answer, uuid4())


def withdraw(person, consultation):
    positions.withdraw_position(person, consultation, factories.passage(consultation, "pol3"))


def waiting(consultation):
    found = awaiting_reconfirmation(consultation).get(factories.passage(consultation, "pol3").pk)
    return found.as_dict() if found else None


def everything(client, consultation):
    """All that is told to everybody of who is awaited."""
    caches["pages"].clear()
    c, api = f"/consultations/{consultation.slug}", f"/api/v1/consultations/{consultation.slug}"
    addresses = [f"{c}/summary.json", f"{c}/summary/", f"{c}/summary/?open=pol3", f"{c}/passages/pol3/"]
    addresses += [f"{c}/passages/pol3/explanations/", f"{c}/summary.csv", f"{c}/breakdown/", f"{c}/recommendations/"]
    addresses += [f"{api}/summary/", f"{api}/positions/"]
    found = {}
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        found[address] = b"".join(answer).decode()
    return found


@pytest.mark.parametrize("attribution", ["secretariat", "group"])
@pytest.mark.parametrize("who", HELD)
def test_who_answers_without_a_name_is_awaited_by_name_as_before(second, people, client, who, attribution):
    assert waiting(second) == BY_NAME
    sign(people[who], second, attribution)
    assert waiting(second) == BY_NAME
    (row,) = [row for row in summary_of(second).rows if row.recommendation.ref == "pol3"]
    assert row.totals.endorse == 1
    for address in (f"/consultations/{second.slug}/summary.json", f"/api/v1/consultations/{second.slug}/summary/"):
        assert client.get(address).json()["awaiting_reconfirmation"]["pol3"] == BY_NAME


@pytest.mark.parametrize("attribution", ["secretariat", "group"])
def test_nothing_that_is_public_differs_by_who_of_those_awaited_it_was(
    second, people, client, monkeypatch, attribution
):
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    seen = []
    for who in HELD:
        monkeypatch.setattr(ids, "new_id", iter(f"sample{n}" for n in range(99)).__next__)
        with transaction.atomic():
            version = sign(people[who], second, attribution)
            named = everything(client, second)
            seen.append({a: text.replace(version.position.public_id, "…") for a, text in named.items()})
            transaction.set_rollback(True)
    for one, another in permutations(seen, 2):
        for address in one:
            assert one[address] == another[address], address


def test_the_delegation_itself_sees_that_it_has_answered(second, people, as_user):
    sign(people["south"], second)
    (own,) = earlier_of(second, factories.organisation_of(people["south"]), [factories.passage(second, "pol3")])
    assert own.answered
    assert "awaiting reconfirmation (1)" not in as_user(people["south"]).get("/delegation/").content.decode()
    assert "awaiting reconfirmation (1)" in as_user(people["north"]).get("/delegation/").content.decode()


def test_who_tells_its_name_later_is_not_awaited_any_more_nor_when_it_takes_that_back(second, people):
    sign(people["south"], second)
    sign(people["south"], second, "named")
    assert waiting(second) == {"endorse": 3, "reservation": 0, "cannot_endorse": 0}
    withdraw(people["south"], second)
    assert waiting(second) == {"endorse": 3, "reservation": 0, "cannot_endorse": 0}


def test_taking_back_what_was_said_without_a_name_changes_nothing(second, people):
    sign(people["south"], second)
    withdraw(people["south"], second)
    assert waiting(second) == BY_NAME


@pytest.mark.parametrize("who", HELD)
def test_nor_does_an_answer_without_a_name_on_a_text_in_between_tell_who_gave_it(second, people, who):
    """What was said by name on the text before it is what is public of that organisation, in the third round, too."""
    sign(people[who], second)
    third = next_round(second, people, "A third text.")
    assert waiting(third) == BY_NAME
    (own,) = earlier_of(third, factories.organisation_of(people[who]), [factories.passage(third, "pol3")])
    assert own.version.attribution == "secretariat"


def test_the_page_says_that_who_answered_without_a_name_is_among_them(second, consultation, client):
    said = "An organisation that has answered without its name is still among those awaited"
    for page in ("summary/", "passages/pol3/"):
        shown = " ".join(html.unescape(client.get(f"/consultations/{second.slug}/{page}").content.decode()).split())
        assert said in shown
        assert "None of them has answered here by name." in shown
        assert "They are not counted here." not in shown
    second.attribution_choice = False
    second.save()
    caches["pages"].clear()
    shown = " ".join(html.unescape(client.get(f"/consultations/{second.slug}/summary/").content.decode()).split())
    assert said not in shown
    assert "They are not counted here." in shown
