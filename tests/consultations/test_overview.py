"""The overview costs the same whatever is on it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from consultation.consultations.actions import Why, Window, change_window
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("number", [1, 12])
def test_the_overview_costs_at_most_twenty_queries(
    consultation, contributor, moderator, secretariat, as_user, number, django_assert_max_num_queries
):
    for n in range(1, number + 1):
        factories.question(consultation, f"Question {n}?", n)
        factories.published(contributor, consultation, moderator, ref=f"question-{n}")
        factories.delegate(consultation)
        longer = Window(consultation.opens_at, consultation.closes_at + timedelta(days=n))
        change_window(secretariat, consultation, longer, Why("r", f"note {n}"), uuid4())
    browser = as_user(contributor)
    with django_assert_max_num_queries(20):
        page = browser.get(f"/consultations/{consultation.slug}/")
    assert page.content.decode().count("Extended on") == number + 1  # in the bar, and each among the facts


def test_a_reader_without_an_account_costs_less(consultation, client, django_assert_max_num_queries):
    factories.question(consultation)
    with django_assert_max_num_queries(8):
        client.get(f"/consultations/{consultation.slug}/")


def test_the_overview_says_what_each_officer_can_do_and_names_none(consultation, moderator, as_user):
    address = f"/consultations/{consultation.slug}/"
    rapporteur = factories.chair(consultation)
    for person, link in ((moderator, "/moderation/"), (rapporteur, f"{address}outcome/edit/")):
        page = as_user(person).get(address).content.decode()
        box = page[page.index("What you can do") : page.index("Facts")]
        assert f'href="{link}"' in box
        assert "You do not act for an organisation" not in box
    public = as_user(None).get(address).content.decode()
    assert "Moderator: 1" in public
    assert "Rapporteur: 1" in public
    for officer in (moderator, rapporteur):
        assert officer.email not in public
        assert officer.name not in public
