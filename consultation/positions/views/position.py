"""Drafting, checking and signing one position."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from consultation.consultations import rules as consultation_rules
from consultation.consultations.attribution import Attribution, Origin
from consultation.consultations.errors import Closed
from consultation.consultations.models import Consultation
from consultation.consultations.views import visible
from consultation.positions import actions, rules
from consultation.positions.actions import Answer
from consultation.positions.disclosure import PositionAttributions
from consultation.positions.earlier import earlier_of
from consultation.positions.forms import AlignForm, ConfirmForm, PositionForm, ReconfirmForm, SendBackForm
from consultation.positions.models import Position, PositionVersion
from consultation.record.errors import Changed, NotAllowed
from consultation.record.receipts import confirmed, newest_leaf
from consultation.reports.models import Passage
from consultation.stakeholders import rules as stakeholder_rules
from consultation.stakeholders.models import Membership
from consultation.stakeholders.signing_in import keep_and_sign_in, kept
from consultation.text.forms import NO_SUCH_ACTION

_SIGNED = "signed_just_now"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def position(request: HttpRequest, slug: str, ref: str) -> HttpResponse:
    """The position of one's organisation on one recommendation: form; by `?step=`, its `check` and what is `signed`."""
    consultation = visible(request, slug)
    recommendation = get_object_or_404(consultation.recommendations(), ref=ref)
    if not request.user.is_authenticated:
        address, align = reverse("position", args=[slug, ref]), request.POST.get("align") or request.GET.get("align")
        return keep_and_sign_in(request, f"{address}?{urlencode({'align': align})}" if align else address)
    consultation_rules.require_positioned(consultation, recommendation)
    desk = Desk(request, consultation, recommendation)
    if request.method == "POST":
        answer: Callable[[], HttpResponse] = {
            "draft": desk.draft,
            "sign": desk.sign,
            "send_back": desk.send_back,
            "withdraw": desk.withdraw,
            "reconfirm": desk.reconfirm,
            "confirm_capacity": desk.confirm_capacity,
        }.get(request.POST.get("action", "draft"), desk.unknown)
        return answer()
    if request.GET.get("step") == "signed":
        return desk.signed_page()
    try:
        consultation_rules.require_taking(request.user, consultation, desk.membership.organisation)
    except Closed as closed:
        return desk.closed_page(closed)
    if request.GET.get("step") == "check" and desk.held and desk.held.draft:
        return desk.check_page()
    return desk.form_page(desk.form())


