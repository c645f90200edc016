"""Next texts in the admin: to read. Rapporteurs write them on their pages."""

from django.contrib import admin

from consultation.drafting.models import NextPassageVersion, NextText
from consultation.record.admin import ReadOnlyAdmin


@admin.register(NextText)
class NextTextAdmin(ReadOnlyAdmin):
    list_display = ("consultation", "state", "version", "report", "published_at")
    list_select_related = ("consultation", "report")


@admin.register(NextPassageVersion)
class NextPassageVersionAdmin(ReadOnlyAdmin):
    list_display = ("next_passage", "number", "change", "saved_by", "saved_at")
    list_select_related = ("next_passage__passage", "next_passage__after", "saved_by")
