"""Appending to the record, and the one way to erase from it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import connection, models

from consultation.record import clock, evidence, leaves
from consultation.record.models import Entry, Erasure, Part, Salt, subject_name

_ERASED_AT_ONCE = 500
_together: ContextVar[list[Entry] | None] = ContextVar("_together", default=None)


def append(
    kind: str,
    subject: models.Model,
    *,
    actor: Any = None,
    consultation: str = "",
    at: datetime | None = None,
    **content: Any,
) -> Entry:
    """Write one entry about `subject` (saved), with its leaf, and return it.

    Only inside a transaction, the one of the change it tells of; raises `RuntimeError` outside of one.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"The entry {kind} must be written in the transaction of the change it tells of.")
    entry = Entry.objects.create(
        kind=kind,
        subject=subject_name(subject),
        actor=actor,
        consultation=consultation,
        at=at or clock.now(),
        content=content,
    )
    waiting = _together.get()
    if waiting is None:
        leaves.commit([entry])
    else:
        waiting.append(entry)
    return entry


def append_several(
    kind: str, told: Iterable[tuple[models.Model, dict[str, Any]]], *, actor: Any = None, consultation: str = ""
) -> list[Entry]:
    """Write an entry about each of these subjects (saved) with its content, with their leaves, in their order and in
    as many queries as one alone; the same instant for all. Only inside a transaction, as `append`.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"The entries {kind} must be written in the transaction of the change they tell of.")
    at = clock.now()
    entries = Entry.objects.bulk_create(
        Entry(kind=kind, subject=subject_name(subject), actor=actor, consultation=consultation, at=at, content=content)
        for subject, content in told
    )
    waiting = _together.get()
    if waiting is None:
        leaves.commit(entries)
    else:
        waiting += entries
    return entries


@contextmanager
def together() -> Iterator[None]:
    """Entries that are appended in this block get their leaves at its end, in as many queries as one alone.

    Only inside the transaction of the changes: where the block raises, there are neither entries nor leaves.
    """
    if _together.get() is not None:
        yield
        return
    waiting: list[Entry] = []
    token = _together.set(waiting)
    try:
        yield
    finally:
        _together.reset(token)
    if waiting:
        leaves.commit(waiting)


def hold(thing: models.Model) -> None:
    """Hold this row until the transaction ends, so that changes of one thing come one after the other.

    Read the row again afterwards, in a query of its own: PostgreSQL gives the rows that a locking query joins as
    they were before it waited. Rows that only refer to this one can still be written.
    """
    type(thing)._default_manager.select_for_update(no_key=True).filter(pk=thing.pk).values_list("pk").get()


def erase(entries: models.QuerySet[Entry], part: Part) -> int:
    """Erase the salts of this part of these entries, in the caller's transaction; gives of how many.

    What is left says nothing about the part, and the entries still prove. The caller empties the rows of its own that
    hold what the part tells, and appends the entry that says what was erased.
    """
    erased = 0
    while some := list(entries.filter(salts__part=part).order_by("pk")[:_ERASED_AT_ONCE]):
        salts = {salt.entry_id: salt for salt in Salt.objects.filter(entry__in=some, part=part)}
        words = evidence.words_of(some) if part == Part.WORDS else {}
        Erasure.objects.bulk_create(
            Erasure(entry=entry, part=part, at=clock.now(), digests=_last_digests(entry, words, salts[entry.pk]))
            for entry in some
        )
        Salt.objects.filter(pk__in=[salt.pk for salt in salts.values()]).delete()
        erased += len(some)
    return erased


def _last_digests(entry: Entry, words: dict[int, evidence.Words], salt: Salt) -> dict[str, str]:
    parts = {Part(salt.part): salt}
    return leaves.digests(leaves.fields(entry, words.get(entry.pk), parts), parts)
