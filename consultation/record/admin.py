"""The record in the admin: to read, never to change.

Other rooms take `ReadOnlyAdmin` for rows that are record, and `RecordedAdmin` for what the secretariat edits.
"""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import Model, QuerySet
from django.utils.translation import override

from consultation.record import edits
from consultation.record.actions import append, hold
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


class _Message(list[Any]):
    """What Django's own log says of an edit, with what the record says of it."""

    changes: list[dict[str, Any]]


def _columns(row: Model) -> dict[str, Any]:
    return {field.attname: field.value_from_object(row) for field in row._meta.concrete_fields}


class RecordedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # one class for many models
    """Rows that the secretariat edits: each change leaves an entry that names the fields, in its own transaction.

    `recorded_words` are the fields of text whose words the entry tells, too: never a person's.
    """

    recorded_words: tuple[str, ...] = ()

    def get_actions(self, request: Any) -> dict[str, Any]:
        """Nothing is deleted in bulk: Django does that outside of a transaction."""
        offered: dict[str, Any] = super().get_actions(request)
        offered.pop("delete_selected", None)
        return offered

    def get_object(self, request: Any, object_id: str, from_field: str | None = None) -> Any:
        """Of what is edited, the row as it stands once nobody else changes it any more."""
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST":
            return found
        try:
            hold(found)
        except type(found).DoesNotExist:
            return None
        held = super().get_object(request, object_id, from_field)
        if held is not None:
            held.as_held = _columns(held)
        return held

    def save_model(self, request: Any, obj: Model, form: Any, change: bool) -> None:
        """Only what the form changed, of what stood there when the row was held."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        held = obj.as_held  # type: ignore[attr-defined]  # by `get_object`
        obj.save(update_fields={name for name, value in _columns(obj).items() if value != held[name]})

    def construct_change_message(self, request: Any, form: Any, formsets: Any, add: bool = False) -> Any:
        message = _Message(super().construct_change_message(request, form, formsets, add))
        with override(None):
            message.changes = edits.told(form, formsets or [], self.recorded_words)
        return message

    def log_addition(self, request: Any, obj: Model, message: Any) -> LogEntry:
        append(f"{obj._meta.model_name}.added", obj, actor=request.user)
        return super().log_addition(request, obj, message)

    def log_change(self, request: Any, obj: Model, message: Any) -> LogEntry:
        append(f"{obj._meta.model_name}.changed", obj, actor=request.user, changes=message.changes)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: Any, queryset: "QuerySet[Any]") -> Any:
        for obj in queryset:
            told = edits.values(obj, self.recorded_words)
            append(f"{obj._meta.model_name}.deleted", obj, actor=request.user, was=told)
        return super().log_deletions(request, queryset)


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "kind", "subject", "actor", "consultation")
    list_filter = ("kind", "consultation")
    search_fields = ("subject",)
    list_select_related = ("actor",)
    date_hierarchy = "at"
