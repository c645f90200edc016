"""The database that tests copy: made by the migrations once, with what an installation has loaded.

`python -m tests.prepared NAME` makes it in the database of the environment: a path of SQLite, a name of PostgreSQL.
With PREPARED=NAME each process that tests takes a copy of its own instead of running the migrations again.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import connection

NAME = os.environ.get("PREPARED", "")
LOADED = ("stakeholder-groups", "gfmd-gcm-cluster-1", "gfmd-gcm-cluster-1-frameworks")


def load() -> None:
    """The stakeholder groups and the report with its frameworks, as an installation has them."""
    call_command("loaddata", *LOADED, verbosity=0)


@contextmanager
def copied(name: str, suffix: str) -> Iterator[None]:
    """The connection leads to a copy of the database of this name, which is gone afterwards."""
    before = settings.DATABASES["default"]["NAME"]
    _lead_to(name)
    connection.creation.clone_test_db(suffix, verbosity=0)
    _lead_to(connection.creation.get_test_db_clone_settings(suffix)["NAME"])
    try:
        yield
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


def _lead_to(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def _prepare(name: str) -> None:
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    load()
    connection.close()  # else SQLite keeps the newest rows in a file beside it, and PostgreSQL copies nothing


if __name__ == "__main__":
    import gc

    import django

    from tests import environment  # noqa: F401 - before Django reads its settings

    os.environ["DJANGO_SETTINGS_MODULE"] = "consultation.settings"
    gc.disable()  # the models are made anew for each migration, and it looks at all of them
    django.setup()
    _prepare(sys.argv[1])
