"""Who sees the positions of others while a consultation is open: one rule, asked at every place that could tell."""

from uuid import uuid4

import pytest

from consultation.consultations.models import Officer
from consultation.moderation import actions as moderation
from consultation.moderation.actions import Verdict
from consultation.notifications.models import Following, Notification
from consultation.notifications.reading import read
from consultation.record import clock
from tests import factories

CANARY = "xanthocroix"
FILES = (
    "summary/",
    "breakdown/",
    "breakdown.json",
    "breakdown.csv",
    "summary.json",
    "summary.csv",
    "summary.xlsx",
    "summary.docx",
    "summary.pdf",
    "outcome/data.json",
)


@pytest.fixture
def version(consultation, moderator):
    """A signed reservation of Sample Secretive, with its published explanation."""
    organisation = factories.OrganisationFactory(name="Sample Secretive", slug="sample-secretive")
    signed = factories.signed(
        factories.focal_point(consultation, organisation), consultation, "pol3", "reservation", f"The {CANARY}."
    )
    moderation.decide(moderator, f"explanation-{signed.position.public_id}", 1, Verdict("publish"), uuid4())
    return signed


@pytest.fixture
def people(consultation, contributor, moderator, version):
    rapporteur = factories.UserFactory()
    Officer.objects.create(consultation=consultation, user=rapporteur, role="rapporteur")
    return {
        "nobody": None,
        "stranger": factories.UserFactory(),
        "delegate": contributor,
        "moderator": moderator,
        "rapporteur": rapporteur,
    }


# rule: who of nobody, stranger, delegate, moderator, rapporteur sees
SEES = {
    "everybody": (True, True, True, True, True),
    "participants": (False, False, True, True, True),
    "officers": (False, False, False, True, True),
}


@pytest.mark.parametrize("rule", SEES)
def test_every_place_asks_the_same_rule(consultation, people, version, as_user, rule):
    consultation.summary_access = rule
    consultation.save()
    c = f"/consultations/{consultation.slug}"
    for (_who, person), sees in zip(people.items(), SEES[rule], strict=True):
        browser = as_user(person)
        assert {browser.get(f"{c}/{name}").status_code for name in FILES} == {200 if sees else 403}
        for page in ("report/", "recommendations/"):
            assert ("1 with reservation" in browser.get(f"{c}/{page}").content.decode()) is sees
        passage = browser.get(f"{c}/passages/pol3/").content.decode()
        assert (CANARY in passage) is sees
        assert ("Sample Secretive" in passage) is sees
        own = browser.get("/organisations/sample-secretive/").content.decode()
        assert (CANARY in own) is sees
        filtered = browser.get(f"{c}/recommendations/?stance=reservation").content.decode()
        assert ("1 recommendation shown" in filtered) is sees
        flag = browser.get(f"{c}/flag/explanation-{version.position.public_id}/").status_code
        assert flag == (302 if person is None else 200 if sees else 404)
        found = browser.get("/search/", {"q": CANARY}).content.decode()
        assert ("<mark>" in found) is (rule == "everybody")


def test_nobody_aligns_with_words_that_they_may_not_see(consultation, contributor, version, as_user):
    consultation.summary_access = "officers"
    consultation.save()
    address = f"/consultations/{consultation.slug}/passages/pol3/position/?align={version.name}"
    answer = as_user(contributor).get(address)
    assert answer.status_code == 409
    assert CANARY not in answer.content.decode()


def test_followers_are_not_told_of_positions_that_they_may_not_see(consultation, contributor, settings):
    settings.UNDO_SECONDS = 0
    consultation.summary_access = "participants"
    consultation.save()
    follower = factories.UserFactory()
    Following.objects.create(person=follower, consultation=consultation)
    factories.signed(factories.focal_point(consultation), consultation, "pol4")
    while read(100):
        pass
    assert not Notification.objects.visible_to(follower).filter(kind="position").exists()


def test_after_closing_everybody_sees(consultation, version, client):
    consultation.summary_access = "officers"
    consultation.closes_at = clock.now()
    consultation.save()
    c = f"/consultations/{consultation.slug}"
    assert client.get(f"{c}/summary/").status_code == 200
    assert CANARY in client.get(f"{c}/passages/pol3/").content.decode()


def test_the_refusal_says_who_sees_and_from_when(consultation, client):
    consultation.summary_access = "officers"
    consultation.save()
    page = client.get(f"/consultations/{consultation.slug}/summary/").content.decode()
    assert "seen by: officers only" in page
    assert "Everybody sees them after" in page
