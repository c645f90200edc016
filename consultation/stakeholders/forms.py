"""Signing up, and choosing in whose name one contributes."""

import re
import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from consultation.stakeholders.actions import Application
from consultation.stakeholders.models import Membership, Organisation, StakeholderGroup, User
from consultation.text import characters
from consultation.text.forms import PROBLEMS, OnceMixin, WrittenField
from consultation.text.names import folded

_ADDRESS = re.compile(r"\w://|\bwww\.|\bmailto:", re.IGNORECASE)


class NameField(forms.CharField):
    """A name on one line, without hidden characters."""

    def to_python(self, value: Any) -> str:
        return " ".join(characters.normalise(super().to_python(value) or "").split(" "))

    def validate(self, value: str) -> None:
        super().validate(value)
        if problem := characters.problem(value):
            raise forms.ValidationError(PROBLEMS[problem])
        if "\n" in value or "\t" in value:
            raise forms.ValidationError(_("Write the name on one line."))
        if value and not any(c.isalnum() for c in value):
            raise forms.ValidationError(self.error_messages["required"])


class NameOfWhoField(NameField):
    """The name of a person or an organisation. Mails begin with it: it carries no address that leads elsewhere."""

    def validate(self, value: str) -> None:
        super().validate(value)
        if _ADDRESS.search(unicodedata.normalize("NFKC", value)):
            raise forms.ValidationError(_("Write the name without an address of the web."))


class SignupForm(forms.Form):
    """What signing up asks beside e-mail and password: the name that stands beside contributions."""

    name = NameOfWhoField(
        label=_("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name")},
    )

    def signup(self, request: Any, user: User) -> None:
        """Called by allauth with the new person."""
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


class MadeForField(forms.CharField):
    """The organisation that a form is made for, carried unseen; `rules.organisation_named` reads what comes back."""

    widget = forms.HiddenInput

    def bound_data(self, data: Any, initial: Any) -> Any:
        """A form that is shown again is made for whom it was offered to."""
        return initial


def offer_organisations(form: forms.Form, memberships: list[Membership]) -> None:
    """Let the form say in whose name it is sent: asked where the person acts for more than one organisation."""
    if len(memberships) == 1:
        form.fields["organisation"] = MadeForField(required=False)
        form.initial["organisation"] = memberships[0].organisation.slug
    if len(memberships) > 1:
        form.fields["organisation"] = forms.ModelChoiceField(
            label=_("In the name of"),
            queryset=Organisation.objects.filter(pk__in=[m.organisation_id for m in memberships]),
            to_field_name="slug",
            empty_label=None,
            error_messages={"required": _("Choose in whose name you write")},
        )


class OrganisationForm(forms.Form):
    """What an organisation says of itself."""

    name = NameOfWhoField(
        label=_("Name of the organisation"), max_length=200, error_messages={"required": _("Enter its name")}
    )
    group = forms.ModelChoiceField(
        label=_("Stakeholder group"),
        queryset=StakeholderGroup.objects.all(),
        to_field_name="slug",
        empty_label=_("Choose a group"),
        error_messages={"required": _("Choose a stakeholder group")},
    )
    country = forms.ChoiceField(
        label=_("Country, or where its seat is"),
        choices=lambda: [("", _("Choose a country")), *countries],
        error_messages={"required": _("Choose a country")},
    )
    kind = forms.ChoiceField(
        label=_("Kind of organisation (optional)"),
        choices=[("", _("Not stated")), *Organisation.Kind.choices],
        required=False,
        help_text=_("It stands on the organisation’s page, and the summary counts by it."),
    )
    website = forms.URLField(label=_("Website (optional)"), required=False, assume_scheme="https")
    mandate = WrittenField(
        label=_("Mandate"),
        limit=2_000,
        rows=4,
        missing=_("Say on whose behalf it speaks"),
        help_text=_(
            "On whose behalf the organisation speaks, and who asked you to represent it. Up to 2,000 characters."
        ),
    )
    official_email = forms.EmailField(
        label=_("Official e-mail address"), error_messages={"required": _("Enter its official e-mail address")}
    )

    @property
    def application(self) -> Application:
        """What was said, once the form is valid."""
        return Application(**{name: self.cleaned_data[name] for name in Application.__dataclass_fields__})


class ApplicationForm(OnceMixin, OrganisationForm):
    """What an organisation says of itself when it applies."""

    field_order = ("submission_id",)

    def clean_name(self) -> str:
        """Refuse a name that is taken, or that reads like one that is, unless this same form took it."""
        name: str = self.cleaned_data["name"]
        gone = [Organisation.State.REFUSED, Organisation.State.MERGED]
        taken = Organisation.objects.exclude(state__in=gone).filter(folded_name=folded(name)[:200])
        if once := self.cleaned_data.get("submission_id"):
            taken = taken.exclude(submission_id=once)
        if taken.exists():
            raise forms.ValidationError(
                _("An organisation of this name is here already. Ask its focal point to invite you.")
            )
        return name


class InvitationForm(OnceMixin):
    """Whom to invite, and as what."""

    email = forms.EmailField(label=_("E-mail address"), error_messages={"required": _("Enter an e-mail address")})
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[
            (Membership.Role.CONTRIBUTOR, _("Contributor – comments and drafts positions")),
            (Membership.Role.OBSERVER, _("Observer – reads and follows")),
            (Membership.Role.FOCAL_POINT, _("Focal point – signs for the organisation, invites and removes")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Select a role")},
    )


# Roles that a focal point gives; a new focal point has to accept.
ROLES = [(r.value, r.label) for r in Membership.Role if r != Membership.Role.FOCAL_POINT]


class RoleForm(forms.Form):
    """A colleague's new role."""

    role = forms.ChoiceField(choices=ROLES)
