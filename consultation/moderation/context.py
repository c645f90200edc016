"""What the masthead shows on every page."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from consultation.moderation import queue


def masthead(request: HttpRequest) -> dict[str, Any]:
    """Whether the reader is a moderator, and how much waits for them; asked only where the template shows it."""
    return {"moderator": SimpleLazyObject(lambda: _moderator(request))}


def _moderator(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not queue.moderated_by(user).exists():
        return {}
    return {"waiting": queue.count(user)}
