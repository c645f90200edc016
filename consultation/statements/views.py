"""Making a statement in the name of a grouping; reading one; confirming it or dissociating oneself."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultation.consultations import rules as consultation_rules
from consultation.consultations.models import Consultation
from consultation.consultations.views import visible
from consultation.positions.actions import current_version, shown
from consultation.positions.models import Position
from consultation.record.errors import NotAllowed
from consultation.reports.models import Passage
from consultation.stakeholders import rules as stakeholder_rules
from consultation.stakeholders.models import Grouping, Membership, Organisation
from consultation.statements import actions, rules
from consultation.statements.answers import answers_of
from consultation.statements.forms import ConfirmForm, DissociateForm, StatementForm
from consultation.statements.models import GroupStatement


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def make_statement(request: HttpRequest, slug: str, ref: str, grouping: str) -> HttpResponse:
    """The form, the check, and the signature of the speaker's focal point."""
    consultation = visible(request, slug)
    recommendation = get_object_or_404(consultation.recommendations(), ref=ref)
    found = get_object_or_404(Grouping, slug=grouping)
    membership = _speaker(request, consultation, found)
    consultation_rules.require_open(consultation)
    held = _position(consultation, recommendation, membership.organisation)
    members = rules.members_to_list(found, consultation, membership.organisation)
    form = StatementForm(request.POST or None, initial=_begin(held, members), members=members)
    context: dict[str, Any] = {
        "consultation": consultation,
        "passage": recommendation,
        "grouping": found,
        "membership": membership,
        "held": held,
        "form": form,
        "tab": "recommendations",
    }
    if not (form.is_bound and form.is_valid()) or request.POST.get("action") == "change":
        return render(request, "statements/form.html", context, status=422 if form.errors else 200)
    if request.POST.get("confirm") != "1":
        return render(request, "statements/check.html", {**context, "listed": form.cleaned_data["members"]})
    made = actions.make_statement(
        request.user,
        consultation,
        recommendation,
        actions.Speech(found, form.answer, list(form.cleaned_data["members"])),
        form.cleaned_data["submission_id"],
        organisation_id=membership.organisation_id,
        seen_version=form.cleaned_data["version"],
    )
    messages.success(
        request, _("The statement is signed. The members are asked once a moderator has published its words.")
    )
    return redirect("group_statement", slug, ref, made.public_id)


@never_cache
@require_safe
def group_statement(request: HttpRequest, slug: str, ref: str, public_id: str) -> HttpResponse:
    """One statement with the answers of its members; for a listed member's delegation, its own answer."""
    consultation = visible(request, slug)
    return _page(request, consultation, _found(request, consultation, ref, public_id))


@login_required
@never_cache
@require_POST
def confirm_statement(request: HttpRequest, slug: str, ref: str, public_id: str) -> HttpResponse:
    """A member's focal point signs: the statement becomes the member's own position."""
    consultation = visible(request, slug)
    found = _found(request, consultation, ref, public_id)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return _page(request, consultation, found)
    actions.confirm(
        request.user,
        found,
        form.cleaned_data["submission_id"],
        organisation_id=_named(request),
        seen_version=form.cleaned_data["version"],
    )
    messages.success(request, _("The statement is confirmed. It counts as the position of your organisation, once."))
    return redirect("group_statement", slug, ref, public_id)


@login_required
@never_cache
@require_POST
def dissociate(request: HttpRequest, slug: str, ref: str, public_id: str) -> HttpResponse:
    """A member's focal point says that the statement does not speak for it."""
    consultation = visible(request, slug)
    found = _found(request, consultation, ref, public_id)
    form = DissociateForm(request.POST)
    if not form.is_valid():
        return _page(request, consultation, found, form)
    actions.dissociate(
        request.user,
        found,
        form.cleaned_data["words"],
        form.cleaned_data["submission_id"],
        organisation_id=_named(request),
    )
    messages.success(request, _("Your organisation is shown as dissociated. No position is taken by that."))
    return redirect("group_statement", slug, ref, public_id)


def _page(
    request: HttpRequest, consultation: Consultation, found: GroupStatement, form: DissociateForm | None = None
) -> HttpResponse:
    sees = consultation_rules.may_see_positions(request.user, consultation)
    (answers,) = answers_of(consultation, [found])
    listed = {m.organisation_id for m in found.listed.all()}
    mine = [
        m for m in consultation_rules.memberships_taking_part(request.user, consultation) if m.organisation_id in listed
    ]
    open_now = answers.is_open and consultation.is_open
    desks = [_desk(request, found, m) for m in mine if open_now and stakeholder_rules.may_sign(request.user, m)]
    context = {
        "consultation": consultation,
        "passage": found.recommendation,
        "answers": answers,
        "sees": sees,
        "desks": desks,
        "mine": mine,
        "form": form or DissociateForm(),
        "tab": "recommendations",
    }
    return render(request, "statements/statement.html", context, status=422 if form and form.errors else 200)


def _desk(request: HttpRequest, found: GroupStatement, membership: Membership) -> dict[str, Any]:
    """What a focal point needs to answer for one member: its position now, and both forms."""
    held = _position(found.consultation, found.recommendation, membership.organisation)
    signed = held.signed if held else None
    return {
        "membership": membership,
        "signed": signed,
        "confirmed": bool(signed and signed.aligned_with_id == found.version_id),
        "other": getattr(signed.aligned_with, "group_statement", None) if signed and signed.aligned_with else None,
        "confirm": ConfirmForm(initial={"version": current_version(held)}),
    }


def _found(request: HttpRequest, consultation: Consultation, ref: str, public_id: str) -> GroupStatement:
    """The statement, where the person may read it; else 404."""
    readable = rules.visible_statements(request.user, consultation).for_display()
    return get_object_or_404(readable, recommendation__ref=ref, public_id=public_id)


def _speaker(request: HttpRequest, consultation: Consultation, grouping: Grouping) -> Membership:
    """The membership in which the person speaks for the grouping, the one that is named. Raises `NotAllowed`."""
    named = _named(request)
    for membership, spoken_for in rules.speaking(request.user, consultation):
        if spoken_for == grouping and named in {None, membership.organisation_id}:
            return membership
    raise NotAllowed(
        _("Only a focal point of the organisation that speaks for %s now can make a statement in its name.") % grouping
    )


def _position(consultation: Consultation, recommendation: Passage, organisation: Organisation) -> Position | None:
    held = Position.objects.filter(consultation=consultation, recommendation=recommendation, organisation=organisation)
    related = (
        "draft",
        "signed__aligned_with__group_statement__grouping",
        "signed__aligned_with__position__organisation",
    )
    return held.select_related(*related).first()


def _begin(held: Position | None, members: list[Organisation]) -> dict[str, Any]:
    """What the form begins with: the delegation's own draft or position, and all members."""
    version = shown(held)
    words = {"stance": version.stance, "explanation": version.explanation} if version else {}
    return {**words, "version": current_version(held), "members": [m.slug for m in members]}


def _named(request: HttpRequest) -> int | None:
    """The organisation that the form was made for. Raises `Changed` where the person speaks for it no longer."""
    return stakeholder_rules.organisation_named(request.user, request.POST.get("organisation"))
