"""An invitation is no way to send mail of one's own to strangers: few, and without lines of the sender's."""

from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress

from consultation.record import clock
from consultation.stakeholders.models import Invitation, Organisation, User
from consultation.throttling.limit import Limit
from tests import factories

pytestmark = pytest.mark.usefixtures("commits")
RISK = "Secretariat\u2028\u2028Your account is at risk. Confirm it"
PASSWORD = "a-long-sample-password"


@pytest.fixture
def focal(consultation):
    return factories.focal_point(consultation)


@pytest.fixture
def waiting(focal):
    """The focal point's organisation, which waits for the secretariat."""
    Organisation.objects.update(state="applied")
    return factories.organisation_of(focal)


def page(organisation):
    return f"/organisations/{organisation.slug}/delegation/"


def invite(browser, organisation, number=1, begin=0):
    """The answers to so many invitations."""
    sent = [
        {"email": f"n{begin + n}@example.org", "role": "observer", "submission_id": str(uuid4())} for n in range(number)
    ]
    return [browser.post(page(organisation), fields) for fields in sent]


def statuses(answers):
    return [answer.status_code for answer in answers]


def test_until_the_approval_five_wait_for_an_answer(waiting, focal, as_user, mailoutbox, settings):
    settings.LIMITS = {**settings.LIMITS, "invitations": Limit(20, 86_400)}
    browser = as_user(focal)
    answers = invite(browser, waiting, 6)
    assert statuses(answers) == [302] * 5 + [429]
    refused = answers[-1].content.decode()
    assert "5 invitations" in refused
    assert "n5@example.org" in refused
    assert int(answers[-1]["Retry-After"]) > 3600
    assert len(mailoutbox) == Invitation.objects.count() == 5
    assert "up to 5 invitations" in browser.get(page(waiting)).content.decode()
    Organisation.objects.update(state="approved")
    assert statuses(invite(browser, waiting, begin=5)) == [302]
    assert "up to 20 invitations" in browser.get(page(waiting)).content.decode()


def test_one_that_is_taken_back_was_sent_all_the_same(waiting, focal, as_user, mailoutbox):
    browser = as_user(focal)
    invite(browser, waiting, 5)
    for invitation in Invitation.objects.all():
        browser.post(f"{page(waiting)}invitations/{invitation.pk}/take-back/")
    assert statuses(invite(browser, waiting, begin=5)) == [429]


def test_one_that_is_accepted_or_over_makes_room(waiting, focal, as_user, mailoutbox):
    browser = as_user(focal)
    invite(browser, waiting, 5)
    Invitation.objects.filter(email="n0@example.org").update(accepted_at=clock.now())
    Invitation.objects.filter(email="n1@example.org").update(expires_at=clock.now() - timedelta(seconds=1))
    assert statuses(invite(browser, waiting, 3, begin=5)) == [302, 302, 429]


def test_applying_for_more_organisations_gives_nobody_more(waiting, focal, as_user, mailoutbox):
    other = factories.OrganisationFactory(state="applied")
    other.memberships.create(user=focal, role="focal_point")
    invite(as_user(focal), waiting, 5)
    assert statuses(invite(as_user(focal), other, begin=5)) == [429]


def test_an_organisation_sends_so_many_a_day(focal, as_user, mailoutbox, settings):
    settings.LIMITS = {**settings.LIMITS, "invitations": Limit(3, 86_400)}
    organisation, browser = factories.organisation_of(focal), as_user(focal)
    answers = invite(browser, organisation, 4)
    assert statuses(answers) == [302] * 3 + [429]
    assert "n3@example.org" in answers[-1].content.decode()
    assert "up to 3 invitations" in browser.get(page(organisation)).content.decode()
    Invitation.objects.update(invited_at=clock.now() - timedelta(days=1, seconds=1))
    assert statuses(invite(browser, organisation, begin=3)) == [302]


def test_0_is_no_limit(focal, as_user, mailoutbox, settings):
    settings.LIMITS = {**settings.LIMITS, "invitations": Limit(0, 1)}
    organisation, browser = factories.organisation_of(focal), as_user(focal)
    assert statuses(invite(browser, organisation, 21)) == [302] * 21
    assert "invitations" not in browser.get(page(organisation)).content.decode().split("Invite somebody")[1]


@pytest.mark.parametrize("name", [RISK, "A\u2029B", "A\x85B", "A\x0bB", "A https://evil.example", "A WWW.evil.example"])
def test_a_name_is_one_line_without_an_address(client, db, name):
    sent = {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD, "name": name}
    assert client.post("/accounts/signup/", sent).status_code == 422
    assert not EmailAddress.objects.filter(email="new@example.org").exists()


@pytest.mark.parametrize("name", [RISK, "A https://evil.example", "www.evil.example", "ｈｔｔｐｓ：//evil.example"])
def test_so_is_the_name_of_an_organisation(focal, as_user, name):
    sent = {"name": name, "group": "states", "country": "CH", "mandate": "Its.", "official_email": "a@b.example"}
    answer = as_user(focal).post("/organisations/apply/", sent)
    assert answer.status_code == 422
    assert "evil.example" in answer.content.decode() or "at risk" in answer.content.decode()
    assert Organisation.objects.count() == 1


def test_names_that_are_there_already_make_no_line_of_a_mail(focal, as_user, mailoutbox):
    User.objects.filter(pk=focal.pk).update(name=RISK)
    Organisation.objects.update(name="Sample\n\nSay so")
    invite(as_user(focal), factories.organisation_of(focal))
    first = mailoutbox[0].body.splitlines()[0]
    assert first.startswith("Secretariat Your account is at risk. Confirm it invites you to act for Sample Say so as")
