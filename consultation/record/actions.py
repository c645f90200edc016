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
