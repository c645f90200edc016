"""A chair, a text under silence, and a clock that tests turn."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from consultation.consultations.models import Consultation
from consultation.record import clock
from consultation.silence.models import Procedure
from consultation.stakeholders.models import User
from tests import factories

DAY = timedelta(days=1)


def under_silence(chair: User, consultation: Consultation, *refs: str) -> Procedure:
    """A procedure of this chair, on two recommendations where none is named."""
    return factories.under_silence(consultation, *(refs or ("pol3", "pra7a")), by=chair)


@pytest.fixture
def chair(consultation: Consultation) -> User:
    return factories.chair(consultation)


@pytest.fixture
def procedure(chair: User, consultation: Consultation) -> Procedure:
    return under_silence(chair, consultation)


@pytest.fixture
def turn(monkeypatch) -> Callable[[datetime | timedelta], None]:
    """Set the application's clock to an instant, or ahead by a time."""

    def turned(to: datetime | timedelta) -> None:
        now = clock.now() + to if isinstance(to, timedelta) else to
        monkeypatch.setattr(clock, "now", lambda: now)

    return turned
