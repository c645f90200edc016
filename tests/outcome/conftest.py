from datetime import timedelta

import pytest

from consultation.consultations.models import Consultation, Officer
from consultation.record import clock
from consultation.stakeholders.models import StakeholderGroup
from tests import factories


@pytest.fixture
def rapporteur(consultation):
    user = factories.UserFactory()
    Officer.objects.create(consultation=consultation, user=user, role=Officer.Role.RAPPORTEUR)
    return user


@pytest.fixture
def civil(consultation):
    """The focal point of a civil society organisation."""
    group = StakeholderGroup.objects.get(slug="civil-society")
    return factories.focal_point(consultation, factories.OrganisationFactory(group=group))


@pytest.fixture
def close(consultation):
    """Close the consultation now."""

    def closing():
        now = clock.now()
        Consultation.objects.filter(pk=consultation.pk).update(
            opens_at=now - timedelta(days=2), closes_at=now - timedelta(minutes=1)
        )
        consultation.refresh_from_db()

    return closing
