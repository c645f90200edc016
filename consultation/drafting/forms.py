"""The rapporteur's forms: the new words of a passage with the comments behind them; dropping; publishing."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultation.drafting.proposed import Change, Proposed
from consultation.drafting.runs import Run, runs
from consultation.record.ids import ALPHABET, LENGTH
from consultation.text.characters import normalise
from consultation.text.forms import OnceMixin, WrittenField
from consultation.text.markdown import plain

MOST_RUNS = 40
WHY_LIMIT = 5_000
_LINE_ENDS = re.compile(r"\s*\n\s*")
_NAME = re.compile(rf"[{ALPHABET}]{{{LENGTH}}}")


def _why(**kwargs: Any) -> WrittenField:
    return WrittenField(
        label=_("Why"),
        limit=WHY_LIMIT,
        rows=3,
        help_text=_("Published with the next text, beside the change."),
        **kwargs,
    )


class PassageForm(OnceMixin):
    """The new words of a passage that said `old` (nothing, for a new one). `version` is what the person saw.

    `offered` are the comments to choose from, public id and words. Each run of changed words has a field of its own.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    started_from = forms.CharField(widget=forms.HiddenInput, required=False, max_length=LENGTH)
    text = WrittenField(label=_("New text"), limit=settings.PASSAGE_MAX_CHARACTERS, rows=7)
    whole = forms.MultipleChoiceField(
        label=_("Comments behind the passage as a whole"), required=False, widget=forms.CheckboxSelectMultiple
    )
    others = forms.CharField(
        label=_("Other comments behind it"),
        required=False,
        max_length=1_000,
        help_text=_("Numbers of published comments of this consultation, as they stand in their addresses."),
    )
    why = _why(required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        old: str,
        offered: list[tuple[str, str]],
        initial: dict[str, Any],
    ) -> None:
        super().__init__(data, initial=initial)
        self.old = old
        self.fields["whole"].choices = offered  # type: ignore[attr-defined]  # a choice field
        if not offered:
            del self.fields["whole"]
        text = data.get("text", "") if data is not None else initial.get("text", "")
        self.runs = runs(plain(old), plain(self._joined(normalise(text)))) if old and text else []
        for run in self.runs[:MOST_RUNS] if offered else []:
            self.fields[f"run_{run.key}"] = forms.MultipleChoiceField(
                label=_("Comments behind change %s") % run.number,
                choices=offered,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )

    @property
    def run_fields(self) -> list[tuple[Run, forms.BoundField | None]]:
        """Each run with its field."""
        return [(run, self[name] if (name := f"run_{run.key}") in self.fields else None) for run in self.runs]

    def clean_text(self) -> str:
        """One passage is one line, unless it was several; the old words stay exactly what they were."""
        text = self._joined(self.cleaned_data["text"])
        return self.old if text == self._joined(normalise(self.old)) else text

    def _joined(self, text: str) -> str:
        return text if "\n" in self.old else _LINE_ENDS.sub(" ", text)

    def clean_others(self) -> frozenset[str]:
        names = self.cleaned_data["others"].replace("#", " ").replace(",", " ").split()
        if wrong := [name for name in names if not _NAME.fullmatch(name)]:
            raise ValidationError(
                gettext("“%s” is not the number of a comment: twelve letters and digits, such as 0a1b2c3d4e5f.")
                % wrong[0]
            )
        return frozenset(names)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and self.proposed.change == Change.KEPT and not data["version"]:
            self.add_error("text", gettext("Change the words. These are those of the old text."))
        if not self.errors and not self.proposed.is_explained(self.old):
            numbers = ", ".join(str(run.number) for run in self.proposed.without_source(self.old))
            self.add_error(
                "why",
                gettext("Name a comment behind each change, or say why. Nothing is named for change %s.") % numbers
                if numbers
                else gettext("Name a comment behind it, or say why"),
            )
        return data

    @property
    def proposed(self) -> Proposed:
        """What was sent, once the form is valid."""
        data = self.cleaned_data
        if data["text"] == self.old:
            return Proposed(Change.KEPT)
        return Proposed(
            Change.CHANGED if self.old else Change.ADDED,
            data["text"],
            data["why"],
            frozenset(data.get("whole", ())) | data["others"],
            {run.key: frozenset(data.get(f"run_{run.key}", ())) for run in self.runs},
            data["started_from"],
        )


class DropForm(OnceMixin):
    """Why a passage is dropped."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    why = _why(missing=_("Enter why the passage is dropped"))


class KeepForm(OnceMixin):
    """The old words stand."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class PublishForm(OnceMixin):
    """What was checked, and what the new version is called."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    title = WrittenField(
        label=_("Title of the new version"),
        limit=500,
        missing=_("Enter a title"),
        widget=forms.TextInput,
        help_text=_("It tells the two versions apart; date and place stay those of the report."),
    )
