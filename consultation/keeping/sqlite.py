"""Copying SQLite: its own online backup, there and back."""

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from consultation.keeping.errors import BackupProblem

FILE = "database.sqlite3"


def dump(connection: BaseDatabaseWrapper, directory: Path) -> dict[str, Any]:
    """Copy the database as it is at one instant, while others write; gives rows and digest of each table."""
    connection.ensure_connection()
    path = directory / FILE
    with closing(sqlite3.connect(path)) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE").fetchall()
        return _tables(copy)


def load(connection: BaseDatabaseWrapper, directory: Path) -> None:
    """Put the copy in the place of this database, in one step. Raises `BackupProblem` for a copy that is not sound."""
    with closing(sqlite3.connect(directory / FILE)) as copy:
        if copy.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            raise BackupProblem("The copy of the database is damaged.")
        if copy.execute("PRAGMA foreign_key_check").fetchall():
            raise BackupProblem("Rows of the copy refer to rows that are not in it.")
        connection.ensure_connection()
        copy.backup(connection.connection)
    connection.close()


def tables(connection: BaseDatabaseWrapper) -> dict[str, Any]:
    """Rows and digest of each table of this database."""
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as plain:  # gives values as they are stored
        return _tables(plain)


def _tables(database: sqlite3.Connection) -> dict[str, Any]:
    listed = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE ? ORDER BY 1"
    )
    names = [row[0] for row in database.execute(listed, ("CREATE VIRTUAL%",))]
    return {name: _table(database, name) for name in names}


def _table(database: sqlite3.Connection, name: str) -> dict[str, Any]:
    columns = len(database.execute(f'PRAGMA table_info("{name}")').fetchall())
    order = ", ".join(str(number + 1) for number in range(columns))
    digest, rows = hashlib.sha256(), 0
    for row in database.execute(f'SELECT * FROM "{name}" ORDER BY {order}'):  # noqa: S608 - its own tables
        digest.update(json.dumps([str(v) if isinstance(v, bytes) else v for v in row]).encode() + b"\n")
        rows += 1
    return {"rows": rows, "sha256": digest.hexdigest()}
