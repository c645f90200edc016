"""Copying PostgreSQL: every table by COPY in one transaction that sees one instant; back into empty tables."""

import hashlib
from pathlib import Path
from typing import Any

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from consultation.keeping.errors import BackupProblem
from consultation.record import triggers

_DIRECTORY = "tables"
_NAMES = (
    "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind = 'r' AND n.nspname = current_schema() ORDER BY 1"
)
_COLUMNS = (
    "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema()"
    " AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position"
)
_KEY = (
    "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)"
    " WHERE i.indisprimary AND i.indrelid = %s::regclass ORDER BY array_position(i.indkey, a.attnum)"
)


def dump(connection: BaseDatabaseWrapper, directory: Path) -> dict[str, Any]:
    """Copy every table as it is at one instant, while others write; gives rows, digest and sequence of each."""
    (directory / _DIRECTORY).mkdir()
    raw = _raw(connection)
    with raw.transaction():
        raw.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return {name: _copy_out(raw, name, directory / _DIRECTORY / name) for name in _names(raw)}


def tables(connection: BaseDatabaseWrapper) -> dict[str, Any]:
    """Rows, digest and sequence of each table of this database."""
    raw = _raw(connection)
    return {name: _copy_out(raw, name, None) for name in _names(raw)}


def load(connection: BaseDatabaseWrapper, directory: Path, manifest: dict[str, Any]) -> None:
    """Make the tables as they were when the copy was made, and fill them in one transaction.

    Raises `BackupProblem`, before anything is changed, for a copy that a newer version made.
    """
    applied = {(app, name) for app, name in manifest["migrations"]}
    unknown = applied - set(MigrationExecutor(connection).loader.graph.nodes)
    if unknown:
        raise BackupProblem(f"A newer version made this backup: it knows {min(unknown)}. Restore it with that version.")
    _drop_all(_raw(connection))
    executor = MigrationExecutor(connection)
    nodes = executor.loader.graph.node_map
    executor.migrate([node for node in applied if not any(child.key in applied for child in nodes[node].children)])
    raw = _raw(connection)
    with raw.transaction():
        if set(_names(raw)) != set(manifest["tables"]):
            raise BackupProblem("The tables of this version are not those of the backup. The database is empty now.")
        triggers.drop(connection)
        raw.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(map(sql.Identifier, _names(raw)))))
        for name, told in manifest["tables"].items():
            _copy_in(raw, name, directory / _DIRECTORY / name, told)
        raw.execute("SET CONSTRAINTS ALL IMMEDIATE")
        triggers.make(connection)


def _raw(connection: BaseDatabaseWrapper) -> "psycopg.Connection[Any]":
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    return raw


def _names(raw: "psycopg.Connection[Any]") -> list[str]:
    return [row[0] for row in raw.execute(_NAMES).fetchall()]


def _columns(raw: "psycopg.Connection[Any]", name: str) -> sql.Composed:
    return _listed([row[0] for row in raw.execute(_COLUMNS, (name,)).fetchall()])


def _listed(names: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _copy_out(raw: "psycopg.Connection[Any]", name: str, path: Path | None) -> dict[str, Any]:
    """Copy one table, in the order of its key, to this file, or nowhere."""
    columns = _columns(raw, name)
    key = [row[0] for row in raw.execute(_KEY, (sql.Identifier(name).as_string(raw),)).fetchall()]
    order = sql.SQL(" ORDER BY {}").format(_listed(key)) if key else sql.SQL("")
    digest, rows = hashlib.sha256(), 0
    command = sql.SQL("COPY (SELECT {} FROM {}{}) TO STDOUT").format(columns, sql.Identifier(name), order)
    with raw.cursor().copy(command) as copied, (path or Path("/dev/null")).open("wb") as file:
        for line in copied:
            block = bytes(line)
            digest.update(block)
            file.write(block)
            rows += block.count(b"\n")
    return {"rows": rows, "sha256": digest.hexdigest(), "sequences": _sequences(raw, name)}


def _copy_in(raw: "psycopg.Connection[Any]", name: str, path: Path, told: dict[str, Any]) -> None:
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(name), _columns(raw, name))
    with raw.cursor().copy(command) as copied, path.open("rb") as file:
        while block := file.read(1024 * 1024):
            copied.write(block)
    for sequence, (last, is_called) in told["sequences"].items():
        raw.execute("SELECT setval(%s::regclass, %s, %s)", (sequence, last, is_called))


def _sequences(raw: "psycopg.Connection[Any]", name: str) -> dict[str, list[Any]]:
    """The sequences that give this table its numbers, and where they stand."""
    found = raw.execute(
        "SELECT s.relname FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass"
        " WHERE s.relkind = 'S' AND d.refobjid = %s::regclass AND d.deptype IN ('a', 'i')",
        (sql.Identifier(name).as_string(raw),),
    ).fetchall()
    stands = sql.SQL("SELECT last_value, is_called FROM {}")
    return {row[0]: list(raw.execute(stands.format(sql.Identifier(row[0]))).fetchone() or ()) for row in found}


def _drop_all(raw: "psycopg.Connection[Any]") -> None:
    names = _names(raw)
    if names:
        raw.execute(sql.SQL("DROP TABLE {} CASCADE").format(_listed(names)))
