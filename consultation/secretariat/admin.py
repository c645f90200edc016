"""The secretariat's acts that go across rooms, where it works: on the admin's pages of organisations and people."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultation.record.errors import Refusal
from consultation.secretariat import actions, merging
from consultation.stakeholders import admin as stakeholders
from consultation.stakeholders import personal_data
from consultation.stakeholders.models import Membership, Organisation, User
from consultation.stakeholders.rules import is_secretariat

admin.site.unregister([Organisation, User])


class MergeForm(forms.Form):
    """Which of two organisations is kept, and whose position stands where both hold one."""

    keep = forms.ChoiceField(
        label=_("Which one is kept"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose which one is kept")},
    )

    def __init__(self, *args: Any, both: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(o.pk, f"{o} ({o.get_state_display()})") for o in both]
        self.fields["keep"].choices = names  # type: ignore[attr-defined]  # it is a choice field
        self.pairs = merging.rivals(*both)
        for pair in self.pairs:
            self.fields[f"stands-{pair.key}"] = forms.ChoiceField(
                label=_("Which position stands"),
                choices=[(o.pk, str(o)) for o in both],
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose which position stands")},
            )

    @property
    def rows(self) -> list[tuple[merging.Rivals, forms.BoundField]]:
        return [(pair, self[f"stands-{pair.key}"]) for pair in self.pairs]

    @property
    def standing(self) -> dict[str, int]:
        return {pair.key: int(self.cleaned_data[f"stands-{pair.key}"]) for pair in self.pairs}


@admin.register(Organisation)
class OrganisationAdmin(stakeholders.OrganisationAdmin):
    actions = [*stakeholders.OrganisationAdmin.actions, "merge"]

    @admin.action(description=_("Merge the two selected organisations"))
    def merge(self, request: Any, queryset: "QuerySet[Organisation]") -> HttpResponse | None:
        """A page that shows what both are and hold; then one of the two."""
        both = list(queryset.order_by("pk")[:3])
        if len(both) != len(("kept", "absorbed")):
            messages.error(request, gettext("Select exactly two organisations to merge."))
            return None
        form = MergeForm(request.POST if "confirm" in request.POST else None, both=both)
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "title": gettext("Merge two organisations"),
                "form": form,
                "both": [(o, Membership.objects.current().filter(organisation=o).select_related("user")) for o in both],
            }
            status = 422 if form.is_bound else 200
            return TemplateResponse(request, "admin/secretariat/merge.html", context, status=status)
        kept, absorbed = sorted(both, key=lambda o: str(o.pk) != form.cleaned_data["keep"])
        try:
            actions.merge_organisations(request.user, kept, absorbed, form.standing)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            sentence = gettext("%(absorbed)s is merged into %(kept)s.")
            messages.success(request, sentence % {"absorbed": absorbed, "kept": kept})
        return None


@admin.register(User)
class UserAdmin(stakeholders.UserAdmin):
    actions = ["export_data", "erase"]

    @admin.action(description=_("Export all data of the selected person (JSON)"))
    def export_data(self, request: Any, queryset: "QuerySet[User]") -> HttpResponse | None:
        user = self._one(request, queryset)
        if user is None:
            return None
        response = JsonResponse(personal_data.export(user), json_dumps_params={"ensure_ascii": False, "indent": 1})
        response["Content-Disposition"] = f'attachment; filename="person-{user.pk}.json"'
        return response

    @admin.action(description=_("Erase the selected person"))
    def erase(self, request: Any, queryset: "QuerySet[User]") -> HttpResponse | None:
        """After a page that says what goes, what stands, and which organisation loses its last focal point."""
        user = self._one(request, queryset)
        if user is None:
            return None
        if "confirm" not in request.POST:
            own = list(Membership.objects.of(user))
            left = [m.organisation for m in own if not _another_signs(m)]
            context = {
                **self.admin_site.each_context(request),
                "title": gettext("Erase a person"),
                "person": user,
                "memberships": own,
                "left": left,
            }
            return TemplateResponse(request, "admin/secretariat/erase.html", context)
        try:
            actions.erase_person(request.user, user)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, gettext("The person is erased. What they said stands under “a former delegate”."))
        return None

    def _one(self, request: Any, queryset: "QuerySet[User]") -> User | None:
        """The one selected person, for the secretariat only; else a message says what to do."""
        selected = list(queryset[:2])
        if not is_secretariat(request.user):
            messages.error(request, gettext("Only the secretariat acts on a data request."))
        elif len(selected) != 1:
            messages.error(request, gettext("Select one person."))
        else:
            return selected[0]
        return None


def _another_signs(membership: Membership) -> bool:
    others = Membership.objects.focal_points(membership.organisation).exclude(pk=membership.pk)
    return membership.role != Membership.Role.FOCAL_POINT or others.exists()
