"""The table of comments as the field knows it: one line a comment, with its disposition once it is published."""

from collections.abc import Iterator
from typing import IO, Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, Value, When
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultation.consultations.attribution import Attribution, Attributions, Origin
from consultation.consultations.models import Consultation
from consultation.consultations.rules import may_see_positions
from consultation.discussion.models import Comment
from consultation.dispositions import queries
from consultation.positions.models import Position, PositionVersion
from consultation.text import tables

PASSAGE, ORGANISATION = "passage", "organisation"
ORDERS = {
    PASSAGE: ("passage__order", "created_at", "pk"),
    ORGANISATION: ("nameless", "by_name", "owner", "passage__order", "created_at", "pk"),
}
CHUNK = 500
HEADINGS = (
    gettext_lazy("Ref"),
    gettext_lazy("Passage"),
    gettext_lazy("Text of the passage"),
    gettext_lazy("Comment no."),
    gettext_lazy("Type"),
    gettext_lazy("Comment"),
    gettext_lazy("Proposed wording"),
    gettext_lazy("Explanation of position"),
    gettext_lazy("Organisation"),
    gettext_lazy("Group"),
    gettext_lazy("Disposition"),
    gettext_lazy("Reply"),
)


def order_of(asked: str) -> str:
    """The order that an address asks for; by passage where it asks for none that there is."""
    return asked if asked in ORDERS else PASSAGE


def title_of(consultation: Consultation, by: str) -> str:
    """What the table is called."""
    how = _("by organisation") if by == ORGANISATION else _("by passage")
    return str(format_lazy("{}: {}, {}", consultation.title, _("Table of comments"), how))


def lines(user: Any, consultation: Consultation, by: str) -> Iterator[list[str]]:
    """The cells of each published comment, in the order asked for, a few hundred comments in memory at a time.

    The explanation is that of the organisation's own signed position on the passage, where it is published and this
    person may see positions now. Of a comment without a name, which stands last by organisation, and of a position
    without one it is left out: each would tell whose the other is.
    """
    published = consultation.comments.filter(state=Comment.State.PUBLISHED)
    nameless = Case(When(attribution=Attribution.NAMED, then=0), default=1)
    name = Case(When(attribution=Attribution.NAMED, then="organisation__name"), default=Value(""))
    owner = Case(When(attribution=Attribution.NAMED, then="organisation"), default=None)
    ordered = published.annotate(nameless=nameless, by_name=name, owner=owner).order_by(*ORDERS[by])
    keys = list(ordered.values_list("pk", flat=True))
    # A file is for everybody: nobody is told more in it.
    attributions = Attributions(AnonymousUser(), consultation)
    explained = _explanations(consultation) if may_see_positions(user, consultation) else {}
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        # A comment that was removed since its key was read is left out.
        shown = Comment.objects.filter(pk__in=chunk, state=Comment.State.PUBLISHED)
        found = {c.pk: c for c in shown.select_related("passage", "organisation__group", "published")}
        answers = queries.answers_to(found.values())
        for key in chunk:
            if comment := found.get(key):
                yield _line(comment, attributions.of(comment), answers.get(key), explained)


def as_xlsx(user: Any, consultation: Consultation, by: str) -> IO[bytes]:
    """A workbook in a temporary file that goes when it is closed; no cell is a formula."""
    columns = [str(heading) for heading in HEADINGS]
    return tables.as_xlsx(columns, (dict(zip(columns, line, strict=True)) for line in lines(user, consultation, by)))


def _line(comment: Comment, origin: Origin, answer: Any, explained: dict[tuple[int, int], str]) -> list[str]:
    words = comment.published
    assert words is not None  # noqa: S101 - a constraint holds it
    version = answer.published if answer else None
    return [
        comment.passage.ref,
        comment.passage.code,
        comment.passage.words,
        comment.public_id,
        words.get_type_display(),
        words.body,
        words.proposed_wording,
        explained.get((comment.organisation_id, comment.passage_id), "") if origin.organisation else "",
        origin.name,
        origin.group.name if origin.group else "",
        version.get_value_display() if version else "",
        version.reason if version else "",
    ]


def _explanations(consultation: Consultation) -> dict[tuple[int, int], str]:
    """The published explanations of counted positions with a name, by the keys of organisation and passage."""
    published = PositionVersion.Explanation.PUBLISHED
    named = Position.objects.counted(consultation).filter(signed__attribution=Attribution.NAMED)
    counted = named.select_related("signed__aligned_with")
    found = {}
    for position in counted:
        statement = position.signed.statement if position.signed else None
        if statement and statement.explanation_state == published and statement.explanation:
            found[position.organisation_id, position.recommendation_id] = statement.explanation
    return found
