"""Reading a thread by who speaks in it."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from consultation.consultations.attribution import Attributions
from consultation.discussion import threads
from consultation.discussion.models import Comment, CommentQuerySet
from consultation.stakeholders.models import StakeholderGroup
from consultation.text.forms import FieldsAlone


class ThreadFilter(django_filters.FilterSet):
    """`group` and `organisation` (slugs); `order` is only carried along. Unknown values are said and filter nothing."""

    group = django_filters.ModelChoiceFilter(
        method="in_group",
        queryset=StakeholderGroup.objects.all(),
        to_field_name="slug",
        label=_("Stakeholder group"),
        empty_label=_("All groups"),
    )
    organisation = django_filters.CharFilter(method="named", label=_("Organisation"))
    order = django_filters.ChoiceFilter(
        label=_("Order"),
        choices=[
            (threads.OLDEST, _("Oldest first")),
            (threads.NEWEST, _("Newest first")),
            (threads.ANSWERED, _("Most answered first")),
        ],
        empty_label=None,
        method="as_it_is",
    )

    class Meta:
        model = Comment
        fields: list[str] = []

    def __init__(self, data: Any, thread: CommentQuerySet, attributions: Attributions) -> None:
        super().__init__(data or None, queryset=thread)
        self.attributions = attributions
        self.form.helper = FieldsAlone()

    def as_it_is(self, queryset: CommentQuerySet, name: str, value: str) -> CommentQuerySet:
        return queryset

    def in_group(self, queryset: CommentQuerySet, name: str, value: StakeholderGroup) -> CommentQuerySet:
        """Those of which the reader is told that they are of this group."""
        return queryset.filter(self.attributions.in_group(value))

    def named(self, queryset: CommentQuerySet, name: str, value: str) -> CommentQuerySet:
        """Those of organisations so called, of which the reader is told the name."""
        return queryset.filter(self.attributions.named(), organisation__name__icontains=value)

    @property
    def is_narrowed(self) -> bool:
        """Whether only some voices are asked for."""
        if not self.form.is_bound:
            return False
        self.form.is_valid()
        return any(self.form.cleaned_data.get(name) for name in ("group", "organisation"))

    def found(self) -> CommentQuerySet:
        """The comments and replies of those who are asked for."""
        self.form.is_valid()
        found: CommentQuerySet = self.filter_queryset(self.queryset)
        return found

    def filter_queryset(self, queryset: CommentQuerySet) -> CommentQuerySet:
        for name, value in self.form.cleaned_data.items():
            queryset = self.filters[name].filter(queryset, value)
        return queryset
