import gc
import os
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test import Client, TestCase, TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as properties

from consultation.consultations.models import Consultation
from consultation.record import triggers
from consultation.stakeholders.models import User
from consultation.throttling.limit import Limit
from tests import factories, prepared

# No property is wrong because a machine is slow.
properties.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
properties.load_profile("any machine")


def pytest_collection_finish():
    """What is loaded by now stays: the collector need not look at it a thousand times."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECURE_SSL_REDIRECT = False
    # What a test changes by hand leaves no entry; tests/consultations/test_public_pages.py keeps pages.
    settings.PAGES_KEPT_SECONDS = settings.FACTS_KEPT_SECONDS = 0
    # tests/throttling sets limits of its own.
    settings.LIMITS = dict.fromkeys(settings.LIMITS, Limit(0, 1))


@pytest.fixture(autouse=True)
def _each_test_has_its_own_newest_head(settings, tmp_path):
    """Nothing that a test rolled back was given out."""
    settings.RECORD_HEAD_FILE = str(tmp_path / "record-key.head")
    settings.ERASED_FILE = tmp_path / "erased"


@pytest.fixture(scope="session", autouse=True)
def _tables_are_emptied_between_tests():
    """Tests with real transactions empty every table afterwards, which the record refuses to anybody else.

    A worker that ends them before another worker's tests takes tests from it: they find what was loaded all the same.
    """
    empty, begin = TransactionTestCase._fixture_teardown, TestCase._enter_atomics.__func__
    is_empty = False

    def emptied(self):
        nonlocal is_empty
        triggers.drop(connection)
        empty(self)
        triggers.make(connection)
        is_empty = True

    def begun(cls):
        nonlocal is_empty
        if is_empty:
            prepared.load()
            is_empty = False
        return begin(cls)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", emptied)
        patch.setattr(TestCase, "_enter_atomics", classmethod(begun))
        yield


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker):
    """Every test finds the stakeholder groups and the report with its frameworks loaded, as an installation does."""
    if prepared.NAME:
        with django_db_blocker.unblock(), prepared.copied(prepared.NAME, str(os.getpid())):
            yield
        return
    request.getfixturevalue("django_db_setup")
    with django_db_blocker.unblock():
        prepared.load()
    yield


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
