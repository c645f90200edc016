"""Who may follow what, and who may send a parked mail again."""

from typing import Any

from django.utils.translation import gettext as _

from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment
from consultation.record.errors import NotAllowed
from consultation.stakeholders import rules as stakeholder_rules


def require_may_follow(person: Any, consultation: Consultation, thread: Comment | None = None) -> None:
    """Raise `NotAllowed` unless the person may see the consultation, and the thread if one is named."""
    sees = Consultation.objects.visible_to(person).filter(pk=consultation.pk).exists()
    if sees and thread:
        sees = consultation.comments.visible_to(person).filter(pk=thread.pk).exists()
    if not sees:
        raise NotAllowed(_("You may not see what you want to follow."))


def may_see_mails(person: Any) -> bool:
    """The secretariat sees who was sent what and when; never the text."""
    return bool(stakeholder_rules.is_secretariat(person))
