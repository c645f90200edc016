"""Reports in the admin: loaded as fixtures, so that their text is only read here; editorial notes can be written."""

from typing import Any

from django.contrib import admin
from django.forms import BaseInlineFormSet
from django.urls import URLPattern, path
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from consultation.record.admin import ReadOnlyAdmin, RecordedAdmin
from consultation.reports import admin_views, editing, framework_views, review_views, version_views
from consultation.reports.contents import RoleFields, title_block_of
from consultation.reports.forms import MentionForm
from consultation.reports.models import Edition, Import, Instrument, Mention, Passage, Report, SessionRole


class SessionRoles(BaseInlineFormSet):  # type: ignore[type-arg]
    """The rows of the session record; the heads of their columns are no labels, so each field has its own."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        row = form.instance if form.instance.pk else _("new entry")
        for field in form.fields.values():
            if not field.widget.is_hidden:
                field.widget.attrs["aria-label"] = f"{capfirst(field.label)} – {row}"


class SessionRoleInline(admin.TabularInline):  # type: ignore[type-arg]
    model = SessionRole
    formset = SessionRoles
    template = "admin/reports/_session_roles.html"
    extra = 0
    show_change_link = False


@admin.register(Report)
class ReportAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("title", "forum", "held_on")
    inlines = [SessionRoleInline]
    readonly_fields = ("slug",)

    class Media:
        css = {"all": ["css/admin.css"]}

    def has_add_permission(self, request: Any) -> bool:
        """A report comes from a document or a fixture."""
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def save_model(self, request: Any, obj: Report, form: Any, change: Any) -> None:
        """Nothing yet: the whole page is stored at once, as a new edition, in `save_related`."""

    def save_related(self, request: Any, form: Any, formsets: Any, change: Any) -> None:
        lines = [line for formset in formsets for line in formset.cleaned_data if line and not line.get("DELETE")]
        roles = [RoleFields(line["role"], line["name"], line["capacity"], line["order"]) for line in lines]
        editing.edit(request.user, form.instance, title_block_of(form.instance), roles)
        for formset in formsets:  # what Django's own log of the admin asks for
            formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("import/", admin_views.upload, name="reports_import"),
            path("import/<str:public_id>/", review_views.review, name="reports_review"),
            path("load/", admin_views.upload, {"fixture": True}, name="reports_load"),
            path("load/<str:public_id>/", admin_views.preview, name="reports_preview"),
            path("<int:pk>/export/<slug:form>/", admin_views.take_out, name="reports_export"),
            path("<int:pk>/version/", version_views.version, name="reports_version"),
            path("<int:pk>/frameworks/", framework_views.propose, name="reports_frameworks"),
        ]
        return own + super().get_urls()


@admin.register(Import)
class ImportAdmin(ReadOnlyAdmin):
    list_display = ("file_name", "made_by", "made_at", "report", "stored_at")
    list_select_related = ("made_by", "report")
    exclude = ("content", "draft")


@admin.register(Edition)
class EditionAdmin(ReadOnlyAdmin):
    list_display = ("report", "number", "way", "file_name", "made_by", "made_at")
    list_select_related = ("report", "made_by")


@admin.register(Passage)
class PassageAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("ref", "code", "kind", "strand", "report", "words")
    list_filter = ("report", "kind", "strand")
    list_select_related = ("report",)
    search_fields = ("ref", "text")
    fields = ("report", "ref", "code", "kind", "strand", "parent", "text", "editorial_note")
    readonly_fields = ("report", "ref", "code", "kind", "strand", "parent", "text")

    def get_queryset(self, request: Any) -> Any:
        """Those of reports; guiding questions stand with their consultation."""
        return super().get_queryset(request).filter(report__isnull=False)

    def has_add_permission(self, request: Any) -> bool:
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def save_model(self, request: Any, obj: Passage, form: Any, change: Any) -> None:
        editing.write_note(request.user, obj, obj.editorial_note)


@admin.register(Instrument)
class InstrumentAdmin(RecordedAdmin):
    list_display = ("name", "short_name", "kind", "official_url")
    list_filter = ("kind",)
    search_fields = ("name", "short_name", "names_in_texts")
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Mention)
class MentionAdmin(RecordedAdmin):
    """Each mention is placed by the form; a report's page proposes those that are not linked yet."""

    form = MentionForm
    list_display = ("words", "instrument", "passage", "start")
    list_filter = ("passage__report", "instrument")
    list_select_related = ("instrument", "passage")
    search_fields = ("words",)
    autocomplete_fields = ("instrument", "passage")
