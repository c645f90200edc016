"""Atom feeds: what was published in a consultation, or on one passage, newest first. Only what everybody reads."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from django.contrib.syndication.views import Feed
from django.db.models import Case, When
from django.db.models.functions import TruncDay
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consultation.api import data
from consultation.api.answers import conditional, etag_of
from consultation.consultations.attribution import Attribution, Attributions
from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment
from consultation.dispositions.models import Disposition, DispositionList
from consultation.drafting.models import NextText
from consultation.reports.models import Passage
from consultation.text import markdown
from consultation.text.characters import printable

NEWEST = 50


@dataclass(frozen=True)
class Item:
    """One thing that was published."""

    title: str
    address: str
    at: datetime
    by: str = ""
    html: str = ""


class AtomFeed(Atom1Feed):
    """Atom with a date that is there without items, so that the same feed has the same words."""

    def latest_post_date(self) -> datetime:
        dates = [item["updateddate"] or item["pubdate"] for item in self.items]
        known: datetime = max(dates, default=self.feed["since"])
        return known


class Published(Feed):  # type: ignore[type-arg]  # of one thing
    """The feed of a consultation, or of one passage of it."""

    feed_type = AtomFeed

    def __init__(self, consultation: Consultation, passage: Passage | None = None) -> None:
        self.consultation, self.passage = consultation, passage

    def title(self) -> str:
        place = f": {self.passage}" if self.passage else ""
        return printable(f"{self.consultation.title}{place}")

    def link(self) -> str:
        slug = self.consultation.slug
        return reverse("passage", args=[slug, self.passage.ref]) if self.passage else reverse("overview", args=[slug])

    def feed_extra_kwargs(self, obj: Any) -> dict[str, Any]:
        return {"since": self.consultation.opens_at}

    def items(self) -> list[Item]:
        found = [*self._comments(), *self._answers(), *self._texts()]
        return sorted(found, key=lambda item: (item.at, item.address), reverse=True)[:NEWEST]

    def item_title(self, item: Any) -> str:
        return printable(item.title)

    def item_description(self, item: Any) -> str:
        return printable(item.html)

    def item_link(self, item: Any) -> str:
        return str(item.address)

    def item_author_name(self, item: Any) -> str | None:
        return printable(item.by) or None

    def item_pubdate(self, item: Any) -> datetime:
        moment: datetime = item.at
        return moment

    def item_updateddate(self, item: Any) -> datetime:
        moment: datetime = item.at
        return moment

    def _comments(self) -> Iterable[Item]:
        published = self.consultation.comments.filter(state=Comment.State.PUBLISHED)
        if self.passage:
            published = published.filter(passage=self.passage)
        attributions = Attributions(data.NOBODY, self.consultation)
        # What is in the feed is told by the same time as the feed tells: which is the oldest would say when.
        told = Case(
            When(attribution=Attribution.NAMED, then="published__published_at"),
            default=TruncDay("published__published_at", tzinfo=UTC),
        )
        order = (told.desc(), "-public_id")
        # Which they are is asked alone: to put all comments in order with their words takes five times as long.
        newest = list(published.order_by(*order).values_list("pk", flat=True)[:NEWEST])
        for comment in Comment.objects.filter(pk__in=newest).for_display().order_by(*order):
            origin, words = attributions.of(comment), comment.published
            if words is None:
                continue
            html = markdown.render(words.body)
            if words.proposed_wording:
                html += (
                    f"<p>{escape(_('Proposed wording'))}:</p><blockquote>{escape(words.proposed_wording)}</blockquote>"
                )
            at = words.published_at or comment.state_at
            yield Item(
                _("%(who)s on %(passage)s") % {"who": origin.name, "passage": comment.passage},
                reverse("comment", args=[self.consultation.slug, comment.public_id]),
                at if origin.organisation else _day_of(at),
                origin.name,
                html,
            )

    def _answers(self) -> Iterable[Item]:
        """Of a passage the answers to its comments; of a consultation that they were published."""
        slug = self.consultation.slug
        if self.passage is None:
            for done in DispositionList.objects.filter(consultation=self.consultation, published_at__isnull=False):
                if done.published_at:
                    title = _("The rapporteur’s answers to comments were published")
                    yield Item(title, reverse("dispositions", args=[slug]), done.published_at)
            return
        public = Disposition.objects.public().filter(consultation=self.consultation, comment__passage=self.passage)
        for found in public.select_related("published", "comment").order_by("-published__published_at")[:NEWEST]:
            version = found.published
            if version and version.published_at:
                said = _("The rapporteur’s answer to a comment")
                title = f"{said}: {version.get_value_display()}"
                address = reverse("disposition", args=[slug, found.comment.public_id])
                yield Item(title, address, version.published_at, html=f"<p>{escape(version.reason)}</p>")

    def _texts(self) -> Iterable[Item]:
        published = NextText.objects.filter(consultation=self.consultation, state=NextText.State.PUBLISHED)
        for text in published.filter(published_at__isnull=False):
            if text.published_at:
                title = _("The next text of the report was published")
                yield Item(title, reverse("next_text", args=[self.consultation.slug]), text.published_at)


@require_safe
def of_consultation(request: HttpRequest, slug: str) -> HttpResponse:
    """What was published in a consultation."""
    return _feed(request, Published(data.public_consultation(slug)))


@require_safe
def of_passage(request: HttpRequest, slug: str, ref: str) -> HttpResponse:
    """What was published on one passage."""
    consultation = data.public_consultation(slug)
    return _feed(request, Published(consultation, get_object_or_404(consultation.named(ref))))


def _feed(request: HttpRequest, feed: Published) -> HttpResponse:
    """The feed with its ETag. Its date says when something came; a reader is never told 304 by it: things go, too."""
    response = feed(request)
    patch_vary_headers(response, ("Accept-Language",))
    return conditional(request, response, etag_of(response.content))


def _day_of(instant: datetime) -> datetime:
    """Of what is not named only the day is told."""
    return datetime.combine(instant.astimezone(UTC).date(), time(), UTC)
