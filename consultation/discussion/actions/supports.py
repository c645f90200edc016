"""An organisation supports the proposed wording of another's comment, or takes its support back."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from consultation.consultations import rules as consultation_rules
from consultation.consultations.actions import act_for
from consultation.discussion.actions.steps import held
from consultation.discussion.models import Comment, Support
from consultation.record import clock
from consultation.record.actions import append
from consultation.record.errors import Changed, NotAllowed


@transaction.atomic
@clock.one_instant()
def support(user: Any, comment: Comment, revision: int, organisation_id: int | None = None) -> Support:
    """The organisation supports this revision (its number, which was read) of a proposed wording; once.

    A support of an earlier revision is replaced. Raises `NotAllowed`, `Closed`, `Changed`.
    """
    membership = act_for(user, comment.consultation, organisation_id)
    consultation_rules.require_open(comment.consultation)
    comment = held(comment)
    published = comment.published
    if comment.state != Comment.State.PUBLISHED or published is None or not published.proposed_wording:
        raise Changed(_("There is no published wording here to support."))
    if membership.organisation_id == comment.organisation_id:
        raise NotAllowed(_("This is your own organisation’s proposal. Others support it."))
    if published.number != revision:
        raise Changed(_("The wording was changed since you read it. Read it again and support it then."))
    current = _current(comment, membership.organisation_id)
    if current and current.revision_id == published.pk:
        return current
    if current:
        current.withdrawn_at = clock.now()
        current.save(update_fields=["withdrawn_at"])
    made = Support.objects.create(
        comment=comment,
        revision=published,
        organisation=membership.organisation,
        supported_by=user,
        at=clock.now(),
    )
    _tell("proposal.supported", made, user)
    return made


@transaction.atomic
@clock.one_instant()
def withdraw_support(user: Any, comment: Comment, organisation_id: int | None = None) -> None:
    """The organisation no longer supports it; without support nothing happens. Raises `NotAllowed`, `Closed`."""
    membership = act_for(user, comment.consultation, organisation_id)
    consultation_rules.require_open(comment.consultation)
    comment = held(comment)
    current = _current(comment, membership.organisation_id)
    if current:
        current.withdrawn_at = clock.now()
        current.save(update_fields=["withdrawn_at"])
        _tell("proposal.support_withdrawn", current, user)


def _current(comment: Comment, organisation_id: int) -> Support | None:
    return comment.supports.filter(organisation=organisation_id, withdrawn_at=None).first()


def _tell(kind: str, made: Support, user: Any) -> None:
    append(
        kind,
        made.comment,
        actor=user,
        consultation=made.comment.consultation.slug,
        passage=made.comment.passage.ref,
        organisation=made.organisation_id,
        organisation_name=made.organisation.name,
        revision=made.revision.number,
    )
