"""The words of a form are said in the language of whoever reads it."""

import importlib
import pkgutil

import pytest
from django import forms
from django.utils.functional import Promise
from django.utils.translation import override

import consultation
from consultation.discussion.forms import CommentForm
from consultation.refusals import TYPED


def every_form() -> list[type[forms.BaseForm]]:
    for module in pkgutil.walk_packages(consultation.__path__, "consultation."):
        if module.name.endswith("forms"):
            importlib.import_module(module.name)
    found, left = [], [forms.BaseForm]
    while left:
        below = left.pop().__subclasses__()
        left += below
        found += [form for form in below if form.__module__.startswith("consultation.")]
    return found


def test_a_hint_with_a_limit_is_said_in_the_language_of_the_reader():
    with override("fr"):
        assert "Jusqu’à 10,000" in str(CommentForm.base_fields["body"].help_text)


@pytest.mark.parametrize("form", every_form(), ids=lambda form: form.__name__)
def test_no_label_or_hint_is_translated_before_somebody_reads_it(form):
    words = {
        f"{name}.{kind}": said
        for name, field in getattr(form, "base_fields", {}).items()
        for kind, said in (("label", field.label), ("help_text", field.help_text))
        if said and not isinstance(said, Promise)
    }
    if form.__module__ != "consultation.styleguide":
        assert words == {}


# Written by hand, and not worth keeping or better not shown again: times, lists of addresses and numbers, a secret.
NOT_KEPT = {"opens", "closes", "until", "reminders", "code", "time_zone", "slug", "language", "ref", "before", "others"}


@pytest.mark.parametrize("form", every_form(), ids=lambda form: form.__name__)
def test_what_can_be_typed_is_kept_when_the_form_cannot_be_taken(form):
    of_their_own = (forms.Textarea, forms.TextInput, forms.EmailInput, forms.URLInput)
    others = (forms.NumberInput, forms.PasswordInput, forms.HiddenInput, forms.DateInput, forms.TimeInput)
    typed = {
        name
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field.widget, of_their_own) and not isinstance(field.widget, others)
    }
    if form.__module__ not in {"consultation.styleguide", "consultation.api.forms"} or form.__name__ == "TokenForm":
        assert typed - set(TYPED) <= NOT_KEPT
