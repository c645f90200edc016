"""The token in a mail's unsubscribe link: it names a person and what to stop, and can do nothing else."""

from django.core import signing
from django.urls import reverse

from consultation.notifications.kinds import Kind

# What the daily mail's link stops: everything that comes with it.
DAILY = "daily"
_SALT = "consultation.notifications.unsubscribe"


def address(person_id: int, what: str) -> str:
    """The path of the link that stops mails of this kind, or the daily mail, for this person."""
    return reverse("unsubscribe", args=[signing.dumps([person_id, what], salt=_SALT)])


def read(token: str) -> tuple[int, str] | None:
    """The person's key and what to stop; None for a token that is not ours."""
    try:
        person_id, what = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return (person_id, what) if what == DAILY or what in Kind.values else None
