"""Who may draft, sign, send back and withdraw a position."""

from typing import Any

from django.utils.translation import gettext as _

from consultation.consultations.attribution import FINER, Attribution, from_here, require_choice, require_not_coarser
from consultation.consultations.models import Consultation
from consultation.consultations.rules import membership_for
from consultation.positions.earlier import earlier_of
from consultation.positions.models import Position, PositionVersion
from consultation.record.errors import Changed, NotAllowed
from consultation.stakeholders import rules as stakeholder_rules
from consultation.stakeholders.models import Membership


def membership_to_sign(user: Any, consultation: Consultation, organisation_id: int | None = None) -> Membership:
    """The membership in which the person signs. Raises `NotAllowed` unless they are its focal point now."""
    membership = membership_for(user, consultation, organisation_id)
    require_signer(user, membership)
    return membership


def require_signer(user: Any, membership: Membership) -> None:
    """Raise `NotAllowed`, naming those who may, unless the person signs in this membership."""
    if stakeholder_rules.may_sign(user, membership):
        return
    names = ", ".join(str(m.user) for m in Membership.objects.focal_points(membership.organisation))
    raise NotAllowed(
        _("Only a focal point can sign for %(organisation)s, send back or withdraw. Focal point: %(names)s.")
        % {"organisation": membership.organisation, "names": names or _("none")}
    )


def require_standing(statement: PositionVersion | None, position: Position) -> None:
    """Raise `Changed` unless this statement of another organisation, if any, can explain this position now.

    It is the counted position of an organisation that takes part, on the same recommendation, with a published
    explanation in words of its own.
    """
    if statement is None:
        return
    standing = PositionVersion.objects.statements(position.consultation).filter(
        pk=statement.pk, position__recommendation=position.recommendation_id
    )
    if not standing.exclude(position__organisation=position.organisation_id).exists():
        raise Changed(
            _(
                "The statement that you wanted to align with has been changed, withdrawn or removed since. "
                "Nothing was signed. Read what stands there now."
            )
        )


def require_earlier(earlier: PositionVersion | None, answer: tuple[str, str], position: Position) -> None:
    """Raise `Changed` unless what is reconfirmed, if anything, stands on an earlier text and says the same.

    `answer` is the stance and the explanation that are to stand on the newer text.
    """
    if earlier is None:
        return
    found = earlier_of(position.consultation, position.organisation, [position.recommendation])
    stands = [e.version for e in found if e.can_be_reconfirmed]
    if earlier not in stands or answer != (earlier.stance, earlier.explanation):
        raise Changed(
            _(
                "What you wanted to reconfirm is not what your organisation signed on the earlier text. Nothing was "
                "saved. Read what stands there now."
            )
        )


def attribution_before(position: Position | None) -> str:
    """The attribution that told most among all versions that were ever signed; the least there is where none was."""
    signed = position.versions.filter(signed_at__isnull=False) if position else PositionVersion.objects.none()
    told = set(signed.values_list("attribution", flat=True))
    return next((a for a in reversed(FINER) if a in told), Attribution.SECRETARIAT)


def attributions_to_choose(consultation: Consultation, position: Position | None) -> list[Attribution]:
    """What the next version can have; only the name where the consultation gives no choice."""
    if not consultation.attribution_choice or consultation.has_ended:
        return [Attribution.NAMED]
    return from_here(attribution_before(position))


def require_attribution(position: Position, attribution: str, *, late: bool = False) -> None:
    """Raise `NotAllowed` where the consultation does not let this be chosen, or an earlier signature told more.

    What is signed late is always named: it stands beside the figures, where nothing hides it.
    """
    if attribution == Attribution.NAMED:
        return
    require_choice(position.consultation, attribution, late=late)
    require_not_coarser(attribution_before(position), attribution)
