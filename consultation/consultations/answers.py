"""What was answered in the guided form, in words: the page to check before anything is created."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consultation.consultations.guided import STEPS, GuidedForm, Step

_SHOWN = 100


def answers(form: GuidedForm) -> list[tuple[Step, list[tuple[str, str]]]]:
    """For each step its questions with their answers, once the form is valid."""
    return [
        (step, [(str(form.fields[name].label), _said(form, name)) for name in step.fields if _applies(form, name)])
        for step in STEPS
    ]


def _applies(form: GuidedForm, name: str) -> bool:
    """Whether the question counts, given the answers to the others."""
    data = form.cleaned_data
    scope = {"comment_kinds": "comment_scope", "comment_refs": "comment_scope"}
    scope |= {"position_strands": "position_scope", "position_refs": "position_scope"}
    if name in scope:
        return bool(data[scope[name]] == ("passages" if name.endswith("refs") else "kinds"))
    return name != "groups" or data["access"] == "groups"


def _said(form: GuidedForm, name: str) -> str:
    value: Any = form.cleaned_data[name]
    field = form.fields[name]
    if _is_empty(value):
        return _("Not provided")
    if isinstance(value, datetime):
        return f"{date_format(value, 'l j F Y')}, {value:%H:%M} (UTC{value.isoformat()[-6:]})"
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelMultipleChoiceField):
        labels: dict[Any, Any] = dict(field.choices)  # type: ignore[arg-type]  # pairs, as set by the form
        return _listed([str(labels[chosen]) for chosen in (value if isinstance(value, list) else [value])])
    if name == "questions":
        value = "\n\n".join(f"Q{number}. {question}" for number, question in enumerate(value, start=1))
    elif name == "reminders":
        value = ", ".join(str(days) for days in value)
    if isinstance(value, str | int):
        return str(value)
    return _listed([str(thing) for thing in value])


def _is_empty(value: Any) -> bool:
    return value is None or (value != 0 and not value)


def _listed(names: list[str]) -> str:
    more = len(names) - _SHOWN
    return "\n".join(names[:_SHOWN]) + (_("\nand %d more") % more if more > 0 else "")
