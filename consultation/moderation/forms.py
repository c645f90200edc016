"""The decision form."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from consultation.moderation import rules
from consultation.moderation.actions import Verdict
from consultation.moderation.models import Decision
from consultation.text.forms import OnceMixin, WrittenField

MEANINGS = {
    Decision.Kind.PUBLISH: _("Publish: everybody can read it at once"),
    Decision.Kind.RETURN: _(
        "Return to the author with a reason: not published; the author may revise and submit again"
    ),
    Decision.Kind.REMOVE: _("Remove with a reason: replies stay, a note stands in its place"),
    Decision.Kind.RESTORE: _("Restore: everybody can read it again"),
}


class DecisionForm(OnceMixin):
    """One decision on one item; which decisions are offered depends on its state."""

    decision = forms.ChoiceField(
        label=_("Decision"), widget=forms.RadioSelect, error_messages={"required": _("Select a decision")}
    )
    reason = forms.ChoiceField(
        label=_("Reason, if you return or remove it"),
        choices=Decision.Reason.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    statement = WrittenField(
        label=_("Statement to the author"),
        limit=2_000,
        rows=4,
        required=False,
        help_text=_("What to change, in one or two sentences. The author sees it with the reason."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(tuple(MEANINGS))
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout("submission_id", "revision", "decision", "reason", "statement")

    def offer(self, possible: tuple[str, ...]) -> None:
        """Show only these decisions. What is sent is checked against the item's state when it is decided."""
        decision = self.fields["decision"]
        assert isinstance(decision, forms.ChoiceField)  # noqa: S101 - for the types
        decision.choices = [(kind, MEANINGS[Decision.Kind(kind)]) for kind in possible]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("decision") in rules.NEEDS_REASON:
            if "reason" in data and not data["reason"]:
                self.add_error("reason", _("Select a reason"))
            if "statement" in data and not data["statement"]:
                self.add_error("statement", _("Enter a statement to the author"))
        return data

    @property
    def verdict(self) -> Verdict:
        """The decision, once the form is valid."""
        data = self.cleaned_data
        return Verdict(data["decision"], data["reason"], data["statement"])
