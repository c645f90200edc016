"""The forms of a silence procedure: the chair's and the focal point's."""

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from consultation.consultations.models import Consultation
from consultation.record import clock
from consultation.reports.models import Passage
from consultation.silence.actions import Objection
from consultation.silence.models import Breaking, Procedure
from consultation.stakeholders.forms import offer_organisations
from consultation.stakeholders.models import Membership
from consultation.text.forms import FieldsAlone, OnceMixin, WrittenField

LIMIT = 5_000


class UntilMixin(OnceMixin):
    """A day and a time at the consultation's place; `until` is the instant, once the form is valid."""

    until_day = forms.DateField(
        label=_("Until: day"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Enter a day"), "invalid": _("Enter a day such as 2028-12-31")},
    )
    until_time = forms.TimeField(
        label=_("Until: time"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Enter a time"), "invalid": _("Enter a time such as 18:00")},
    )

    def __init__(self, *args: Any, consultation: Consultation, after: datetime, **kwargs: Any) -> None:
        """`after` is the instant that the end has to lie after."""
        super().__init__(*args, **kwargs)
        self.consultation, self.after = consultation, after
        self.until = after
        self.fields["until_time"].help_text = _now(
            "In the time of %(place)s (%(zone)s). What comes at this time or later is too late."
        ) % {"place": consultation.place, "zone": consultation.time_zone}
        self.helper = FieldsAlone()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        day, at = data.get("until_day"), data.get("until_time")
        if not (isinstance(day, date) and isinstance(at, time)):
            return data
        if day.year not in clock.YEARS:
            self.add_error("until_day", self.fields["until_day"].error_messages["invalid"])
            return data
        local = datetime.combine(day, at, tzinfo=self.consultation.zone)
        self.until = local.astimezone(UTC)
        if self.until.astimezone(self.consultation.zone).replace(tzinfo=None) != local.replace(tzinfo=None):
            self.add_error("until_time", _("The clocks go forward over this time on that day. Enter another."))
        elif self.until <= self.after and not self.was_sent(data.get("submission_id")):
            self.add_error("until_day", _("Enter a day and time that are to come, after the end that stands"))
        return data

    def was_sent(self, submission_id: UUID | None) -> bool:
        """Whether this same form moved the end before."""
        return False


class StartForm(UntilMixin):
    """Which recommendations are put under silence, until when, with what word."""

    passages = forms.ModelMultipleChoiceField(
        label=_("Recommendations"),
        queryset=Passage.objects.none(),
        to_field_name="ref",
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each in the words that stand in the report now."),
        error_messages={
            "required": _("Select at least one recommendation"),
            "invalid_choice": _("Select recommendations of this report"),
        },
    )
    introduction = WrittenField(
        label=_("Word of the chair (optional)"), limit=LIMIT, rows=4, required=False, help_text=_("Everybody reads it.")
    )
    field_order = ("passages", "until_day", "until_time", "introduction", "submission_id")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        recommendations = self.fields["passages"]
        recommendations.queryset = self.consultation.recommendations()  # type: ignore[attr-defined]  # a choice field
        recommendations.label_from_instance = _named  # type: ignore[attr-defined]


class ExtendForm(UntilMixin):
    """A later end, and why."""

    extension_reason = WrittenField(
        label=_("Reason of the extension"),
        limit=LIMIT,
        rows=3,
        missing=_("Enter a reason"),
        help_text=_("Everybody reads it."),
    )
    field_order = ("until_day", "until_time", "extension_reason", "submission_id")

    def __init__(self, *args: Any, procedure: Procedure, **kwargs: Any) -> None:
        super().__init__(*args, after=max(procedure.ends_at, clock.now()), **kwargs)
        self.procedure = procedure

    def was_sent(self, submission_id: UUID | None) -> bool:
        sent = self.procedure.extensions.filter(submission_id=submission_id) if submission_id else None
        return sent is not None and sent.exists()


class BreakForm(OnceMixin):
    """Why silence is broken, and what of it may be published. Nothing is preselected."""

    objection = WrittenField(
        label=_("Reason for breaking silence"),
        limit=LIMIT,
        missing=_("Enter the reason"),
        help_text=_("The chair reads it now, nobody else outside of your delegation."),
    )
    disclosure = forms.ChoiceField(
        label=_("What may be published afterwards"),
        choices=Breaking.Disclosure.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Select what may be published")},
    )
    field_order = ("organisation", "objection", "disclosure", "submission_id")

    def __init__(self, *args: Any, memberships: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_organisations(self, memberships)
        self.order_fields(self.field_order)
        self.only = memberships[0].organisation_id if len(memberships) == 1 else None
        self.helper = FieldsAlone()

    @property
    def objection_made(self) -> Objection:
        """What is said, once the form is valid."""
        return Objection(self.cleaned_data["objection"], self.cleaned_data["disclosure"])


def _named(recommendation: Passage) -> str:
    """The code with the beginning of the words, for a list to choose from."""
    words = recommendation.words
    return f"{recommendation.code} – {words[:80]}{'…' if len(words) > 80 else ''}"  # noqa: PLR2004 - a line of a list
