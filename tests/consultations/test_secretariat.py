"""Who is of the secretariat: of the installation by a right, of one consultation by an office. One rule each."""

import pytest
from django.contrib.auth.models import Group, Permission

from consultation.consultations import rules
from consultation.consultations.attribution import Attributions
from consultation.consultations.models import Consultation, Officer
from consultation.notifications.rules import may_see_mails
from consultation.positions.next_steps import next_steps_of
from consultation.reports.models import Report
from consultation.stakeholders import rules as stakeholder_rules
from consultation.stakeholders.models import User
from tests import factories
from tests.consultations.test_guided_form import GUIDED, said

pytestmark = pytest.mark.django_db
OF_ALL = ("superuser", "by_right", "by_group")
OF_ONE = ("officer", "officer_by_right")
OTHERS = ("staff", "right_alone", "superuser_without_admin", "inactive", "inactive_officer", "moderator", "rapporteur")


@pytest.fixture
def people(consultation) -> dict[str, User]:
    """Everybody who could be taken for the secretariat, of a consultation in preparation."""
    Consultation.objects.filter(pk=consultation.pk).update(announced=False)
    consultation.refresh_from_db()
    right = Permission.objects.get(codename="change_organisation", content_type__app_label="stakeholders")
    group = Group.objects.create(name="Secretariat")
    group.permissions.add(right)
    made = {name: factories.UserFactory() for name in (*OF_ALL, *OF_ONE, *OTHERS, "delegate")}
    for name in (*OF_ALL, "officer_by_right", "staff", "inactive"):
        made[name].is_staff = True
    for name in ("superuser", "superuser_without_admin", "inactive"):
        made[name].is_superuser = True
    for name in ("inactive", "inactive_officer"):
        made[name].is_active = False
    for person in made.values():
        person.save()
    for name in ("by_right", "right_alone", "officer_by_right"):
        made[name].user_permissions.add(right)
    made["by_group"].groups.add(group)
    offices = {"officer": "secretariat", "officer_by_right": "secretariat", "inactive_officer": "secretariat"}
    for name, role in {**offices, "moderator": "moderator", "rapporteur": "rapporteur"}.items():
        Officer.objects.create(consultation=consultation, user=made[name], role=role)
    return {name: User.objects.get(pk=person.pk) for name, person in made.items()}


def test_the_secretariat_of_the_installation_is_one_rule(consultation, people):
    of_all = {name for name, person in people.items() if stakeholder_rules.is_secretariat(person)}
    assert of_all == {*OF_ALL, "officer_by_right"}
    listed = set(stakeholder_rules.secretariat())
    assert {name for name, person in people.items() if person in listed} == of_all
    assert {name for name, person in people.items() if may_see_mails(person)} == of_all
    factories.OrganisationFactory(state="applied")
    assert {name for name, person in people.items() if next_steps_of(person).applications} == of_all


def test_the_secretariat_of_a_consultation_is_one_rule(consultation, people):
    managing = {name for name, person in people.items() if rules.may_manage(person, consultation)}
    assert managing == {*OF_ALL, *OF_ONE}
    listed = set(rules.managing(consultation))
    assert {name for name, person in people.items() if person in listed} == managing
    seen = {name for name, person in people.items() if Consultation.objects.visible_to(person).exists()}
    assert seen == managing
    knowing = {name for name, person in people.items() if Attributions(person, consultation).knows_all}
    assert knowing - {"moderator", "inactive_officer"} == managing


@pytest.mark.parametrize("name", [*OF_ALL, *OF_ONE, *OTHERS, "delegate"])
def test_a_consultation_in_preparation_is_opened_by_who_manages_it(consultation, people, as_user, name):
    pages = ("", "report/", "passages/p8/", "recommendations/")
    answers = {as_user(people[name]).get(f"/consultations/{consultation.slug}/{page}").status_code for page in pages}
    assert answers == ({200} if name in {*OF_ALL, *OF_ONE} else {404})
    window = as_user(people[name]).get(f"/admin/consultations/consultation/{consultation.pk}/window/")
    assert (window.status_code == 200) is (answers == {200})


def test_an_office_in_one_consultation_opens_no_other(consultation, people, as_user):
    other = factories.ConsultationFactory(announced=False)
    assert as_user(people["officer"]).get(f"/consultations/{other.slug}/").status_code == 404
    assert as_user(people["by_right"]).get(f"/consultations/{other.slug}/").status_code == 200
    assert as_user(None).get(f"/consultations/{other.slug}/").status_code == 404


@pytest.mark.parametrize("name", ["by_right", "officer"])
def test_who_creates_a_consultation_reads_it_next(consultation, people, as_user, name):
    """The officer of an earlier round, who is asked for the officers of the next one with those of the earlier."""
    report = Report.objects.get(slug="gfmd-gcm-cluster-1")
    earlier = f"?from={consultation.pk}" if name == "officer" else ""
    sent = {**said(secretariat=people["officer"].email), "step": "create"}
    answer = as_user(people[name]).post(f"{GUIDED}{report.pk}/{earlier}", sent, follow=True)
    assert Consultation.objects.count() == 2
    assert answer.status_code == 200
    assert "is prepared." in answer.content.decode()
