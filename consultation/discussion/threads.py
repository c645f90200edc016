"""A thread in reading order: each comment with its depth, replies after what they answer."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from consultation.discussion.models import Comment, CommentQuerySet

SHOWN_DEPTH = 3


@dataclass(frozen=True)
class Line:
    """A comment and its place: depth 0 starts a thread; deeper than three levels is shown flat."""

    comment: Comment
    depth: int

    @property
    def shown_depth(self) -> int:
        return min(self.depth, SHOWN_DEPTH - 1)


def in_reading_order(roots: Iterable[Comment], thread: CommentQuerySet) -> list[Line]:
    """The roots with all their replies that `thread` holds, oldest first on each level.

    A reply whose own parent may not be seen stands under the root.
    """
    roots = list(roots)
    replies = list(thread.filter(root__in=roots).for_display())
    seen = {c.pk for c in (*roots, *replies)}
    below: dict[int, list[Comment]] = defaultdict(list)
    for reply in replies:
        below[(reply.parent_id if reply.parent_id in seen else reply.root_id) or 0].append(reply)
    lines: list[Line] = []
    stack = [(root, 0) for root in reversed(roots)]
    while stack:
        comment, depth = stack.pop()
        lines.append(Line(comment, depth))
        stack += [(reply, depth + 1) for reply in reversed(below[comment.pk])]
    return lines
