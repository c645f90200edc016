"""Buttons to follow, for the pages of any room: `{% load notifications %}{% follow consultation passage=passage %}`."""

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format

from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment
from consultation.notifications.models import Following, Preferences
from consultation.notifications.outbox import on_one_line
from consultation.notifications.wording import passage_name
from consultation.reports.models import Passage

register = template.Library()
register.filter("one_line", on_one_line)
register.filter("called", passage_name)
_KEPT = "followed_here"


@register.inclusion_tag("notifications/_follow.html", takes_context=True)
def follow(
    context: Any,
    consultation: Consultation,
    passage: Passage | None = None,
    thread: Comment | None = None,
    name: str = "",
) -> dict[str, Any]:
    """A button to follow this consultation, passage or thread, or to stop; nothing for who has not signed in.

    `name` is what the reader is told of who began the thread. All buttons of a page together cost one query.
    """
    user = context.get("user")
    if user is None or not user.is_authenticated:
        return {"shown": False}
    chosen = _chosen(context, consultation)
    wide = chosen.get((None, None), False)
    if thread:
        narrower = chosen.get((thread.passage_id, None), wide)
        follows = chosen.get((None, thread.root_id or thread.pk), narrower)
    elif passage:
        follows = chosen.get((passage.pk, None), wide)
    else:
        follows = wide
    return {
        "shown": True,
        "csrf_token": context.get("csrf_token"),
        "consultation": consultation,
        "passage": passage,
        "thread": thread,
        "name": name,
        "follows": follows,
    }


def _chosen(context: Any, consultation: Consultation) -> dict[tuple[int | None, int | None], bool]:
    """What the reader chose in this consultation, by the keys of passage and thread."""
    request = context["request"]
    kept: dict[int, Any] = getattr(request, _KEPT, {})
    if consultation.pk not in kept:
        rows = Following.objects.of(request.user, consultation).values_list("passage", "thread", "active")
        kept[consultation.pk] = {(passage, thread): active for passage, thread, active in rows}
        setattr(request, _KEPT, kept)
    found: dict[tuple[int | None, int | None], bool] = kept[consultation.pk]
    return found


@register.filter
def quoted(text: str) -> str:
    """Text that somebody wrote, marked line by line as a quotation, so that it cannot pass for the mail's own words."""
    return "\n".join(f"  > {line}" for line in text.splitlines())


@register.filter
def in_zone(instant: datetime, preferences: Preferences) -> str:
    """The instant in the reader's own time zone, with its offset from UTC."""
    local = timezone.localtime(instant, preferences.zone)
    offset = local.strftime("%z")
    return f"{date_format(local, 'j F Y, H:i')} (UTC{offset[:3]}:{offset[3:]})"
