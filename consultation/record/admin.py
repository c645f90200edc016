"""The record in the admin: to read, never to change.

Other rooms take `ReadOnlyAdmin` for rows that are record, and `RecordedAdmin` for what the secretariat edits.
"""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import Model, QuerySet

from consultation.record.actions import append
from consultation.record.models import Entry


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # one class for many models
    """Rows that actions write and nobody edits."""

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False


class ReadOnlyInline(admin.TabularInline):  # type: ignore[type-arg]  # one class for many models
    """Rows that belong to the one on the page, to look at."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return False


class RecordedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # one class for many models
    """Rows that the secretariat edits: each change leaves an entry that names the fields, in its own transaction."""

    def get_actions(self, request: Any) -> dict[str, Any]:
        """Nothing is deleted in bulk: Django does that outside of a transaction."""
        offered: dict[str, Any] = super().get_actions(request)
        offered.pop("delete_selected", None)
        return offered

    def log_addition(self, request: Any, obj: Model, message: Any) -> LogEntry:
        append(f"{obj._meta.model_name}.added", obj, actor=request.user)
        return super().log_addition(request, obj, message)

    def log_change(self, request: Any, obj: Model, message: Any) -> LogEntry:
        append(f"{obj._meta.model_name}.changed", obj, actor=request.user, changes=message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: Any, queryset: "QuerySet[Any]") -> Any:
        for obj in queryset:
            append(f"{obj._meta.model_name}.deleted", obj, actor=request.user, name=str(obj))
        return super().log_deletions(request, queryset)


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "kind", "subject", "actor", "consultation")
    list_filter = ("kind", "consultation")
    search_fields = ("subject",)
    list_select_related = ("actor",)
    date_hierarchy = "at"
