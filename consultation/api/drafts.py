"""Drafts that a program writes: by the actions that people's forms take, as the person who made the token."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from consultation.api.models import Token
from consultation.consultations.attribution import Attribution
from consultation.consultations.models import Consultation
from consultation.discussion import actions as discussion
from consultation.discussion.actions import words_of
from consultation.discussion.models import Comment
from consultation.positions import actions as positions
from consultation.positions.models import PositionVersion
from consultation.record.actions import append
from consultation.record.errors import Changed
from consultation.record.models import subject_name
from consultation.reports.models import Passage


@transaction.atomic
def draft_comment(token: Token, consultation: Consultation, passage: Passage, form: Any) -> tuple[Comment, bool]:
    """The draft, and whether it was made now. The same key again gives what is there and changes nothing.

    Raises `NotAllowed`, and `Changed` where the key was used for other words.
    """
    key = form.cleaned_data["submission_id"]
    there = Comment.objects.filter(submission_id=key, author=token.made_by, organisation=token.organisation_id)
    if found := there.select_related("latest", "passage", "consultation").first():
        latest = found.latest
        here = (found.passage_id, found.consultation_id) == (passage.pk, consultation.pk)
        # What a person has changed since stays as they left it.
        untouched = latest is not None and found.state == Comment.State.DRAFT and latest.saves == 1
        if not here or (latest and untouched and words_of(latest) != form.words):
            raise _used()
        return found, False
    comment = discussion.write_comment(
        token.made_by,
        consultation,
        passage,
        form.words,
        key,
        submit=False,
        parent=form.cleaned_data["parent"],
        organisation_id=token.organisation_id,
        attribution=form.chosen_attribution or Attribution.NAMED,
    )
    _note(token, consultation, comment)
    return comment, True


@transaction.atomic
def draft_position(
    token: Token, consultation: Consultation, recommendation: Passage, form: Any
) -> tuple[PositionVersion, bool]:
    """The draft, and whether it was made now; it waits for a focal point's signature.

    Raises `NotAllowed`, and `Changed` where the delegation has a newer version than the program read.
    """
    key = form.cleaned_data["submission_id"]
    there = PositionVersion.objects.filter(submission_id=key).select_related("position")
    if found := there.filter(position__organisation=token.organisation_id).first():
        place = (found.position.consultation_id, found.position.recommendation_id)
        if place != (consultation.pk, recommendation.pk) or not form.answer.is_of(found):
            raise _used()
        return found, False
    if there.exists():
        raise _used()
    version = positions.draft_position(
        token.made_by,
        consultation,
        recommendation,
        form.answer,
        key,
        organisation_id=token.organisation_id,
        seen_version=form.cleaned_data["version"] or 0,
    )
    _note(token, consultation, version.position)
    return version, True


def _used() -> Changed:
    return Changed(_("This Idempotency-Key was used for something else. Send another text with a key of its own."))


def _note(token: Token, consultation: Consultation, thing: Any) -> None:
    """The record says that a program wrote it, beside the entry of the draft."""
    append(
        "token.drafted",
        token,
        actor=token.made_by,
        consultation=consultation.slug,
        organisation=token.organisation_id,
        drafted=subject_name(thing),
    )
