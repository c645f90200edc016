"""What the masthead shows on every page."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from consultation.notifications.kinds import Kind
from consultation.notifications.models import Notification

# More than this is shown as "99+", so that counting stays cheap.
MOST = 99
# Of more than these it is not looked which kinds there are.
MANY = 1000


def masthead(request: HttpRequest) -> dict[str, Any]:
    """How many unread notifications the reader has; asked only where the template shows it."""
    return {"notifications": SimpleLazyObject(lambda: {"unread": _unread(request)})}


def _unread(request: HttpRequest) -> str:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return "0"
    unread = Notification.objects.filter(person=user, read_at=None).order_by()
    # What one may see is another condition for each kind: most people have none or few of them unread.
    kinds = list(unread.values_list("kind", flat=True)[:MANY])
    seen = unread.visible_to(user, set(kinds) if len(kinds) < MANY else Kind)
    number = seen[: MOST + 1].count() if kinds else 0
    return f"{MOST}+" if number > MOST else str(number)
