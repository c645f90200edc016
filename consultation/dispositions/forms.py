"""The rapporteur's forms: an answer to one comment, the same answer to several, and publication."""

import re
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from consultation.dispositions import rules
from consultation.dispositions.actions import Answer, Read
from consultation.dispositions.models import DispositionVersion
from consultation.text.forms import FieldsAlone, OnceMixin, WrittenField

LIMIT = 4_000
_READ = re.compile(r"([0-9a-z]{12}):(\d{1,9}):(\d{1,9})")


class AnswerForm(OnceMixin):
    """A disposition with its reason and, once they are published, why it is changed."""

    value = forms.ChoiceField(
        label=_("Disposition"),
        choices=DispositionVersion.Value.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Select a disposition")},
    )
    reply = WrittenField(
        label=_("Reply to the author"),
        limit=LIMIT,
        rows=4,
        required=False,
        help_text=_("Needed to accept in part or not to accept; welcome with any other. Everybody reads it."),
    )
    note = WrittenField(
        label=_("Why the published disposition is changed"),
        limit=1_000,
        rows=2,
        missing=_("Enter why it is changed"),
        help_text=_("The dispositions are published: what you save, everybody sees at once, with this note."),
    )

    def __init__(self, *args: Any, published: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not published:
            del self.fields["note"]
        self.helper = FieldsAlone()
        self.helper.layout = Layout(*self.fields)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("value") in rules.NEEDS_REASON and "reply" in data and not data["reply"]:
            self.add_error("reply", _("Enter the reason"))
        return data

    @property
    def answer(self) -> Answer:
        """What is answered, once the form is valid."""
        data = self.cleaned_data
        return Answer(data["value"], data["reply"], data.get("note", ""))


class OneForm(AnswerForm):
    """The answer to one comment; `revision` and `version` are what the rapporteur read."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The keyboard begins where the rapporteur answers.
        self.fields["value"].widget.attrs["autofocus"] = True

    @property
    def read(self) -> Read:
        """What was read, once the form is valid."""
        return Read(self.cleaned_data["revision"], self.cleaned_data["version"])


class SeveralForm(AnswerForm):
    """One answer to several comments: `item` holds `id:revision:version` for each, as they were read."""

    item = forms.MultipleChoiceField(error_messages={"required": _("Select at least one comment")})

    def __init__(self, data: Any = None, *, published: bool) -> None:
        super().__init__(data, published=published)
        self.helper.layout = Layout(*(name for name in self.fields if name != "item"))
        sent = data.getlist("item") if data else []
        self.fields["item"].choices = [(s, s) for s in sent if _READ.fullmatch(s)]  # type: ignore[attr-defined]  # a choice field

    @property
    def read(self) -> dict[str, Read]:
        """What was read of each comment, by its id, once the form is valid."""
        found = (s.split(":") for s in self.cleaned_data["item"])
        return {public_id: Read(int(revision), int(version)) for public_id, revision, version in found}


class PublishForm(OnceMixin):
    """What was checked: no answer may have been changed since."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
