"""A form field for text that people write: one form of Unicode, a limit that is said, no hidden characters."""

import uuid
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from consultation.text import characters

PROBLEMS = {
    "control": _("Remove the control characters; they cannot be shown."),
    "line": _("Replace the line and paragraph separators (U+2028, U+2029) by line ends."),
    "direction": _("Remove the characters that change the direction of text (U+202A to U+202E, U+2066 to U+2069)."),
    "invisible": _("Remove the runs of invisible characters."),
    "combining": _("Remove the piled-up accents; no letter takes more than eight."),
}


ENTER = _("Enter a text")
NO_SUCH_ACTION = _("Nothing was done: the form asks for something that is not known here. Use one of its buttons.")
# What the buttons of a form for a text ask for.
ACTIONS = {"submit", "draft", "preview"}


def _filled(words: Any, **values: Any) -> str:
    return str(words) % values


# A lazy translation with its values, said in the language of whoever reads it. `%` would say it once, in English.
filled = lazy(_filled, str)


class FieldsAlone(FormHelper):
    """How a form is laid out: its fields. The template writes the form around them, with the token where it is sent."""

    form_tag = False
    disable_csrf = True


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with, were it nothing; None where the page is only asked for."""
    return request.POST if request.method == "POST" else None


def require_known_action(data: Any) -> None:
    """Raise `ValidationError` where a button is named that is not ours. Without one a text is submitted."""
    if data.get("action", "submit") not in ACTIONS:
        raise ValidationError(NO_SUCH_ACTION)


class WrittenField(forms.CharField):
    """Text in NFC with line feeds, at most `limit` characters, without hidden characters; `missing` if it is empty."""

    def __init__(self, *, limit: int, rows: int = 6, missing: Any = ENTER, **kwargs: Any) -> None:
        self.limit = limit
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows, "dir": "auto"}))
        super().__init__(error_messages={"required": missing}, strip=True, **kwargs)
        # Django's own check speaks of "null characters"; ours names all control characters in one sentence.
        self.validators = []

    def to_python(self, value: Any) -> str:
        text = characters.normalise(super().to_python(value) or "")
        return "" if characters.is_blank(text) else text

    def validate(self, value: str) -> None:
        super().validate(value)
        if problem := characters.problem(value):
            raise ValidationError(PROBLEMS[problem], code=problem)
        if (over := len(value) - self.limit) > 0:
            raise ValidationError(
                ngettext(
                    "Your text is %(over)s character too long. The limit is %(limit)s.",
                    "Your text is %(over)s characters too long. The limit is %(limit)s.",
                    over,
                )
                % {"over": f"{over:,}", "limit": f"{self.limit:,}"},
                code="too_long",
            )


class OnceMixin(forms.Form):
    """A form that creates something: sent twice with the same `submission_id` it creates one thing."""

    submission_id = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)

    def clean_submission_id(self) -> uuid.UUID:
        return self.cleaned_data.get("submission_id") or uuid.uuid4()

    def anew(self) -> QueryDict:
        """What was sent, under a number of its own: nothing was made of it, and it can be sent again."""
        sent = QueryDict(mutable=True)
        sent.update(self.data)
        sent[self.add_prefix("submission_id")] = str(uuid.uuid4())
        return sent
