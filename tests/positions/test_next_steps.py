"""The first page says to each person what waits for them, and how to begin."""

from uuid import uuid4

import pytest

from consultation.consultations.models import Officer
from consultation.positions import actions
from consultation.positions.actions import Answer
from consultation.positions.next_steps import next_steps_of
from consultation.stakeholders.models import Membership, Organisation
from tests import factories

pytestmark = pytest.mark.django_db


def shown(as_user, person):
    page = as_user(person).get("/").content.decode()
    box = page.partition('aria-labelledby="next"')[2].partition("</section>")[0]
    return " ".join(box.split())


def drafted(person, consultation, *refs):
    for ref in refs:
        passage = factories.passage(consultation, ref)
        actions.draft_position(person, consultation, passage, Answer("endorse", f"On {ref}."), uuid4())


def test_drafts_wait_for_the_focal_point_and_come_back_to_the_drafter(consultation, contributor, focal_point, as_user):
    drafted(contributor, consultation, "pol1", "pol2", "pol3")
    actions.send_back(focal_point, consultation, factories.passage(consultation, "pol3"), "Say why.")
    assert 'Waiting for your signature</a> <span class="num">(2)' in shown(as_user, focal_point)
    assert "Waiting for your signature" not in shown(as_user, contributor)
    assert 'Sent back to the drafter</a> <span class="num">(1)' in shown(as_user, contributor)


def test_nothing_of_another_delegation_is_counted(consultation, contributor, as_user):
    drafted(contributor, consultation, "pol1")
    assert "Waiting for your signature" not in shown(as_user, factories.focal_point(consultation))


def test_what_came_back_from_a_moderator_waits_until_closing(consultation, contributor, moderator, as_user):
    factories.decided(moderator, factories.submitted(contributor, consultation), "return")
    assert "Comments returned with a reason" in shown(as_user, contributor)
    factories.close(consultation)
    assert "Comments returned with a reason" not in shown(as_user, contributor)


def test_who_acts_for_nobody_is_led_to_an_organisation(as_user):
    newcomer = factories.UserFactory()
    assert "Apply for an organisation" in shown(as_user, newcomer)
    waiting = factories.OrganisationFactory(name="Sample Waiting", state=Organisation.State.APPLIED)
    Membership.objects.create(user=newcomer, organisation=waiting, role=Membership.Role.FOCAL_POINT)
    page = shown(as_user, newcomer)
    assert "Apply for an organisation" not in page
    assert "<bdi>Sample Waiting</bdi> waits for the secretariat’s approval" in page


def test_officers_are_led_to_their_work(consultation, moderator, contributor, as_user):
    factories.submitted(contributor, consultation)
    assert 'Moderation queue</a> <span class="num">(1)' in shown(as_user, moderator)
    rapporteur = factories.UserFactory()
    Officer.objects.create(consultation=consultation, user=rapporteur, role=Officer.Role.RAPPORTEUR)
    assert f"/consultations/{consultation.slug}/outcome/" in shown(as_user, rapporteur)
    assert "Write the outcome" not in shown(as_user, rapporteur)
    for _ in range(5):
        Officer.objects.create(
            consultation=factories.ConsultationFactory(), user=rapporteur, role=Officer.Role.RAPPORTEUR
        )
    factories.close(consultation)
    assert f"/consultations/{consultation.slug}/outcome/edit/" in shown(as_user, rapporteur)
    factories.OrganisationFactory(state=Organisation.State.APPLIED)
    assert "Organisations that wait for approval" in shown(as_user, factories.secretariat())
    assert "Organisations that wait for approval" not in shown(as_user, moderator)


def test_an_observer_and_a_visitor_are_told_what_they_can_do(consultation, as_user):
    observer = factories.delegate(consultation, Membership.Role.OBSERVER)
    assert "You are an observer: you read and follow." in shown(as_user, observer)
    assert "Sign in to contribute" in shown(as_user, None)


def test_the_number_of_drafts_costs_no_queries(consultation, contributor, focal_point, django_assert_num_queries):
    with django_assert_num_queries(5):
        next_steps_of(focal_point)
    drafted(contributor, consultation, "pol1", "pol2", "pol3")
    with django_assert_num_queries(5):
        next_steps_of(focal_point)


@pytest.mark.parametrize("number", [1, 12])
def test_the_first_page_costs_the_same_however_many_consultations_there_are(
    consultation, contributor, focal_point, as_user, number, django_assert_max_num_queries
):
    factories.signed(focal_point, consultation)
    for n in range(number):
        factories.ConsultationFactory(access="all")
        late = factories.ConsultationFactory(access="all")
        factories.close(late)
        if not n:
            factories.let_in(focal_point, late)
    browser = as_user(focal_point)
    with django_assert_max_num_queries(20):
        page = " ".join(browser.get("/").content.decode().split())
    assert page.count(" has signed 0 of 24 positions.") == 2 * number
    assert page.count(" has signed 1 of 24 positions.") == 1
    assert page.count("All positions on one page") == number + 2  # what is open, and what a code opens
