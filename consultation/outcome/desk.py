"""One rapporteur at work on the outcome of one consultation."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from consultation.consultations.models import Consultation
from consultation.outcome import actions, documents
from consultation.outcome.forms import OutcomeForm
from consultation.outcome.models import Outcome
from consultation.record import clock
from consultation.record.errors import Changed
from consultation.stakeholders.signing_in import kept
from consultation.summaries.queries import Row, summary_of


@dataclass(frozen=True)
class Line:
    """A recommendation on the form: its counts and its two fields."""

    row: Row
    finding: forms.BoundField
    annex: forms.BoundField


@dataclass(frozen=True)
class Other:
    """What another rapporteur saved in a field, where it is not what was typed."""

    label: str
    text: str


class Desk:
    """Shows the form, with a preview or with what a colleague saved meanwhile."""

    def __init__(self, request: HttpRequest, consultation: Consultation) -> None:
        self.request, self.consultation = request, consultation
        self.outcome = Outcome.objects.filter(consultation=consultation).first() or Outcome(consultation=consultation)
        self.summary = summary_of(consultation)

    def form(self, data: Any = None) -> OutcomeForm:
        """The form, with what was sent or else what is saved."""
        return OutcomeForm(
            data,
            outcome=self.outcome,
            groups=[(g.group.slug, g.group.name) for g in self.summary.groups],
            recommendations=[(r.recommendation.ref, r.recommendation.code) for r in self.summary.rows],
            typed=kept(self.request) if data is None else None,
        )

    def save(self) -> HttpResponse:
        form = self.form(self.request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        try:
            actions.save_outcome(
                self.request.user,
                self.consultation,
                form.choices,
                form.texts,
                seen_version=form.cleaned_data["version"],
            )
        except Changed as changed:
            return self._conflict(form, changed)
        messages.success(self.request, _("The outcome is saved. Nobody but the rapporteurs sees it yet."))
        return redirect("edit_outcome", self.consultation.slug)

    def preview(self) -> HttpResponse:
        """The document as it would be with what was typed; nothing is saved."""
        form = self.form(self.request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        address = self.request.build_absolute_uri(reverse("summary_data", args=[self.consultation.slug]))
        draft = documents.draft_of(self.consultation, clock.now(), address, form.choices, form.texts)
        return self.page(form, document=draft.document)

    def page(self, form: OutcomeForm, *, status: int = 200, **context: Any) -> HttpResponse:
        context |= {
            "consultation": self.consultation,
            "form": form,
            "lines": [Line(row, *form.of(row.recommendation.ref)) for row in self.summary.rows],
            "held": self.outcome,
            "published": self.consultation.outcome_versions.without_files().order_by("number").last(),
            "obstacle": actions.why_not_yet(self.consultation, clock.now()),
            "tab": "outcome",
        }
        return render(self.request, "outcome/edit.html", context, status=status)

    def _conflict(self, form: OutcomeForm, changed: Changed) -> HttpResponse:
        """Both texts: the form keeps what was typed and knows the newer version; theirs stands above it."""
        self.outcome.refresh_from_db()
        saved = self.form()
        others = [
            Other(str(field.label), _shown(saved[name].initial, field))
            for name, field in form.fields.items()
            if name != "version" and saved[name].initial != form.cleaned_data[name] and _differ(saved, form, name)
        ]
        again = self.request.POST.copy()
        again["version"] = str(self.outcome.version)
        return self.page(self.form(again), status=409, changed=changed, others=others)


def _differ(saved: OutcomeForm, form: OutcomeForm, name: str) -> bool:
    """Nothing saved and nothing typed are the same, whatever the field calls nothing."""
    return bool(saved[name].initial or form.cleaned_data[name])


def _shown(value: Any, field: forms.Field) -> str:
    """A saved value in the words of its field."""
    if isinstance(field, forms.BooleanField):
        return _("Yes") if value else _("No")
    choices = dict(getattr(field, "choices", ()))
    if isinstance(value, list):
        return ", ".join(str(choices.get(item, item)) for item in value)
    return str(choices.get(value, value or ""))
