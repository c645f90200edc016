"""People, organisations and delegations in the admin."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultation.record.errors import Refusal
from consultation.stakeholders import actions
from consultation.stakeholders.models import Membership, Organisation, StakeholderGroup, User
from consultation.stakeholders.post import send_decision
from consultation.text.forms import WrittenField


class ReasonForm(forms.Form):
    """Why the secretariat decides so; the organisation's delegation sees it."""

    reason = WrittenField(label=_("Reason"), limit=2_000, rows=3, missing=_("Enter a reason"))

    def __init__(self, *args: Any, needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = needed


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]  # both sides use it
    model = Membership
    extra = 0
    autocomplete_fields = ("user", "organisation")


@admin.register(User)
class UserAdmin(DjangoUserAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
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


@admin.register(StakeholderGroup)
class StakeholderGroupAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "code", "order")


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "group", "state")
    list_filter = ("state", "group")
    list_select_related = ("group",)
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}
    readonly_fields = ("state", "reason", "state_at", "possible_duplicates")
    inlines = [MembershipInline]
    actions = ["approve", "refuse", "suspend"]

    @admin.display(description=_("possible duplicates"))
    def possible_duplicates(self, organisation: Organisation) -> str:
        """Others with a name that looks the same, or the same domain."""
        return ", ".join(map(str, Organisation.objects.resembling(organisation))) or gettext("none")

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
