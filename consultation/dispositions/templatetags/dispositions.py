"""The rapporteur's answer beside a comment, for the pages of any room.

`{% answers_to lines as answers %}` once before the list, `{% answer_to comment answers %}` at each comment.
"""

from collections.abc import Iterable
from typing import Any

from django import template

from consultation.consultations.facts import Facts
from consultation.discussion.models import Comment
from consultation.dispositions import queries
from consultation.dispositions.models import Disposition

register = template.Library()


@register.simple_tag(takes_context=True)
def answers_to(context: Any, *shown: Any) -> dict[int, Disposition]:
    """The published answers to these comments, or to the comments of these lines: one query, none where a page knows
    that nothing is published.
    """
    facts: Facts | None = context.get("facts")
    if facts and facts.keeps and not facts.get("has published answers", queries.has_published):
        return {}
    return queries.answers_to(c for things in shown for c in _comments(things))


@register.inclusion_tag("dispositions/_answer.html", takes_context=True)
def answer_to(context: Any, comment: Comment, answers: Any) -> dict[str, Any]:
    """The published answer to this comment, or nothing."""
    answer = answers.get(comment.pk) if answers and comment.state == Comment.State.PUBLISHED else None
    if answer:
        answer.comment = comment
    return {"consultation": context["consultation"], "comment": comment, "disposition": answer}


def _comments(things: Any) -> Iterable[Comment]:
    if isinstance(things, Comment):
        return [things]
    return [getattr(thing, "comment", thing) for thing in things]
