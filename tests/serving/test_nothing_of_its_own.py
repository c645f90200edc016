"""A machine that serves keeps nothing that another needs: what is shared is in the database."""

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import models

from consultation.stakeholders import actions as stakeholders
from consultation.stakeholders import erased
from tests import factories


def test_no_table_refers_to_a_file_on_a_disk():
    """What is uploaded (reports, session documents, spreadsheets) is read and kept as rows."""
    fields = [field for model in apps.get_models() for field in model._meta.get_fields()]
    assert [field for field in fields if isinstance(field, models.FileField)] == []


def test_sessions_and_counts_of_tries_are_in_the_database():
    assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.db"
    assert settings.CACHES["default"]["BACKEND"] == "django.core.cache.backends.db.DatabaseCache"


def test_who_was_erased_on_one_machine_is_soon_on_the_list_of_each_that_has_a_worker(contributor, settings):
    stakeholders.erase_person(factories.secretariat(), contributor)
    here = erased.listed()
    assert here
    Path(settings.ERASED_FILE).unlink(missing_ok=True)  # another machine's directory
    call_command("work", "--once")
    kept = Path(settings.ERASED_FILE).read_text(encoding="ascii").splitlines()
    call_command("work", "--once")
    assert len(kept) == len(here) == len(Path(settings.ERASED_FILE).read_text(encoding="ascii").splitlines())
