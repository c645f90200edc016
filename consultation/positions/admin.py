"""Positions in the admin: to read."""

from django.contrib import admin

from consultation.positions.models import Position
from consultation.record.admin import ReadOnlyAdmin


@admin.register(Position)
class PositionAdmin(ReadOnlyAdmin):
    list_display = ("recommendation", "organisation", "consultation", "signed")
    list_filter = ("consultation", "organisation__group")
    list_select_related = (
        "recommendation",
        "organisation",
        "consultation",
        "signed__position__recommendation",
        "signed__position__organisation",
    )
