"""Good practices under moderation: revision by revision, as comments are."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consultation.consultations.models import Consultation
from consultation.moderation.kinds.items import Shown
from consultation.moderation.kinds.kind import PRACTISED, ItemKind, Waiting
from consultation.moderation.models import Decision
from consultation.practices import actions as practices
from consultation.practices.models import Practice, PracticeRevision, RevisionState, State
from consultation.reports.models import Passage

Kind = Decision.Kind


class Practices(ItemKind):
    """A practice and its revisions."""

    name = "practice"
    label = _("Good practice")
    edit_label = _("Edit of a good practice")
    line = _("Good practice:")
    edit_line = _("Edit of a good practice:")
    template = "practices/_words.html"
    about_template = "moderation/kinds/practice.html"
    things = Practice
    words = PracticeRevision
    thing_field = "practice"
    words_field = "practice_revision"
    on_passage = "recommendations__ref"
    submitted_at = "created_at"
    text_field = "text"
    joined = (
        "practice__consultation__report",
        "practice__organisation__group",
        "practice__author",
        "practice__published",
        "practice__latest",
    )

    def waiting(self, consultations: Any) -> Iterator[Waiting]:
        pending = PracticeRevision.objects.filter(state=RevisionState.PENDING, practice__consultation__in=consultations)
        yield pending, PRACTISED, F("created_at")

    def readable(self) -> "QuerySet[Any]":
        return PracticeRevision.objects.filter(practice__published=F("pk"), practice__state=State.PUBLISHED)

    def removed(self) -> "QuerySet[Any]":
        return PracticeRevision.objects.filter(practice__published=F("pk"), practice__state=State.REMOVED)

    def submitted(self) -> "QuerySet[Any]":
        return PracticeRevision.objects.exclude(state=RevisionState.DRAFT).exclude(practice__state=State.DRAFT)

    def facts(self, words: Any) -> dict[str, Any]:
        practice = words.practice
        return {
            "state": words.state if words.state == RevisionState.PENDING else practice.state,
            "passage": None,
            "author": practice.author,
            "since": words.created_at,
            "published": practice.published,
        }

    def authors(self, words: Any) -> set[int]:
        return {words.practice.author_id}

    def written_by(self, user: Any) -> Q:
        return Q(practice_revision__practice__author=user)

    def shown(self, consultation: Consultation, public_id: str) -> Shown | None:
        published = consultation.practices.public().filter(public_id=public_id)
        practice = published.select_related("consultation", "organisation", "published").first()
        return Shown(self, practice, practice.published.text) if practice and practice.published else None

    def passage(self, thing: Any) -> Passage | None:
        """The first recommendation that it shows at work."""
        return practices.first_related(thing)

    def about(self, thing: Any, passage: Passage | None) -> str:
        return str(thing.title)

    def address(self, thing: Any) -> str:
        return reverse("practice", args=[thing.consultation.slug, thing.public_id])

    def apply(self, words: Any, decision: str) -> None:
        if decision == Kind.PUBLISH:
            practices.publish(words)
        elif decision == Kind.RETURN:
            practices.return_to_author(words)
        elif decision == Kind.REMOVE:
            practices.remove(words.practice)
        else:
            practices.restore(words.practice)

    def take_back(self, decision: Decision) -> None:
        revision, kind = decision.practice_revision, Kind(decision.kind)
        assert revision is not None  # noqa: S101 - the decision is about a practice
        if kind == Kind.PUBLISH:
            practices.unpublish(revision)
        elif kind == Kind.RETURN:
            practices.wait_again(revision)
        elif kind == Kind.REMOVE:
            practice = practices.restore(revision.practice)
            if practice.published_id != revision.pk:  # An edit waited when the practice was removed.
                practices.wait_again(revision)
        else:
            practices.remove(revision.practice)

    def wait_again(self, words: Any) -> None:
        practices.wait_again(words)

    def repeating(self, thing: Any, words: list[str]) -> Sequence[Any]:
        return practices.repeating(thing, words)

    def redact(self, thing: Any, words: list[str]) -> Sequence[Any]:
        return practices.redact(thing, words)

    def still_stands(self, words: Any, decision: str) -> bool:
        if decision == Kind.RETURN:
            return bool(words.practice.submitted == words and words.state == RevisionState.RETURNED)
        return bool(words.practice.state == State.REMOVED)
