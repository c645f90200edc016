"""What an entry is evidence of beyond itself: the words that it speaks of, as they stand in the tables of other rooms.

The record does not know those rooms. Each says, when the application starts, how the words of an entry are read; they
must be words that no action changes afterwards.
"""

from collections.abc import Callable
from typing import Any

from consultation.record.models import Entry

Words = dict[str, str]
Reader = Callable[[list[Entry]], dict[int, Words]]
_readers: dict[str, Reader] = {}


def register(label: str, reader: Reader) -> None:
    """Let `reader` give the words, by key, of entries about things of this model (`discussion.comment`)."""
    _readers[label] = reader


def words_of(entries: list[Entry]) -> dict[int, Words]:
    """The words of those of these entries that have any, by their keys; one query or two for each model."""
    by_label: dict[str, list[Entry]] = {}
    for entry in entries:
        by_label.setdefault(entry.subject.partition(":")[0], []).append(entry)
    found: dict[int, Words] = {}
    for label, some in by_label.items():
        if reader := _readers.get(label):
            found |= reader(some)
    return found


def number_in(entry: Entry, name: str) -> Any:
    """A number of the entry's content, and the key of its subject: how a reader finds the row."""
    return entry.subject_key, entry.content.get(name)
