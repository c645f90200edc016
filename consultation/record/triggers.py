"""What the database itself refuses: to change, delete or empty the record. docs/decisions/101.

Two openings, each as narrow as its purpose: a leaf takes its place once, and a salt goes where its erasure is written.
"""

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ("entry", "leaf", "salt", "erasure", "node", "head", "key", "identity")
_SEALED = (
    "OLD.seq IS NULL AND NEW.seq IS NOT NULL AND NEW.entry_id = OLD.entry_id"
    " AND NEW.commitment = OLD.commitment AND NEW.code = OLD.code AND COALESCE(NEW.owner, -1) = COALESCE(OLD.owner, -1)"
)
_ERASED = "EXISTS (SELECT 1 FROM record_erasure e WHERE e.entry_id = OLD.entry_id AND e.part = OLD.part)"
ALLOWED = {("leaf", "UPDATE"): _SEALED, ("salt", "DELETE"): _ERASED}
SENTENCE = "The record is append-only."


def name(table: str, event: str) -> str:
    """What the trigger of this table for this event is called."""
    return f"record_{table}_no_{event.lower()}"


def expected() -> set[str]:
    """The names of all triggers that a row can meet."""
    return {name(table, event) for table in TABLES for event in ("UPDATE", "DELETE")}


def present(connection: BaseDatabaseWrapper) -> set[str]:
    """The names of those that are there and switched on."""
    sqlite = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'record_%%'"
    postgres = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D' AND tgname LIKE 'record_%%'"
    with connection.cursor() as cursor:
        cursor.execute(sqlite if connection.vendor == "sqlite" else postgres, [])
        return {row[0] for row in cursor.fetchall()} & expected()


def make(connection: BaseDatabaseWrapper) -> None:
    """Make every trigger anew. A migration that alters one of these tables on SQLite loses them: call this after it."""
    drop(connection)
    _run(connection, _make_sqlite() if connection.vendor == "sqlite" else _make_postgres())


def drop(connection: BaseDatabaseWrapper) -> None:
    """Remove every trigger: for a database that is thrown away or filled anew."""
    if connection.vendor == "sqlite":
        _run(connection, (f"DROP TRIGGER IF EXISTS {n}" for n in sorted(expected())))
        return
    _run(connection, _drop_postgres())


def _run(connection: BaseDatabaseWrapper, statements: Iterator[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _events() -> Iterator[tuple[str, str, str]]:
    for table in TABLES:
        for event in ("UPDATE", "DELETE"):
            yield table, event, ALLOWED.get((table, event), "")


def _make_sqlite() -> Iterator[str]:
    for table, event, allowed in _events():
        unless = f"WHEN NOT ({allowed}) " if allowed else ""
        yield (
            f"CREATE TRIGGER {name(table, event)} BEFORE {event} ON record_{table} {unless}"
            f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
        )


def _make_postgres() -> Iterator[str]:
    yield (
        "CREATE OR REPLACE FUNCTION record_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for (table, event), allowed in ALLOWED.items():
        kept = "NEW" if event == "UPDATE" else "OLD"
        yield (
            f"CREATE OR REPLACE FUNCTION record_refuse_{table}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF {allowed} THEN RETURN {kept}; END IF; "
            f"RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
    for table, event, allowed in _events():
        refuse = f"record_refuse_{table}" if allowed else "record_refuse"
        yield (
            f"CREATE TRIGGER {name(table, event)} BEFORE {event} ON record_{table} "
            f"FOR EACH ROW EXECUTE FUNCTION {refuse}()"
        )
    for table in TABLES:
        yield (
            f"CREATE TRIGGER {name(table, 'TRUNCATE')} BEFORE TRUNCATE ON record_{table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION record_refuse()"
        )


def _drop_postgres() -> Iterator[str]:
    for table in TABLES:
        for event in ("UPDATE", "DELETE", "TRUNCATE"):
            yield f"DROP TRIGGER IF EXISTS {name(table, event)} ON record_{table}"
