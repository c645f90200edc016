"""Who may speak for whom. A membership is asked for at the instant of the act; nothing of it is kept in the session."""

from rules.predicates import predicate

from consultation.stakeholders.models import Membership, Organisation, User


@predicate
def may_speak(user: User, membership: Membership | None) -> bool:
    """The person acts in this membership, which has not ended, for an approved organisation."""
    return (
        membership is not None
        and membership.user_id == user.pk
        and membership.ended_at is None
        and user.is_active
        and membership.organisation.state == Organisation.State.APPROVED
    )


@predicate
def is_focal_point(user: User, membership: Membership | None) -> bool:
    return membership is not None and membership.role == Membership.Role.FOCAL_POINT


@predicate
def is_observer(user: User, membership: Membership | None) -> bool:
    return membership is not None and membership.role == Membership.Role.OBSERVER


may_draft = may_speak & ~is_observer
may_sign = may_speak & is_focal_point
