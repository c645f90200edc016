"""People, organisations and delegations in the admin."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultation.record.admin import ReadOnlyAdmin, ReadOnlyInline, RecordedAdmin
from consultation.record.errors import Refusal
from consultation.stakeholders import actions, importing, rules
from consultation.stakeholders.models import (
    Grouping,
    GroupingMember,
    GroupingSpeaker,
    Invitation,
    Membership,
    Organisation,
    StakeholderGroup,
    User,
)
from consultation.stakeholders.post import send_decision, send_invitation
from consultation.text.forms import WrittenField


class ReasonForm(forms.Form):
    """Why the secretariat decides so; the organisation's delegation sees it."""

    reason = WrittenField(label=_("Reason"), limit=2_000, rows=3, missing=_("Enter a reason"))

    def __init__(self, *args: Any, needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = needed


class ImportForm(forms.Form):
    """A CSV file, or its text sent back by the preview; `sheet` is what was read."""

    file = forms.FileField(label=_("CSV file"), required=False)
    text = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        file = data.get("file")
        if file and file.size > importing.MAX_BYTES:
            raise forms.ValidationError(gettext("The file is larger than 1 MB. Divide it."))
        content = file.read() if file else data.get("text", "").encode()
        if not content:
            raise forms.ValidationError(gettext("Choose a CSV file."))
        data["sheet"] = sheet = importing.read(content)
        # What the preview sends back when it is confirmed.
        data["source"] = "" if sheet.problems else importing.decoded(content)
        return data


class MembershipInline(ReadOnlyInline):
    """Who acts for whom, in what role, since when and until when."""

    model = Membership
    fields = ("user", "organisation", "role", "started_at", "ended_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Membership]":
        return super().get_queryset(request).select_related("user", "organisation")


@admin.register(User)
class UserAdmin(RecordedAdmin, DjangoUserAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    ordering = ("email",)
    list_display = ("email", "name", "is_staff", "is_active")
    search_fields = ("email", "name")
    fieldsets = (
        (None, {"fields": ("email", "password", "name")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("email", "name", "usable_password", "password1", "password2")}),
    )
    inlines = [MembershipInline]

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """A person is erased, by the action, and never deleted."""
        return False

    @transaction.atomic
    def user_change_password(self, request: Any, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002 - Django's name
        """One transaction, so that the change and its entry in the record are one."""
        return super().user_change_password(request, id, form_url)


@admin.register(StakeholderGroup)
class StakeholderGroupAdmin(RecordedAdmin):
    recorded_words = ("slug", "name", "code")
    list_display = ("name", "code", "order")


class GroupingMemberInline(admin.TabularInline):  # type: ignore[type-arg]  # not subscriptable at run time
    """The organisations that belong to the grouping."""

    model = GroupingMember
    extra = 1
    autocomplete_fields = ("organisation",)


class GroupingSpeakerInline(admin.TabularInline):  # type: ignore[type-arg]  # not subscriptable at run time
    """Who speaks for the grouping, from when until when."""

    model = GroupingSpeaker
    extra = 1
    autocomplete_fields = ("organisation",)


@admin.register(Grouping)
class GroupingAdmin(RecordedAdmin):
    recorded_words = ("slug", "name")
    list_display = ("name", "slug")
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}
    inlines = [GroupingMemberInline, GroupingSpeakerInline]


@admin.register(Organisation)
class OrganisationAdmin(RecordedAdmin):
    recorded_words = ("slug", "name")
    list_display = ("name", "group", "state", "focal_points")
    list_filter = ("state", "group", "kind")
    list_select_related = ("group",)
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}
    readonly_fields = ("state", "reason", "state_at", "merged_into", "possible_duplicates")
    inlines = [MembershipInline]
    actions = ["approve", "refuse", "suspend", "invite_official_address"]

    def get_queryset(self, request: Any) -> "QuerySet[Organisation]":
        current = Membership.objects.current().filter(role=Membership.Role.FOCAL_POINT).select_related("user")
        return super().get_queryset(request).prefetch_related(Prefetch("memberships", current, to_attr="signing"))

    @admin.display(description=_("focal points"))
    def focal_points(self, organisation: Organisation) -> str:
        """Who signs for it now."""
        return ", ".join(str(m.user) for m in organisation.signing) or gettext("none")  # type: ignore[attr-defined]  # prefetched above

    @admin.action(description=_("Invite the official e-mail address as focal point"))
    def invite_official_address(self, request: Any, queryset: "QuerySet[Organisation]") -> None:
        """Give an organisation that nobody signs for its first focal point; others are left as they are."""
        for organisation in queryset:
            if organisation.signing or not organisation.official_email:  # type: ignore[attr-defined]  # prefetched above
                sentence = gettext("%s has a focal point already, or no official e-mail address.")
                messages.warning(request, sentence % organisation)
                continue
            email, role = organisation.official_email, Membership.Role.FOCAL_POINT
            try:
                with transaction.atomic():
                    made, token = actions.invite(request.user, organisation, email, role, uuid4())
                    send_invitation(made, request.build_absolute_uri(reverse("invitation", args=[token])))
            except Refusal as refusal:
                messages.error(request, refusal.sentence)
                continue
            messages.success(request, gettext("The invitation is sent to %s.") % made.email)

    @admin.display(description=_("possible duplicates"))
    def possible_duplicates(self, organisation: Organisation) -> str:
        """Others with a name that looks the same, or the same domain."""
        return ", ".join(map(str, Organisation.objects.resembling(organisation))) or gettext("none")

    def get_urls(self) -> list[Any]:
        importing = path("import/", self.admin_site.admin_view(self.import_view), name="import_organisations")
        return [importing, *super().get_urls()]

    def import_view(self, request: Any) -> HttpResponse:
        """Organisations from a CSV file: what each row would do, then all of them or none."""
        if not rules.is_secretariat(request.user):
            raise PermissionDenied(gettext("Only the secretariat imports organisations."))
        form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
        sheet = form.cleaned_data["sheet"] if form.is_valid() else None
        if sheet and not sheet.problems and "confirm" in request.POST:
            number = actions.import_organisations(request.user, [line.application for line in sheet.lines])
            sentence = gettext("Imported: %(new)d new, %(changed)d changed, %(unchanged)d unchanged.")
            messages.success(request, sentence % number)
            return redirect("admin:stakeholders_organisation_changelist")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Import organisations"),
            "form": form,
            "sheet": sheet,
            "columns": importing.COLUMNS,
        }
        status = 422 if form.errors or (sheet and sheet.problems) else 200
        return TemplateResponse(request, "admin/stakeholders/import.html", context, status=status)

    @admin.action(description=_("Approve the selected organisations"))
    def approve(self, request: Any, queryset: "QuerySet[Organisation]") -> HttpResponse | None:
        return self._decide(request, queryset, Organisation.State.APPROVED)

    @admin.action(description=_("Refuse the selected organisations, with a reason"))
    def refuse(self, request: Any, queryset: "QuerySet[Organisation]") -> HttpResponse | None:
        return self._decide(request, queryset, Organisation.State.REFUSED)

    @admin.action(description=_("Suspend the selected organisations, with a reason"))
    def suspend(self, request: Any, queryset: "QuerySet[Organisation]") -> HttpResponse | None:
        return self._decide(request, queryset, Organisation.State.SUSPENDED)

    def _decide(self, request: Any, queryset: "QuerySet[Organisation]", state: str) -> HttpResponse | None:
        """One decision for all selected, after a page that asks for the reason and shows possible duplicates."""
        form = ReasonForm(
            request.POST if "confirm" in request.POST else None, needed=state != Organisation.State.APPROVED
        )
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "title": Organisation.State(state).label,
                "form": form,
                "action": request.POST["action"],
                "rows": [(o, list(Organisation.objects.resembling(o))) for o in queryset.select_related("group")],
            }
            return TemplateResponse(request, "admin/stakeholders/decide.html", context)
        for organisation in queryset:
            try:
                with transaction.atomic():
                    decided = actions.decide_on_organisation(
                        request.user, organisation, state, form.cleaned_data["reason"]
                    )
                    send_decision(decided)
            except Refusal as refusal:
                messages.error(request, refusal.sentence)
            else:
                messages.success(request, f"{decided}: {decided.get_state_display()}")
        return None


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ("user", "organisation", "role", "started_at", "ended_at")
    list_filter = ("role", ("ended_at", admin.EmptyFieldListFilter), "organisation__group")
    list_select_related = ("user", "organisation")
    search_fields = ("user__name", "user__email", "organisation__name")


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("email", "organisation", "role", "invited_by", "invited_at", "expires_at", "accepted_at")
    list_select_related = ("organisation", "invited_by")
    exclude = ("token_hash",)
