"""The list of erased people, outside of the database: a restored backup does not bring them back.

It names nobody: the number of the account and the instant at which it was made, which together no other account has.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db import connection

from consultation.stakeholders.models import User

Erased = list[list[str]]


def listed() -> Erased:
    """Everybody who was erased here: by the list, and by the database."""
    path = Path(settings.ERASED_FILE)
    kept = [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()] if path.exists() else []
    return merged(kept, _in_database())


def merged(*lists: Erased) -> Erased:
    """One list of several, each account once."""
    return [list(one) for one in sorted({tuple(one) for some in lists for one in some})]


def keep(more: Erased) -> None:
    """Add to the list what is not on it yet. On the disk before it returns."""
    path = Path(settings.ERASED_FILE)
    kept = (
        {tuple(json.loads(line)) for line in path.read_text(encoding="ascii").splitlines()} if path.exists() else set()
    )
    with path.open("a", encoding="ascii") as file:
        for one in more:
            if tuple(one) not in kept:
                file.write(json.dumps(list(one)) + "\n")
        file.flush()
        os.fsync(file.fileno())


def keep_what_the_database_knows() -> None:
    """Add to the list of this machine who was erased on another. docs/decisions/119."""
    known = _in_database()
    if known:
        keep(known)


def name_of(user: User) -> list[str]:
    """How the list names an account."""
    return [str(user.pk), user.date_joined.isoformat()]


def accounts(names: Iterable[Iterable[str]]) -> list[User]:
    """The accounts of these names that are there and not erased."""
    wanted = {tuple(name) for name in names}
    found = User.objects.filter(pk__in=[int(pk) for pk, _joined in wanted], erased_at=None).order_by("pk")
    return [user for user in found if tuple(name_of(user)) in wanted]


def _in_database() -> Erased:
    if User._meta.db_table not in connection.introspection.table_names():
        return []
    return [name_of(user) for user in User.objects.exclude(erased_at=None)]
