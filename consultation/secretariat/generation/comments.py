"""Comments of the shapes of real life: a few long threads and a long tail, replies, edits, items that wait."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment, CommentRevision
from consultation.record.ids import ALPHABET, LENGTH
from consultation.reports.models import Passage
from consultation.secretariat.generation import bulk
from consultation.secretariat.generation.words import other_wording, remark
from consultation.stakeholders.models import User

AT_ONCE = 20_000
State, Revision = Comment.State, CommentRevision.State
# Of a hundred comments.
_STATES = {
    State.PUBLISHED: 93,
    State.PENDING: 2,
    State.RETURNED: 2,
    State.REMOVED: 1,
    State.WITHDRAWN: 1,
    State.DRAFT: 1,
}
_OF_LATEST = {
    State.PUBLISHED: Revision.PUBLISHED,
    State.PENDING: Revision.PENDING,
    State.RETURNED: Revision.RETURNED,
    State.REMOVED: Revision.PUBLISHED,
    State.WITHDRAWN: Revision.SUPERSEDED,
    State.DRAFT: Revision.DRAFT,
}
_REPLIES, _EDITED, _WORDING = 0.55, 0.12, 0.05


@dataclass
class Thread:
    """What a passage's thread has so far: the published comments that can be answered."""

    passage: Passage
    # (key, key of its first comment, key of what it says)
    answerable: list[tuple[int, int, int]] = field(default_factory=list)


@dataclass
class Batch:
    """The rows of some thousand comments."""

    comments: list[dict[str, Any]] = field(default_factory=list)
    revisions: list[dict[str, Any]] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)


class Comments:
    """Makes comments of these authors (`(person, organisation)` keys) on the passages of a consultation."""

    def __init__(self, chance: random.Random, consultation: Consultation, authors: list[tuple[int, int]]) -> None:
        self.chance, self.consultation, self.authors = chance, consultation, authors
        self.people = User.objects.in_bulk([person for person, _organisation in authors])
        self.threads = [Thread(passage) for passage in consultation.passages()]
        # The first passage has most of what is said, the tenth a tenth of that: Zipf's law.
        self.weights = [1 / (rank + 1) for rank in range(len(self.threads))]
        self.comment, self.revision = bulk.next_key(Comment), bulk.next_key(CommentRevision)
        self.answers: dict[int, int] = {}

    def make(self, number: int, told: Callable[[int], None]) -> None:
        """Make so many comments, a batch in a transaction; `told` hears how many there are."""
        span = self.consultation.closes_at - self.consultation.opens_at
        for begin in range(0, number, AT_ONCE):
            batch = Batch()
            self.answers = {}
            for position in range(begin, min(begin + AT_ONCE, number)):
                self._one(batch, self.consultation.opens_at + span * (0.45 * position / number))
            with transaction.atomic():
                bulk.insert(Comment, batch.comments)
                bulk.insert(CommentRevision, batch.revisions)
                bulk.record(batch.entries, self.people)
                self._count_answers()
            told(min(begin + AT_ONCE, number))

    def _one(self, batch: Batch, at: Any) -> None:
        chance = self.chance
        thread = chance.choices(self.threads, self.weights)[0]
        parent = None
        if thread.answerable and chance.random() < _REPLIES:
            # Old threads go on growing: what was said first is answered most.
            parent = thread.answerable[int(len(thread.answerable) * chance.random() ** 3)]
        state = chance.choices(list(_STATES), list(_STATES.values()))[0]
        author, organisation = chance.choice(self.authors)
        key = self.comment
        revisions = list(self._revisions(key, thread.passage, author, state, at))
        latest = revisions[-1]["id"]
        published = latest if state in {State.PUBLISHED, State.REMOVED} else None
        batch.comments.append(
            {
                "id": key,
                "public_id": "".join(chance.choices(ALPHABET, k=LENGTH)),
                "consultation_id": self.consultation.pk,
                "passage_id": thread.passage.pk,
                "parent_id": parent and parent[0],
                "root_id": parent and parent[1],
                "answered_id": parent and parent[2],
                "author_id": author,
                "organisation_id": organisation,
                "state": state,
                "published_id": published,
                "latest_id": latest,
                "created_at": at,
                "state_at": at + timedelta(minutes=1),
            }
        )
        batch.revisions += revisions
        for what in ("submitted", "published")[: 2 if published else 1]:
            batch.entries.append(self._entry(f"comment.{what}", key, author, at))
        if state == State.PUBLISHED:
            thread.answerable.append((key, parent[1] if parent else key, latest))
            if parent:
                self.answers[parent[1]] = self.answers.get(parent[1], 0) + 1
        self.comment += 1

    def _revisions(self, comment: int, passage: Passage, author: int, state: str, at: Any) -> Iterator[dict[str, Any]]:
        number = 2 if self.chance.random() < _EDITED else 1
        for n in range(1, number + 1):
            is_last = n == number
            public = state in {State.PUBLISHED, State.REMOVED}
            wording = other_wording(self.chance, passage.words) if self.chance.random() < _WORDING else ""
            yield {
                "id": self.revision,
                "comment_id": comment,
                "number": n,
                "state": _OF_LATEST[State(state)] if is_last else Revision.SUPERSEDED,
                "type": CommentRevision.Type.EDITORIAL if wording else CommentRevision.Type.SUBSTANTIVE,
                "body": remark(self.chance),
                "proposed_wording": wording,
                "quote": passage.words,
                "created_by_id": author,
                "created_at": at,
                "published_at": at + timedelta(minutes=1) if public else None,
            }
            self.revision += 1

    def _entry(self, kind: str, comment: int, author: int, at: Any) -> dict[str, Any]:
        return {
            "at": at,
            "kind": kind,
            "subject": f"discussion.comment:{comment}",
            "actor_id": author,
            "consultation": self.consultation.slug,
            "content": {},
        }

    def _count_answers(self) -> None:
        by_number: dict[int, list[int]] = {}
        for root, number in self.answers.items():
            by_number.setdefault(number, []).append(root)
        for number, roots in by_number.items():
            for begin in range(0, len(roots), 500):
                Comment.objects.filter(pk__in=roots[begin : begin + 500]).update(answers=F("answers") + number)
