"""What our pages are held against: django-comments-xtd's own templates, plain Django, and the floor under both."""

from typing import Any
from unittest.mock import patch

from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import Context, Engine, RequestContext, Template
from django.test import Client
from django_comments_xtd.models import XtdComment

from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment
from consultation.positions.models import Position, Stance
from consultation.reports.models import Passage
from consultation.stakeholders.models import StakeholderGroup
from consultation.summaries import views

TREE = "{% load comments comments_xtd %}<!doctype html><title>tree</title>{% render_xtdcomment_tree for passage %}"
FIFTY = (
    "{% load comments comments_xtd %}<!doctype html><title>tree</title>{% render_xtdcomment_tree with comments=rows %}"
)
LIST = (
    "{% load comments comments_xtd %}<!doctype html><title>list</title>"
    '{% for comment in object_list %}{% include "django_comments_xtd/comment.html" %}{% endfor %}'
)
FLOOR = (
    "<!doctype html><title>floor</title><ol>"
    "{% for author, organisation, group, at, body in rows %}"
    "<li><b>{{ organisation }}</b> {{ group }} {{ author }} {{ at }}<p>{{ body }}</p>{{ rest|safe }}</li>"
    "{% endfor %}</ol>"
)


def hello(request: HttpRequest) -> HttpResponse:
    """The bare view: what the server and the middleware cost."""
    return HttpResponse(b"hello")


def tree(request: HttpRequest, pk: int) -> HttpResponse:
    """django-comments-xtd: the whole thread of a passage as a tree."""
    return HttpResponse(Template(TREE).render(RequestContext(request, {"passage": Passage.objects.get(pk=pk)})))


def fifty(request: HttpRequest, pk: int) -> HttpResponse:
    """django-comments-xtd: the same tree, of the first fifty comments of the thread, as threads are shown there."""
    rows = XtdComment.tree_from_queryset(_first_fifty(pk).prefetch_related("flags"), user=request.user)
    return HttpResponse(Template(FIFTY).render(RequestContext(request, {"rows": rows})))


def flat_list(request: HttpRequest, pk: int) -> HttpResponse:
    """django-comments-xtd: its list of comments, without threads, of the same fifty."""
    return HttpResponse(Template(LIST).render(RequestContext(request, {"object_list": _first_fifty(pk)})))


def _first_fifty(pk: int) -> QuerySet[Any]:
    kind = ContentType.objects.get_for_model(Passage)
    rows = XtdComment.objects.filter(content_type=kind, object_pk=str(pk), is_public=True)
    page: QuerySet[Any] = Paginator(rows, 50).page(1).object_list
    return page


class Floor:
    """One indexed query, one flat loop of a Django template, as many bytes as our own page has."""

    def __init__(self) -> None:
        self.template, self.rest, self.number = Engine().from_string(FLOOR), "", 50
        self.of: dict[str, Any] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # In the order of an index: by the passage alone, SQLite sorts the whole thread.
        rows = Comment.objects.filter(**self.of, state=Comment.State.PUBLISHED).order_by("created_at", "pk")
        values = rows.values_list(
            "author__name", "organisation__name", "organisation__group__name", "created_at", "published__body"
        )
        return HttpResponse(self.template.render(Context({"rows": values[: self.number], "rest": self.rest})))

    def fill(self, request: HttpRequest, passage: Passage, consultation: Consultation, size: int) -> None:
        """Write this thread and so many bytes from now on."""
        self.rest, self.of = "", {"consultation": consultation.pk, "passage": passage.pk}
        missing = size - len(self(request).content)
        self.rest = "x" * max(missing // self.number, 0)


floor = Floor()


class BareReport:
    """The template of the report page with everything at hand that it shows: what is left is the template."""

    def __init__(self) -> None:
        self.context: dict[str, Any] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return render(request, "summaries/report.html", self.context)

    def fill(self, address: str) -> None:
        """Take what the page at this address shows."""

        def note(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
            self.context = {**context, "session_roles": list(context["session_roles"])}
            return render(request, template, context)

        with patch.object(views, "render", note):
            Client(HTTP_HOST="localhost").get(address)


bare_report = BareReport()


def cell_by_cell(consultation: Consultation) -> dict[Any, int]:
    """The matrix as a first program has it: one count for each recommendation, group and stance."""
    return {
        (recommendation.pk, group.pk, stance): Position.objects.filter(
            consultation=consultation,
            recommendation=recommendation,
            organisation__group=group,
            organisation__state="approved",
            signed__stance=stance,
        ).count()
        for recommendation in consultation.recommendations()
        for group in StakeholderGroup.objects.all()
        for stance in Stance.values
    }
