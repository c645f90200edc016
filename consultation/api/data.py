"""What the API gives: the same words under the same names as the files of each consultation."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from consultation.api.answers import invalid
from consultation.consultations.attribution import Attribution, Attributions
from consultation.consultations.models import Consultation
from consultation.consultations.rules import require_positions_seen
from consultation.discussion.models import Comment, CommentQuerySet
from consultation.positions.disclosure import PositionAttributions
from consultation.positions.models import Position, PositionQuerySet, PositionVersion
from consultation.record import clock
from consultation.reports.markdown import passage_to_json
from consultation.reports.models import Passage
from consultation.search import exports as comment_files
from consultation.stakeholders.models import StakeholderGroup
from consultation.summaries import exports as summary_files

NOBODY = AnonymousUser()
_OF_A_POSITION = tuple(name for name in summary_files.COLUMNS if not name.startswith("late_"))


def public_consultations() -> "QuerySet[Consultation]":
    """Those that everybody may know of, whoever asks."""
    return Consultation.objects.visible_to(NOBODY).select_related("report", "last_change").order_by("slug")


def public_consultation(slug: str) -> Consultation:
    """One of them, else 404."""
    return get_object_or_404(public_consultations(), slug=slug)


def seen_positions(slug: str) -> Consultation:
    """The consultation, where everybody sees its positions now. Raises `Http404`, `NotAllowed`."""
    consultation = public_consultation(slug)
    require_positions_seen(NOBODY, consultation)
    return consultation


def page(found: "QuerySet[Any]", limit: int, name: str) -> tuple[list[Any], str]:
    """The first rows, and the name of the last where more come behind it."""
    rows = list(found[: limit + 1])
    return rows[:limit], str(getattr(rows[limit - 1], name)) if len(rows) > limit else ""


def consultation_as_json(request: HttpRequest, consultation: Consultation) -> dict[str, Any]:
    """One consultation with the addresses of what belongs to it."""
    slug, api = consultation.slug, request.build_absolute_uri
    return {
        "slug": slug,
        "title": consultation.title,
        "state": consultation.state.value,
        "opens_at": clock.written(consultation.opens_at),
        "closes_at": clock.written(consultation.closes_at),
        "time_zone": consultation.time_zone,
        "introduction": consultation.introduction,
        "report": {
            "report": consultation.report.slug,
            "title": consultation.report.title,
            "language": consultation.report.language,
        },
        "url": api(reverse("overview", args=[slug])),
        "links": {name: api(reverse(f"api_{name}", args=[slug])) for name in _PARTS}
        | {"feed": api(reverse("feed", args=[slug]))},
    }


_PARTS = ("passages", "comments", "summary", "positions")


def passages_as_json(request: HttpRequest, consultation: Consultation, passages: list[Passage]) -> list[dict[str, Any]]:
    """Passages with the number of published comments on each: one query."""
    published = consultation.comments.filter(passage__in=[p.pk for p in passages], state=Comment.State.PUBLISHED)
    comments = dict(published.order_by().values_list("passage").annotate(n=Count("pk")))
    return [
        {
            **passage_to_json(passage),
            "comments": comments.get(passage.pk, 0),
            "takes_comments": consultation.takes_comments_on(passage),
            "takes_positions": consultation.takes_positions_on(passage),
            "url": request.build_absolute_uri(reverse("passage", args=[consultation.slug, passage.ref])),
        }
        for passage in passages
    ]


def passages_after(consultation: Consultation, kind: str, after: str) -> "QuerySet[Passage]":
    """The report's passages behind this one, in its order."""
    found = consultation.passages()
    if after:
        found = found.filter(order__gt=_place(found.filter(ref=after)).order)
    return found.filter(kind=kind) if kind else found


