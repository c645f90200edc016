"""Which webhooks are told of what, once for an entry of the record; and what is said, from what is public now."""

import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse

from consultation.api import data
from consultation.api.models import Delivery, Event, Webhook
from consultation.consultations.attribution import Attribution, Attributions
from consultation.consultations.models import Consultation
from consultation.consultations.rules import may_see_positions
from consultation.discussion.models import Comment
from consultation.drafting.models import NextText
from consultation.moderation import publications
from consultation.positions.models import Position
from consultation.record import clock
from consultation.record.models import Entry

# The entries of the record that a webhook can be told of.
KINDS = {
    **dict.fromkeys(publications.KINDS, Event.COMMENT),
    "position.signed": Event.POSITION,
    "next_text.published": Event.TEXT,
}
_DAY = len("2026-11-24")
# A worker that was away tells of closings as old as this, not of older ones.
_CLOSED_SINCE = timedelta(days=7)


def tell_webhooks(entry: Entry) -> None:
    """Put what this entry tells into the outbox of every webhook that wants it, in the caller's transaction."""
    event = KINDS.get(entry.kind)
    if event is None:
        return
    hooks = Webhook.objects.filter(consultation__slug=entry.consultation, stopped_at=None, made_at__lte=entry.at)
    about = _about(entry, event) if hooks.exists() else ""
    # What not everybody may read is not put there at all: its owner sees the list.
    if about and not _told_before(entry) and _said(event, hooks[0].consultation_id, about):
        _put(hooks, event, f"entry:{entry.pk}", about)


def tell_closings() -> None:
    """Put the closings that have come since into the outbox: once for each instant of closing."""
    now = clock.now()
    closed = Consultation.objects.filter(
        closes_at__lte=now, closes_at__gt=now - _CLOSED_SINCE, webhooks__stopped_at=None, webhooks__isnull=False
    )
    for consultation in closed.distinct():
        hooks = consultation.webhooks.filter(stopped_at=None, made_at__lte=consultation.closes_at)
        _put(hooks, Event.CLOSED, f"closed:{consultation.closes_at.isoformat()}", "")


def message(delivery: Delivery) -> bytes | None:
    """The words of a delivery, from what is public now; None where nothing of it is any more."""
    said = _said(Event(delivery.event), delivery.webhook.consultation_id, delivery.about)
    if said is None:
        return None
    at, words = said
    body = {"type": delivery.event, "timestamp": at, "data": words}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _said(event: Event, consultation_id: int, about: str) -> tuple[str, dict[str, Any]] | None:
    """When it was, and the names and addresses of what everybody can read of it now; None for nothing."""
    consultation = data.public_consultations().filter(pk=consultation_id).first()
    sayings = {Event.COMMENT: _comment, Event.POSITION: _position, Event.TEXT: _text, Event.CLOSED: _closed}
    said = sayings[event](consultation, about) if consultation else None
    return (said[0], {"consultation": consultation.slug, **said[1]}) if consultation and said else None


def _put(hooks: Any, event: Event, occasion: str, about: str) -> None:
    now = clock.now()
    Delivery.objects.bulk_create(
        (
            Delivery(webhook=hook, event=event, occasion=occasion, about=about, next_try_at=now, made_at=now)
            for hook in hooks
            if event in hook.events
        ),
        ignore_conflicts=True,
    )


def _about(entry: Entry, event: Event) -> str:
    """The public name of what the entry is about; "" where it is no news for everybody."""
    key = entry.subject_key
    if event == Event.COMMENT:
        shown = Comment.objects.filter(pk=key, state=Comment.State.PUBLISHED)
        return str(shown.values_list("public_id", flat=True).first() or "")
    if event == Event.POSITION:
        if entry.content.get("late") or entry.content.get("attribution", Attribution.NAMED) != Attribution.NAMED:
            return ""
        return str(Position.objects.filter(pk=key).values_list("public_id", flat=True).first() or "")
    return str(key)


def _told_before(entry: Entry) -> bool:
    return entry.kind in publications.KINDS and publications.was_published_before(entry)


def _comment(consultation: Consultation, about: str) -> tuple[str, dict[str, Any]] | None:
    shown = consultation.comments.filter(public_id=about, state=Comment.State.PUBLISHED)
    comment = shown.for_display().first()
    if comment is None or comment.published is None:
        return None
    at = clock.written(comment.published.published_at or comment.state_at)
    named = Attributions(data.NOBODY, consultation).of(comment).organisation is not None
    ref = comment.passage.ref
    words = {
        "id": about,
        "passage": ref,
        "url": _site(reverse("comment", args=[consultation.slug, about])),
        "api": _site(f"{reverse('api_comments', args=[consultation.slug])}?passage={ref}"),
    }
    return at if named else at[:_DAY], words


def _position(consultation: Consultation, about: str) -> tuple[str, dict[str, Any]] | None:
    """Of a position that stands by name where everybody sees positions."""
    if not may_see_positions(data.NOBODY, consultation):
        return None
    standing = Position.objects.standing(consultation).filter(public_id=about, signed__attribution=Attribution.NAMED)
    position = standing.select_related("recommendation", "organisation", "signed").first()
    if position is None or position.signed is None or position.signed.signed_at is None:
        return None
    ref = position.recommendation.ref
    words = {
        "ref": ref,
        "organisation_slug": position.organisation.slug,
        "url": _site(reverse("passage", args=[consultation.slug, ref])),
        "api": _site(f"{reverse('api_positions', args=[consultation.slug])}?ref={ref}"),
    }
    return clock.written(position.signed.signed_at), words


def _text(consultation: Consultation, about: str) -> tuple[str, dict[str, Any]] | None:
    published = NextText.objects.filter(pk=about, consultation=consultation, state=NextText.State.PUBLISHED)
    text = published.select_related("report").first()
    if text is None or text.published_at is None or text.report is None:
        return None
    words = {"report": text.report.slug, "url": _site(reverse("next_text", args=[consultation.slug]))}
    return clock.written(text.published_at), words


def _closed(consultation: Consultation, _about: str) -> tuple[str, dict[str, Any]] | None:
    """Nothing, where the window was opened again since."""
    if not consultation.has_ended:
        return None
    slug = consultation.slug
    words = {
        "url": _site(reverse("summary", args=[slug])),
        "api": _site(reverse("api_summary", args=[slug])),
    }
    return clock.written(consultation.closes_at), words


def _site(address: str) -> str:
    return f"{settings.SITE_URL}{address}"
