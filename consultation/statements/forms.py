"""The forms of a group statement: the speaker's, and the member's answer."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from consultation.positions.actions import Answer
from consultation.positions.forms import MEANINGS
from consultation.positions.models import Stance
from consultation.stakeholders.models import Organisation
from consultation.text.forms import FieldsAlone, OnceMixin, WrittenField

WORDS = 5_000


class StatementForm(OnceMixin):
    """Stance and words in the grouping's name, and the members that it is made for. `version` is what was seen."""

    stance = forms.ChoiceField(
        label=_("Position"),
        choices=[(value, MEANINGS[value]) for value in Stance],
        widget=forms.RadioSelect,
        error_messages={"required": _("Select a position")},
    )
    explanation = WrittenField(
        label=_("Statement"),
        limit=settings.EXPLANATION_MAX_CHARACTERS,
        missing=_("Enter the statement"),
        help_text=_("In the name of the grouping. A moderator reads it before it is published."),
    )
    members = forms.ModelMultipleChoiceField(
        label=_("Made for these members"),
        queryset=Organisation.objects.none(),
        to_field_name="slug",
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each is asked to confirm or to dissociate itself. Who does not answer is not counted."),
        error_messages={
            "required": _("Select at least one member"),
            "invalid_choice": _("Select members of the grouping that take part"),
        },
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args: Any, members: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = Organisation.objects.filter(pk__in=[m.pk for m in members]).order_by("name")
        self.fields["members"].queryset = listed  # type: ignore[attr-defined]  # a choice field
        self.helper = FieldsAlone()

    @property
    def answer(self) -> Answer:
        """The stance with its words, once the form is valid."""
        return Answer(self.cleaned_data["stance"], self.cleaned_data["explanation"])

    @property
    def stance_label(self) -> str:
        """The stance in words, once the form is valid."""
        return str(Stance(self.cleaned_data["stance"]).label)


class ConfirmForm(OnceMixin):
    """The position that was shown, to be replaced by the confirmation."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)


class DissociateForm(OnceMixin):
    """Words of the member, or none."""

    words = WrittenField(
        label=_("What your organisation says (optional)"),
        limit=WORDS,
        rows=4,
        required=False,
        help_text=_("It becomes a comment of your organisation on this recommendation, after a moderator has read it."),
    )
