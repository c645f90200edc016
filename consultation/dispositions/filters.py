"""Which comments a list of dispositions shows: the same names for the rapporteur's table and the public page."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consultation.consultations.attribution import Attributions
from consultation.discussion.models import Comment, CommentRevision
from consultation.dispositions import queries
from consultation.dispositions.models import Disposition, DispositionVersion
from consultation.stakeholders.models import StakeholderGroup
from consultation.text.forms import FieldsAlone

STATES = [("open", _("Not answered yet, or changed since")), ("answered", _("Answered"))]
TYPES = [*CommentRevision.Type.choices, ("wording", _("With proposed wording"))]


class _ByComment(django_filters.FilterSet):
    """What cannot be used is said in the form and narrows nothing."""

    # From a row to its comment.
    comment = ""

    def __init__(self, data: Any, rows: "QuerySet[Any]", attributions: Attributions) -> None:
        super().__init__(data or None, queryset=rows)
        self.attributions = attributions
        self.form.helper = FieldsAlone()

    @property
    def is_narrowed(self) -> bool:
        if not self.form.is_bound:
            return False
        self.form.is_valid()
        return any(v not in {None, ""} for v in self.form.cleaned_data.values())

    def found(self) -> "QuerySet[Any]":
        """The rows that fit."""
        rows: QuerySet[Any] = self.queryset
        if self.form.is_bound:
            self.form.is_valid()
            for name, value in self.form.cleaned_data.items():
                rows = self.filters[name].filter(rows, value)
        return rows

    def in_group(self, rows: "QuerySet[Any]", name: str, value: StakeholderGroup | None) -> "QuerySet[Any]":
        """Those of which the reader is told that they are of this group."""
        return rows.filter(self.attributions.in_group(value, *self._paths)) if value else rows

    def of_organisation(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """Those of organisations so called, of which the reader is told the name."""
        called = {f"{self.comment}organisation__name__icontains": value}
        return rows.filter(self.attributions.named(*self._paths), **called) if value else rows

    @property
    def _paths(self) -> tuple[str, str]:
        return f"{self.comment}attribution", f"{self.comment}organisation"


def _group() -> Any:
    return django_filters.ModelChoiceFilter(
        method="in_group",
        queryset=StakeholderGroup.objects.all(),
        to_field_name="slug",
        label=_("Stakeholder group"),
        empty_label=_("All groups"),
    )


class WorkFilter(_ByComment):
    """`passage` (a ref), `group` (a slug), `type`, `state` = open | answered."""

    passage = django_filters.CharFilter(field_name="passage__ref", lookup_expr="iexact", label=_("Passage, such as p8"))
    group = _group()
    type = django_filters.ChoiceFilter(label=_("Type"), choices=TYPES, empty_label=_("All types"), method="by_type")
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=STATES, empty_label=_("All comments"), method="by_state"
    )

    class Meta:
        model = Comment
        fields: list[str] = []

    def by_type(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        return (
            rows.exclude(published__proposed_wording="") if value == "wording" else rows.filter(published__type=value)
        )

    def by_state(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        return rows.filter(answer=value) if value == queries.ANSWERED else rows.exclude(answer=queries.ANSWERED)


class PublicFilter(_ByComment):
    """`passage` (a ref), `group` (a slug), `organisation`, `value` of the disposition."""

    comment = "comment__"

    passage = django_filters.CharFilter(
        field_name="comment__passage__ref", lookup_expr="iexact", label=_("Passage, such as p8")
    )
    group = _group()
    organisation = django_filters.CharFilter(method="of_organisation", label=_("Organisation"))
    value = django_filters.ChoiceFilter(
        field_name="published__value",
        label=_("Disposition"),
        choices=DispositionVersion.Value.choices,
        empty_label=_("All dispositions"),
    )

    class Meta:
        model = Disposition
        fields: list[str] = []
