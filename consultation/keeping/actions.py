"""Backing up and restoring a whole installation. docs/backup.md, docs/decisions/102."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from consultation.keeping import archive, postgres, sqlite
from consultation.keeping.errors import BackupProblem
from consultation.record import clock
from consultation.secretariat.actions import erase_again
from consultation.stakeholders import erased
from consultation.stakeholders.models import User

UPLOADS, ERASED = "uploads", "erased.json"


def backup(target: Path, key: bytes | None = None) -> dict[str, Any]:
    """Write the database as it is at one instant, the uploads and the list of erased people; gives the manifest.

    Others go on working. Raises `BackupProblem`.
    """
    with _directory() as directory, _own_connection() as own:
        engine = sqlite if own.vendor == "sqlite" else postgres
        migrations = sorted(MigrationRecorder(own).applied_migrations())
        manifest = {
            "v": 1,
            "made_at": clock.now().isoformat(),
            "engine": own.vendor,
            "migrations": migrations,
            "tables": engine.dump(own, directory),
        }
        (directory / ERASED).write_text(json.dumps(erased.listed()), encoding="utf-8")
        files = {p.relative_to(directory).as_posix(): p for p in sorted(directory.rglob("*")) if p.is_file()}
        # After the database: every file that a row names is there by now.
        files |= {f"{UPLOADS}/{name}": path for name, path in _uploads().items()}
        archive.write(target, files, manifest, key)
    return manifest


def restore(source: Path, key: bytes | None = None, *, replace: bool = False) -> dict[str, Any]:
    """Put a backup in the place of this installation's database and uploads; gives the manifest.

    The whole backup is checked before anything is changed, and each table after it was filled. Who was erased since is
    erased again, nobody stays signed in, and the tables are brought to this version. Raises `BackupProblem`.
    """
    with _directory() as directory:
        manifest = archive.unpack(source, directory, key)
        if manifest["engine"] != connection.vendor:
            raise BackupProblem(f"This is a backup of {manifest['engine']}, and the database is {connection.vendor}.")
        if not replace and _holds_something():
            raise BackupProblem("There is data here. Restore into an empty installation, or add --replace.")
        gone = erased.merged(erased.listed(), json.loads((directory / ERASED).read_text(encoding="utf-8")))
        engine: Any = sqlite if connection.vendor == "sqlite" else postgres
        if engine is sqlite:
            sqlite.load(connection, directory)
        else:
            postgres.load(connection, directory, manifest)
        if (there := engine.tables(connection)) != manifest["tables"]:
            different = [name for name in manifest["tables"] if there.get(name) != manifest["tables"][name]]
            raise BackupProblem(f"Not restored as it was backed up: {', '.join(different)}.")
        _replace_uploads(directory / UPLOADS)
        call_command("migrate", interactive=False, verbosity=0)
        Session.objects.all().delete()
        erased.keep(gone)
        manifest["erased_again"] = erase_again(gone)
    return manifest


def _uploads() -> dict[str, Path]:
    root = Path(settings.MEDIA_ROOT)
    return {p.relative_to(root).as_posix(): p for p in sorted(root.rglob("*")) if p.is_file()}


def _replace_uploads(restored: Path) -> None:
    root = Path(settings.MEDIA_ROOT)
    shutil.rmtree(root, ignore_errors=True)
    if restored.is_dir():
        shutil.copytree(restored, root)


def _holds_something() -> bool:
    there = connection.introspection.table_names()
    return bool(_uploads()) or (User._meta.db_table in there and User.objects.exists())


@contextmanager
def _directory() -> Iterator[Path]:
    """A place beside the data that only this user reads, gone afterwards."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix=".backup-") as name:
        yield Path(name)


@contextmanager
def _own_connection() -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own, in no transaction."""
    own = connections.create_connection("default")
    try:
        yield own
    finally:
        own.close()
