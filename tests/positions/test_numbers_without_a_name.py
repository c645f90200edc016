"""How often a position was signed is told where it is by name only: the page has no version number of one without."""

import re
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser

from consultation.moderation import actions as moderation
from consultation.moderation.actions import Verdict
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from consultation.positions.statements import statements_page
from tests import factories


@pytest.fixture
def open_choice(consultation):
    """A consultation in which names can be left out, of six organisations."""
    consultation.attribution_choice = True
    consultation.save()
    return consultation


@pytest.fixture
def people(open_choice):
    return [factories.focal_point(open_choice) for _ in range(6)]


def sign(person, consultation, moderator, explanation, attribution="secretariat"):
    answer = Answer("endorse", explanation, attribution=attribution)
    where = person, consultation, factories.passage(consultation, "pol3")
    version = positions.sign_position(*where, answer, uuid4())
    item = f"explanation-{version.position.public_id}"
    moderation.decide(moderator, item, version.number, Verdict("publish"), uuid4())
    return version


PAGES = ["passages/pol3/", "passages/pol3/explanations/", "summary/?open=pol3"]


@pytest.mark.parametrize("page", PAGES)
def test_the_anchor_of_a_position_without_a_name_has_no_number(open_choice, people, moderator, as_user, page):
    sign(people[0], open_choice, moderator, "First words.")
    again = sign(people[0], open_choice, moderator, "Words again.")
    assert again.number == 2
    for reader in (None, people[1], people[0], moderator):
        shown = as_user(reader).get(f"/consultations/{open_choice.slug}/{page}").content.decode()
        assert "Words again." in shown
        assert re.findall(r'id="statement-([^"]*)"', shown) == [again.position.public_id]
        if reader in (None, people[1]):
            assert f"{again.position.public_id}.2" not in shown
            assert f"{again.position.public_id}-2" not in shown


def test_by_name_the_anchor_names_the_version(open_choice, people, moderator, client):
    version = sign(people[0], open_choice, moderator, "By name.", "named")
    shown = client.get(f"/consultations/{open_choice.slug}/passages/pol3/").content.decode()
    assert f'id="statement-{version.position.public_id}-1"' in shown


def test_pages_of_explanations_go_on_without_a_number(open_choice, people, moderator, monkeypatch, client):
    monkeypatch.setitem(statements_page.__kwdefaults__, "most", 2)
    for number, person in enumerate(people):
        sign(person, open_choice, moderator, f"Words {number}.", "named" if number < 1 else "secretariat")
        sign(person, open_choice, moderator, f"Words {number} again.", "named" if number < 1 else "secretariat")
    address, read, after = f"/consultations/{open_choice.slug}/passages/pol3/explanations/", [], ""
    for _ in range(len(people)):
        page = client.get(address + (f"?after={after}" if after else ""))
        shown = page.content.decode()
        assert not re.search(r"after=\w+\.\d", shown)
        read += re.findall(r"Words \d again\.", shown)
        after = page.context["said"].following
        if not after:
            break
    assert sorted(read) == [f"Words {number} again." for number in range(6)]


def test_nobody_can_ask_which_number_it_is(open_choice, people, moderator):
    """Whatever number is asked for behind the name of one without a name, the answer is the beginning."""
    for number, person in enumerate(people):
        sign(person, open_choice, moderator, f"Words {number}.")
    recommendation = factories.passage(open_choice, "pol3")

    def page(after):
        return statements_page(AnonymousUser(), open_choice, recommendation, after=after, most=2)

    first = page("")
    name = first.statements[0].version.position.public_id
    begins = [s.version.pk for s in first.statements]
    for number in range(4):
        assert [s.version.pk for s in page(f"{name}.{number}").statements] == begins
    assert page(name).statements[0].version.pk == begins[1]
