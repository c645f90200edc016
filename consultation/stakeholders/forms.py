"""Signing up, and choosing in whose name one contributes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consultation.stakeholders.models import Membership, Organisation, User
from consultation.text import characters
from consultation.text.forms import PROBLEMS


class SignupForm(forms.Form):
    """What signing up asks beside e-mail and password: the name that stands beside contributions."""

    name = forms.CharField(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))

    def clean_name(self) -> str:
        name = characters.normalise(self.cleaned_data["name"])
        if problem := characters.problem(name):
            raise forms.ValidationError(PROBLEMS[problem])
        if characters.is_blank(name) or "\n" in name:
            raise forms.ValidationError(_("Enter your name"))
        return name

    def signup(self, request: Any, user: User) -> None:
        """Called by allauth with the new person."""
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


def offer_organisations(form: forms.Form, memberships: list[Membership]) -> None:
    """Ask in the form in whose name it is sent, where the person acts for more than one organisation."""
    if len(memberships) > 1:
        form.fields["organisation"] = forms.ModelChoiceField(
            label=_("In the name of"),
            queryset=Organisation.objects.filter(pk__in=[m.organisation_id for m in memberships]),
            to_field_name="slug",
            empty_label=None,
            error_messages={"required": _("Choose in whose name you write")},
        )
