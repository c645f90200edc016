"""What a token opens, and who makes tokens and webhooks. Everything is asked at the instant of the request."""

from typing import Any

from django.utils.translation import gettext as _

from consultation.api.models import Scope, Token, Webhook, digest_of
from consultation.consultations.models import Consultation
from consultation.consultations.rules import may_manage
from consultation.record import clock
from consultation.record.errors import NotAllowed
from consultation.stakeholders import rules as stakeholder_rules
from consultation.stakeholders.models import Membership, Organisation

_LONGEST = 200


def token_of(secret: str) -> Token | None:
    """The living token with this secret, while the person who made it still drafts for its organisation; else None.

    So it dies with a suspension, a removal from the delegation, and the account.
    """
    if not secret or len(secret) > _LONGEST:
        return None
    living = Token.objects.living(clock.now()).select_related("organisation__group", "made_by")
    token = living.filter(digest=digest_of(secret)).first()
    return token if token and stakeholder_rules.may_draft(token.made_by, membership_of(token)) else None


def membership_of(token: Token) -> Membership | None:
    """The membership in which the token's person acts for its organisation now."""
    return Membership.objects.of(token.made_by).filter(organisation=token.organisation_id).first()


def require_scope(token: Token, scope: Scope) -> None:
    """Raise `NotAllowed` where the token was not made for this."""
    if scope not in token.scopes:
        raise NotAllowed(_("This token was not made for this. It would need: %s.") % scope.value)


def require_maker(person: Any, organisation: Organisation) -> None:
    """Raise `NotAllowed` unless the person signs for this organisation, which is approved."""
    membership = stakeholder_rules.focal_membership(person, organisation)
    if not stakeholder_rules.may_sign(person, membership):
        raise NotAllowed(_("%s is not approved, so no program can act for it.") % organisation)


def require_revoker(person: Any, organisation: Organisation) -> None:
    """Raise `NotAllowed` unless the person is a focal point of this organisation, in whatever state it is."""
    stakeholder_rules.focal_membership(person, organisation)


def require_hook_maker(person: Any, consultation: Consultation, organisation: Organisation | None) -> None:
    """Raise `NotAllowed` unless a focal point of the organisation, or, without one, of the secretariat."""
    if organisation is not None:
        require_maker(person, organisation)
    elif not may_manage(person, consultation):
        raise NotAllowed(_("Only the secretariat of this consultation can do this."))


def may_stop(person: Any, hook: Webhook) -> bool:
    """A focal point of its organisation, or the secretariat of the consultation."""
    if may_manage(person, hook.consultation):
        return True
    membership = Membership.objects.of(person).filter(organisation=hook.organisation_id).first()
    return stakeholder_rules.is_focal_point(person, membership) and hook.organisation_id is not None
