"""Programs that ask the API, with and without a token."""

import json
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from consultation.api import actions
from consultation.api.models import Scope
from consultation.record import clock
from consultation.throttling.limits import COUNTS
from tests import factories


class Program:
    """A program: it keeps no cookies and reads no pages."""

    def __init__(self, secret: str = "") -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.headers = {"authorization": f"Bearer {secret}"} if secret else {}

    def get(self, address: str, **headers: str):
        return self.client.get(f"/api/v1/{address}", headers={**self.headers, **headers})

    def post(self, address: str, data: object, key: object = None, **headers: str):
        sent = {**self.headers, "idempotency-key": str(key or uuid4()), **headers}
        return self.client.post(f"/api/v1/{address}", json.dumps(data), content_type="application/json", headers=sent)


@pytest.fixture(autouse=True)
def _every_test_has_its_own_minute():
    COUNTS.clear()


@pytest.fixture
def program() -> Program:
    return Program()


@pytest.fixture
def with_token(focal_point) -> Callable[..., Program]:
    """A program of the contributor's organisation, with a token that its focal point made."""

    def made(*scopes: str, days: int = 30) -> Program:
        organisation = factories.organisation_of(focal_point)
        chosen = list(scopes) or [Scope.READ.value, Scope.DRAFTS.value]
        wanted = actions.Wanted("A program", chosen, days)
        _token, secret = actions.make_token(focal_point, organisation, wanted, uuid4())
        return Program(secret)

    return made


@pytest.fixture
def turn(monkeypatch) -> Callable[[timedelta], None]:
    """Set the application's clock ahead."""

    def turned(by: timedelta) -> None:
        now = clock.now() + by
        monkeypatch.setattr(clock, "now", lambda: now)

    return turned
