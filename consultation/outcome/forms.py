"""The rapporteur's form: words, and what stands in the annex. Nothing is ticked at first, so nothing is left out."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from consultation.consultations.models import Consultation
from consultation.outcome import redacted
from consultation.outcome.composition import Choices, Texts
from consultation.outcome.documents import contents_of
from consultation.outcome.models import Outcome
from consultation.text.forms import OnceMixin, WrittenField

LIMIT = settings.FINDING_MAX_CHARACTERS
REPEATED = _(
    "A moderator blacked out words that stand here. Write it without them: a version that repeats them has no files."
)


class OutcomeForm(forms.Form):
    """Introduction, a finding for each recommendation, and the choices. `version` is what the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    introduction = WrittenField(label=_("Introduction"), limit=LIMIT, required=False, rows=8)
    groups = forms.MultipleChoiceField(
        label=_("Place these groups in the annex"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Their counts, explanations and proposed wordings then stand in the annex, in full."),
    )
    explanations = forms.ChoiceField(
        label=_("Explanations of position"), choices=Outcome.Explanations.choices, widget=forms.RadioSelect
    )
    wordings = forms.ChoiceField(
        label=_("Proposed wordings"),
        choices=[("body", _("Beside the recommendations")), ("annex", _("All in the annex"))],
        widget=forms.RadioSelect,
    )

    def __init__(
        self,
        data: Any = None,
        *,
        outcome: Outcome,
        groups: list[tuple[str, str]],
        recommendations: list[tuple[str, str]],
        typed: dict[str, str] | None = None,
    ) -> None:
        """`groups` by slug and name, `recommendations` by ref and code; `typed` is what a sign-in interrupted."""
        self.refs = [ref for ref, _code in recommendations]
        self.consultation = outcome.consultation_id
        super().__init__(data, initial={**_initial(outcome), **(typed or {})})
        self.fields["groups"].choices = groups  # type: ignore[attr-defined]  # a choice field
        for ref, code in recommendations:
            self.fields[f"finding_{ref}"] = WrittenField(
                label=_("Finding on %s") % code, limit=LIMIT, required=False, rows=4
            )
            self.fields[f"annex_{ref}"] = forms.BooleanField(label=_("Place %s in the annex") % code, required=False)

    def of(self, ref: str) -> tuple[forms.BoundField, forms.BoundField]:
        """The two fields of a recommendation: the finding, and whether it stands in the annex."""
        return self[f"finding_{ref}"], self[f"annex_{ref}"]

    def clean(self) -> None:
        """What moderators blacked out is not said again by the rapporteur."""
        words = redacted.words_blacked_out(self.consultation)
        for name in ("introduction", *(f"finding_{ref}" for ref in self.refs)):
            if redacted.repeats(self.cleaned_data.get(name, ""), words):
                self.add_error(name, REPEATED)

    @property
    def choices(self) -> Choices:
        """What was chosen, once the form is valid."""
        chosen = self.cleaned_data
        return Choices(
            recommendations_left_out=[ref for ref in self.refs if chosen[f"annex_{ref}"]],
            groups_left_out=chosen["groups"],
            explanations=chosen["explanations"],
            wordings=chosen["wordings"] == "body",
        )

    @property
    def texts(self) -> Texts:
        """What was written, once the form is valid."""
        findings = {ref: self.cleaned_data[f"finding_{ref}"] for ref in self.refs}
        return Texts(self.cleaned_data["introduction"], {ref: text for ref, text in findings.items() if text})


def _initial(outcome: Outcome) -> dict[str, Any]:
    choices, texts = contents_of(outcome)
    return {
        "version": outcome.version,
        "introduction": texts.introduction,
        "groups": choices.groups_left_out,
        "explanations": choices.explanations,
        "wordings": "body" if choices.wordings else "annex",
        **{f"finding_{ref}": text for ref, text in texts.findings.items()},
        **{f"annex_{ref}": True for ref in choices.recommendations_left_out},
    }


class PublishForm(OnceMixin):
    """What was checked, and for a later version what it corrects."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    fingerprint = forms.CharField(widget=forms.HiddenInput, max_length=64)
    correction = WrittenField(
        label=_("What is corrected in this version"),
        limit=2_000,
        rows=3,
        missing=_("Enter what is corrected"),
        help_text=_("Shown to everybody with the new version. The earlier versions stay."),
    )

    def __init__(self, *args: Any, consultation: Consultation, first: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.consultation = consultation
        if first:
            del self.fields["correction"]

    def clean_correction(self) -> str:
        """What moderators blacked out is not said again."""
        said: str = self.cleaned_data["correction"]
        if redacted.repeats(said, redacted.words_blacked_out(self.consultation.pk)):
            raise forms.ValidationError(REPEATED)
        return said
