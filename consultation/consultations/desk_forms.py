"""Forms of the secretariat on a consultation: its window, access codes."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from consultation.consultations.actions import Grant, Why, Window
from consultation.consultations.guided import shown_window, widen
from consultation.consultations.local_times import LocalTimeField, in_zone
from consultation.consultations.models import Consultation
from consultation.stakeholders.models import Organisation
from consultation.text.forms import OnceMixin, WrittenField

LONGEST_WHY = 2_000
MOST_USES = 100


class WindowForm(OnceMixin):
    """Another window for all, with a reason; hidden, the window that the form showed."""

    opens = LocalTimeField(label=_("Opens"), error_messages={"required": _("Enter when it opens")})
    closes = LocalTimeField(label=_("Closes"), required=False)
    close_now = forms.BooleanField(
        label=_("Close at once"), required=False, help_text=_("At the instant at which this form is sent.")
    )
    reason = WrittenField(
        label=_("Reason"),
        limit=LONGEST_WHY,
        rows=3,
        missing=_("Enter the reason for the record"),
        help_text=_("It stands in the record of the secretariat."),
    )
    public_note = WrittenField(
        label=_("Public note"),
        limit=LONGEST_WHY,
        rows=3,
        missing=_("Enter the note that everybody reads"),
        help_text=_("Everybody reads it after “because”: “several delegations asked for more time.”"),
    )
    seen_opens = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    seen_closes = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(self, data: Any = None, *, consultation: Consultation) -> None:
        window = shown_window(consultation)
        seen = {
            "seen_opens": consultation.opens_at.isoformat(),
            "seen_closes": consultation.closes_at.isoformat(),
        }
        super().__init__(data, initial={**window, **seen})
        widen(self)
        self.consultation = consultation
        if consultation.state == Consultation.State.PREPARED:
            del self.fields["close_now"]
        else:
            del self.fields["opens"]
            if not consultation.is_open:
                del self.fields["close_now"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("opens", "closes"):
            if data.get(name):
                try:
                    data[name] = in_zone(data[name], self.consultation.zone)
                except ValidationError as error:
                    self.add_error(name, error)
        if "closes" in data and not data["closes"] and not data.get("close_now"):
            self.add_error("closes", _("Enter when it closes"))
        return data

    @property
    def window(self) -> Window | None:
        """The window that is asked for; None to close at once. Seconds that the form does not show stay."""
        data, held = self.cleaned_data, self.consultation
        if data.get("close_now"):
            return None
        kept = {"opens": held.opens_at, "closes": held.closes_at}
        for name, now in shown_window(held).items():
            asked = data.get(name)
            if asked and asked != in_zone(now.replace(second=0, microsecond=0), held.zone):
                kept[name] = asked
        return Window(kept["opens"], kept["closes"])

    @property
    def seen(self) -> Window | None:
        """The window that the form showed."""
        try:
            opens = parse_datetime(self.cleaned_data["seen_opens"])
            closes = parse_datetime(self.cleaned_data["seen_closes"])
        except ValueError:
            return None
        return Window(opens, closes) if opens and closes else None

    @property
    def why(self) -> Why:
        return Why(self.cleaned_data["reason"], self.cleaned_data["public_note"])


class GrantForm(OnceMixin):
    """More time for one organisation."""

    organisation = forms.ModelChoiceField(
        label=_("Organisation"),
        queryset=Organisation.objects.none(),
        error_messages={"required": _("Choose an organisation")},
    )
    until = LocalTimeField(label=_("Until"), error_messages={"required": _("Enter when the code ends")})
    uses = forms.IntegerField(
        label=_("Uses"),
        min_value=1,
        max_value=MOST_USES,
        initial=2,
        help_text=_("How many people of the organisation can enter it."),
    )
    reason = WrittenField(
        label=_("Reason"), limit=LONGEST_WHY, rows=3, missing=_("Enter why the organisation gets more time")
    )

    def __init__(self, data: Any = None, *, consultation: Consultation) -> None:
        super().__init__(data)
        widen(self)
        self.consultation = consultation
        field: Any = self.fields["organisation"]
        field.queryset = consultation.participants().order_by("name")

    def clean_until(self) -> Any:
        return in_zone(self.cleaned_data["until"], self.consultation.zone)

    @property
    def grant(self) -> Grant:
        data = self.cleaned_data
        return Grant(data["organisation"], data["until"], data["uses"], data["reason"])
