"""Describing, revising and withdrawing a practice: one function a change, one transaction, one entry in the record."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consultation.consultations import rules as consultation_rules
from consultation.consultations.actions import act_for
from consultation.consultations.attribution import Attribution
from consultation.consultations.models import Consultation
from consultation.discussion.rules import published_at_once
from consultation.practices import rules
from consultation.practices.actions.outcomes import publish
from consultation.practices.actions.steps import Description, add_revision, description_of, fill, held, move, tell
from consultation.practices.models import Practice, PracticeRevision, RevisionState, State
from consultation.record import clock
from consultation.record.errors import AlreadySent, NotAllowed


@transaction.atomic
@clock.one_instant()
def write_practice(
    author: Any,
    consultation: Consultation,
    said: Description,
    submission_id: UUID,
    *,
    submit: bool = True,
    organisation_id: int | None = None,
) -> Practice:
    """A new practice, submitted for moderation or kept as a draft that only the delegation sees.

    The same form again gives the practice that is there; where that is still a draft, with these words.
    A draft is kept in a closed consultation too. Raises `NotAllowed`, `Closed`, `Changed`, `ValueError` where what is
    submitted is not whole.
    """
    membership = act_for(author, consultation, organisation_id, to_submit=submit)
    if found := Practice.objects.filter(submission_id=submission_id, author=author).first():
        if found.state == State.DRAFT:
            return revise_practice(author, found, said, submit=submit)
        return _as_sent(found, author, said)
    if submit:
        consultation_rules.require_open(consultation)
        _require_whole(consultation, said)
    now = clock.now()
    practice, created = Practice.objects.get_or_create(
        submission_id=submission_id,
        defaults={
            "consultation": consultation,
            "author": author,
            "organisation": membership.organisation,
            "state": State.PENDING if submit else State.DRAFT,
            "created_at": now,
            "state_at": now,
        },
    )
    if not created:
        return _as_sent(practice, author, said)
    revision = add_revision(practice, author, said, RevisionState.PENDING if submit else RevisionState.DRAFT)
    tell("practice.submitted" if submit else "practice.drafted", practice, author)
    return _publish_at_once(revision) if submit else practice


def _as_sent(practice: Practice, author: Any, said: Description) -> Practice:
    """The practice that this form made, if it says the same now; else what is typed would be lost in silence."""
    if practice.author_id != author.pk or said not in map(description_of, practice.revisions.all()):
        raise AlreadySent
    return practice


@transaction.atomic
@clock.one_instant()
def revise_practice(author: Any, practice: Practice, said: Description, *, submit: bool = True) -> Practice:
    """Other words for one's own practice: of a draft in place, else a new revision; what is published stands until
    then, and what waits goes on waiting while the other words are a draft. The same words change nothing.

    Raises `NotAllowed`, `Closed`, `Changed`, `ValueError` where what is submitted is not whole.
    """
    act_for(author, practice.consultation, practice.organisation_id, to_submit=submit)
    practice = held(practice)
    if not rules.may_change(author, practice):
        raise NotAllowed(_("Only its author can change a practice, and only while it stands."))
    if submit:
        consultation_rules.require_open(practice.consultation)
        _require_whole(practice.consultation, said)
    latest = practice.latest
    assert latest is not None  # noqa: S101 - every practice is made with its first revision
    same = description_of(latest) == said
    if same and (latest.state in {RevisionState.PENDING, RevisionState.PUBLISHED} or not submit):
        return practice
    state = RevisionState.PENDING if submit else RevisionState.DRAFT
    if submit:
        practice.revisions.filter(state=RevisionState.PENDING).update(state=RevisionState.SUPERSEDED)
    if latest.state == RevisionState.DRAFT:
        latest.created_by = author
        fill(latest, said, state)
    else:
        latest = add_revision(practice, author, said, state)
    if submit and practice.state in {State.DRAFT, State.RETURNED}:
        move(practice, State.PENDING)
    tell("practice.revised" if submit else "practice.drafted", practice, author)
    return _publish_at_once(latest) if submit else practice


@transaction.atomic
@clock.one_instant()
def withdraw_practice(author: Any, practice: Practice) -> Practice:
    """The author takes a practice back; withdrawn already, it stays so. Raises `NotAllowed`, `Closed`."""
    seen_as_draft = practice.state == State.DRAFT
    act_for(author, practice.consultation, practice.organisation_id, to_submit=not seen_as_draft)
    practice = held(practice)
    if practice.state == State.WITHDRAWN and practice.author_id == author.pk:
        return practice
    if not rules.may_change(author, practice):
        raise NotAllowed(_("Only its author can withdraw a practice, and only while it stands."))
    if practice.state != State.DRAFT:
        if seen_as_draft:  # It was submitted meanwhile; the organisation is held already.
            act_for(author, practice.consultation, practice.organisation_id)
        consultation_rules.require_open(practice.consultation)
    practice.revisions.filter(state=RevisionState.PENDING).update(state=RevisionState.SUPERSEDED)
    move(practice, State.WITHDRAWN)
    tell("practice.withdrawn", practice, author)
    return practice


def _require_whole(consultation: Consultation, said: Description) -> None:
    """What is submitted says everything: the form asks for it, and the database holds it."""
    needed = (said.title, said.summary, said.place, said.year, said.results, said.source)
    if not all(needed) or not consultation.recommendations().filter(pk__in=said.recommendations).exists():
        raise ValueError("A practice is submitted with all that is asked, and at least one recommendation.")


def _publish_at_once(revision: PracticeRevision) -> Practice:
    """Publish what was submitted where the consultation moderates after publication; else leave it waiting."""
    practice = revision.practice
    if not published_at_once(practice.consultation, practice.organisation, Attribution.NAMED):
        return practice
    published = publish(revision)
    tell("practice.published_at_once", published, practice.author)
    return published
