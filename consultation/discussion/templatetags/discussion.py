"""How comments and the report's text are shown."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.db.models import Count, Q
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from consultation.consultations.models import Consultation, GuidingQuestion
from consultation.consultations.templatetags.attribution import attributions_here
from consultation.discussion.models import Comment
from consultation.discussion.references import References
from consultation.discussion.threads import Line
from consultation.discussion.writing import Writer
from consultation.text import difference as differences
from consultation.text import markdown

register = template.Library()


@register.filter
def comment_html(source: str) -> SafeString:
    """A comment's Markdown as inert HTML."""
    return mark_safe(markdown.render(source))  # noqa: S308 - sanitised by the renderer


@register.filter
def in_words(source: str) -> str:
    """A comment's words without its Markdown, on one line."""
    return markdown.in_words(source)


@register.simple_tag(takes_context=True)
def linked_html(context: Any, source: str) -> SafeString:
    """The same, with the passages and comments that it names as links, where the page has looked them up."""
    html = markdown.render(source)
    references: References | None = context.get("references")
    return mark_safe(references.linked(html) if references else html)  # noqa: S308 - links are made by format_html


@register.simple_tag(takes_context=True)
def thread_lines(context: Any, lines: Iterable[Line]) -> SafeString:
    """Comments and replies as the items of a list, for the reader of this page."""
    return Writer(context, attributions_here(context["request"], context["consultation"])).write(lines)


@register.filter
def muted(text: str) -> SafeString:
    """A text as it is, escaped; screen readers pass over the mark of what is blacked out."""
    return mark_safe(markdown.mute(escape(text)))  # noqa: S308 - escaped here


@register.filter
def passage_html(source: str) -> SafeString:
    """A passage's words with the marks of its source."""
    return mark_safe(markdown.render_inline(source))  # noqa: S308 - sanitised by the renderer


@register.filter
def difference(old: str, new: str) -> list[differences.Part]:
    """The parts of the difference, for the template to mark."""
    return differences.difference(old, new)


@register.simple_tag
def guiding_questions(consultation: Consultation) -> list[tuple[GuidingQuestion, int]]:
    """The guiding questions with the number of published answers and replies to each: one query."""
    published = Q(passage__comments__state=Comment.State.PUBLISHED)
    questions = consultation.guiding_questions.select_related("passage").order_by("order")
    return [(q, q.answers) for q in questions.annotate(answers=Count("passage__comments", filter=published))]