def comments_as_json(
    request: HttpRequest, consultation: Consultation, published: CommentQuerySet, limit: int
) -> tuple[list[dict[str, Any]], str]:
    """Published comments as in `comments.json`, each with its address; two queries more where names are left out."""
    rows = comment_files.rows_of(published[: limit + 1], Attributions(NOBODY, consultation))
    for row in rows:
        address = reverse("comment", args=[consultation.slug, row["id"]])
        row["url"] = request.build_absolute_uri(address)
    shown: list[dict[str, Any]] = [dict(row) for row in rows[:limit]]
    return shown, str(shown[-1]["id"]) if len(rows) > limit else ""


def comments_asked(consultation: Consultation, query: dict[str, Any]) -> CommentQuerySet:
    """The published comments that are asked for, in the order in which they were written."""
    published = consultation.comments.filter(state=Comment.State.PUBLISHED)
    found = published.order_by("pk")
    if after := query["after"]:
        # One that was published once still says where the page begins.
        once = consultation.comments.filter(published__isnull=False, public_id=after)
        found = found.filter(pk__gt=_place(once).pk)
    if query["passage"]:
        found = found.filter(passage=get_object_or_404(consultation.named(query["passage"])))
    if query["group"]:
        found = found.filter(Attributions(NOBODY, consultation).in_group(_group(query["group"])))
    if query["type"]:
        found = found.filter(published__type=query["type"])
    if since := query["since"]:
        # Of what is not named only the day is told, and it is found by no more: the day in UTC, whoever asks. In zones
        # of the asker's choice days begin at any minute.
        day = since.replace(hour=0, minute=0, second=0, microsecond=0)
        named = Q(attribution=Attribution.NAMED)
        found = found.filter(
            (named & Q(published__published_at__gte=since)) | (~named & Q(published__published_at__gte=day))
        )
    return found


def positions_asked(
    consultation: Consultation, attributions: PositionAttributions, query: dict[str, Any]
) -> "PositionQuerySet":
    """The standing positions that the public may read, in the report's order and then in one that tells nothing."""
    versions = PositionVersion.objects.filter(attributions.shown())
    if query["group"]:
        versions = versions.filter(attributions.shown_in_group(_group(query["group"])))
    if query["stance"]:
        versions = versions.filter(stance=query["stance"])
    found = Position.objects.standing(consultation).filter(
        signed__in=versions, recommendation__in=consultation.positioned().order_by().values("pk")
    )
    if after := query["after"]:
        once = Position.objects.filter(consultation=consultation, public_id=after, versions__signed_at__isnull=False)
        place = _place(once.select_related("recommendation"))
        order, name = place.recommendation.order, place.public_id
        found = found.filter(Q(recommendation__order__gt=order) | Q(recommendation__order=order, public_id__gt=name))
    if query["ref"]:
        found = found.filter(recommendation__ref=query["ref"])
    return found.select_related(
        "recommendation",
        "signed__position__organisation__group",
        "signed__aligned_with__position__organisation",
    ).order_by("recommendation__order", "public_id")


def position_as_json(position: Position, attributions: PositionAttributions) -> dict[str, str]:
    """One position as a line of `summary.csv`."""
    version = position.signed
    assert version is not None  # noqa: S101 - asked for by `positions_asked`
    origin = attributions.of_version(version)
    assert origin is not None  # noqa: S101 - `shown` holds back what has none
    line = summary_files.line(position.recommendation, origin, version)
    return {name: line[name] for name in _OF_A_POSITION}


def _group(slug: str) -> StakeholderGroup:
    """The group that is asked for. Raises `BadRequest` where there is none."""
    if found := StakeholderGroup.objects.filter(slug=slug).first():
        return found
    raise invalid({"group": [_("There is no such stakeholder group.")]})


def _place(found: "QuerySet[Any]") -> Any:
    """Where a page begins. Raises `BadRequest` where that is not, or no longer, in the list."""
    if (place := found.first()) is None:
        raise invalid({"after": [_("This is not in the list any more. Begin at the first page.")]})
    return place
