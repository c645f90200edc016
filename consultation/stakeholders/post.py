"""Mails about organisations and delegations: stored with the change that they tell of, sent by the worker."""

from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from consultation.stakeholders.models import Invitation, Organisation


def send_invitation(invitation: Invitation, link: str) -> None:
    """The link to the invited address."""
    context: dict[str, object] = {"invitation": invitation, "link": link}
    _send(_("You are invited to a delegation"), "stakeholders/mail/invitation.txt", context, [invitation.email])


def send_decision(organisation: Organisation) -> None:
    """What the secretariat decided, to the focal points."""
    focal_points = organisation.memberships.focal_points(organisation)
    context: dict[str, object] = {"organisation": organisation}
    recipients = [m.user.email for m in focal_points]
    _send(_("Your organisation’s application"), "stakeholders/mail/decision.txt", context, recipients)


def _send(subject: str, template: str, context: dict[str, object], recipients: list[str]) -> None:
    body = render_to_string(template, context)
    send_mail(subject, body, None, recipients)
