"""Where and among whose words is searched: the same names for every kind."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from consultation.consultations.attribution import Attribution
from consultation.consultations.models import Consultation
from consultation.practices.models import Related
from consultation.reports.models import Instrument
from consultation.search.queries import COMMENT, EXPLANATION, KINDS, PASSAGE, PRACTICE, Question
from consultation.stakeholders.models import StakeholderGroup
from consultation.text.forms import FieldsAlone

LABELS = {
    PASSAGE: _("Passages"),
    COMMENT: _("Comments"),
    EXPLANATION: _("Explanations of position"),
    PRACTICE: _("Good practices"),
}
# Which column each filter asks, by kind; a kind without one has nothing to show for it.
_COLUMNS = {
    "consultation": {
        PASSAGE: "report__consultations__slug",
        COMMENT: "comment__consultation__slug",
        EXPLANATION: "position__consultation__slug",
        PRACTICE: "practice__consultation__slug",
    },
    "passage": {
        PASSAGE: "ref__iexact",
        COMMENT: "comment__passage__ref__iexact",
        EXPLANATION: "position__recommendation__ref__iexact",
        PRACTICE: "recommendations__ref__iexact",
    },
    "since": {
        COMMENT: "published_at__date__gte",
        EXPLANATION: "signed_at__date__gte",
        PRACTICE: "published_at__date__gte",
    },
    "until": {
        COMMENT: "published_at__date__lte",
        EXPLANATION: "signed_at__date__lte",
        PRACTICE: "published_at__date__lte",
    },
    "framework": {
        PASSAGE: "pk__in",
        COMMENT: "comment__passage__in",
        EXPLANATION: "position__recommendation__in",
        PRACTICE: "pk__in",
    },
}
# By name, and by when they were signed, only what is shown with a name is found.
_NAMES = {
    COMMENT: "comment__organisation__name__icontains",
    EXPLANATION: "position__organisation__name__icontains",
    PRACTICE: "practice__organisation__name__icontains",
}
_ATTRIBUTIONS = {COMMENT: "comment__attribution", EXPLANATION: "attribution"}


class SearchFilter(django_filters.FilterSet):
    """`consultation`, `group`, `organisation`, `passage`, `framework`, `since`, `until`, `kind`.

    What cannot be used is said.
    """

    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=list(LABELS.items()), empty_label=_("All kinds"))
    consultation = django_filters.ChoiceFilter(label=_("Consultation"), empty_label=_("All consultations"))
    group = django_filters.ModelChoiceFilter(
        queryset=StakeholderGroup.objects.all(),
        to_field_name="slug",
        label=_("Stakeholder group"),
        empty_label=_("All groups"),
    )
    organisation = django_filters.CharFilter(label=_("Organisation"))
    passage = django_filters.CharFilter(label=_("Passage, such as p8"))
    framework = django_filters.ModelChoiceFilter(
        queryset=Instrument.objects.all(),
        to_field_name="slug",
        label=_("Reference framework"),
        empty_label=_("Any, or none"),
    )
    since = django_filters.DateFilter(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    until = django_filters.DateFilter(label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: Any, consultations: list[Consultation]) -> None:
        super().__init__(data or None, queryset=Consultation.objects.none())
        self.form.fields["consultation"].choices = [
            ("", _("All consultations")),
            *((c.slug, c.title) for c in consultations),
        ]
        # What only a report that is not public yet invokes is not offered.
        reports = {c.report_id for c in consultations}
        invoked = Instrument.objects.filter(mentions__passage__report__in=reports).distinct()
        self.form.fields["framework"].queryset = invoked
        self.form.helper = FieldsAlone()
        self.chosen = (
            {k: v for k, v in self.form.cleaned_data.items() if v} if self.form.is_bound and self._checked() else {}
        )

    def _checked(self) -> bool:
        self.form.is_valid()
        return True

    @property
    def kinds(self) -> tuple[str, ...]:
        return (self.chosen["kind"],) if "kind" in self.chosen else KINDS

    @property
    def is_narrowed(self) -> bool:
        return bool(self.chosen)

    def narrow(self, kind: str, rows: "QuerySet[Any]", asked: Question) -> "QuerySet[Any]":
        """The rows of one kind that fit what is chosen, as far as the public is told whose they are."""
        if kind == PASSAGE and {"group", "organisation"} & self.chosen.keys():
            return rows.none()
        if "group" in self.chosen:
            rows = rows.filter(_of_group(kind, self.chosen["group"], asked))
        if "organisation" in self.chosen:
            rows = rows.filter(**{_NAMES[kind]: self.chosen["organisation"]})
            if kind in _ATTRIBUTIONS:
                rows = rows.filter(**{_ATTRIBUTIONS[kind]: Attribution.NAMED})
        if kind == EXPLANATION and {"since", "until"} & self.chosen.keys():
            rows = rows.filter(attribution=Attribution.NAMED)
        for name, columns in _COLUMNS.items():
            if name in self.chosen:
                value = self.chosen[name]
                if isinstance(value, Instrument):
                    value = value.mentions.order_by().values("passage")
                    if kind == PRACTICE:
                        value = Related.objects.filter(recommendation__in=value).order_by().values("revision")
                rows = rows.filter(**{columns[kind]: value}) if kind in columns else rows.none()
        return rows


def _of_group(kind: str, group: StakeholderGroup, asked: Question) -> Q:
    if kind == PRACTICE:  # it always names its organisation
        return Q(practice__organisation__group=group)
    found = Q(pk__in=[])
    for consultation in asked.consultations.values():
        told = asked.told(consultation)
        if kind == COMMENT:
            there = told.in_group(group, "comment__attribution", "comment__organisation")
            found |= there & Q(comment__consultation=consultation)
        else:
            found |= told.shown_in_group(group)
    return found
