"""Consultations in the admin: participants and officers, and the way to the guided pages.

The window, what can be commented on and the guiding questions are not edited here: guided actions change or make them,
with their reason and their entry.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from consultation.consultations import admin_views
from consultation.consultations.models import AccessCode, Consultation, Officer, Participation, WindowChange
from consultation.record.admin import ReadOnlyAdmin, RecordedAdmin
from consultation.reports.models import Passage

# Each is three fields of the form and two queries of its page; a form has at most 1,000 fields.
MOST_PARTICIPATIONS = 200


class ParticipationInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Participation
    extra = 0
    autocomplete_fields = ("organisation",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Participation]":
        return super().get_queryset(request).select_related("organisation", "consultation")


class FurtherParticipationInline(ParticipationInline):
    """Where there are more than fit into one form: others are added, and those that are there are not listed."""

    verbose_name_plural = _("participations (too many to be listed here; others can be added)")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Participation]":
        return super().get_queryset(request).none()


class OfficerInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Officer
    extra = 0
    autocomplete_fields = ("user",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Officer]":
        return super().get_queryset(request).select_related("user", "consultation")


class ConsultationForm(forms.ModelForm):  # type: ignore[type-arg]
    """No reminders are an empty list."""

    def clean_reminder_days(self) -> list[int]:
        return self.cleaned_data["reminder_days"] or []


@admin.register(Consultation)
class ConsultationAdmin(RecordedAdmin):
    form = ConsultationForm
    recorded_words = ("slug", "title", "time_zone", "place", "reminder_days")
    list_display = ("title", "state", "opens_at", "closes_at", "time_zone", "announced")
    list_select_related = ("report",)
    filter_horizontal = ("open_to_groups",)
    readonly_fields = ("report", "opens_at", "closes_at", "outcome_published_at")

    def get_inlines(self, request: HttpRequest, obj: Consultation | None) -> list[Any]:
        if obj and obj.participations.count() > MOST_PARTICIPATIONS:
            return [FurtherParticipationInline, OfficerInline]
        return [ParticipationInline, OfficerInline]

    def has_add_permission(self, request: Any) -> bool:
        """They are made by the guided form."""
        return False

    def delete_model(self, request: Any, obj: Consultation) -> None:
        """With its guiding questions, which are passages of nothing else."""
        questions = list(obj.guiding_questions.values_list("passage", flat=True))
        super().delete_model(request, obj)
        Passage.objects.filter(pk__in=questions).delete()

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("guided/", admin_views.choose_report, name="consultations_guided"),
            path("guided/<int:report>/", admin_views.guided, name="consultations_guided_form"),
            path("<int:pk>/window/", admin_views.window, name="consultations_window"),
            path("<int:pk>/codes/", admin_views.codes, name="consultations_codes"),
        ]
        return own + super().get_urls()


@admin.register(WindowChange)
class WindowChangeAdmin(ReadOnlyAdmin):
    list_display = ("consultation", "kind", "old_closes_at", "new_closes_at", "made_by", "made_at")
    list_select_related = ("consultation", "made_by")


@admin.register(AccessCode)
class AccessCodeAdmin(ReadOnlyAdmin):
    list_display = ("consultation", "organisation", "until", "uses_allowed", "made_by", "made_at", "revoked_at")
    list_select_related = ("consultation", "organisation", "made_by")
