"""Whoever is removed from a delegation while their own act waits has no right to it any more. On PostgreSQL."""

from datetime import timedelta
from uuid import uuid4

import pytest

from consultation.api import actions as programs
from consultation.api.actions import Target, Wanted
from consultation.api.models import Token, Webhook
from consultation.commitments import actions as commitments
from consultation.commitments.actions import Told
from consultation.commitments.models import Benchmark, CommitmentVersion, Progress
from consultation.consultations.models import Consultation
from consultation.record import clock
from consultation.record.errors import NotAllowed
from consultation.stakeholders import actions as stakeholders
from consultation.stakeholders.models import Invitation, Membership
from tests import factories
from tests.commitments.test_commitments import promise
from tests.races.test_at_once import _report_is_loaded  # noqa: F401 - a fixture
from tests.races.waiting import behind, postgresql

pytestmark = [pytest.mark.django_db(transaction=True), postgresql]


@pytest.fixture
def organisation(consultation):
    return factories.OrganisationFactory()


@pytest.fixture
def leaving(consultation, organisation):
    return factories.focal_point(consultation, organisation)


@pytest.fixture
def removal(consultation, organisation, leaving):
    """A colleague removes the focal point."""
    colleague = factories.focal_point(consultation, organisation)
    membership = Membership.objects.get(user=leaving)
    return lambda: stakeholders.remove_from_delegation(colleague, membership)


@pytest.fixture
def commitment(consultation, leaving):
    """A signed commitment with a draft of a report, and other words for it in draft."""
    now = clock.now()
    Consultation.objects.filter(pk=consultation.pk).update(
        opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=2), outcome_published_at=now
    )
    consultation.refresh_from_db()
    made = commitments.pledge(leaving, consultation, factories.passage(consultation, "pol3"), promise(), uuid4())
    commitments.sign(leaving, made, uuid4(), seen_version=1)
    Benchmark.objects.create(consultation=consultation, date=now.date() - timedelta(days=1), name="First look")
    commitments.draft_progress(
        leaving, made, Benchmark.objects.get(), Told("under_way", "Begun."), uuid4(), seen_version=0
    )
    commitments.change(leaving, made, promise("Other."), uuid4(), seen_version=1)
    return made


def test_nobody_is_invited_by_who_is_removed(organisation, leaving, removal):
    invited = behind(
        removal, lambda: stakeholders.invite(leaving, organisation, "new@example.org", "focal_point", uuid4())
    )
    assert isinstance(invited, NotAllowed)
    assert not Invitation.objects.exists()


def test_no_token_is_made_by_who_is_removed(organisation, leaving, removal):
    wanted = Wanted("Sums", ["read"], 30)
    assert isinstance(behind(removal, lambda: programs.make_token(leaving, organisation, wanted, uuid4())), NotAllowed)
    assert not Token.objects.exists()


def test_no_token_is_taken_back_by_who_is_removed(organisation, leaving, removal):
    token, _secret = programs.make_token(leaving, organisation, Wanted("Sums", ["read"], 30), uuid4())
    assert isinstance(behind(removal, lambda: programs.revoke_token(leaving, token)), NotAllowed)
    assert Token.objects.get().revoked_at is None


def test_no_webhook_is_made_by_who_is_removed(consultation, organisation, leaving, removal):
    target = Target(organisation, "https://hooks.example.org/", ["comment.published"])
    made = behind(removal, lambda: programs.register_webhook(leaving, consultation, target, uuid4()))
    assert isinstance(made, NotAllowed)
    assert not Webhook.objects.exists()


def test_no_webhook_is_stopped_by_who_is_removed(consultation, organisation, leaving, removal):
    target = Target(organisation, "https://hooks.example.org/", ["comment.published"])
    hook, _made = programs.register_webhook(leaving, consultation, target, uuid4())
    assert isinstance(behind(removal, lambda: programs.stop_webhook(leaving, hook)), NotAllowed)
    assert Webhook.objects.get().stopped_at is None


def test_no_commitment_is_signed_by_who_is_removed(leaving, removal, commitment):
    signed = behind(removal, lambda: commitments.sign(leaving, commitment, uuid4(), seen_version=2))
    assert isinstance(signed, NotAllowed)
    assert CommitmentVersion.objects.get(state="signed").number == 1


def test_no_commitment_is_withdrawn_by_who_is_removed(leaving, removal, commitment):
    assert isinstance(behind(removal, lambda: commitments.withdraw(leaving, commitment, "No.")), NotAllowed)
    assert not CommitmentVersion.objects.filter(state="withdrawn").exists()


def test_no_progress_is_signed_by_who_is_removed(leaving, removal, commitment):
    benchmark = Benchmark.objects.get()
    signed = behind(removal, lambda: commitments.sign_progress(leaving, commitment, benchmark, uuid4(), seen_version=1))
    assert isinstance(signed, NotAllowed)
    assert Progress.objects.get().state == "draft"
