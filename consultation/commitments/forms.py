"""The forms of a commitment and of a report on it."""

from datetime import date
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from consultation.commitments.actions import Promise, Told
from consultation.commitments.models import Progress
from consultation.reports.models import Passage
from consultation.stakeholders.forms import offer_organisations
from consultation.stakeholders.models import Membership, StakeholderGroup
from consultation.text.forms import FieldsAlone, OnceMixin, WrittenField

LIMIT = settings.COMMITMENT_MAX_CHARACTERS
SHORT = 1_000


class CommitmentForm(OnceMixin):
    """What, by when, indicator, who. `version` is what the person saw."""

    recommendation = forms.ModelChoiceField(
        label=_("Recommendation"),
        queryset=Passage.objects.none(),
        to_field_name="ref",
        empty_label=_("Choose a recommendation"),
        error_messages={
            "required": _("Select a recommendation"),
            "invalid_choice": _("Select a recommendation of this report"),
        },
    )
    what = WrittenField(
        label=_("What the organisation commits to"), limit=LIMIT, missing=_("Enter what the organisation commits to")
    )
    by_when = forms.DateField(
        label=_("By when"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Enter a date"), "invalid": _("Enter a date such as 2028-12-31")},
    )
    indicator = WrittenField(
        label=_("Indicator"),
        limit=SHORT,
        rows=3,
        missing=_("Enter an indicator"),
        help_text=_("How everybody can see that it is done."),
    )
    responsible = WrittenField(
        label=_("Who does it"),
        limit=SHORT,
        rows=2,
        missing=_("Enter who does it"),
        help_text=_("An office, not a person."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, initial=0)

    def __init__(
        self,
        *args: Any,
        recommendations: Any,
        memberships: list[Membership],
        today: date,
        fixed: bool = False,
        **kwargs: Any,
    ) -> None:
        """`fixed` for a commitment that is there: its recommendation and organisation stay."""
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["recommendation"].queryset = recommendations  # type: ignore[attr-defined]  # a choice field
        self.fields["recommendation"].label_from_instance = _named  # type: ignore[attr-defined]
        if fixed:
            del self.fields["recommendation"]
        else:
            offer_organisations(self, memberships)
        self.helper = FieldsAlone()
        first = [name for name in ("organisation", "recommendation") if name in self.fields]
        self.helper.layout = Layout(*first, "what", "by_when", "indicator", "responsible", "submission_id", "version")

    def clean_by_when(self) -> date:
        """A promise is about the time to come."""
        by_when: date = self.cleaned_data["by_when"]
        if by_when < self.today:
            raise forms.ValidationError(_("Enter a date that is not past"))
        return by_when

    @property
    def promise(self) -> Promise:
        """What is promised, once the form is valid."""
        return Promise(**{name: self.cleaned_data[name] for name in Promise.__dataclass_fields__})


class ProgressForm(OnceMixin):
    """How far it has come. No status is preselected."""

    status = forms.ChoiceField(
        label=_("Status"),
        choices=Progress.Status.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Select a status")},
    )
    words = WrittenField(label=_("Progress, in words"), limit=LIMIT, missing=_("Enter what was done"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, initial=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FieldsAlone()

    @property
    def told(self) -> Told:
        """What is reported, once the form is valid."""
        return Told(self.cleaned_data["status"], self.cleaned_data["words"])


class SignForm(OnceMixin):
    """The version that was read, to be signed."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class WithdrawForm(forms.Form):
    """Why a commitment is taken back."""

    word = WrittenField(
        label=_("Why it is withdrawn"),
        limit=SHORT,
        rows=3,
        missing=_("Enter why it is withdrawn"),
        help_text=_("Shown to everybody with the commitment."),
    )


class ListForm(forms.Form):
    """Which commitments the page lists. An unknown value is said and narrows nothing."""

    recommendation = forms.ModelChoiceField(
        label=_("Recommendation"),
        queryset=Passage.objects.none(),
        to_field_name="ref",
        required=False,
        empty_label=_("All"),
    )
    group = forms.ModelChoiceField(
        label=_("Group"),
        queryset=StakeholderGroup.objects.all(),
        to_field_name="slug",
        required=False,
        empty_label=_("All"),
    )

    def __init__(self, *args: Any, recommendations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["recommendation"].queryset = recommendations  # type: ignore[attr-defined]  # a choice field

    def apply(self, commitments: Any) -> Any:
        """The commitments chosen."""
        self.is_valid()
        chosen = getattr(self, "cleaned_data", {})
        if recommendation := chosen.get("recommendation"):
            commitments = commitments.filter(recommendation=recommendation)
        if group := chosen.get("group"):
            commitments = commitments.filter(organisation__group=group)
        return commitments


def _named(recommendation: Passage) -> str:
    """The code with the beginning of the words, for a list to choose from."""
    words = recommendation.words
    return f"{recommendation.code} – {words[:80]}{'…' if len(words) > 80 else ''}"  # noqa: PLR2004 - a line of a list
