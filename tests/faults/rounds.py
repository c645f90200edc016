"""Rounds of killing: clients submit, all is killed with SIGKILL at some moment, and what is there is counted."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db import connections
from django.db.models import Max

from consultation.discussion.models import CommentRevision
from consultation.positions.models import PositionVersion
from consultation.record.models import Entry
from consultation.stakeholders.models import User
from tests.faults.acts import Act, Person
from tests.faults.installation import Installation, session_of, until

# What an entry tells of: its kind, its subject, and the number of the revision or version.
Told = tuple[str, str, int]
KINDS = {"comment": "comment.submitted", "sign": "position.signed", "withdraw": "position.withdrawn"}
# Two browsers each; the focal points sign for an organisation of their own.
SIGNERS = ("focal.state", "focal.state2", "focal.civil", "focal.private")
WRITERS = ("delegate.state", "delegate.civil")
LONGEST_SECONDS = 1.5


@dataclass
class Figures:
    """What came of the rounds."""

    rounds: int = 0
    sent: int = 0
    acknowledged: int = 0
    unanswered: int = 0
    repeated: int = 0
    lost: int = 0
    doubled: int = 0
    torn: int = 0
    refused: Counter[int] = field(default_factory=Counter)

    @property
    def wrong(self) -> bool:
        """Whether anything confirmed is not there, anything is there twice or by half, or anything was refused."""
        return bool(self.lost or self.doubled or self.torn or self.refused)

    def __str__(self) -> str:
        told = (
            f"{f'rounds {self.rounds}, ' if self.rounds else ''}forms {self.sent}, acknowledged {self.acknowledged}, "
            f"never answered {self.unanswered}, sent again {self.repeated}, "
            f"lost = {self.lost}, doubled = {self.doubled}, torn = {self.torn}"
        )
        return told + "".join(f", status {status}: {number}" for status, number in sorted(self.refused.items()))


class Rounds:
    """Kills an installation again and again and keeps count of everything that was ever sent to it."""

    def __init__(self, installation: Installation, seed: int) -> None:
        self.installation, self.chance, self.rounds = installation, random.Random(seed), 0  # noqa: S311 - no secrets
        people = {name: session_of(User.objects.get(email=f"{name}@example.org")) for name in (*SIGNERS, *WRITERS)}
        self.browsers = [(session, name in SIGNERS) for name, session in people.items()]
        self.browsers += [(session, False) for session in people.values()]
        self.waiting: list[Act | None] = [None] * len(self.browsers)
        self.acts: dict[tuple[str, str], Act] = {}
        self.entries: Counter[Told] = Counter()
        self.last_entry = Entry.objects.aggregate(last=Max("pk"))["last"] or 0

    def one(self, kill: Callable[[], None] | None = None) -> Figures:
        """One round: start, submit, kill at some moment, wait until everybody has noticed; what came of it."""
        connections.close_all()  # nobody holds the database open whom the kill spares
        self.installation.start()
        people = [
            Person(session, random.Random(self.chance.random()), signs=signs, waiting=waiting)  # noqa: S311
            for (session, signs), waiting in zip(self.browsers, self.waiting, strict=True)
        ]
        for person in people:
            person.work_on(self.installation.port)
        self._wait(people)
        (kill or self.installation.kill)()
        for person in people:
            person.gone.set()
            person.join(timeout=90)
            assert not person.is_alive()
        self.rounds += 1
        self.waiting = [person.unanswered for person in people]
        recent = [act for person in people for act in person.acts]
        self.acts |= {(act.kind, act.words): act for act in recent}
        self._read_entries()
        return _count(recent, self.entries)

    def _wait(self, people: list[Person]) -> None:
        """Some moment: mostly after the first confirmation, sometimes before it."""
        if self.chance.random() < 0.9:
            until(lambda: any(act.acknowledged for person in people for act in list(person.acts)))
        time.sleep(self.chance.uniform(0, LONGEST_SECONDS))

    def all(self) -> Figures:
        """Everything that was ever sent; and what is in the record that nobody sent."""
        made = _count(self.acts.values(), self.entries, strangers=True)
        made.rounds = self.rounds
        return made

    def _read_entries(self) -> None:
        """Count the entries that came since, by what they tell of."""
        rows = Entry.objects.filter(pk__gt=self.last_entry, kind__in=KINDS.values()).order_by("pk")
        for entry in rows.iterator():
            self.last_entry = entry.pk
            self.entries[entry.kind, entry.subject, entry.content.get("version") or entry.content["revision"]] += 1


def _count(acts: Iterable[Act], entries: Counter[Told], *, strangers: bool = False) -> Figures:
    """Compare what was sent with the tables, and these with the record."""
    acts, made = list(acts), Figures()
    there = _rows([act.words for act in acts])
    for act in acts:
        rows = there.get((act.kind, act.words), [])
        made.sent += act.sent
        made.repeated += act.sent - 1
        made.acknowledged += act.acknowledged
        made.unanswered += not act.acknowledged
        made.refused.update([act.refused] if act.refused else [])
        made.lost += act.acknowledged and not rows
        made.doubled += len(rows) > 1 or any(entries[row] > 1 for row in rows)
        made.torn += any(entries[row] == 0 for row in rows)
    if strangers:
        made.torn += len(set(entries) - {row for rows in there.values() for row in rows})
    return made


def _rows(words: list[str]) -> dict[tuple[str, str], list[Told]]:
    """By kind of form and words: the rows that it made, each as the entry in the record names it."""
    found: dict[tuple[str, str], list[Told]] = {}
    for start in range(0, len(words), 500):
        some = words[start : start + 500]
        comments = CommentRevision.objects.filter(body__in=some).values_list("body", "comment", "number")
        for body, comment, number in comments:
            found.setdefault(("comment", body), []).append((KINDS["comment"], f"discussion.comment:{comment}", number))
        versions = PositionVersion.objects.filter(explanation__in=some)
        for said, position, number, state in versions.values_list("explanation", "position", "number", "state"):
            subject = f"positions.position:{position}"
            found.setdefault(("sign", said), []).append((KINDS["sign"], subject, number))
            if state == PositionVersion.State.WITHDRAWN:
                found.setdefault(("withdraw", said), []).append((KINDS["withdraw"], subject, number))
    return found
