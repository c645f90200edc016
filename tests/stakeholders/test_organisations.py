"""Applying, and what the secretariat decides."""

from importlib import import_module
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection

from consultation.record.models import Entry
from consultation.stakeholders.models import Membership, Organisation
from consultation.text.names import folded
from tests import factories

pytestmark = pytest.mark.usefixtures("commits")

APPLY = "/organisations/apply/"


def form(**fields):
    return {
        "name": "Sample Union of Sailors",
        "group": "trade-unions",
        "country": "CH",
        "website": "https://union.example",
        "mandate": "Its congress asked us to speak.",
        "official_email": "office@union.example",
        "submission_id": str(uuid4()),
        **fields,
    }


@pytest.fixture
def person(db):
    return factories.UserFactory()


@pytest.fixture
def secretariat(db):
    return factories.UserFactory(is_staff=True, is_superuser=True)


def decide(browser, organisation, action, **fields):
    return browser.post(
        "/admin/stakeholders/organisation/",
        {"action": action, "_selected_action": [organisation.pk], "confirm": "1", **fields},
    )


def test_an_application_waits_for_the_secretariat(person, as_user):
    answer = as_user(person).post(APPLY, form(), follow=True)
    assert "The secretariat has your application." in answer.content.decode()
    organisation = Organisation.objects.get()
    assert organisation.state == "applied"
    assert Membership.objects.of(person).get().role == "focal_point"
    assert [e.kind for e in Entry.objects.about(organisation)] == ["organisation.applied"]


def test_the_same_application_sent_twice_is_one(person, as_user):
    sent, browser = form(), as_user(person)
    browser.post(APPLY, sent)
    browser.post(APPLY, {**sent, "name": f"{sent['name']} "})
    other = browser.post(APPLY, {**sent, "mandate": "Its members at sea."})
    assert other.status_code == 409
    assert "Its members at sea." in other.content.decode()
    assert Organisation.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Enter its name"),
        ({"name": "   "}, "Enter its name"),
        ({"name": "---"}, "Enter its name"),
        ({"name": "a\u202eb"}, "direction of text"),
        ({"name": "a\x00b"}, "control characters"),
        ({"name": "x" * 10_000}, "at most 200 characters"),
        ({"name": "Sample\r\nBcc: x@example.org"}, "on one line"),
        ({"name": "SAMPLE  STATE"}, "is here already"),
        ({"name": "Sample Ѕtate"}, "is here already"),
        ({"name": "Sämple State"}, "is here already"),
        ({"group": "none"}, "Select a valid choice"),
        ({"country": "ZZ"}, "Select a valid choice"),
        ({"mandate": " "}, "Say on whose behalf it speaks"),
        ({"website": "javascript:alert(1)"}, "valid URL"),
    ],
)
def test_an_application_that_cannot_be_taken_is_said_and_nothing_is_written(person, as_user, fields, sentence):
    factories.OrganisationFactory(name="Sample State")
    answer = as_user(person).post(APPLY, form(**fields))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Organisation.objects.count() == 1


@pytest.mark.parametrize(
    "name", ["sample state", "SAMPLE  STATE", "Sample-State", "Sämple Státe", "Sаmрlе Stаtе", "Ｓample State"]
)
def test_names_that_look_alike_fold_to_the_same(name):
    assert folded(name) == folded("Sample State")


@pytest.mark.parametrize(
    ("one", "other"),
    [("दिल्ली", "दाल्ला"), ("মিত্র", "মাত্রা"), ("มิตร", "มตร"), ("がいこく", "かいこく"), ("தமிழ்", "தமழ"), ("မြန်မာ", "မရနမ")],
)
def test_the_signs_of_a_script_are_part_of_a_name(db, one, other):
    assert folded(one) != folded(other)
    first, second = factories.OrganisationFactory(name=one), factories.OrganisationFactory(name=other)
    assert first not in Organisation.objects.resembling(second)


