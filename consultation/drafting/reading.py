"""What is read of a next text: what became of each passage, why, and the comments behind it."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q

from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment
from consultation.drafting.composition import compose
from consultation.drafting.models import NextPassage, NextSource, NextText
from consultation.drafting.proposed import Change
from consultation.drafting.rules import is_closed, may_stand_after
from consultation.drafting.runs import Piece, pieces
from consultation.reports.contents import PassageFields
from consultation.reports.models import Passage
from consultation.text.markdown import plain


@dataclass
class Line:
    """A passage of either text: its old and its new words, and what is said of the change.

    `gone` counts the comments behind it that are no longer published; nothing else of them is shown.
    """

    ref: str
    code: str
    old: str
    new: str
    change: str
    why: str = ""
    whole: list[Comment] = field(default_factory=list)
    by_run: dict[int, list[Comment]] = field(default_factory=dict)
    gone: int = 0
    place: NextPassage | None = None
    passage: Passage | None = None

    @property
    def label(self) -> str:
        return str(Change(self.change).label)

    @property
    def is_changed(self) -> bool:
        return self.change != Change.KEPT

    @property
    def takes_new(self) -> bool:
        """Whether a new passage can be put after it."""
        return self.passage is not None and may_stand_after(self.passage)

    @property
    def old_words(self) -> str:
        return plain(self.old)

    @property
    def new_words(self) -> str:
        return plain(self.new)

    @property
    def pieces(self) -> list[Piece]:
        """The difference of the words."""
        return pieces(self.old_words, self.new_words)

    @property
    def only_marks(self) -> bool:
        """Whether the same words are set otherwise."""
        return self.change == Change.CHANGED and self.old_words == self.new_words

    @property
    def runs(self) -> list[tuple[Any, list[Comment]]]:
        """The changed words that name comments of their own."""
        changed = [piece.run for piece in self.pieces if piece.run]
        return [(run, self.by_run[run.number]) for run in changed if run.number in self.by_run]


def lines_of(next_text: NextText) -> list[Line]:
    """Each passage of the old text in order, and the new ones in their places. Seven queries, however many."""
    composed = compose(next_text)
    new = composed.contents.by_ref
    old = list(next_text.consultation.report.passages.order_by("order"))
    by_ref = {place.passage.ref: place for place in composed.places if place.passage}
    added = {composed.refs[place.pk]: place for place in composed.places if place.after}
    lines = [
        _line(passage.ref, passage.code, passage.text, new.get(passage.ref), by_ref.get(passage.ref)) for passage in old
    ]
    for line, passage in zip(lines, old, strict=True):
        line.passage = passage
    order = {passage.ref: passage.order for passage in composed.contents.passages}
    # A dropped passage keeps its place beside the one before it.
    places, last = {}, 0.0
    for line in lines:
        last = float(order.get(line.ref, last + 0.001))
        places[line.ref] = last
    for ref, place in added.items():
        lines.append(_line(ref, new[ref].code, "", new[ref], place))
        places[ref] = float(order[ref])
    _find_sources(lines)
    return sorted(lines, key=lambda line: places[line.ref])


def _line(ref: str, code: str, old: str, new: PassageFields | None, place: NextPassage | None) -> Line:
    version = place.latest if place else None
    return Line(
        ref,
        code,
        old,
        new.text if new else "",
        version.change if version else str(Change.KEPT),
        version.why if version else "",
        place=place,
    )


def _find_sources(lines: list[Line]) -> None:
    """Fill in the comments behind each line: one query."""
    by_version = {line.place.latest_id: line for line in lines if line.place}
    sources = NextSource.objects.filter(version__in=by_version).select_related(
        "comment__organisation__group", "comment__passage"
    )
    for source in sources.order_by("run", "comment__created_at", "comment__pk"):
        line = by_version[source.version_id]
        if source.comment.state != Comment.State.PUBLISHED:
            line.gone += 1
        elif source.run is None:
            line.whole.append(source.comment)
        else:
            line.by_run.setdefault(source.run, []).append(source.comment)


def published_next_text(consultation: Consultation) -> NextText | None:
    """The next text, once everybody may read it: one query, and none before closing, when nothing can be published."""
    if not is_closed(consultation):
        return None
    found = next_text_of(consultation)
    return found if found and found.is_published else None


def next_text_of(consultation: Consultation) -> NextText | None:
    """The next text in whatever state it is, for those who may read it: one query."""
    found = NextText.objects.filter(consultation=consultation).select_related("report").first()
    if found:
        found.consultation = consultation  # with its report, which is read already
    return found


def comments_by_passage(consultation: Consultation) -> dict[int, tuple[int, int]]:
    """How many published comments each passage has, and how many of them carry other words: one query."""
    published = consultation.comments.filter(state=Comment.State.PUBLISHED).order_by()
    worded = Count("pk", filter=~Q(published__proposed_wording=""))
    numbers = published.values("passage").annotate(number=Count("pk"), worded=worded)
    return {row["passage"]: (row["number"], row["worded"]) for row in numbers}
