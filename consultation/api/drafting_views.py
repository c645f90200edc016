"""Drafts by program: what a delegation prepares elsewhere, for a person to check, submit and sign here."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from consultation.api import data, drafts, rules
from consultation.api.answers import BadRequest, invalid
from consultation.api.callers import writes
from consultation.api.forms import sent
from consultation.api.models import Token
from consultation.consultations.attribution import Attribution
from consultation.discussion.forms import CommentForm
from consultation.positions.actions import Answer
from consultation.positions.forms import PositionForm
from consultation.positions.models import Position
from consultation.positions.rules import attributions_to_choose


@writes
def draft_comment(request: HttpRequest, token: Token, slug: str, ref: str) -> HttpResponse:
    """A draft of a comment on a passage, or of a reply: `body`, `type`, `proposed_wording`, `parent`, `attribution`."""
    text = (str,)
    given = sent(request, body=text, type=text, proposed_wording=text, parent=text, attribution=text)
    found = data.public_consultation(slug)
    passage = get_object_or_404(found.named(ref))
    membership = rules.membership_of(token)
    form = CommentForm(
        {**given, "submission_id": str(_key(request))},
        passage=passage,
        memberships=[membership] if membership else [],
        comments=found.comments,
        attributions=list(Attribution) if found.attribution_choice and not found.has_ended else None,
    )
    _require_valid(form, given)
    comment, made = drafts.draft_comment(token, found, passage, form)
    address = request.build_absolute_uri(reverse("edit_comment", args=[slug, comment.public_id]))
    body = {"id": comment.public_id, "state": comment.state, "passage": ref, "url": address}
    return _answer(body, address, made=made)


@writes
def draft_position(request: HttpRequest, token: Token, slug: str, ref: str) -> HttpResponse:
    """A draft of a position: `stance`, `explanation`, `capacity`, `attribution`, `version` (read last; else 0)."""
    text = (str,)
    given = sent(request, stance=text, explanation=text, capacity=text, attribution=text, version=(int,))
    found = data.public_consultation(slug)
    recommendation = get_object_or_404(found.recommendations(), ref=ref)
    membership = rules.membership_of(token)
    held = Position.objects.filter(
        consultation=found, recommendation=recommendation, organisation=token.organisation_id
    ).first()
    form = PositionForm(
        {"version": 0, **given, "submission_id": str(_key(request))},
        memberships=[membership] if membership else [],
        now=Answer(""),
        attributions=attributions_to_choose(found, held),
    )
    _require_valid(form, given)
    version, made = drafts.draft_position(token, found, recommendation, form)
    address = request.build_absolute_uri(reverse("position", args=[slug, ref]))
    body = {"version": version.number, "state": version.state, "passage": ref, "url": address}
    return _answer(body, address, made=made)


def _key(request: HttpRequest) -> UUID:
    """The name that the program gives to what it sends. Raises `BadRequest` without one."""
    try:
        return UUID(request.headers.get("Idempotency-Key", "").strip('"'))
    except ValueError as error:
        raise BadRequest(
            400, _("Send a UUID of your own as Idempotency-Key: the same request sent twice makes one draft.")
        ) from error


def _require_valid(form: Any, given: dict[str, Any]) -> None:
    """Raise `BadRequest` with what the form says, also of a member for which there is no question here."""
    wrong: dict[str, list[str]] = {}
    if not form.is_valid():
        wrong = {str(name).replace("__all__", ""): [str(e) for e in errors] for name, errors in form.errors.items()}
    for name, value in given.items():
        if name not in form.fields and value != Attribution.NAMED:
            wrong[name] = [_("Nothing of this can be chosen here.")]
    if wrong:
        raise invalid(wrong)


def _answer(body: dict[str, Any], address: str, *, made: bool) -> HttpResponse:
    response = JsonResponse(body, status=201 if made else 200, json_dumps_params={"ensure_ascii": False})
    response["Location"] = address
    response["Cache-Control"] = "no-store"
    return response
