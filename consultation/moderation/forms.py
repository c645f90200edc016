"""The decision form."""

import re
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from consultation.moderation import rules
from consultation.moderation.actions import Verdict
from consultation.moderation.kinds import KINDS
from consultation.moderation.models import Decision
from consultation.stakeholders.forms import offer_organisations
from consultation.stakeholders.models import Membership
from consultation.text.forms import FieldsAlone, OnceMixin, WrittenField
from consultation.text.redaction import holds

MEANINGS = {
    Decision.Kind.PUBLISH: _("Publish: everybody can read it at once"),
    Decision.Kind.RETURN: _(
        "Return to the author with a reason: not published; the author may revise and submit again"
    ),
    Decision.Kind.REMOVE: _("Remove with a reason: replies stay, a note stands in its place"),
    Decision.Kind.RESTORE: _("Restore: everybody can read it again"),
    Decision.Kind.KEEP: _("Keep: it stays as it is; flags and the appeal are settled"),
}
_READ = re.compile(rf"((?:{'|'.join(KINDS)})-[0-9a-z]{{12}}):(\d{{1,9}})")


class VerdictForm(OnceMixin):
    """A decision with its coded reason and its statement to the author."""

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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(tuple(MEANINGS))
        self.helper = FieldsAlone()

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


class DecisionForm(VerdictForm):
    """One decision on one item; which decisions are offered depends on its state."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout("submission_id", "revision", "decision", "reason", "statement")
        # The keyboard begins where the moderator decides.
        self.fields["decision"].widget.attrs["autofocus"] = True


class SeveralForm(VerdictForm):
    """One decision on several items: `item` holds `id:revision` for each, the revision being the one that was read."""

    item = forms.MultipleChoiceField(error_messages={"required": _("Select at least one item")})

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.offer((Decision.Kind.PUBLISH, Decision.Kind.RETURN))
        self.helper.layout = Layout("submission_id", "decision", "reason", "statement")
        sent = data.getlist("item") if data else []
        self.fields["item"].choices = [(s, s) for s in sent if _READ.fullmatch(s)]  # type: ignore[attr-defined]  # a choice field

    @property
    def read(self) -> dict[str, int]:
        """The revision that was read, by the item's id, once the form is valid."""
        return {item_id: int(number) for item_id, number in (s.split(":") for s in self.cleaned_data["item"])}


class RedactionForm(OnceMixin):
    """Which words are blacked out, why, and what the author is told; `previewed` are the words that were seen blacked
    out, so that nothing else is.
    """

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    previewed = forms.CharField(widget=forms.HiddenInput, required=False)
    words = WrittenField(
        label=_("Words to black out"),
        limit=4_000,
        rows=3,
        missing=_("Enter the words to black out"),
        help_text=_(
            "Copy them from the text, one passage of it on each line. They are blacked out wherever they stand in this "
            "contribution, in its earlier versions and in replies that quote it."
        ),
    )
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[(reason.value, reason.label) for reason in rules.REDACTS],
        widget=forms.RadioSelect,
        error_messages={"required": _("Select a reason")},
    )
    statement = WrittenField(
        label=_("Statement to the author"),
        limit=2_000,
        rows=3,
        missing=_("Enter a statement to the author"),
        help_text=_("Do not repeat the words here."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FieldsAlone()
        self.helper.layout = Layout("submission_id", "revision", "words", "reason", "statement")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if any(holds(data.get("statement", ""), one) for one in self.lines):
            self.add_error("statement", _("Remove the words that are blacked out"))
        return data

    @property
    def lines(self) -> list[str]:
        """The words, a passage each."""
        found = (line.strip() for line in self.cleaned_data.get("words", "").split("\n"))
        return list(dict.fromkeys(line for line in found if line))

    @property
    def was_previewed(self) -> bool:
        return bool(self.cleaned_data["previewed"].split() == self.cleaned_data["words"].split())


class FlagForm(OnceMixin):
    """Why a moderator should look at something, and in whose name one asks."""

    reason = forms.ChoiceField(
        label=_("What is the matter"),
        choices=Decision.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Select a reason")},
    )
    statement = WrittenField(label=_("Say more (optional)"), limit=2_000, rows=3, required=False)
    field_order = ("organisation", "reason", "statement", "submission_id")

    def __init__(self, *args: Any, memberships: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_organisations(self, memberships)
        self.order_fields(self.field_order)


class AppealForm(OnceMixin):
    """Why it should be decided otherwise."""

    statement = WrittenField(
        label=_("Why it should be decided otherwise"),
        limit=2_000,
        rows=5,
        missing=_("Say why it should be decided otherwise"),
    )


class StopForm(forms.Form):
    """Why a thread is closed."""

    reason = WrittenField(
        label=_("Why this thread is closed"),
        limit=500,
        rows=2,
        missing=_("Enter a reason"),
        help_text=_("Everybody sees it where the form would be."),
    )
