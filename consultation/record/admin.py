"""The record in the admin: to read, never to change. Other rooms take `ReadOnlyAdmin` for rows that are record."""

from typing import Any

from django.contrib import admin

from consultation.record.models import Entry


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # one class for many models
    """Rows that actions write and nobody edits."""

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "kind", "subject", "actor", "consultation")
    list_filter = ("kind", "consultation")
    search_fields = ("subject",)
    list_select_related = ("actor",)
    date_hierarchy = "at"
