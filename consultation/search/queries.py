"""What a search finds: passages, published comments, explanations and practices, only what everybody may see.

Whether a thing may be seen is asked of its own table at the moment of searching; the index only knows words.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from consultation.consultations.attribution import Origin
from consultation.consultations.models import Consultation
from consultation.consultations.rules import may_see_positions
from consultation.discussion.models import Comment, CommentRevision
from consultation.positions.disclosure import PositionAttributions, public_attributions
from consultation.positions.models import Position, PositionVersion
from consultation.practices.models import Practice, PracticeRevision
from consultation.reports.models import Passage
from consultation.search.engines import TEXTS, engine_of
from consultation.text import markdown

PASSAGE, COMMENT, EXPLANATION, PRACTICE = "passage", "comment", "explanation", "practice"
KINDS = (PASSAGE, COMMENT, EXPLANATION, PRACTICE)
# The column that is searched, by kind.
COLUMNS = {PASSAGE: "text", COMMENT: "body", EXPLANATION: "explanation", PRACTICE: "text"}
# Letters, digits, and the marks that are vowels in many scripts: what both databases take for a word.
_MARKS = "".join(sign for sign in map(chr, range(0xFFFF)) if unicodedata.category(sign) in {"Mn", "Mc"})
_WORD = re.compile(rf"(?:[^\W_]|[{_MARKS}])+")
_MOST_WORDS, _LONGEST_WORD = 10, 60
_EXCERPT = 300
# Scripts that write no spaces between words: their texts are searched as they stand.
_UNDIVIDED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CODE = re.compile(r"[\s.¶]+")


@dataclass(frozen=True)
class Hit:
    """One thing found: where it leads, what it is called, and its words with the hits marked."""

    kind: str
    address: str
    title: str
    excerpt: SafeString
    origin: Origin | None = None
    at: datetime | None = None
    late: bool = False


@dataclass
class Found:
    """The hits of one kind: the page that was asked for, and how many there are in all."""

    kind: str
    number: int
    hits: list[Hit] = field(default_factory=list)


@dataclass(frozen=True)
class Question:
    """What is searched: the words, and the places that are searched (slugs of consultations everybody may see)."""

    text: str
    consultations: dict[int, Consultation]
    attributions: dict[int, PositionAttributions] = field(default_factory=dict)

    def told(self, consultation: Consultation) -> PositionAttributions:
        """What the public is told of who speaks in one of these consultations."""
        return self.attributions.setdefault(consultation.pk, public_attributions(consultation))

    @property
    def words(self) -> list[str]:
        """The words asked for, at most ten, without marks; none where there is nothing to search for."""
        text = unicodedata.normalize("NFC", self.text.replace("\x00", " "))
        return [word[:_LONGEST_WORD] for word in _WORD.findall(text)][:_MOST_WORDS]


def question(text: str) -> Question:
    """A question about all that is public now."""
    public = Consultation.objects.visible_to(AnonymousUser()).select_related("report").order_by("opens_at")
    return Question(text, {c.pk: c for c in public})


def named_passage(asked: Question) -> str:
    """The address of the passage whose ref or code this is, in the latest consultation that has it; else ""."""
    name = _CODE.sub("", asked.text).casefold()[:40]
    if not name:
        return ""
    reports = {c.report_id: c for c in asked.consultations.values()}
    for passage in Passage.objects.filter(report__in=reports).exclude(code="").only("ref", "code", "report_id"):
        codes = {passage.ref.casefold(), _CODE.sub("", passage.code).casefold()}
        if name in codes and name == _CODE.sub("", asked.text).casefold():
            return reverse("passage", args=[reports[passage.report_id].slug, passage.ref])
    return ""


def sources(asked: Question) -> dict[str, "QuerySet[Any]"]:
    """What can be found, by kind, with the names that the filters use."""
    keys = list(asked.consultations)
    counted = Q(pk__in=[])
    for consultation in asked.consultations.values():
        # What only some may see before closing is not found by anybody.
        if not may_see_positions(AnonymousUser(), consultation):
            continue
        counted |= Q(pk__in=Position.objects.standing(consultation).values("signed")) & asked.told(consultation).shown()
    explained = PositionVersion.objects.filter(counted, explanation_state=PositionVersion.Explanation.PUBLISHED)
    shown = CommentRevision.objects.filter(
        comment__published=F("pk"), comment__state=Comment.State.PUBLISHED, comment__consultation__in=keys
    )
    return {
        PASSAGE: Passage.objects.filter(report__in={c.report_id for c in asked.consultations.values()}),
        COMMENT: shown.select_related("comment__organisation__group", "comment__passage", "comment__consultation"),
        EXPLANATION: explained.select_related(
            "position__organisation__group", "position__recommendation", "position__consultation"
        ),
        PRACTICE: PracticeRevision.objects.filter(
            practice__in=Practice.objects.public().filter(consultation__in=keys), practice__published=F("pk")
        ).select_related("practice__organisation__group", "practice__consultation"),
    }


def find(asked: Question, kind: str, rows: "QuerySet[Any]", start: int, number: int) -> Found:
    """The hits of one kind from `start` on, best first. Two queries, one more on SQLite."""
    matching = _matching(rows, kind, asked)
    total = matching.count()
    hits = [_hit(asked, kind, row) for row in matching[start : start + number]] if total else []
    return Found(kind, total, hits)


def _matching(rows: "QuerySet[Any]", kind: str, asked: Question) -> "QuerySet[Any]":
    if not _UNDIVIDED.search(asked.text):
        return engine_of(connection).matching(rows, kind, asked.words)
    for word in asked.words:
        rows = rows.filter(**{f"{COLUMNS[kind]}__icontains": word})
    return rows.order_by(TEXTS[kind].ties)


def _hit(asked: Question, kind: str, row: Any) -> Hit:
    if kind == PASSAGE:
        consultation = next(c for c in reversed(asked.consultations.values()) if c.report_id == row.report_id)
        address = reverse("passage", args=[consultation.slug, row.ref])
        return Hit(kind, address, row.code or row.words, marked(row.words, asked.words))
    if kind == COMMENT:
        comment = row.comment
        address = reverse("comment", args=[comment.consultation.slug, comment.public_id])
        title = comment.passage.code or comment.passage.words
        words = marked(markdown.plain(row.body), asked.words)
        origin = asked.told(asked.consultations[comment.consultation_id]).of(comment)
        return Hit(kind, address, title, words, origin, row.published_at, row.late)
    if kind == PRACTICE:
        practice = row.practice
        address = reverse("practice", args=[practice.consultation.slug, practice.public_id])
        words = marked(markdown.plain(row.text), asked.words)
        return Hit(kind, address, row.title, words, Origin(practice.organisation), row.published_at)
    position = row.position
    address = reverse("passage", args=[position.consultation.slug, position.recommendation.ref]) + "#explanations"
    words = marked(row.explanation, asked.words)
    said_by = asked.told(asked.consultations[position.consultation_id]).of_version(row)
    at = row.signed_at if said_by and said_by.organisation else None
    return Hit(kind, address, position.recommendation.code, words, said_by, at)


def marked(text: str, words: list[str]) -> SafeString:
    """A part of the text around the first hit, with every word that begins with one of these marked."""
    wanted = tuple(_folded(word) for word in words)
    spans = [m.span() for m in _WORD.finditer(text) if _folded(m.group()).startswith(wanted)] if wanted else []
    start = max(0, spans[0][0] - _EXCERPT // 3) if spans else 0
    if start:  # at the beginning of a word
        start = text.rfind(" ", 0, start) + 1
    pieces, place, end = [], start, start + _EXCERPT
    for first, last in spans:
        if first >= end:
            break
        pieces.append(f"{escape(text[place:first])}<mark>{escape(text[first:last])}</mark>")
        place = last
    pieces.append(escape(text[place : max(end, place)]))
    shown = "".join(pieces)
    return mark_safe(f"{'… ' if start else ''}{shown}{' …' if end < len(text) else ''}")  # noqa: S308 - escaped above


def _folded(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
