"""The filters of the queue: the same names for every source of it."""

from datetime import timedelta
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consultation.consultations.models import Consultation
from consultation.moderation import queue
from consultation.moderation.kinds import KINDS
from consultation.record import clock
from consultation.stakeholders.models import StakeholderGroup
from consultation.text.forms import FieldsAlone

REASONS = [
    (queue.NEW, _("Comments")),
    (queue.EDIT, _("Edits of comments")),
    (queue.EXPLAINED, _("Explanations of position")),
    (queue.PRACTISED, _("Good practices")),
    (queue.FLAGGED, _("Flagged")),
    (queue.APPEALED, _("Appeals against a removal")),
]


class QueueFilter(django_filters.FilterSet):
    """`consultation`, `group`, `organisation`, `passage`, `kind`, `days` (waiting for so many or more)."""

    consultation = django_filters.ChoiceFilter(
        field_name="in_consultation", label=_("Consultation"), empty_label=_("All consultations")
    )
    group = django_filters.ModelChoiceFilter(
        queryset=StakeholderGroup.objects.all(),
        to_field_name="slug",
        label=_("Stakeholder group"),
        empty_label=_("All groups"),
        method="by_group",
    )
    organisation = django_filters.CharFilter(
        field_name="of_organisation", lookup_expr="icontains", label=_("Organisation")
    )
    passage = django_filters.CharFilter(label=_("Passage, such as p8"), method="by_passage")
    kind = django_filters.ChoiceFilter(field_name="why", label=_("Kind"), choices=REASONS, empty_label=_("All kinds"))
    days = django_filters.NumberFilter(
        label=_("Waiting for days, at least"), method="by_days", min_value=0, max_value=10_000
    )

    def __init__(self, data: Any, consultations: list[Consultation]) -> None:
        super().__init__(data or None, queryset=Consultation.objects.none())
        self.consultations = consultations
        self.form.fields["consultation"].choices = [
            ("", _("All consultations")),
            *((c.slug, c.title) for c in consultations),
        ]
        self.form.helper = FieldsAlone()

    @property
    def is_narrowed(self) -> bool:
        return (
            self.form.is_bound
            and self.form.is_valid()
            and any(v not in {None, ""} for v in self.form.cleaned_data.values())
        )

    def sources(self) -> "list[QuerySet[Any]]":
        """What waits and fits; a value that cannot be used is said in the form and narrows nothing."""
        everything = list(queue.sources([c.pk for c in self.consultations]))
        if not self.form.is_bound:
            return everything
        self.form.is_valid()
        return [self.filter_queryset(source) for source in everything]

    def filter_queryset(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        for name, value in self.form.cleaned_data.items():
            queryset = self.filters[name].filter(queryset, value)
        return queryset

    def by_group(self, queryset: "QuerySet[Any]", name: str, value: StakeholderGroup) -> "QuerySet[Any]":
        return queryset.filter(of_group=value.slug)

    def by_passage(self, queryset: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        kind = next(kind for kind in KINDS.values() if kind.words is queryset.model)
        return queryset.filter(**{f"{kind.on_passage}__iexact": value})

    def by_days(self, queryset: "QuerySet[Any]", name: str, value: Any) -> "QuerySet[Any]":
        return queryset.filter(since__lte=clock.now() - timedelta(days=int(value)))
