"""A chair, a text under silence, and a clock that tests turn."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from consultation.consultations.models import Consultation, Officer
from consultation.record import clock
from consultation.silence.models import Procedure
from consultation.stakeholders.models import User
from tests import factories
from tests.silence import arranging


@pytest.fixture
def chair(consultation: Consultation) -> User:
    user = factories.UserFactory()
    Officer.objects.create(consultation=consultation, user=user, role=Officer.Role.RAPPORTEUR)
    return user


@pytest.fixture
def procedure(chair: User, consultation: Consultation) -> Procedure:
    return arranging.under_silence(chair, consultation)


@pytest.fixture
def turn(monkeypatch) -> Callable[[datetime | timedelta], None]:
    """Set the application's clock to an instant, or ahead by a time."""

    def turned(to: datetime | timedelta) -> None:
        now = clock.now() + to if isinstance(to, timedelta) else to
        monkeypatch.setattr(clock, "now", lambda: now)

    return turned
