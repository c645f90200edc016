"""Consultations in the admin: participants and officers, and the way to the guided pages.

The window, what can be commented on and the guiding questions are not edited here: guided actions change or make them,
with their reason and their entry.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.urls import URLPattern, path

from consultation.consultations import admin_views
from consultation.consultations.models import AccessCode, Consultation, Officer, Participation, WindowChange
from consultation.record.admin import ReadOnlyAdmin, RecordedAdmin
from consultation.reports.models import Passage


class ParticipationInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Participation
    extra = 0
    autocomplete_fields = ("organisation",)


class OfficerInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Officer
    extra = 0
    autocomplete_fields = ("user",)


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
    inlines = [ParticipationInline, OfficerInline]
    readonly_fields = ("report", "opens_at", "closes_at", "outcome_published_at")

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
