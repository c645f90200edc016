"""One rapporteur at work on one passage of the next text."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from consultation.consultations.attribution import Attributions, Origin
from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment
from consultation.discussion.proposals import Proposal, proposals_on
from consultation.drafting import actions
from consultation.drafting.forms import DropForm, KeepForm, PassageForm
from consultation.drafting.models import NextPassage, NextPassageVersion
from consultation.drafting.proposed import Change, Proposed, standing
from consultation.drafting.runs import pieces, runs
from consultation.record.errors import Changed
from consultation.reports.models import Passage
from consultation.stakeholders.signing_in import kept
from consultation.text.markdown import plain

MOST_COMMENTS = 100
_EXCERPT = 14


class Desk:
    """Shows and saves a passage: an old one, or a new one `after` an old one; `place` is what is drafted of it."""

    def __init__(
        self,
        request: HttpRequest,
        consultation: Consultation,
        *,
        passage: Passage | None = None,
        after: Passage | None = None,
        place: NextPassage | None = None,
    ) -> None:
        self.request, self.consultation = request, consultation
        self.passage, self.after, self.place = passage, after, place
        self.old = passage.text if passage else ""
        self.now = standing(place) if place else Proposed(Change.KEPT)
        self.proposals: list[Proposal] = proposals_on(consultation, passage) if passage else []

    @property
    def number(self) -> int:
        """The number of what is saved; 0 where nothing is."""
        return self.place.latest.number if self.place and self.place.latest else 0

    def answer(self) -> HttpResponse:
        if self.request.method != "POST":
            return self.page(self.form())
        asked: dict[str, Callable[[], HttpResponse]] = {"preview": self.preview, "keep": self.keep}
        if self.passage:
            asked["drop"] = self.drop
        return asked.get(self.request.POST.get("action", ""), self.save)()

    def form(self, data: Any = None) -> PassageForm:
        """The form, with what was sent, or a proposed wording to start from, or what is saved, or the old words."""
        comments = self._offered()
        initial: dict[str, Any] = {
            "version": self.number,
            "text": self.now.text or self.old,
            "why": self.now.why if self.now.change != Change.DROPPED else "",
            "whole": list(self.now.whole),
            **{f"run_{key}": list(names) for key, names in self.now.by_run.items()},
        }
        initial |= self._start(self.request.GET.get("from", ""))
        if data is None:
            initial |= kept(self.request)
        return PassageForm(data, old=self.old, offered=comments, initial=initial)

    def _start(self, name: str) -> dict[str, Any]:
        """A published wording as the start, with its comment behind each of its changes."""
        found = next((p for p in self.proposals if p.comment.public_id == name), None)
        if found is None:
            return {}
        wording = found.revision.proposed_wording
        behind = {f"run_{run.key}": [name] for run in runs(plain(self.old), plain(wording))}
        return {"text": wording, "started_from": name, "whole": [], **behind}

    def _offered(self) -> list[tuple[str, str]]:
        """The published comments to choose from: those that are named already, then those on the passage."""
        published = self.consultation.comments.filter(state=Comment.State.PUBLISHED).for_display()
        about = self.passage or self.after
        named = published.filter(public_id__in=self.now.comments)
        # Comments with a proposed wording come first: they are most often what a change follows.
        here = [p.comment for p in self.proposals] + list(published.filter(passage=about)[:MOST_COMMENTS])
        told = Attributions(self.request.user, self.consultation)
        return [(c.public_id, _label(c, told.of(c))) for c in {c.pk: c for c in [*named, *here]}.values()]

    def save(self) -> HttpResponse:
        form = self.form(self.request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        sent = form.cleaned_data
        return self._do(form, form.proposed, sent["version"], sent["submission_id"])

    def preview(self) -> HttpResponse:
        """The changes with a field for the comments behind each; nothing is saved."""
        form = self.form(self.request.POST)
        form.is_valid()
        form.errors.pop("why", None)  # what is behind the changes is asked next
        return self.page(form, status=422 if form.errors else 200, previewed=not form.errors)

    def drop(self) -> HttpResponse:
        form = DropForm(self.request.POST)
        if not form.is_valid():
            return self.page(self.form(), status=422, drop=form)
        sent = form.cleaned_data
        return self._do(None, Proposed(Change.DROPPED, why=sent["why"]), sent["version"], sent["submission_id"])

    def keep(self) -> HttpResponse:
        form = KeepForm(self.request.POST)
        if not form.is_valid():
            raise Changed(_("This page is not whole. Open the passage again."))
        sent = form.cleaned_data
        return self._do(None, Proposed(Change.KEPT), sent["version"], sent["submission_id"])

    def _do(self, form: PassageForm | None, proposed: Proposed, seen: int, submission_id: Any) -> HttpResponse:
        what = (proposed, submission_id)
        try:
            if self.passage:
                actions.save_passage(self.request.user, self.consultation, self.passage, *what, seen_version=seen)
            elif self.place:
                actions.save_inserted(self.request.user, self.consultation, self.place, *what, seen_version=seen)
            elif self.after:
                actions.insert_passage(self.request.user, self.consultation, self.after, *what)
        except Changed as changed:
            return self._conflict(form, changed)
        messages.success(self.request, _("Saved. Nobody but rapporteurs and the secretariat sees it yet."))
        return redirect("draft_next_text", self.consultation.slug)

    def _conflict(self, form: PassageForm | None, changed: Changed) -> HttpResponse:
        """Both texts: the form keeps what was typed and knows the newer version; theirs stands above it."""
        if self.place or self.passage:
            places = NextPassage.objects.for_display().filter(next_text__consultation=self.consultation)
            found = places.filter(pk=self.place.pk) if self.place else places.filter(passage=self.passage)
            self.place = found.first()
            self.now = standing(self.place) if self.place else self.now
        if form is None:
            return self.page(self.form(), status=409, changed=changed)
        again = self.request.POST.copy()
        again["version"] = str(self.number)
        return self.page(self.form(again), status=409, changed=changed)

    def page(self, form: PassageForm, *, status: int = 200, **context: Any) -> HttpResponse:
        text = str(form["text"].value() or "")
        versions = NextPassageVersion.objects.filter(next_passage=self.place).select_related("saved_by")
        context = {
            "consultation": self.consultation,
            "passage": self.passage,
            "after": self.after,
            "place": self.place,
            "now": self.place.latest if self.place else None,
            "form": form,
            "drop": DropForm(initial={"version": self.number}),
            "keep": KeepForm(initial={"version": self.number}),
            "pieces": pieces(plain(self.old), plain(text)) if self.passage and form.runs else [],
            "proposals": self.proposals,
            "versions": list(versions.order_by("-number")) if self.place else [],
            "tab": "outcome",
            **context,
        }
        return render(self.request, "drafting/passage.html", context, status=status)


def _label(comment: Comment, origin: Origin) -> str:
    words = comment.published.body if comment.published else ""
    return f"{origin}: {Truncator(words).words(_EXCERPT)}"
