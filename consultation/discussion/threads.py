"""A thread for reading: one page of it by keyset, in reading order, with a bounded number of replies.

Page 1 and page 400 cost the same: a page begins after the comment that its address names. docs/decisions/010.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import F, Q, Subquery, Window
from django.db.models.functions import RowNumber

from consultation.discussion.models import Comment, CommentQuerySet

SHOWN_DEPTH = 3
ON_A_PAGE = 20
REPLIES_SHOWN = 30
_LAST_PAGE = 1_000_000
OLDEST, NEWEST, ANSWERED = "oldest", "newest", "answered"
_ORDERS = {
    OLDEST: ("created_at", "pk"),
    NEWEST: ("-created_at", "-pk"),
    ANSWERED: ("-answers", "pk"),
}


@dataclass(frozen=True)
class Line:
    """A comment and its place: depth 0 starts a thread; deeper than three levels is shown flat."""

    comment: Comment
    depth: int
    # The first comment of a thread of which only the first replies are shown, on the last line shown of it.
    more_of: Comment | None = None

    @property
    def shown_depth(self) -> int:
        return min(self.depth, SHOWN_DEPTH - 1)


@dataclass
class Page:
    """One page of a thread: its lines, and after which comment the next one begins ("" for the last)."""

    lines: list[Line] = field(default_factory=list)
    following: str = ""
    is_first: bool = True


def page_of(thread: CommentQuerySet, chosen: Any, *, flat: bool = False) -> Page:
    """The page that the address asks for: `order`, and `after` (a comment's id) or `page` (a number, oldest first).

    `flat` takes comments and replies alike, as a filter found them. A value that cannot be used asks for the
    beginning.
    """
    order = chosen.get("order") if chosen.get("order") in _ORDERS else OLDEST
    comments = thread if flat else thread.filter(parent=None)
    start, after = 0, str(chosen.get("after", "")).replace("\x00", "")
    if after:
        comments = comments.filter(_behind(order, **_place(thread, after)))
    elif order == OLDEST:
        start = (_number(chosen.get("page", "")) - 1) * ON_A_PAGE
    found = list(comments.for_display().order_by(*_ORDERS[order])[start : start + ON_A_PAGE + 1])
    shown = found[:ON_A_PAGE]
    lines = [Line(comment, 0) for comment in shown] if flat else in_reading_order(shown, thread)
    return Page(lines, shown[-1].public_id if len(found) > ON_A_PAGE else "", not after and start == 0)


def replies_page(root: Comment, thread: CommentQuerySet, chosen: Any) -> Page:
    """One page of all replies below a first comment, oldest first, whatever they answer."""
    return page_of(thread.filter(root=root), {"after": chosen.get("after", "")}, flat=True)


def page_with(comment: Comment, thread: CommentQuerySet) -> tuple[str, bool]:
    """Where a comment stands: after which comment its page begins ("" for the first), and whether it is to be found
    only among all replies of its thread.
    """
    first = comment.root or comment
    if comment.root:
        earlier = (
            thread.filter(root=comment.root)
            .exclude(_behind(OLDEST, created_at=comment.created_at, pk=comment.pk))
            .exclude(pk=comment.pk)
        )
        if earlier.count() >= REPLIES_SHOWN:
            return _before(comment, thread.filter(root=comment.root)), True
    return _before(first, thread.filter(parent=None)), False


def in_reading_order(roots: Iterable[Comment], thread: CommentQuerySet) -> list[Line]:
    """The first comments with the first replies of each that `thread` holds, oldest first on each level.

    A reply whose own parent is not among them stands under the first comment.
    """
    roots = list(roots)
    rank = Window(RowNumber(), partition_by=F("root"), order_by=["created_at", "pk"])
    ranked: Any = thread.filter(root__in=roots).annotate(rank=rank).filter(rank__lte=REPLIES_SHOWN + 1).for_display()
    below: dict[int, list[Comment]] = defaultdict(list)
    seen, cut = {c.pk for c in roots}, set()
    for reply in ranked:
        if reply.rank > REPLIES_SHOWN:
            cut.add(reply.root_id)
            continue
        below[reply.parent_id if reply.parent_id in seen else reply.root_id].append(reply)
        seen.add(reply.pk)
    lines: list[Line] = []
    for root in roots:
        lines += _below(root, below)
        if root.pk in cut:
            lines[-1] = replace(lines[-1], more_of=root)
    return lines


def _below(root: Comment, below: dict[int, list[Comment]]) -> list[Line]:
    lines: list[Line] = []
    stack = [(root, 0)]
    while stack:
        comment, depth = stack.pop()
        lines.append(Line(comment, depth))
        stack += [(reply, depth + 1) for reply in reversed(below[comment.pk])]
    return lines


def _place(thread: CommentQuerySet, public_id: str) -> dict[str, Any]:
    """Where a comment stands, as the database finds it in the same query; nothing comes behind an unknown one."""
    found = thread.filter(public_id=public_id).order_by()
    return {name: Subquery(found.values(name)[:1]) for name in ("created_at", "answers", "pk")}


def _behind(order: str, *, created_at: Any, pk: Any, answers: Any = None) -> Q:
    """What comes behind a place in this order; the first condition is the one that an index answers."""
    if order == NEWEST:
        return Q(created_at__lte=created_at) & (Q(created_at__lt=created_at) | Q(pk__lt=pk))
    if order == ANSWERED:
        return Q(answers__lte=answers) & (Q(answers__lt=answers) | Q(pk__gt=pk))
    return Q(created_at__gte=created_at) & (Q(created_at__gt=created_at) | Q(pk__gt=pk))


def _before(comment: Comment, comments: CommentQuerySet) -> str:
    """The comment after which a page with this one can begin; "" where it is on the first page."""
    earlier = (
        comments.exclude(_behind(OLDEST, created_at=comment.created_at, pk=comment.pk))
        .exclude(pk=comment.pk)
        .order_by("-created_at", "-pk")
    )
    names = list(earlier.values_list("public_id", flat=True)[:ON_A_PAGE])
    return names[0] if len(names) == ON_A_PAGE else ""


def _number(page: str) -> int:
    return (
        min(max(int(page), 1), _LAST_PAGE)
        if page.isascii() and page.isdigit() and len(page) <= len(str(_LAST_PAGE))
        else 1
    )
