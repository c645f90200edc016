"""Forms of participants: entering an access code."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

_LONGEST_CODE = 40


class CodeForm(forms.Form):
    """The code that the secretariat gave to one's organisation."""

    code = forms.CharField(
        label=_("Access code"),
        max_length=_LONGEST_CODE,
        help_text=_("Twelve letters and digits, as the secretariat gave them to your organisation."),
        error_messages={"required": _("Enter the access code")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