class Desk:
    """One person at work on one position, in the membership that they chose (or their only one)."""

    def __init__(self, request: HttpRequest, consultation: Consultation, recommendation: Passage) -> None:
        self.request, self.consultation, self.recommendation = request, consultation, recommendation
        self.memberships = consultation_rules.memberships_taking_part(request.user, consultation)
        named = stakeholder_rules.organisation_named(
            request.user, request.POST.get("organisation") or request.GET.get("organisation")
        )
        self.membership = consultation_rules.membership_for(request.user, consultation, named, to_submit=False)
        self.held = (
            Position.objects.filter(
                consultation=consultation, recommendation=recommendation, organisation=self.membership.organisation
            )
            .select_related(
                "signed__aligned_with",
                "signed__signed_by",
                "signed_late__aligned_with",
                "signed_late__signed_by",
                "draft__drafted_by",
                "draft__aligned_with__position__organisation__group",
                "organisation",
            )
            .first()
        )
        self.earlier = next(iter(earlier_of(consultation, self.membership.organisation, [recommendation])), None)
        self.statement = self._statement(request.POST.get("align") or request.GET.get("align") or "")

    @property
    def may_sign(self) -> bool:
        return bool(stakeholder_rules.may_sign(self.request.user, self.membership))

    def _statement(self, name: str) -> PositionVersion | None:
        """The statement that the person wants to align with, by the name in the form. Raises `Changed`."""
        if not name:
            return None
        statements = PositionVersion.objects.statements(self.consultation).filter(
            position__recommendation=self.recommendation
        )
        others = statements.exclude(position__organisation=self.membership.organisation)
        found = others.named(name).select_related("position__organisation__group").first()
        if found is None or not consultation_rules.may_see_positions(self.request.user, self.consultation):
            raise Changed(_("This statement has been changed, withdrawn or removed since. Read what stands there now."))
        return found

    def form(self) -> PositionForm | AlignForm:
        """The form, filled with what was sent, or the draft, or the signed version, in that order."""
        initial: dict[str, Any] = {"version": actions.current_version(self.held)}
        version = actions.shown(self.held)
        now = Answer.of(version) if version else None
        offered = rules.attributions_to_choose(self.consultation, self.held)
        # After closing nothing is signed without a name: the form says it anew, a signature does not change it.
        if now and self.consultation.has_ended and self.request.POST.get("action") != "sign":
            now = replace(now, attribution=Attribution.NAMED)
        if now:
            initial.update(stance=now.stance, explanation=now.explanation)
        initial.update(self._how_it_is_given(now))
        if len(self.memberships) > 1:
            initial["organisation"] = self.membership.organisation.slug
        sent = self.request.POST if self.request.method == "POST" else None
        if self.statement:
            initial["align"] = self.statement.name
            return AlignForm(sent, initial=initial, memberships=self.memberships, statement=self.statement)
        return PositionForm(
            sent,
            initial={**initial, **kept(self.request)},
            memberships=self.memberships,
            now=now,
            attributions=offered,
        )

    @staticmethod
    def _how_it_is_given(answer: Answer | None) -> dict[str, str]:
        answer = answer or Answer("")
        return {"capacity": answer.capacity, "attribution": answer.attribution}

    def draft(self) -> HttpResponse:
        form = self.form()
        if not form.is_valid():
            return self.form_page(form)
        try:
            if not (self.held and self.held.draft and Answer.of(self.held.draft) == form.answer):
                actions.draft_position(*self._what(form), **self._how(form))
        except Changed as changed:
            return self.form_page(form, changed)
        try:
            consultation_rules.require_taking(self.request.user, self.consultation, self.membership.organisation)
        except Closed as closed:
            raise Closed(_("%s Your text is kept as a draft; it does not count.") % closed.sentence) from closed
        if not self.may_sign:
            messages.success(
                self.request, _("Your draft is saved and waits for the focal point. It counts only when it is signed.")
            )
        return redirect(self._address("check"))

    def unknown(self) -> HttpResponse:
        form = self.form()
        form.full_clean()
        form.add_error(None, NO_SUCH_ACTION)
        return self.form_page(form)

    def sign(self) -> HttpResponse:
        if not self.may_sign:
            raise NotAllowed(_("Only a focal point can sign. Yours: %s.") % self._focal_points())
        if self.request.POST.get("confirm") != "1":
            return self.draft()
        form = self.form()
        if not form.is_valid():
            return self.form_page(form)
        try:
            version = actions.sign_position(*self._what(form), **self._how(form))
        except Closed:
            return self.draft()
        except Changed as changed:
            return self.form_page(form, changed)
        self.request.session[_SIGNED] = version.name
        return redirect(self._address("signed"))

    def closed_page(self, closed: Closed) -> HttpResponse:
        """The draft to read where nothing can be signed; old links to its check lead to what became of it.

        Raises `Closed` where the form was asked for and there is no draft.
        """
        checking = self.request.GET.get("step") == "check"
        if self.held and self.held.draft:
            return self.check_page(closed=closed, status=200 if checking else closed.status)
        if checking and self.held and (self.held.signed or self.held.signed_late):
            return redirect(self._address("signed"))
        if checking and self.held:
            return redirect("passage", self.consultation.slug, self.recommendation.ref)
        raise closed

    def signed_page(self) -> HttpResponse:
        """What stands signed, for the delegation, with its receipt for who signed it and what can be done next."""
        version = self.held and (self.held.signed_late or self.held.signed)
        if not self.held or not version:
            return redirect("position", self.consultation.slug, self.recommendation.ref)
        version.position = self.held
        context = {**self._context(), "version": version, "next": self._next(), "who": self._told(version)}
        # Said once, and nowhere else: whatever is done to the position before, the words do not follow.
        context["is_new"] = self.request.session.pop(_SIGNED, "") == version.name
        context["may_write"] = consultation_rules.may_write_now(self.request.user, self.consultation)
        context["leaf"] = newest_leaf(self.held, self.request.user)
        return render(self.request, "positions/signed.html", context)

    def reconfirm(self) -> HttpResponse:
        """What stands on the earlier text as a draft on this one, to check and sign."""
        consultation_rules.require_open(self.consultation)
        form = ReconfirmForm(self.request.POST)
        if self.earlier is None or not form.is_valid() or form.cleaned_data["earlier"] != self.earlier.version.name:
            raise Changed(_("What stands on the earlier text is not what you saw. Open the position again."))
        sent = form.cleaned_data
        what = (self.request.user, self.consultation, self.recommendation)
        try:
            actions.draft_position(
                *what,
                Answer.reconfirming(self.earlier.version),
                sent["submission_id"],
                organisation_id=self.membership.organisation_id,
                seen_version=sent["version"],
            )
        except Changed as changed:
            self.request.method = "GET"  # nothing was typed: the form shows what is there now
            return self.form_page(self.form(), changed)
        return redirect(self._address("check"))

    def send_back(self) -> HttpResponse:
        form = SendBackForm(self.request.POST)
        if not form.is_valid():
            return self.check_page(form)
        actions.send_back(
            self.request.user,
            self.consultation,
            self.recommendation,
            form.cleaned_data["note"],
            organisation_id=self.membership.organisation_id,
            seen_version=form.cleaned_data["version"],
        )
        messages.success(self.request, _("The draft is sent back with your note."))
        return redirect("delegation")

    def withdraw(self) -> HttpResponse:
        withdrawn = actions.withdraw_position(
            self.request.user,
            self.consultation,
            self.recommendation,
            organisation_id=self.membership.organisation_id,
        )
        sentence = _("The position is withdrawn. It no longer counts; it stays on the record.")
        messages.success(self.request, confirmed(sentence, withdrawn, self.request.user))
        return redirect("passage", self.consultation.slug, self.recommendation.ref)

    def confirm_capacity(self) -> HttpResponse:
        form = ConfirmForm(self.request.POST)
        if not form.is_valid():
            raise Changed(_("The form does not say which version it confirms. Open it again and look once more."))
        actions.confirm_capacity(
            self.request.user,
            self.consultation,
            self.recommendation,
            form.cleaned_data["submission_id"],
            organisation_id=self.membership.organisation_id,
            seen_version=form.cleaned_data["version"],
        )
        messages.success(self.request, _("The position stands confirmed, on behalf of your organisation."))
        return redirect("passage", self.consultation.slug, self.recommendation.ref)

    def form_page(self, form: PositionForm | AlignForm, changed: Changed | None = None) -> HttpResponse:
        if changed:  # the page shows both texts: sent again, the answer goes over the one that it shows
            now = {"version": actions.current_version(self.held), "submission_id": uuid4()}
            form.data = {**self.request.POST.dict(), **now}
        status = 409 if changed else 422 if form.errors else 200
        context = {**self._context(), "form": form, "changed": changed}
        return render(self.request, "positions/form.html", context, status=status)

    def check_page(
        self, send_back: SendBackForm | None = None, closed: Closed | None = None, status: int = 200
    ) -> HttpResponse:
        if not self.held or not self.held.draft:
            raise Changed(_("There is no draft to check."))
        draft = self.held.draft
        initial = {
            "stance": draft.stance,
            "explanation": draft.explanation,
            "version": draft.number,
            "organisation": self.membership.organisation.slug,
        }
        context = {
            **self._context(),
            "form": PositionForm(initial=initial, memberships=self.memberships),
            "who": self._told(draft),
            "send_back": send_back or SendBackForm(initial={"version": draft.number}),
            "draft": draft,
            "closed": closed,
        }
        if send_back and send_back.errors:
            status = 422
        return render(self.request, "positions/check.html", context, status=status)

    def _told(self, version: PositionVersion) -> Origin | None:
        """Who the version is from, with what others see, once it is signed."""
        attributions = PositionAttributions(self.request.user, self.consultation)
        if version.state == PositionVersion.State.SIGNED:
            return attributions.of_version(version)
        return attributions.once_signed(version)

    def _what(self, form: PositionForm | AlignForm) -> tuple[Any, ...]:
        user, submission_id = self.request.user, form.cleaned_data["submission_id"]
        return user, self.consultation, self.recommendation, form.answer, submission_id

    def _how(self, form: PositionForm | AlignForm) -> dict[str, Any]:
        return {"organisation_id": self.membership.organisation_id, "seen_version": form.cleaned_data["version"]}

    def _context(self) -> dict[str, Any]:
        return {
            "consultation": self.consultation,
            "passage": self.recommendation,
            "membership": self.membership,
            "may_sign": self.may_sign,
            "focal_points": self._focal_points(),
            "held": self.held,
            "statement": self.statement,
            "signatories": self.held.signed.aligned.filter(state=PositionVersion.State.SIGNED).select_related(
                "position__organisation"
            )
            if self.held and self.held.signed
            else [],
            "versions": self.held.versions.for_display() if self.held else [],
            "earlier": self.earlier,
            "reconfirm": ReconfirmForm(
                initial={
                    "version": actions.current_version(self.held),
                    "earlier": self.earlier.version.name if self.earlier else "",
                }
            ),
            "tab": "recommendations",
        }

    def _focal_points(self) -> str:
        focal_points = Membership.objects.focal_points(self.membership.organisation)
        return ", ".join(str(m.user) for m in focal_points) or _("none")

    def _address(self, step: str) -> str:
        address = reverse("position", args=[self.consultation.slug, self.recommendation.ref])
        return f"{address}?step={step}&organisation={self.membership.organisation.slug}"

    def _next(self) -> Passage | None:
        """The next recommendation, in the report's order, on which the organisation has no signed position."""
        taken = Position.objects.filter(
            consultation=self.consultation, organisation=self.membership.organisation, signed__isnull=False
        )
        return self.consultation.positioned().exclude(pk__in=taken.values("recommendation")).first()
