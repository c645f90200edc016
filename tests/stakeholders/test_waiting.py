"""An organisation that waits for approval: nobody speaks for it; its delegation prepares drafts."""

from uuid import uuid4

import pytest

from consultation.discussion.models import Comment
from consultation.positions.models import Position, PositionVersion
from consultation.stakeholders import actions as stakeholders
from consultation.stakeholders.models import Membership
from tests import factories


@pytest.fixture
def waiting(consultation):
    """The focal point of an organisation that has applied, in a consultation open to all."""
    consultation.access = "all"
    consultation.save()
    organisation = factories.OrganisationFactory(name="Sample Newcomers", state="applied")
    user = factories.UserFactory()
    Membership.objects.create(user=user, organisation=organisation, role="focal_point")
    return user


@pytest.fixture
def c(consultation):
    return f"/consultations/{consultation.slug}"


def comment(browser, c, action, **fields):
    sent = {"body": "Prepared in time.", "action": action, "submission_id": str(uuid4()), **fields}
    return browser.post(f"{c}/passages/p8/comments/", sent)


def test_it_prepares_a_comment_and_cannot_submit_it(waiting, c, as_user):
    browser = as_user(waiting)
    assert "You can prepare drafts" in browser.get(f"{c}/passages/p8/").content.decode()
    assert comment(browser, c, "draft").status_code == 302
    refused = comment(browser, c, "submit", body="Too early.")
    assert refused.status_code == 403
    assert "is not approved (applied)" in refused.content.decode()
    assert "Too early." in refused.content.decode()
    assert Comment.objects.get().state == "draft"


def test_it_prepares_a_position_and_cannot_sign_it(waiting, c, consultation, as_user):
    browser, address = as_user(waiting), f"{c}/passages/pol3/position/"
    answer = browser.post(
        address, {"stance": "endorse", "action": "draft", "submission_id": str(uuid4()), "version": 0}, follow=True
    )
    assert "waits for the secretariat’s approval" in answer.content.decode()
    signing = {"stance": "endorse", "action": "sign", "confirm": 1, "submission_id": str(uuid4()), "version": 1}
    assert browser.post(address, signing).status_code == 403
    assert PositionVersion.objects.get().state == "draft"
    assert Position.objects.get().signed is None
    assert not any(g["organisations"] for g in browser.get(f"{c}/summary.json").json()["groups"])


def test_once_approved_it_submits_what_it_prepared(waiting, c, as_user):
    browser = as_user(waiting)
    comment(browser, c, "draft")
    organisation = factories.organisation_of(waiting)
    secretariat = factories.UserFactory(is_staff=True, is_superuser=True)
    stakeholders.decide_on_organisation(secretariat, organisation, "approved")
    draft = Comment.objects.get()
    browser.post(f"{c}/comments/{draft.public_id}/edit/", {"body": "Prepared in time.", "action": "submit"})
    draft.refresh_from_db()
    assert draft.state == "pending"


@pytest.mark.parametrize("state", ["suspended", "refused"])
def test_what_is_suspended_or_refused_prepares_nothing(waiting, c, as_user, state):
    organisation = factories.organisation_of(waiting)
    organisation.state = state
    organisation.save()
    assert comment(as_user(waiting), c, "draft").status_code == 403
    assert not Comment.objects.exists()


def test_a_delegation_that_waits_sees_what_it_can_prepare(waiting, consultation, as_user):
    page = as_user(waiting).get("/delegation/").content.decode()
    assert consultation.title in page
    assert "Applied" in page
