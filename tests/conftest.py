from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from consultation.consultations.models import Consultation
from consultation.stakeholders.models import User
from tests import factories


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECURE_SSL_REDIRECT = False


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Every test finds the stakeholder groups and the report with its frameworks loaded, as an installation does."""
    with django_db_blocker.unblock():
        call_command(
            "loaddata",
            "stakeholder-groups",
            "gfmd-gcm-cluster-1",
            "gfmd-gcm-cluster-1-frameworks",
            verbosity=0,
        )


@pytest.fixture
def consultation(db) -> Consultation:
    return factories.ConsultationFactory()


@pytest.fixture
def moderator(consultation) -> User:
    return factories.moderator(consultation)


@pytest.fixture
def contributor(consultation) -> User:
    return factories.delegate(consultation)


@pytest.fixture
def focal_point(consultation, contributor) -> User:
    return factories.focal_point(consultation, factories.organisation_of(contributor))


@pytest.fixture
def as_user() -> Callable[[User | None], Client]:
    """A browser signed in as this person, or as nobody."""

    def browser(user: User | None) -> Client:
        client = Client()
        if user:
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return browser


@pytest.fixture
def commits(monkeypatch) -> None:
    """What waits for the commit happens at once: these tests run in a transaction that is never committed."""
    monkeypatch.setattr(transaction, "on_commit", lambda act, **_how: act())
