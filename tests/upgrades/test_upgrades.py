"""A database that an earlier version made is brought to this one with every row that it held.

Each file is what `sqlite3.Connection.iterdump` gives of a database with sample data, without the search index, made by
the version that it is named for. docs/backup.md says how to go back.
"""

# ruff: noqa: S608 - the names are those of the tables

import gzip
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
# Filled anew by `migrate`: what the code consists of.
MADE_AGAIN = {"auth_permission", "django_content_type", "django_migrations", "sqlite_sequence", "cache"}


def rows(database: Path, columns=None):
    """Every row of every table, by the names of its columns: all of them, or those that are given."""
    with closing(sqlite3.connect(database)) as opened:
        names = [r[0] for r in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {}
        for name in set(names) - MADE_AGAIN if columns is None else set(columns):
            table = [r[1] for r in opened.execute(f"PRAGMA table_info({name})")]
            wanted = columns[name][0] if columns else table
            listed = ", ".join(f'"{column}"' for column in wanted)
            read = opened.execute(f"SELECT {listed} FROM {name}").fetchall()
            found[name] = (wanted, set(read))
        return found


@pytest.mark.parametrize("version", sorted(path.name.removesuffix(".sql.gz") for path in HERE.glob("*.sql.gz")))
def test_every_row_of_an_earlier_version_is_still_there(version, tmp_path):
    database = tmp_path / "consultation.sqlite3"
    with closing(sqlite3.connect(database)) as made:
        made.executescript(gzip.decompress((HERE / f"{version}.sql.gz").read_bytes()).decode())
    before = rows(database)
    environment = {**os.environ, "DATA_DIR": str(tmp_path), "DATABASE_URL": "", "SAMPLE_DATA": "1"}

    def manage(*arguments):
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        ran = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    manage("prepare")
    after = rows(database, before)
    lost = {name: held - after[name][1] for name, (_columns, held) in before.items()}
    assert {name: some for name, some in lost.items() if some} == {}
    assert sum(len(held) for _columns, held in before.values()) > 100
    entries = len(before["record_entry"][1])
    assert entries > 10
    assert manage("verify_record") == f"The record is whole: {entries} entries, {entries} of them sealed.\n"
