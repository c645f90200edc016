"""The running application on the test's own database, with the sample people."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection

from consultation.summaries import sample
from tests.faults.installation import Installation, installed


def database_url() -> str:
    """The address of the database that this test has to itself."""
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{at['NAME']}"
    return f"postgres://{at['USER']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"


@pytest.fixture
def sample_data(transactional_db) -> None:
    """What `manage.py prepare` leaves: the report, sample organisations and their people."""
    call_command("loaddata", "stakeholder-groups", "gfmd-gcm-cluster-1", verbosity=0)
    sample.load()


@pytest.fixture(scope="session")
def running(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Installation]:
    """What starts the application on this session's test database."""
    with django_db_blocker.unblock(), installed(tmp_path_factory.mktemp("running"), database_url()) as made:
        yield made


@pytest.fixture
def installation(running, sample_data, settings) -> Iterator[Installation]:
    """The application, not started yet; this process signs the record with its key."""
    settings.RECORD_KEY_FILE = str(running.data / "record-key")
    settings.RECORD_HEAD_FILE = f"{settings.RECORD_KEY_FILE}.head"
    yield running
    running.kill()
