"""Filters of the recommendations and of the summary. An unknown value is said beside its field and filters nothing."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from consultation.consultations.models import Consultation
from consultation.positions.models import Position, Stance
from consultation.record import clock
from consultation.reports.models import Instrument, Passage
from consultation.stakeholders.models import StakeholderGroup
from consultation.summaries.queries import Row, answered
from consultation.text.forms import FieldsAlone


class RecommendationFilter(django_filters.FilterSet):
    """`kind`, `group` and `stance` (a signed position of that group, of that stance), `mine`, `framework`, `q`."""

    kind = django_filters.ChoiceFilter(
        field_name="strand", label=_("Kind"), choices=Passage.Strand.choices, empty_label=_("Political and practical")
    )
    group = django_filters.ModelChoiceFilter(
        queryset=StakeholderGroup.objects.all(),
        to_field_name="slug",
        label=_("Position by group"),
        empty_label=_("Any group"),
        method="signed",
    )
    stance = django_filters.ChoiceFilter(
        choices=Stance.choices, label=_("Position"), empty_label=_("Any position"), method="signed"
    )
    mine = django_filters.ChoiceFilter(
        choices=[("none", _("No position yet")), ("draft", _("Waiting for signature")), ("signed", _("Signed"))],
        label=_("My delegation"),
        empty_label=_("All"),
        method="by_mine",
    )
    framework = django_filters.ModelChoiceFilter(
        queryset=Instrument.objects.all(),
        to_field_name="slug",
        label=_("Reference framework"),
        empty_label=_("Any, or none"),
        method="mentioning",
    )
    q = django_filters.CharFilter(label=_("Words or code"), method="saying")

    class Meta:
        model = Passage
        fields: list[str] = []

    def __init__(
        self, *args: Any, consultation: Consultation, organisations: list[int], sees_positions: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.consultation, self.organisations = consultation, organisations
        if not organisations:
            del self.filters["mine"]
        if not sees_positions:
            del self.filters["group"], self.filters["stance"]
        invoked = Instrument.objects.filter(mentions__passage__report=consultation.report_id).distinct()
        self.form.fields["framework"].queryset = invoked
        self.form.helper = FieldsAlone()

    @property
    def is_narrowed(self) -> bool:
        return self.form.is_bound and any(value for value in self.form.cleaned_data.values())

    def filter_queryset(self, queryset: "QuerySet[Passage]") -> "QuerySet[Passage]":
        """Group and stance are one question: which recommendations has this group answered so?"""
        found: QuerySet[Passage] = super().filter_queryset(queryset)
        group, stance = self.form.cleaned_data.get("group"), self.form.cleaned_data.get("stance")
        if not (group or stance):
            return found
        return found.filter(pk__in=answered(self.consultation, group, stance or ""))

    def signed(self, queryset: "QuerySet[Passage]", name: str, value: Any) -> "QuerySet[Passage]":
        """Done for group and stance together in `filter_queryset`."""
        return queryset

    def mentioning(self, queryset: "QuerySet[Passage]", name: str, value: Instrument) -> "QuerySet[Passage]":
        """Those that invoke an instrument."""
        return queryset.filter(pk__in=value.mentions.order_by().values("passage"))

    def saying(self, queryset: "QuerySet[Passage]", name: str, value: str) -> "QuerySet[Passage]":
        """Those with these words in their text, and the one whose code or ref this is."""
        called = Passage.objects.filter(report=self.consultation.report_id).called(value)
        return queryset.filter(Q(text__icontains=value) | Q(pk__in=called.order_by().values("pk")))

    def by_mine(self, queryset: "QuerySet[Passage]", name: str, value: str) -> "QuerySet[Passage]":
        """By the state of the position of one's own organisations."""
        mine = Position.objects.filter(
            consultation=self.consultation, organisation__in=self.organisations, recommendation=OuterRef("pk")
        )
        conditions = {
            "none": ~Exists(mine.filter(Q(signed__isnull=False) | Q(draft__isnull=False))),
            "draft": Exists(mine.filter(draft__isnull=False)),
            "signed": Exists(mine.filter(signed__isnull=False)),
        }
        return queryset.filter(conditions[value])


class SummaryFilter(forms.Form):
    """Which recommendations the summary shows, and in which order."""

    ORDERS = (
        ("report", _("As in the report")),
        ("convergence", _("Highest convergence first")),
        ("cannot", _("Most “cannot endorse” first")),
        ("reservation", _("Most reservations first")),
    )
    kind = forms.ChoiceField(
        label=_("Recommendations"),
        required=False,
        choices=[("", _("Political and practical")), *Passage.Strand.choices],
    )
    order = forms.ChoiceField(label=_("Order"), required=False, choices=ORDERS)
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[("", _("All")), ("differ", _("Where groups differ")), ("reservation", _("With reservations"))],
    )
    since = forms.DateField(
        label=_("What changed since"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean_since(self) -> Any:
        day = self.cleaned_data["since"]
        if day and day.year not in clock.YEARS:
            raise forms.ValidationError(self.fields["since"].error_messages["invalid"], code="invalid")
        return day

    def apply(self, rows: list[Row]) -> list[Row]:
        """The rows chosen, in the order chosen; values that are not known choose nothing."""
        self.is_valid()
        chosen = getattr(self, "cleaned_data", {})
        if kind := chosen.get("kind"):
            rows = [row for row in rows if row.recommendation.strand == kind]
        if chosen.get("show") == "differ":
            rows = [row for row in rows if groups_differ(row)]
        elif chosen.get("show") == "reservation":
            rows = [row for row in rows if row.totals.reservation]
        keys = {
            "convergence": lambda row: -row.convergence,
            "cannot": lambda row: -row.totals.cannot_endorse,
            "reservation": lambda row: -row.totals.reservation,
        }
        key = keys.get(chosen.get("order", ""))
        return sorted(rows, key=key) if key else rows

    @property
    def day(self) -> Any:
        """The day from which changes are shown, or None."""
        return getattr(self, "cleaned_data", {}).get("since")


def groups_differ(row: Row) -> bool:
    """Whether most of one group endorse, in whole or with reservation, and most of another do not."""
    shares = [(c.endorse + c.reservation) * 2 > c.taken for _group, c in row.lines if c.taken]
    return len(set(shares)) > 1
