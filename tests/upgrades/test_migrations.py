"""Migrations that run while the earlier version still serves: what would break it, lock a long table or not go back.

Read from the migrations themselves; no database. What a released version has already applied is not asked again.
docs/upgrading.md says what is safe and how to do the rest in steps.
"""

import gzip
import re
from pathlib import Path

from django.apps import apps
from django.db import models
from django.db.migrations import operations as ops
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

HERE = Path(__file__).parent
# Read or written by a version that still runs.
TAKES_AWAY = (ops.RemoveField, ops.DeleteModel, ops.RenameField, ops.RenameModel, ops.AlterModelTable)
# Checked or built over every row, with a lock that writers wait for.
OVER_ALL_ROWS = (ops.AddIndex, ops.AddConstraint, ops.AlterUniqueTogether)
# Tables that grow with every contribution.
LONG = {
    *("record.entry", "record.leaf", "record.node", "discussion.comment", "discussion.commentrevision"),
    *("positions.position", "positions.positionversion", "moderation.decision", "practices.practicerevision"),
    *("notifications.notification", "notifications.mail", "dispositions.dispositionversion"),
}


def released() -> set[tuple[str, str]]:
    """The migrations that the newest released version has applied, as its kept database tells."""
    newest = max(HERE.glob("*.sql.gz"), key=lambda path: [int(n) for n in path.name.removesuffix(".sql.gz").split(".")])
    text = gzip.decompress(newest.read_bytes()).decode()
    return set(re.findall(r"INSERT INTO \"?django_migrations\"? VALUES\(\d+,'(\w+)','(\w+)'", text))


def known() -> dict[str, str]:
    """Operations that were looked at, with the reason why they may stay; docs/upgrading.md."""
    lines = (HERE / "looked-at.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines if line and not line.startswith("#"))


def problem(operation: Operation, app: str, state: ProjectState, new: set[str]) -> str:
    """Why this operation is not safe while the earlier version serves, or ""."""
    if isinstance(operation, ops.RunPython | ops.RunSQL) and not operation.reversible:
        return "cannot be taken back"
    model = getattr(operation, "model_name", getattr(operation, "name", ""))
    table = f"{app}.{model}".lower()
    if table in new:
        return ""
    if isinstance(operation, ops.AddField):
        return _added(operation.field)
    if isinstance(operation, ops.AlterField):
        return _altered(state.models[app, model.lower()].fields[operation.name], operation.field)
    if isinstance(operation, TAKES_AWAY):
        return "takes away what the earlier version reads"
    long = isinstance(operation, OVER_ALL_ROWS) and table in LONG
    return "goes over all rows of a long table" if long else ""


def _added(field: models.Field) -> str:
    """The earlier version writes rows that do not name the new column."""
    filled = field.null or field.has_db_default() or field.many_to_many
    return "" if filled else "is a column that the earlier version cannot fill: it has no db_default"


def _altered(old: models.Field, new: models.Field) -> str:
    if old.null and not new.null:
        return "forbids NULL, which the earlier version writes"
    if old.get_internal_type() != new.get_internal_type() or (old.max_length or 0) > (new.max_length or 10**9):
        return "changes the type of a column"
    return ""


def problems() -> dict[str, str]:
    """Every unsafe operation of a migration that no release has applied, by app, migration, operation and name."""
    loader = MigrationLoader(None)
    state, done, new, found = ProjectState(real_apps=loader.unmigrated_apps), released(), set(), {}
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("consultation.")}
    for app, name in loader.graph._generate_plan(loader.graph.leaf_nodes(), at_end=True):
        migration = loader.graph.nodes[app, name]
        asked = app in ours and (app, name) not in done
        if asked:
            new |= {f"{app}.{o.name}".lower() for o in migration.operations if isinstance(o, ops.CreateModel)}
        for operation in migration.operations:
            if asked and (why := problem(operation, app, state, new)):
                found[f"{app}.{name} {type(operation).__name__} {_named(operation)}"] = why
            operation.state_forwards(app, state)
    return found


def _named(operation: Operation) -> str:
    """What the operation is about: a column, a constraint, an index or a function."""
    part = getattr(operation, "constraint", None) or getattr(operation, "index", None) or operation
    told = getattr(part, "name", "") or getattr(getattr(part, "code", None), "__name__", "")
    model = getattr(operation, "model_name", "")
    return f"{model}.{told}" if model else told or "-"


def test_no_migration_breaks_what_still_serves_unless_it_was_looked_at():
    found = problems()
    unsafe = [f"{where}: {why}" for where, why in found.items() if where not in known()]
    assert not unsafe, "\n".join(unsafe)
    assert known().keys() <= found.keys()  # what is no problem any more needs no word


def test_the_check_finds_each_kind():
    state = ProjectState()
    text = {"old": models.CharField(max_length=9, null=True)}
    ops.CreateModel("Comment", [("id", models.AutoField(primary_key=True)), *text.items()]).state_forwards(
        "discussion", state
    )
    unsafe = [
        ops.RemoveField("comment", "old"),
        ops.RenameField("comment", "old", "new"),
        ops.DeleteModel("Comment"),
        ops.AddField("comment", "added", models.IntegerField(default=0)),
        ops.AlterField("comment", "old", models.CharField(max_length=9)),
        ops.AlterField("comment", "old", models.CharField(max_length=3, null=True)),
        ops.AlterField("comment", "old", models.IntegerField(null=True)),
        ops.AddIndex("comment", models.Index(fields=["old"], name="x")),
        ops.AddConstraint("comment", models.UniqueConstraint(fields=["old"], name="y")),
        ops.RunPython(lambda _apps, _editor: None),
        ops.RunSQL("SELECT 1"),
    ]
    safe = [
        ops.AddField("comment", "added", models.IntegerField(null=True)),
        ops.AddField("comment", "added", models.IntegerField(default=0, db_default=0)),
        ops.AlterField("comment", "old", models.CharField(max_length=99, null=True)),
        ops.RunPython(lambda _apps, _editor: None, ops.RunPython.noop),
    ]
    assert [bool(problem(operation, "discussion", state, set())) for operation in unsafe] == [True] * len(unsafe)
    assert [problem(operation, "discussion", state, set()) for operation in safe] == [""] * len(safe)
    assert problem(unsafe[0], "discussion", state, {"discussion.comment"}) == ""
