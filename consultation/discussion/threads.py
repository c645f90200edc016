"""A thread for reading: one page of it by keyset, in reading order, with a bounded number of replies in all.

Page 1 and page 400 cost the same: a page begins after the comment that its address names. What stands where is found
with narrow rows; only of what is shown the words are read. docs/decisions/010, 113.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Func, OuterRef, Q, Subquery

from consultation.discussion.models import Comment, CommentQuerySet
from consultation.discussion.rows import Row, rows_by_key, rows_of
from consultation.text.numbers import whole

SHOWN_DEPTH = 3
ON_A_PAGE = 20
# Below all first comments of a page together.
REPLIES_SHOWN = 30
# On one page for print.
ALL_SHOWN = 5_000
_LAST_PAGE = 1_000_000
OLDEST, NEWEST, ANSWERED = "oldest", "newest", "answered"
_FIRST: dict[str, Any] = {"parent": None}
_ORDERS = {
    OLDEST: ("created_at", "pk"),
    NEWEST: ("-created_at", "-pk"),
    ANSWERED: ("-answers", "pk"),
}


@dataclass(frozen=True)
class Line:
    """A comment and its place: depth 0 starts a thread; deeper than three levels is shown flat."""

    comment: Row
    depth: int
    # The first comment of a thread of which only the first replies are shown, on the last line shown of it.
    more_of: Row | None = None

    @property
    def shown_depth(self) -> int:
        return min(self.depth, SHOWN_DEPTH - 1)


@dataclass
class Page:
    """One page of a thread: its lines, and after which comment the next one begins ("" for the last)."""

    lines: list[Line] = field(default_factory=list)
    following: str = ""
    is_first: bool = True
    # All comments on one page, or all that fit.
    is_all: bool = False
    is_cut: bool = False
    order: str = OLDEST


@dataclass(frozen=True)
class First:
    """A first comment, before anything is read of what it says."""

    pk: int
    public_id: str
    answers: int


# The keys of a comment and of the one that it answers.
Reply = tuple[int, int | None]


def page_of(thread: CommentQuerySet, chosen: Any, *, flat: bool = False) -> Page:
    """The page that the address asks for: `order`, and `after` (a comment's id) or `page` (a number, oldest first).

    `flat` takes comments and replies alike, as a filter found them. A value that cannot be used asks for the
    beginning.
    """
    order = chosen.get("order") if chosen.get("order") in _ORDERS else OLDEST
    comments = thread if flat else thread.filter(**_FIRST)
    start, after = 0, str(chosen.get("after", "")).replace("\x00", "")
    if after:
        comments = comments.filter(_behind(order, **_place(thread, after)))
    elif order == OLDEST:
        start = (_number(chosen.get("page", "")) - 1) * ON_A_PAGE
    some = comments.order_by(*_ORDERS[order])[start : start + ON_A_PAGE + 1]
    is_first = not after and start == 0
    if flat:
        rows = rows_of(some)
        return Page([Line(row, 0) for row in rows[:ON_A_PAGE]], _following(rows), is_first, order=order)
    firsts = _firsts(some)
    return Page(in_reading_order(firsts[:ON_A_PAGE], thread), _following(firsts), is_first, order=order)


def all_of(thread: CommentQuerySet) -> Page:
    """A whole thread on one page, for print, at most `ALL_SHOWN` comments of it: one query."""
    rows = rows_of(thread.order_by(*_ORDERS[OLDEST])[: ALL_SHOWN + 1])
    shown = {row.pk: row for row in rows[:ALL_SHOWN]}
    below: dict[int, list[int]] = defaultdict(list)
    for row in shown.values():
        # What answers something that is not shown stands as if it answered the first, or by itself.
        above = next((pk for pk in (row.parent_id, row.root_id) if pk in shown), None)
        below[above or 0].append(row.pk)
    lines = [Line(shown[pk], depth) for first in below[0] for pk, depth in _below(first, below)]
    return Page(lines, is_all=True, is_cut=len(rows) > ALL_SHOWN)


def replies_page(root: Comment, thread: CommentQuerySet, chosen: Any) -> Page:
    """One page of all replies below a first comment, oldest first, whatever they answer."""
    return page_of(thread.filter(root=root), {"after": chosen.get("after", "")}, flat=True)


def page_with(comment: Comment, thread: CommentQuerySet) -> tuple[str, bool]:
    """Where a comment stands: after which comment its page begins ("" for the first), and whether it is to be found
    only among all replies of its thread.
    """
    first = comment.root or comment
    after = _before(first, thread.filter(**_FIRST))
    if comment.root and comment.pk not in _keys_on_page(thread, after):
        return _before(comment, thread.filter(root=comment.root)), True
    return after, False


def in_reading_order(firsts: Sequence[First], thread: CommentQuerySet) -> list[Line]:
    """The first comments with the first replies of each that `thread` holds, oldest first on each level, at most
    `REPLIES_SHOWN` in all: two queries.

    A reply whose own parent is not among them stands under the first comment.
    """
    places, cut = _places(firsts, thread)
    rows = rows_by_key(pk for pk, _depth in places)
    lines = [Line(rows[pk], depth) for pk, depth in places if pk in rows]
    for number, line in enumerate(lines):
        root = line.comment.root_id or line.comment.pk
        is_last = number + 1 == len(lines) or lines[number + 1].depth == 0
        if is_last and root in cut and root in rows:
            lines[number] = Line(line.comment, line.depth, rows[root])
    return lines


def shares(answers: dict[int, int]) -> dict[int, int]:
    """How many of so many replies are shown below each first comment: as evenly as `REPLIES_SHOWN` allows."""
    given, left = dict.fromkeys(answers, 0), REPLIES_SHOWN
    while left and (waiting := [pk for pk in answers if given[pk] < answers[pk]]):
        each = max(left // len(waiting), 1)
        for pk in waiting[:left]:
            more = min(each, answers[pk] - given[pk])
            given[pk] += more
            left -= more
    return given


def _places(firsts: Sequence[First], thread: CommentQuerySet) -> tuple[list[tuple[int, int]], set[int]]:
    """The keys of what a page shows with their depth, and the first comments of which not all replies are shown."""
    there = _replies(firsts, thread)
    # Of a long thread only the first replies were read.
    number = {f.pk: max(len(there[f.pk]), f.answers if _is_long(f) else 0) for f in firsts}
    shown = shares(number)
    below: dict[int, list[int]] = defaultdict(list)
    for first in firsts:
        seen: set[int | None] = {first.pk}
        for pk, parent in there[first.pk][: shown[first.pk]]:
            below[parent if parent in seen and parent is not None else first.pk].append(pk)
            seen.add(pk)
    places = [place for first in firsts for place in _below(first.pk, below)]
    return places, {pk for pk, most in shown.items() if most < number[pk]}


def _replies(firsts: Sequence[First], thread: CommentQuerySet) -> dict[int, list[Reply]]:
    """What stands below the first comments, oldest first, of each no more than could be shown: one narrow query, and
    one more where a thread is long.
    """
    wanted = Q(root__in=[first.pk for first in firsts if not _is_long(first)])
    if beginnings := _beginnings(firsts):
        wanted |= Q(_AmongTheFirst(beginnings))
    # In the order of an index: by their time alone, a database reads the whole thread instead.
    found = thread.filter(wanted).order_by("root", *_ORDERS[OLDEST])[: ON_A_PAGE * REPLIES_SHOWN]
    there: dict[int, list[Reply]] = defaultdict(list)
    for pk, below, parent in found.values_list("pk", "root", "parent"):
        there[below or 0].append((pk, parent))
    return there


class _AmongTheFirst(Func):
    """Whether a reply stands below one of these first comments, and was written until the time given with it.

    The same as `Q(root=…, created_at__lte=…) | …`, at once: to put twenty of these together takes Django longer than
    it takes a database to answer them.
    """

    output_field = BooleanField()

    def __init__(self, beginnings: Sequence[tuple[int, datetime]]) -> None:
        super().__init__("root", "created_at")
        self.beginnings = beginnings

    def as_sql(self, compiler: Any, connection: Any, *_how: Any, **_context: Any) -> Any:
        root, created_at = (compiler.compile(column)[0] for column in self.source_expressions)
        time = connection.ops.adapt_datetimefield_value
        each = [f"({root} = %s AND {created_at} <= %s)"] * len(self.beginnings)
        return f"({' OR '.join(each)})", [given for pk, until in self.beginnings for given in (pk, time(until))]


def _beginnings(firsts: Sequence[First]) -> list[tuple[int, datetime]]:
    """The long threads, each with the time of the last reply that can be shown of it when the others have theirs."""
    long = [first.pk for first in firsts if _is_long(first)]
    if not long:
        return []
    given = shares({first.pk: first.answers for first in firsts})
    last = max(given[pk] for pk in long) - 1
    published = Comment.objects.filter(root=OuterRef("pk"), state=Comment.State.PUBLISHED).order_by(*_ORDERS[OLDEST])
    until = Subquery(published.values("created_at")[last : last + 1])
    found = Comment.objects.filter(pk__in=long).order_by().values_list("pk", until)
    return [(pk, instant) for pk, instant in found if instant is not None]


def _is_long(first: First) -> bool:
    return first.answers > REPLIES_SHOWN


def _below(first: int, below: dict[int, list[int]]) -> list[tuple[int, int]]:
    places: list[tuple[int, int]] = []
    stack = [(first, 0)]
    while stack:
        pk, depth = stack.pop()
        places.append((pk, depth))
        stack += [(reply, depth + 1) for reply in reversed(below[pk])]
    return places


def _firsts(comments: CommentQuerySet) -> list[First]:
    return [First(*values) for values in comments.values_list("pk", "public_id", "answers")]


def _following(found: Sequence[First | Row]) -> str:
    return found[ON_A_PAGE - 1].public_id if len(found) > ON_A_PAGE else ""


def _keys_on_page(thread: CommentQuerySet, after: str) -> set[int]:
    """The keys of what the page that begins after this comment shows, oldest first."""
    comments = thread.filter(**_FIRST)
    if after:
        comments = comments.filter(_behind(OLDEST, **_place(thread, after)))
    places, _cut = _places(_firsts(comments.order_by(*_ORDERS[OLDEST])[:ON_A_PAGE]), thread)
    return {pk for pk, _depth in places}


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
    return min(max(whole(page, digits=len(str(_LAST_PAGE)), else_=1), 1), _LAST_PAGE)
