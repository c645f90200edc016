"""Appending to the record."""

from datetime import datetime
from typing import Any

from django.db import connection, models

from consultation.record import clock
from consultation.record.models import Entry, subject_name


def append(
    kind: str,
    subject: models.Model,
    *,
    actor: Any = None,
    consultation: str = "",
    at: datetime | None = None,
    **content: Any,
) -> Entry:
    """Write one entry about `subject` (saved) and return it.

    Only inside a transaction, the one of the change it tells of; raises `RuntimeError` outside of one.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"The entry {kind} must be written in the transaction of the change it tells of.")
    return Entry.objects.create(
        kind=kind,
        subject=subject_name(subject),
        actor=actor,
        consultation=consultation,
        at=at or clock.now(),
        content=content,
    )


def hold(thing: models.Model) -> None:
    """Hold this row until the transaction ends, so that changes of one thing come one after the other.

    Read the row again afterwards, in a query of its own: PostgreSQL gives the rows that a locking query joins as
    they were before it waited. Rows that only refer to this one can still be written.
    """
    type(thing)._default_manager.select_for_update(no_key=True).filter(pk=thing.pk).values_list("pk").get()
