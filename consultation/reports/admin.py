"""Reports in the admin: loaded as fixtures, so that their text is only read here; editorial notes can be written."""

from typing import Any

from django.contrib import admin

from consultation.reports.models import Passage, Report, SessionRole


class SessionRoleInline(admin.TabularInline):  # type: ignore[type-arg]
    model = SessionRole
    extra = 0


@admin.register(Report)
class ReportAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("title", "forum", "held_on")
    inlines = [SessionRoleInline]


@admin.register(Passage)
class PassageAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("ref", "code", "kind", "strand", "report", "words")
    list_filter = ("report", "kind", "strand")
    list_select_related = ("report",)
    search_fields = ("ref", "text")
    fields = ("report", "ref", "code", "kind", "strand", "parent", "text", "editorial_note")
    readonly_fields = ("report", "ref", "code", "kind", "strand", "parent", "text")

    def has_add_permission(self, request: Any) -> bool:
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False
