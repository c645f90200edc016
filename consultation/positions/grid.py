"""All recommendations of a consultation as one form of a delegation: a row each, on the page and in a spreadsheet."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from consultation.consultations.models import Consultation
from consultation.positions.actions import Answer, Row, shown
from consultation.positions.earlier import Earlier, earlier_of
from consultation.positions.models import Position, PositionVersion, Stance
from consultation.reports.models import Passage
from consultation.stakeholders.models import Membership
from consultation.text.forms import WrittenField
from consultation.text.numbers import whole

FIELDS = ("stance", "explanation", "version")
_LAST_VERSION = 999_999


class RowForm(forms.Form):
    """The answer on one recommendation; its fields are named `<ref>-stance` and so on.

    `version` is the number of the version that the form showed, 0 where it showed none. A row that says what that
    version said is not `changed`: it is not checked and not saved.
    """

    stance = forms.ChoiceField(choices=Stance.choices, required=False)
    explanation = WrittenField(
        label=_("Explanation of position"), limit=settings.EXPLANATION_MAX_CHARACTERS, required=False, rows=2
    )
    version = forms.IntegerField(required=False, min_value=0, max_value=_LAST_VERSION)

    def __init__(
        self,
        sent: Mapping[str, Any] | None,
        recommendation: Passage,
        position: Position | None,
        seen: Mapping[int, PositionVersion],
        initial: dict[str, Any],
    ) -> None:
        self.recommendation, self.position, self.seen = recommendation, position, seen
        self.current = shown(position)
        self.changed = self.conflict = False
        self.earlier: Earlier | None = None
        now = {"stance": self.current.stance, "explanation": self.current.explanation} if self.current else {}
        initial = {**now, "version": self.current_number, **initial}
        super().__init__(sent, prefix=recommendation.ref, initial=initial)

    @property
    def was_sent(self) -> bool:
        """Whether what was sent has this row at all."""
        return any(self.add_prefix(name) in self.data for name in ("stance", "explanation"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        before = self.seen.get(data.get("version") or 0)
        stance, explanation = data.get("stance"), data.get("explanation")
        same = (stance, explanation) == ((before.stance, before.explanation) if before else ("", ""))
        self.changed = self.was_sent and not same
        if not self.changed:
            return data
        if stance == "":
            self.add_error("stance", _("Select a position") if explanation else _CLEARED)
        elif stance == Stance.RESERVATION and explanation == "":
            self.add_error("explanation", _("Enter an explanation of the reservation"))
        is_there = self.current is not None and Answer.of(self.current) == self._answer(stance or "", explanation or "")
        self.conflict = (data.get("version") or 0) != self.current_number and not is_there
        return data

    @property
    def current_number(self) -> int:
        """The number of the version that a form shows now."""
        return self.current.number if self.current else 0

    def row(self) -> Row:
        """What to save, once the row is valid."""
        data = self.cleaned_data
        return Row(self.recommendation, self._answer(data["stance"], data["explanation"]), data["version"] or 0)

    def _answer(self, stance: str, explanation: str) -> Answer:
        """In these words; the capacity and the attribution stay as they are."""
        now = Answer.of(self.current) if self.current else Answer("")
        return Answer(stance, explanation, capacity=now.capacity, attribution=now.attribution)

    @property
    def new_label(self) -> str:
        """The words of the stance that was sent."""
        return str(Stance(self.cleaned_data["stance"]).label)

    @property
    def current_explanation(self) -> str:
        return self.current.explanation if self.current else ""

    @property
    def errors_to_show(self) -> list[tuple[str, str]]:
        """Where each error is, as the id of the field, and what it says."""
        first = {"stance": f"id_{self.prefix}-stance_0", "version": f"id_{self.prefix}-stance_0"}
        return [(first.get(n, f"id_{self.prefix}-{n}"), str(e)) for n, errors in self.errors.items() for e in errors]

    @property
    def theirs(self) -> PositionVersion | None:
        """The version that a colleague made meanwhile."""
        return self.current or (max(self.seen.values(), key=lambda v: v.number) if self.seen else None)

    def rebase(self) -> None:
        """Sent again from the page that shows both texts, this answer goes over the one that is there now."""
        self.data = {**self.data, self.add_prefix("version"): self.current_number}


_CLEARED = _("Select a position. To take a signed one back, withdraw it on its own page.")


class Grid:
    """The rows of one delegation in one consultation, empty, filled or as they were sent.

    Three queries, and a few more on a text with earlier versions.
    """

    def __init__(
        self,
        membership: Membership,
        consultation: Consultation,
        sent: Mapping[str, Any] | None = None,
        kept: Mapping[str, str] | None = None,
    ) -> None:
        self.membership, self.consultation = membership, consultation
        positions = {
            p.recommendation_id: p
            for p in Position.objects.filter(
                consultation=consultation, organisation=membership.organisation
            ).select_related(
                "signed__aligned_with__position__organisation",
                "signed_late__drafted_by",
                "draft__aligned_with__position__organisation",
                "draft__drafted_by",
                "signed__drafted_by",
            )
        }
        recommendations = list(consultation.positioned())
        seen = _seen(positions.values(), recommendations, sent) if sent is not None else {}
        self.rows = []
        for recommendation in recommendations:
            position = positions.get(recommendation.pk)
            shown_before = seen.get(position.pk, {}) if position else {}
            typed = {n: kept[name] for n in FIELDS if kept and (name := f"{recommendation.ref}-{n}") in kept}
            self.rows.append(RowForm(sent, recommendation, position, shown_before, typed))
        earlier = earlier_of(consultation, membership.organisation, recommendations)
        awaiting = {e.recommendation.pk: e for e in earlier if not e.answered}
        for row in self.rows:
            row.earlier = awaiting.get(row.recommendation.pk)

    def is_valid(self) -> bool:
        """Whether every changed row can be saved."""
        return not [row for row in self.rows if not row.is_valid()]

    @property
    def errors(self) -> list[RowForm]:
        """The rows that cannot be saved as they are."""
        return [row for row in self.rows if row.errors]

    @property
    def changed(self) -> list[RowForm]:
        return [row for row in self.rows if row.changed]

    @property
    def conflicts(self) -> list[RowForm]:
        return [row for row in self.rows if row.conflict]

    @property
    def signed(self) -> int:
        return sum(1 for row in self.rows if row.position and row.position.signed_id)

    @property
    def answered(self) -> int:
        """How many rows show a position: signed or drafted."""
        return sum(1 for row in self.rows if row.current)


def names(consultation: Consultation) -> list[str]:
    """The names of all fields of the form."""
    return [f"{ref}-{name}" for ref in consultation.positioned().values_list("ref", flat=True) for name in FIELDS]


def _seen(
    positions: Iterable[Position], recommendations: list[Passage], sent: Mapping[str, Any]
) -> dict[int, dict[int, PositionVersion]]:
    """The versions that the rows say they showed, by position and number."""
    sent_versions = (str(sent.get(f"{r.ref}-version", "")) for r in recommendations)
    wanted = {whole(number, digits=len(str(_LAST_VERSION)), else_=-1) for number in sent_versions} - {-1}
    found: dict[int, dict[int, PositionVersion]] = defaultdict(dict)
    for version in PositionVersion.objects.filter(
        position__in=[p.pk for p in positions], number__in=wanted
    ).select_related("drafted_by"):
        found[version.position_id][version.number] = version
    return found