@pytest.mark.parametrize(
    ("one", "other"), [("Élan", "elan"), ("مُنَظَّمَة", "منظمة"), ("שָׁלוֹם", "שלום"), ("Ἀθῆναι", "αθηναι")]
)
def test_accents_and_points_are_none(one, other):
    assert folded(one) == folded(other)


def test_names_that_an_earlier_version_folded_are_folded_anew(db):
    one = factories.OrganisationFactory(name="मित्र संघ")
    Organisation.objects.filter(pk=one.pk).update(folded_name="मतरसघ")
    step = import_module("consultation.stakeholders.migrations.0007_names_with_their_signs")
    step.fold_anew(apps, SimpleNamespace(connection=connection))
    one.refresh_from_db()
    assert one.folded_name == folded("मित्र संघ") != "मतरसघ"


def test_the_secretariat_approves_and_the_focal_point_is_told(person, secretariat, as_user, mailoutbox):
    as_user(person).post(APPLY, form())
    organisation = Organisation.objects.get()
    browser = as_user(secretariat)
    asked = browser.post(
        "/admin/stakeholders/organisation/", {"action": "approve", "_selected_action": [organisation.pk]}
    )
    assert organisation.name in asked.content.decode()
    assert Organisation.objects.get().state == "applied"
    decide(browser, organisation, "approve", reason="")
    assert Organisation.objects.get().state == "approved"
    assert mailoutbox[0].to == [person.email]
    assert Entry.objects.about(organisation).last().actor == secretariat


def test_a_possible_duplicate_is_shown_before_the_decision(person, secretariat, as_user):
    factories.OrganisationFactory(name="Union of the Sea", website="https://www.union.example/about")
    as_user(person).post(APPLY, form())
    organisation = Organisation.objects.get(name="Sample Union of Sailors")
    page = as_user(secretariat).post(
        "/admin/stakeholders/organisation/", {"action": "approve", "_selected_action": [organisation.pk]}
    )
    assert "Possible duplicate of: Union of the Sea" in page.content.decode()


@pytest.mark.parametrize("action", ["refuse", "suspend"])
def test_refusing_and_suspending_need_a_reason(secretariat, as_user, action):
    organisation = factories.OrganisationFactory(state="applied" if action == "refuse" else "approved")
    before = organisation.state
    assert "Enter a reason" in decide(as_user(secretariat), organisation, action, reason=" ").content.decode()
    organisation.refresh_from_db()
    assert organisation.state == before
    decide(as_user(secretariat), organisation, action, reason="Its mandate ended.")
    organisation.refresh_from_db()
    assert organisation.state in {"refused", "suspended"}
    assert organisation.reason == "Its mandate ended."


def test_only_the_secretariat_decides(person, as_user):
    organisation = factories.OrganisationFactory(state="applied")
    staff = factories.UserFactory(is_staff=True)
    for somebody in (person, staff, None):
        assert decide(as_user(somebody), organisation, "approve").status_code in {302, 403}
    organisation.refresh_from_db()
    assert organisation.state == "applied"


@pytest.mark.parametrize(
    ("access", "group", "takes_part"),
    [
        ("invitation", "states", False),
        ("groups", "states", True),
        ("groups", "academia", False),
        ("all", "academia", True),
    ],
)
def test_who_takes_part_in_a_consultation(consultation, client, access, group, takes_part):
    from consultation.consultations.models import Consultation  # noqa: PLC0415
    from consultation.stakeholders.models import StakeholderGroup  # noqa: PLC0415

    organisation = factories.OrganisationFactory(group=StakeholderGroup.objects.get(slug=group))
    factories.OrganisationFactory(group=organisation.group, state="applied")
    consultation.access = access
    consultation.save()
    consultation.open_to_groups.set(StakeholderGroup.objects.filter(slug="states"))
    assert (organisation in consultation.participants()) is takes_part
    assert Consultation.objects.open_to(organisation).exists() is takes_part
    counted = client.get(f"/consultations/{consultation.slug}/summary.json").json()["groups"]
    assert sum(g["organisations"] for g in counted) == takes_part
