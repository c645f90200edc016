"""Two people publish, save or sign at the same instant: one effect, and the other is told. On the real databases."""

from datetime import timedelta
from uuid import uuid4

import pytest

from consultation.commitments import actions as commitments
from consultation.commitments.models import CommitmentVersion
from consultation.consultations.errors import Closed
from consultation.consultations.models import Consultation, Officer
from consultation.outcome import actions, documents
from consultation.outcome.composition import Choices, Texts
from consultation.outcome.models import Outcome, OutcomeVersion
from consultation.positions.models import PositionVersion
from consultation.record import clock
from consultation.record.errors import Changed, Refusal
from consultation.record.models import Entry
from tests import factories
from tests.commitments.test_commitments import promise
from tests.races.test_at_once import _report_is_loaded, at_once  # noqa: F401 - a fixture
from tests.races.waiting import behind, postgresql

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def closed(consultation):
    now = clock.now()
    Consultation.objects.filter(pk=consultation.pk).update(
        opens_at=now - timedelta(days=2), closes_at=now - timedelta(minutes=1)
    )
    return Consultation.objects.select_related("report").get(pk=consultation.pk)


@pytest.fixture
def rapporteurs(closed):
    people = [factories.UserFactory() for _ in range(3)]
    for person in people:
        Officer.objects.create(consultation=closed, user=person, role=Officer.Role.RAPPORTEUR)
    return people


def test_of_rapporteurs_who_save_at_once_one_saves_and_the_others_are_told(closed, rapporteurs):
    answers = at_once(
        *[
            lambda who=who: actions.save_outcome(who, closed, Choices(), Texts(f"By {who.pk}."), seen_version=0)
            for who in rapporteurs
        ]
    )
    assert sum(isinstance(answer, Refusal) for answer in answers) == 2
    assert Outcome.objects.get().version == 1


def test_of_rapporteurs_who_publish_at_once_one_version_is_published(closed, rapporteurs):
    actions.save_outcome(rapporteurs[0], closed, Choices(), Texts("Words."), seen_version=0)
    seen = documents.draft_of(closed, clock.now(), "x", Choices(), Texts()).fingerprint

    def publish(who):
        return actions.publish_outcome(
            who, closed, uuid4(), lambda number: f"v{number}", seen_version=1, seen_fingerprint=seen
        )

    answers = at_once(*[lambda who=who: publish(who) for who in rapporteurs])
    assert sum(isinstance(answer, Refusal) for answer in answers) == 2
    assert OutcomeVersion.objects.count() == 1
    assert Entry.objects.filter(kind="outcome.published").count() == 1


def test_focal_points_who_sign_and_change_at_once_leave_one_signed_version(closed):
    Consultation.objects.filter(pk=closed.pk).update(outcome_published_at=clock.now())
    closed.refresh_from_db()
    signer = factories.focal_point(closed)
    pol3 = factories.passage(closed, "pol3")
    commitment = commitments.pledge(signer, closed, pol3, promise(), uuid4())
    at_once(
        *[lambda: commitments.sign(signer, commitment, uuid4(), seen_version=1)] * 3,
        *[lambda: commitments.change(signer, commitment, promise("Other."), uuid4(), seen_version=1)] * 3,
    )
    assert CommitmentVersion.objects.filter(state="signed").count() <= 1
    assert CommitmentVersion.objects.filter(state="draft").count() <= 1
    assert Entry.objects.filter(kind="commitment.signed").count() <= 1


@pytest.fixture
def late_signer(closed):
    """A focal point whom a code lets in after closing."""
    signer = factories.focal_point(closed)
    factories.let_in(signer, closed)
    return signer


@pytest.fixture
def publish(closed, rapporteurs):
    """Publish the outcome as it was when this was arranged."""
    actions.save_outcome(rapporteurs[0], closed, Choices(), Texts("Words."), seen_version=0)

    def publish():
        seen = documents.draft_of(closed, clock.now(), "x", Choices(), Texts()).fingerprint
        return actions.publish_outcome(
            rapporteurs[0], closed, uuid4(), lambda number: f"v{number}", seen_version=1, seen_fingerprint=seen
        )

    return publish


@postgresql
def test_the_outcome_waits_for_a_late_signature_and_is_checked_again_with_it(closed, late_signer, publish):
    answer = behind(lambda: factories.signed(late_signer, closed), publish)
    assert isinstance(answer, Changed)
    assert not OutcomeVersion.objects.exists()
    assert factories.organisation_of(late_signer).name in str(publish().data)


@postgresql
def test_a_late_signature_waits_for_the_outcome_and_comes_too_late(closed, late_signer, publish):
    assert isinstance(behind(publish, lambda: factories.signed(late_signer, closed)), Closed)
    assert not PositionVersion.objects.exists()
    assert OutcomeVersion.objects.count() == 1
