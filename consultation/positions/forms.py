"""The position form: one question, no answer preselected."""

import re
from typing import Any

from crispy_forms.layout import Field, Layout
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from consultation.consultations.attribution import Attribution
from consultation.consultations.forms import ATTRIBUTION_HINT, offer_attributions
from consultation.positions.actions import Answer
from consultation.positions.models import Capacity, PositionVersion, Stance
from consultation.stakeholders.forms import offer_organisations
from consultation.stakeholders.models import Membership
from consultation.text.forms import FieldsAlone, OnceMixin, WrittenField, filled

LIMIT = settings.EXPLANATION_MAX_CHARACTERS

_SEEN = re.compile(r"[a-z0-9-]{1,20}:\d{1,6}", re.ASCII)

MEANINGS = {
    Stance.ENDORSE: _("Endorse – we support it as it stands"),
    Stance.RESERVATION: _("Endorse with reservation – we support it, with the reservation explained"),
    Stance.CANNOT_ENDORSE: _("Cannot endorse – we do not support it as it stands"),
}


class PositionForm(OnceMixin):
    """What the organisation declares on one recommendation. `version` is what the person saw."""

    stance = forms.ChoiceField(
        label=_("Position"),
        choices=[(value, MEANINGS[value]) for value in Stance],
        widget=forms.RadioSelect,
        error_messages={"required": _("Select a position")},
    )
    capacity = forms.ChoiceField(
        label=_("In which capacity"),
        choices=Capacity.choices,
        required=False,
        help_text=_(
            "What waits for the capital counts and is marked; your focal point confirms it later in one step. What is "
            "said in an expert capacity is not a position of the organisation and is not counted."
        ),
    )
    attribution = forms.ChoiceField(label=_("How it is shown"), required=False, help_text=ATTRIBUTION_HINT)
    explanation = WrittenField(
        label=_("Explanation of position"),
        limit=LIMIT,
        required=False,
        help_text=filled(
            _("Required with a reservation; recommended if you cannot endorse. Up to %(limit)s characters."),
            limit=f"{LIMIT:,}",
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(
        self,
        *args: Any,
        memberships: list[Membership],
        now: Answer | None = None,
        attributions: list[Attribution] | None = None,
        **kwargs: Any,
    ) -> None:
        """`now` is what is there already: what is not sent stays so. `attributions` are those that can be chosen."""
        super().__init__(*args, **kwargs)
        self.now = now or Answer("")
        offer_attributions(self, attributions or [])
        offer_organisations(self, memberships)
        self.helper = FieldsAlone()
        self.helper.layout = Layout(
            *(["organisation"] if "organisation" in self.fields else []),
            "submission_id",
            "version",
            "stance",
            Field("explanation"),
            "capacity",
            *(["attribution"] if "attribution" in self.fields else []),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("stance") == Stance.RESERVATION and "explanation" in data and not data["explanation"]:
            self.add_error("explanation", _("Enter an explanation of the reservation"))
        return data

    @property
    def answer(self) -> Answer:
        """The stance and its explanation, once the form is valid."""
        data = self.cleaned_data
        return Answer(
            data["stance"],
            data["explanation"],
            capacity=data["capacity"] or self.now.capacity,
            attribution=data.get("attribution") or self.now.attribution,
        )


class AlignForm(OnceMixin):
    """Take the stance of another organisation's published statement and let its words explain it."""

    align = forms.CharField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args: Any, memberships: list[Membership], statement: PositionVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answer = Answer.with_statement(statement)
        offer_organisations(self, memberships)
        self.helper = FieldsAlone()


class ReconfirmForm(OnceMixin):
    """Say again on this text what was signed on an earlier one: `earlier` names the version that was read."""

    earlier = forms.CharField(widget=forms.HiddenInput, max_length=40)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class SendBackForm(forms.Form):
    """The focal point's word to the drafter."""

    note = WrittenField(label=_("What should change"), limit=2_000, rows=3, missing=_("Enter a word to the drafter"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)


class ConfirmForm(OnceMixin):
    """The capital has confirmed the version that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)


class OnceForm(OnceMixin):
    """Only what makes a form that is sent twice one form."""


class UploadForm(forms.Form):
    """The filled form of positions as a spreadsheet."""

    file = forms.FileField(
        error_messages={"required": _("Choose the file that you filled in"), "empty": _("The file is empty")},
        max_length=200,
    )


class SeveralForm(OnceMixin):
    """Which drafts to sign: `sign` holds `ref:version` for each, the version being the one that was read.

    `everything`, the last line of the page, stands for all that the page showed (`read`).
    """

    sign = forms.MultipleChoiceField(error_messages={"required": _("Select at least one position to sign")})

    def __init__(self, data: Any = None) -> None:
        sent = data.getlist("read" if data.get("everything") == "1" else "sign") if data else []
        super().__init__({"submission_id": data.get("submission_id"), "sign": sent} if data else None)
        self.fields["sign"].choices = [(s, s) for s in sent if _SEEN.fullmatch(s)]  # type: ignore[attr-defined]  # a choice field

    @property
    def seen(self) -> dict[str, int]:
        """The version that was read, by ref, once the form is valid."""
        return {ref: int(number) for ref, number in (s.split(":") for s in self.cleaned_data["sign"])}
