"""Inviting, joining, roles, handing over and leaving."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress

from consultation.record import clock
from consultation.record.models import Entry
from consultation.stakeholders import actions
from consultation.stakeholders.models import Invitation, Membership
from tests import factories

pytestmark = pytest.mark.usefixtures("commits")


@pytest.fixture
def organisation(db):
    return factories.OrganisationFactory()


@pytest.fixture
def focal(consultation, organisation):
    return factories.focal_point(consultation, organisation)


@pytest.fixture
def colleague(consultation, organisation):
    return factories.delegate(consultation, organisation=organisation)


@pytest.fixture
def newcomer(db):
    user = factories.UserFactory(email="new@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def page(organisation):
    return f"/organisations/{organisation.slug}/delegation/"


def invite(browser, organisation, **fields):
    sent = {"email": "new@example.org", "role": "contributor", "submission_id": str(uuid4()), **fields}
    return browser.post(page(organisation), sent)


def link(mail):
    return re.search(r"http://testserver(/invitations/\S+)", mail.body).group(1)


def change(browser, organisation, user, **fields):
    membership = Membership.objects.get(organisation=organisation, user=user)
    return browser.post(f"{page(organisation)}{membership.pk}/", fields)


def test_an_invitation_is_accepted_once_by_the_invited_address(organisation, focal, newcomer, as_user, mailoutbox):
    assert invite(as_user(focal), organisation).status_code == 302
    assert mailoutbox[0].to == ["new@example.org"]
    address = link(mailoutbox[0])
    browser = as_user(newcomer)
    assert "invites you to act for" in browser.get(address).content.decode()
    assert not Membership.objects.of(newcomer).exists()
    assert browser.post(address).status_code == 302
    assert Membership.objects.of(newcomer).get().role == "contributor"
    assert browser.post(address).status_code == 302  # the same form again: they are in the delegation
    assert Membership.objects.filter(user=newcomer).count() == 1
    assert Entry.objects.filter(kind="delegation.joined").count() == 1
    assert "used or taken back" in browser.get(address).content.decode()


def test_the_link_is_kept_nowhere(organisation, focal, as_user, mailoutbox):
    invite(as_user(focal), organisation)
    assert link(mailoutbox[0]).split("/")[-2] not in str(Invitation.objects.values())


@pytest.mark.parametrize("case", ["another person", "not confirmed", "expired", "taken back", "unknown"])
def test_an_invitation_that_does_not_fit_joins_nobody(organisation, focal, newcomer, as_user, mailoutbox, case):
    invite(as_user(focal), organisation)
    address, person, status = link(mailoutbox[0]), newcomer, 409
    if case == "another person":
        person, status = factories.UserFactory(), 403
    elif case == "not confirmed":
        EmailAddress.objects.update(verified=False)
        status = 403
    elif case == "expired":
        Invitation.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    elif case == "taken back":
        invite(as_user(focal), organisation)
    else:
        address, status = "/invitations/not-a-token/", 404
    assert as_user(person).post(address).status_code == status
    assert not Membership.objects.of(person).exists()


@pytest.mark.parametrize(
    "fields",
    [{"email": ""}, {"email": "nobody"}, {"role": ""}, {"role": "secretariat"}, {"email": "a@b.c\r\nBcc: x@y.z"}],
)
def test_an_invitation_without_address_or_role_is_not_sent(organisation, focal, as_user, mailoutbox, fields):
    assert invite(as_user(focal), organisation, **fields).status_code == 422
    assert not mailoutbox
    assert not Invitation.objects.exists()


def test_the_same_invitation_sent_twice_is_one_mail(organisation, focal, as_user, mailoutbox):
    key, browser = str(uuid4()), as_user(focal)
    for _ in range(2):
        invite(browser, organisation, submission_id=key)
    other = invite(browser, organisation, submission_id=key, email="somebody-else@example.org")
    assert other.status_code == 409
    assert "somebody-else@example.org" in other.content.decode()
    assert len(mailoutbox) == Invitation.objects.count() == 1


# who: (may invite, may set a role, may remove another)
@pytest.mark.parametrize("who", ["contributor", "observer", "focal point of another organisation", "nobody"])
def test_only_a_focal_point_of_the_organisation_changes_its_delegation(
    consultation, organisation, focal, colleague, as_user, mailoutbox, who
):
    if who == "focal point of another organisation":
        person = factories.focal_point(consultation)
    elif who == "nobody":
        person = None
    else:
        person = factories.delegate(consultation, who, organisation)
    browser = as_user(person)
    expected = {"focal point of another organisation": 404, "nobody": 302}.get(who, 403)
    assert invite(browser, organisation).status_code == expected
    for fields in ({"role": "observer"}, {"action": "remove"}, {"action": "hand_over"}):
        assert change(browser, organisation, colleague, **fields).status_code == expected
    assert not mailoutbox
    kept = Membership.objects.get(user=colleague)
    assert (kept.role, kept.ended_at, kept.offered_at) == ("contributor", None, None)


def test_nobody_promotes_themselves(organisation, focal, colleague, as_user):
    browser = as_user(colleague)
    change(browser, organisation, colleague, role="focal_point")
    assert browser.post(f"{page(organisation)}take-over/").status_code == 409
    assert Membership.objects.get(user=colleague).role == "contributor"


def test_handing_over_needs_the_new_ones_acceptance(organisation, focal, colleague, as_user):
    change(as_user(focal), organisation, colleague, action="hand_over")
    assert Membership.objects.get(user=colleague).role == "contributor"
    assert "asked to become focal point" in as_user(colleague).get(page(organisation)).content.decode()
    as_user(colleague).post(f"{page(organisation)}take-over/")
    assert Membership.objects.get(user=colleague).role == "focal_point"


@pytest.mark.parametrize("fields", [{"role": "contributor"}, {"action": "remove"}])
def test_at_least_one_focal_point_remains(consultation, organisation, focal, as_user, fields):
    answer = change(as_user(focal), organisation, focal, **fields)
    assert answer.status_code == 409
    assert "At least one focal point has to remain" in answer.content.decode()
    factories.focal_point(consultation, organisation)
    assert change(as_user(focal), organisation, focal, **fields).status_code == 302


def test_leaving_does_not_rewrite_who_said_what(consultation, organisation, focal, colleague, moderator, as_user):
    comment = factories.published(colleague, consultation, moderator, body="Said then")
    change(as_user(focal), organisation, colleague, action="remove")
    assert not Membership.objects.of(colleague).exists()
    shown = as_user(None).get(f"/consultations/{consultation.slug}/passages/p8/").content.decode()
    assert colleague.name in shown
    assert organisation.name in shown
    assert as_user(colleague).post(
        f"/consultations/{consultation.slug}/comments/{comment.public_id}/edit/", {"body": "x"}
    ).status_code in {403, 404}


def test_two_factors_are_asked_of_those_who_sign(consultation, organisation, focal, colleague, as_user, settings):
    settings.TWO_FACTORS_REQUIRED = True
    assert as_user(focal).get("/delegation/").url == "/accounts/2fa/"
    assert as_user(colleague).get("/delegation/").status_code == 200
    assert as_user(None).get("/").status_code == 200
    assert as_user(focal).get("/accounts/2fa/").status_code == 200


@pytest.fixture
def second(consultation, organisation, focal):
    return factories.focal_point(consultation, organisation)


def leave(browser, organisation, user, how):
    fields = {"removed": {"action": "remove"}, "demoted": {"role": "observer"}}[how]
    assert change(browser, organisation, user, **fields).status_code == 302


def kinds(kind):
    return Entry.objects.filter(kind=f"delegation.{kind}").count()


@pytest.mark.parametrize("how", ["removed", "demoted"])
def test_nobody_comes_back_by_an_invitation_of_who_no_longer_invites(
    organisation, focal, second, newcomer, as_user, mailoutbox, how
):
    invite(as_user(focal), organisation, role="focal_point")
    invite(as_user(second), organisation, email="kept@example.org")
    leave(as_user(second), organisation, focal, how)
    address = link(mailoutbox[0])
    assert as_user(newcomer).post(address).status_code == 409
    assert not Membership.objects.of(newcomer).exists()
    assert "used or taken back" in as_user(newcomer).get(address).content.decode()
    assert [i.email for i in Invitation.objects.open()] == ["kept@example.org"]
    assert kinds("invitation_taken_back") == 1


def test_an_invitation_asks_again_whether_its_inviter_may_invite(
    organisation, focal, second, newcomer, as_user, mailoutbox
):
    """Also where nothing took it back, such as before this was so."""
    invite(as_user(focal), organisation, role="focal_point")
    Membership.objects.filter(user=focal).update(ended_at=clock.now())
    address = link(mailoutbox[0])
    assert "Accept the invitation" not in as_user(newcomer).get(address).content.decode()
    answer = as_user(newcomer).post(address)
    assert answer.status_code == 409
    assert "no longer acts for this organisation" in answer.content.decode()
    assert not Membership.objects.of(newcomer).exists()


@pytest.mark.parametrize("how", ["removed", "demoted"])
def test_nobody_takes_over_from_who_no_longer_may_offer_it(organisation, focal, second, colleague, as_user, how):
    change(as_user(focal), organisation, colleague, action="hand_over")
    leave(as_user(second), organisation, focal, how)
    assert as_user(colleague).post(f"{page(organisation)}take-over/").status_code == 409
    assert Membership.objects.get(user=colleague).role == "contributor"
    assert kinds("offer_taken_back") == 1


@pytest.mark.parametrize("role", ["observer", "contributor"])
def test_another_role_ends_what_was_offered(organisation, focal, colleague, as_user, role):
    change(as_user(focal), organisation, colleague, action="hand_over")
    for _ in range(2):
        assert change(as_user(focal), organisation, colleague, role=role).status_code == 302
    assert as_user(colleague).post(f"{page(organisation)}take-over/").status_code == 409
    assert Membership.objects.get(user=colleague).role == role
    assert kinds("role") == 1


def test_removing_a_contributor_ends_nothing_that_others_asked(
    consultation, organisation, focal, colleague, as_user, mailoutbox
):
    observer = factories.delegate(consultation, "observer", organisation)
    invite(as_user(focal), organisation)
    change(as_user(focal), organisation, observer, action="hand_over")
    change(as_user(focal), organisation, colleague, action="remove")
    assert Invitation.objects.open().count() == 1
    assert as_user(observer).post(f"{page(organisation)}take-over/").status_code == 302


def test_erasing_a_focal_point_ends_what_they_asked(organisation, focal, second, colleague, as_user, mailoutbox):
    invite(as_user(focal), organisation)
    change(as_user(focal), organisation, colleague, action="hand_over")
    actions.erase_person(factories.secretariat(), focal)
    assert not Invitation.objects.open().exists()
    assert as_user(colleague).post(f"{page(organisation)}take-over/").status_code == 409


def test_an_invitation_is_taken_back_by_its_button(organisation, focal, newcomer, as_user, mailoutbox):
    browser = as_user(focal)
    invite(browser, organisation)
    address = f"{page(organisation)}invitations/{Invitation.objects.get().pk}/take-back/"
    assert f'action="{address}"' in browser.get(page(organisation)).content.decode()
    for _ in range(2):
        assert browser.post(address).status_code == 302
    assert kinds("invitation_taken_back") == 1
    assert f'action="{address}"' not in browser.get(page(organisation)).content.decode()
    assert as_user(newcomer).post(link(mailoutbox[0])).status_code == 409
    assert not Membership.objects.of(newcomer).exists()


def test_an_invitation_that_was_accepted_is_not_taken_back(organisation, focal, newcomer, as_user, mailoutbox):
    invite(as_user(focal), organisation)
    as_user(newcomer).post(link(mailoutbox[0]))
    answer = as_user(focal).post(f"{page(organisation)}invitations/{Invitation.objects.get().pk}/take-back/")
    assert answer.status_code == 409
    assert Membership.objects.of(newcomer).exists()


def test_an_invitation_of_another_organisation_is_not_there(consultation, organisation, focal, as_user, mailoutbox):
    invite(as_user(focal), organisation)
    other = factories.focal_point(consultation)
    pk = Invitation.objects.get().pk
    elsewhere = page(factories.organisation_of(other))
    assert as_user(other).post(f"{elsewhere}invitations/{pk}/take-back/").status_code == 404
    assert Invitation.objects.open().exists()
