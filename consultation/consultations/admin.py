"""Consultations in the admin: window, participants, officers, guiding questions."""

from django.contrib import admin

from consultation.consultations.models import Consultation, GuidingQuestion, Officer, Participation
from consultation.record.admin import RecordedAdmin


class ParticipationInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Participation
    extra = 0
    autocomplete_fields = ("organisation",)


class OfficerInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Officer
    extra = 0
    autocomplete_fields = ("user",)


class GuidingQuestionInline(admin.TabularInline):  # type: ignore[type-arg]
    model = GuidingQuestion
    extra = 0


@admin.register(Consultation)
class ConsultationAdmin(RecordedAdmin):
    list_display = ("title", "state", "opens_at", "closes_at", "time_zone", "announced")
    list_select_related = ("report",)
    prepopulated_fields = {"slug": ("title",)}
    filter_horizontal = ("open_to_groups",)
    inlines = [ParticipationInline, OfficerInline, GuidingQuestionInline]
