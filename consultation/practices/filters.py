"""Browsing the published practices. An unknown value is said beside its field and narrows nothing."""

from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from consultation.consultations.models import Consultation
from consultation.practices.models import Practice, PracticeQuerySet, Related
from consultation.reports.models import Instrument, Passage
from consultation.stakeholders.models import StakeholderGroup
from consultation.text.forms import FieldsAlone


class PracticeFilter(django_filters.FilterSet):
    """`recommendation` (its ref), `group` (slug), `country` (ISO code), `place`, `framework` (slug) and `q` (words)."""

    recommendation = django_filters.ModelChoiceFilter(
        field_name="published__recommendations",
        queryset=Passage.objects.none(),
        to_field_name="ref",
        label=_("Recommendation"),
        empty_label=_("All recommendations"),
    )
    group = django_filters.ModelChoiceFilter(
        field_name="organisation__group",
        queryset=StakeholderGroup.objects.all(),
        to_field_name="slug",
        label=_("Stakeholder group"),
        empty_label=_("All groups"),
    )
    country = django_filters.ChoiceFilter(label=_("Country"), empty_label=_("All countries"), method="by_country")
    place = django_filters.CharFilter(field_name="published__place", lookup_expr="icontains", label=_("Place"))
    framework = django_filters.ModelChoiceFilter(
        queryset=Instrument.objects.none(),
        to_field_name="slug",
        label=_("Reference framework"),
        empty_label=_("Any, or none"),
        method="by_framework",
    )
    q = django_filters.CharFilter(label=_("Words"), method="by_words")

    class Meta:
        model = Practice
        fields: list[str] = []

    def __init__(self, data: Any, consultation: Consultation) -> None:
        super().__init__(data or None, queryset=Practice.objects.public().filter(consultation=consultation))
        recommendations = consultation.recommendations()
        self.form.fields["recommendation"].queryset = recommendations
        invoked = Instrument.objects.filter(mentions__passage__in=recommendations.order_by()).distinct()
        self.form.fields["framework"].queryset = invoked
        self.form.fields["country"].choices = [("", _("All countries")), *countries]
        self.form.helper = FieldsAlone()

    def by_country(self, queryset: PracticeQuerySet, name: str, value: str) -> PracticeQuerySet:
        """The codes stand in one column with commas between them."""
        return queryset.filter(published__countries__contains=value)

    def by_framework(self, queryset: PracticeQuerySet, name: str, value: Instrument) -> PracticeQuerySet:
        """Those of which a recommendation mentions the framework."""
        mentioning = Related.objects.filter(recommendation__mentions__instrument=value)
        return queryset.filter(published__in=mentioning.order_by().values("revision"))

    def by_words(self, queryset: PracticeQuerySet, name: str, value: str) -> PracticeQuerySet:
        """All of the words, wherever they stand in what is published or in the organisation's name."""
        for word in value.split()[:10]:
            queryset = queryset.filter(Q(published__text__icontains=word) | Q(organisation__name__icontains=word))
        return queryset

    @property
    def is_narrowed(self) -> bool:
        return (
            self.form.is_bound
            and self.form.is_valid()
            and any(v not in {None, ""} for v in self.form.cleaned_data.values())
        )

    def found(self) -> PracticeQuerySet:
        """The published ones that fit, newest first; a value that cannot be used narrows nothing."""
        found: PracticeQuerySet = self.queryset
        if self.form.is_bound:
            self.form.is_valid()
            for name, value in self.form.cleaned_data.items():
                found = self.filters[name].filter(found, value)
        return found.order_by("-published__published_at", "-pk")
