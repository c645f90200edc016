from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from consultation.record import clock
from consultation.stakeholders.models import User
from tests import factories


@pytest.fixture
def secretariat(db) -> User:
    return factories.secretariat()


@pytest.fixture
def turn(monkeypatch) -> Callable[[datetime | timedelta], None]:
    """Set the application's clock to an instant, or ahead by a time."""

    def turned(to: datetime | timedelta) -> None:
        now = clock.now() + to if isinstance(to, timedelta) else to
        monkeypatch.setattr(clock, "now", lambda: now)

    return turned
