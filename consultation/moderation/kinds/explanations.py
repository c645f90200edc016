"""Explanations of position under moderation: the stance counts whatever is decided on its words."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Case, F, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from consultation.consultations.attribution import Origin
from consultation.consultations.models import Consultation
from consultation.consultations.rules import may_see_positions
from consultation.moderation.kinds.items import Shown
from consultation.moderation.kinds.kind import EXPLAINED, ItemKind, Waiting
from consultation.moderation.models import Decision
from consultation.positions import actions as positions
from consultation.positions.disclosure import told
from consultation.positions.models import Position, PositionVersion
from consultation.reports.models import Passage

Kind = Decision.Kind
Explanation = PositionVersion.Explanation
# What a decision makes of an explanation, and what undoing it does.
BECOMES = {
    Kind.PUBLISH: Explanation.PUBLISHED,
    Kind.RETURN: Explanation.RETURNED,
    Kind.REMOVE: Explanation.REMOVED,
    Kind.RESTORE: Explanation.PUBLISHED,
}
WAS = {
    Kind.PUBLISH: Explanation.PENDING,
    Kind.RETURN: Explanation.PENDING,
    Kind.REMOVE: Explanation.PUBLISHED,
    Kind.RESTORE: Explanation.REMOVED,
}


class Explanations(ItemKind):
    """A position and the explanation of its signed version."""

    name = "explanation"
    label = _("Explanation of position")
    line = _("Explanation of position on")
    template = "moderation/kinds/explanation.html"
    things = Position
    words = PositionVersion
    thing_field = "position"
    words_field = "version"
    attribution_field = "attribution"
    on_passage = "position__recommendation__ref"
    submitted_at = "signed_at"
    text_field = "explanation"
    appeal_about_words = True
    joined = (
        "position__consultation__report",
        "position__recommendation",
        "position__organisation__group",
        "drafted_by",
        "signed_by",
    )

    def waiting(self, consultations: Any) -> Iterator[Waiting]:
        pending = self._signed(Explanation.PENDING).filter(position__consultation__in=consultations)
        yield pending, EXPLAINED, F("signed_at")

    def readable(self) -> "QuerySet[Any]":
        return self._signed(Explanation.PUBLISHED)

    def removed(self) -> "QuerySet[Any]":
        return self._signed(Explanation.REMOVED)

    def submitted(self) -> "QuerySet[Any]":
        signed = PositionVersion.objects.filter(signed_at__isnull=False)
        # One that came late stands beside the one that counts: of the two the one that waits comes first.
        pending = Q(state=PositionVersion.State.SIGNED, explanation_state=Explanation.PENDING)
        waits = Case(When(pending, then=1), default=0)
        return signed.exclude(explanation_state=Explanation.NONE).order_by(waits, "number")

    def facts(self, words: Any) -> dict[str, Any]:
        return {
            "state": words.explanation_state,
            "passage": words.position.recommendation,
            "author": words.drafted_by,
            "since": words.signed_at or words.drafted_at,
        }

    def authors(self, words: Any) -> set[int]:
        return {words.drafted_by_id, words.signed_by_id}

    def written_by(self, user: Any) -> Q:
        return Q(version__drafted_by=user) | Q(version__signed_by=user)

    def shown(self, consultation: Consultation, public_id: str) -> Shown | None:
        published = Position.objects.standing(consultation).filter(
            public_id=public_id, signed__explanation_state=Explanation.PUBLISHED
        )
        position = published.select_related("consultation", "organisation__group", "signed", "recommendation").first()
        return Shown(self, position, position.signed.explanation) if position and position.signed else None

    def passage(self, thing: Any) -> Passage:
        recommendation: Passage = thing.recommendation
        return recommendation

    def origin(self, thing: Any, reader: Any) -> Origin | None:
        return told(reader, thing)

    def may_read(self, user: Any, consultation: Consultation) -> bool:
        """Others' positions are not shown in every consultation before it closes."""
        return may_see_positions(user, consultation)

    def apply(self, words: Any, decision: str) -> None:
        positions.move_explanation(words, BECOMES[Kind(decision)])

    def take_back(self, decision: Decision) -> None:
        assert decision.version is not None  # noqa: S101 - the decision is about an explanation
        positions.move_explanation(decision.version, WAS[Kind(decision.kind)])

    def wait_again(self, words: Any) -> None:
        positions.move_explanation(words, Explanation.PENDING)

    def repeating(self, thing: Any, words: list[str]) -> Sequence[Any]:
        return positions.repeating(thing, words)

    def redact(self, thing: Any, words: list[str]) -> Sequence[Any]:
        return positions.redact(thing, words)

    def still_stands(self, words: Any, decision: str) -> bool:
        return bool(words.state == PositionVersion.State.SIGNED and words.explanation_state == BECOMES[Kind(decision)])

    @staticmethod
    def _signed(state: str) -> "QuerySet[PositionVersion]":
        return PositionVersion.objects.filter(state=PositionVersion.State.SIGNED, explanation_state=state)
