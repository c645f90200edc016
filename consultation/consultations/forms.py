"""Forms of participants: entering an access code, and asking in whose name a contribution is shown."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consultation.consultations.attribution import ENOUGH, Attribution
from consultation.text.forms import FieldsAlone, filled

_LONGEST_CODE = 40
MEANINGS = {
    Attribution.NAMED: _("Organisation named – everybody reads who says it"),
    Attribution.GROUP: _("Group only – everybody reads “An organisation of the group …”"),
    Attribution.SECRETARIAT: _("Secretariat only – everybody reads “An organisation”"),
}
ATTRIBUTION_HINT = filled(
    _(
        "The words are public in any case: leave out of them what gives you away. Your delegation, the moderators "
        "and the secretariat always see the name. The group is told only while at least %(n)d of its organisations "
        "could have said it. You can tell more later, never less."
    ),
    n=ENOUGH,
)


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
        self.helper = FieldsAlone()


def offer_attributions(form: forms.Form, attributions: list[Attribution]) -> None:
    """Let the field `attribution` ask for one of these, most telling first; no question where there is no choice."""
    if len(attributions) <= 1:
        form.fields.pop("attribution", None)
        return
    field: Any = form.fields["attribution"]
    field.choices = [(a.value, MEANINGS[a]) for a in reversed(attributions)]
    field.initial = Attribution.NAMED
