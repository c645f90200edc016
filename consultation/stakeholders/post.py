"""Mails about organisations and delegations: stored with the change that they tell of, sent by the worker."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import get_language, gettext_noop, override
from django.utils.translation import gettext as _

from consultation.stakeholders.models import Invitation, Organisation


def send_invitation(invitation: Invitation, link: str) -> None:
    """The link to the invited address, in the language of the one who invites."""
    context: dict[str, object] = {"invitation": invitation, "link": link}
    _send(
        get_language() or settings.LANGUAGE_CODE,
        gettext_noop("You are invited to a delegation"),
        "stakeholders/mail/invitation.txt",
        context,
        invitation.email,
    )


def send_decision(organisation: Organisation) -> None:
    """What the secretariat decided, to each focal point in their own language."""
    context: dict[str, object] = {"organisation": organisation}
    subject = gettext_noop("Your organisation’s application")
    for membership in organisation.memberships.focal_points(organisation):
        person = membership.user
        _send(person.mail_language, subject, "stakeholders/mail/decision.txt", context, person.email)


def _send(language: str, subject: str, template: str, context: dict[str, object], recipient: str) -> None:
    with override(language):
        send_mail(_(subject), render_to_string(template, context), None, [recipient])
