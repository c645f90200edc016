"""Who makes packs, enters letters, and confirms them."""

from typing import Any

from django.utils.translation import gettext as _

from consultation.consultations import rules as consultation_rules
from consultation.consultations.models import Consultation
from consultation.offline.models import Letter
from consultation.positions import rules as position_rules
from consultation.record.errors import Changed, NotAllowed
from consultation.stakeholders import rules as stakeholder_rules
from consultation.stakeholders.models import Membership, Organisation


def require_may_enter(user: Any, consultation: Consultation, organisation: Organisation) -> None:
    """Raise `NotAllowed` unless the secretariat enters for an organisation that takes part and is not its own."""
    consultation_rules.require_secretariat(user, consultation)
    if not consultation_rules.takes_part(organisation, consultation):
        raise NotAllowed(_("%s does not take part in this consultation.") % organisation)
    if Membership.objects.of(user).filter(organisation=organisation).exists():
        raise NotAllowed(_("You act for %s. A colleague of the secretariat enters its letters.") % organisation)


def may_decide(user: Any, letter: Letter) -> bool:
    """Whether the person confirms or refuses it: a focal point of the organisation, while it waits."""
    membership = Membership.objects.of(user).filter(organisation=letter.organisation_id).first()
    return letter.waits and membership is not None and stakeholder_rules.may_sign(user, membership)


def membership_to_decide(user: Any, letter: Letter) -> Membership:
    """The membership in which the person confirms or refuses. Raises `NotAllowed`."""
    return position_rules.membership_to_sign(user, letter.consultation, letter.organisation_id)


def may_take_back(user: Any, letter: Letter) -> bool:
    return letter.waits and consultation_rules.may_manage(user, letter.consultation)


def require_waiting(letter: Letter) -> None:
    """Raise `Changed` where somebody confirmed, refused or took it back meanwhile."""
    if not letter.waits:
        raise Changed(
            _("This letter is now “%s”; what you asked for is no longer possible.") % letter.get_state_display().lower()
        )
