"""Packs and letters in the admin: to read. The words of a letter and its scan stand on its own page only."""

from django.contrib import admin

from consultation.offline.models import Letter, Pack
from consultation.record.admin import ReadOnlyAdmin


@admin.register(Pack)
class PackAdmin(ReadOnlyAdmin):
    list_display = ("number", "kind", "organisation", "consultation", "made_by", "made_at")
    list_filter = ("consultation", "kind")
    list_select_related = ("organisation", "consultation", "made_by")


@admin.register(Letter)
class LetterAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "organisation", "consultation", "state", "entered_by", "entered_at")
    list_filter = ("consultation", "state")
    list_select_related = ("organisation", "consultation", "entered_by")
