"""What the masthead shows on every page."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from consultation.notifications.models import Notification

# More than this is shown as "99+", so that counting stays cheap.
MOST = 99


def masthead(request: HttpRequest) -> dict[str, Any]:
    """How many unread notifications the reader has; asked only where the template shows it."""
    return {"notifications": SimpleLazyObject(lambda: {"unread": _unread(request)})}


def _unread(request: HttpRequest) -> str:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return "0"
    unread = Notification.objects.filter(person=user, read_at=None).order_by()
    # Most people have none, or of few kinds: what they may see is asked of these alone.
    kinds = list(unread.values_list("kind", flat=True).distinct())
    if not kinds:
        return "0"
    number = unread.visible_to(user, kinds)[: MOST + 1].count()
    return f"{MOST}+" if number > MOST else str(number)
