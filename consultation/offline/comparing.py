"""What a filled pack would change: each of its rows beside what is here now. Nothing is saved here."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from consultation.consultations.attribution import FINER, Attribution, from_here
from consultation.discussion.actions import Words
from consultation.discussion.models import Comment, CommentRevision
from consultation.offline import fields as f
from consultation.offline.content import digest, digest_of, passages_of, positions_of
from consultation.offline.fields import Written
from consultation.offline.lines import CHANGED, CONFLICT, NEW, UNCHANGED, Line
from consultation.offline.models import Pack
from consultation.positions.actions import Answer, shown
from consultation.positions.models import Position, PositionVersion, Stance
from consultation.reports.models import Passage
from consultation.text.forms import WrittenField

_MOST_OWN = 5_000


class Comparison:
    """The rows of a filled pack, or of a letter without one, against what is here. Seven queries, whatever the rows.

    Without a `pack`, or where the person is no member (`drafts` off), nothing of the organisation's drafts is looked
    at: every row that says something is new.
    """

    def __init__(self, pack: Pack, user: Any, written: Iterable[Written], *, drafts: bool = True) -> None:
        self.pack, self.user, self.drafts = pack, user, drafts
        self.consultation, self.organisation = pack.consultation, pack.organisation
        self.passages = {p.ref: p for p in passages_of(self.consultation)}
        self.held = positions_of(self.consultation, self.organisation) if drafts else {}
        self.bases = PositionVersion.objects.in_bulk([pk for pk in pack.positions.values() if pk]) if drafts else {}
        self.told = _told(self.held.values()) if self.consultation.attribution_choice and drafts else {}
        own = self.consultation.comments.visible_to(user).filter(organisation=self.organisation)
        self.own = list(own.for_display()[:_MOST_OWN]) if drafts else []
        self.seen: set[str] = set()
        self.lines = [line for w in written if (line := self._line(w))]

    @property
    def changing(self) -> list[Line]:
        """Those to look at: everything but what is here already."""
        return [line for line in self.lines if line.status != UNCHANGED]

    @property
    def to_take(self) -> list[Line]:
        return [line for line in self.lines if line.status in {NEW, CHANGED, CONFLICT}]

    def number(self, status: str) -> int:
        return sum(1 for line in self.lines if line.status == status)

    def _line(self, written: Written) -> Line | None:
        """None for a row that asks for a comment and has none."""
        says_nothing = not (written.get(f.COMMENT) or written.get(f.WORDING))
        if written.kind == f.NOTE and says_nothing and written.get(f.DRAFT) in {"", f.NEW}:
            return None
        line = Line(written, self.passages.get(written.get(f.REF).lower()))
        if not self._is_of_the_form(line):
            return line
        if written.kind == f.POSITION:
            self._compare_position(line)
        else:
            self._compare_comment(line)
        return line

    def _is_of_the_form(self, line: Line) -> bool:
        """Whether the row is about a passage as the form had it: refs and the text of the report are not edited."""
        written, passage = line.written, line.passage
        if passage is None or (self.pack.texts and passage.ref not in self.pack.texts):
            line.refuse(f.REF, _("The form has no such ref. Leave refs as they were."))
        elif written.get(f.CODE) and written.get(f.CODE) != (passage.code or passage.ref):
            line.refuse(f.CODE, _("This ref has the number %s. Were rows or columns moved?") % passage.code)
        elif self.pack.texts and self.pack.texts[passage.ref] != digest(passage.text):
            line.refuse(f.TEXT, _("The text was changed since this form was made. Read it and write this anew."))
        elif written.get(f.TEXT) and not f.same_text(written.get(f.TEXT), passage.words):
            line.refuse(f.TEXT, _("The text of the report was changed in this row. Nothing of the row is taken."))
        return not line.errors

    # Positions ---------------------------------------------------------------------------------------------------

    def _compare_position(self, line: Line) -> None:
        passage = line.passage
        assert passage is not None  # noqa: S101 - `_is_of_the_form` refuses a row without one
        position = self.held.get(passage.pk)
        line.version = shown(position)
        base = self.bases.get(self.pack.positions.get(passage.ref, 0))
        if f"position {passage.ref}" in self.seen:
            line.refuse(f.REF, _("This position stands in an earlier row already."))
            return
        self.seen.add(f"position {passage.ref}")
        answer = self._answer(line, base)
        if answer is None or line.errors:
            return
        line.answer, line.attribution = answer, answer.attribution
        if not answer.stance and not answer.explanation and base is None:
            return
        if base and _says(base) == _says_of(answer):
            return
        self._require_answer(line, passage, answer)
        if line.errors or (line.version and _says(line.version) == _says_of(answer)):
            return
        moved = self.drafts and line.mark != (base.pk if base else 0)
        line.status = CONFLICT if moved else CHANGED if line.version else NEW

    def _answer(self, line: Line, base: PositionVersion | None) -> Answer | None:
        """What the row says; what it leaves empty of capacity and attribution stays as it was."""
        before = Answer.of(base) if base else Answer("")
        stance = self._choice(line, f.STANCE)
        capacity = self._choice(line, f.CAPACITY) or before.capacity
        attribution = self._choice(line, f.SHOWN) or before.attribution
        explanation = self._text(line, f.EXPLANATION, settings.EXPLANATION_MAX_CHARACTERS)
        return None if line.errors else Answer(stance, explanation, capacity=capacity, attribution=attribution)

    def _require_answer(self, line: Line, passage: Passage, answer: Answer) -> None:
        if not self.consultation.takes_positions_on(passage):
            line.refuse(f.REF, _("This consultation takes no positions on this passage."))
        if not answer.stance:
            line.refuse(f.STANCE, _("Select a position. To take a signed one back, withdraw it on its own page."))
        elif answer.stance == Stance.RESERVATION and not answer.explanation:
            line.refuse(f.EXPLANATION, _("Enter an explanation of the reservation"))
        position = self.held.get(passage.pk)
        told = self.told.get(position.pk, FINER[0]) if position else FINER[0]
        self._require_attribution(line, from_here(told), answer.attribution)

    # Comments ----------------------------------------------------------------------------------------------------

    def _compare_comment(self, line: Line) -> None:
        name = line.written.get(f.DRAFT)
        passage = line.passage
        assert passage is not None  # noqa: S101 - `_is_of_the_form` refuses a row without one
        base = None
        if self.drafts and name and name != f.NEW:
            base = self.pack.comments.get(name)
            line.comment = self._draft(line, name, passage)
            if line.comment is None:
                return
        line.words = self._words(line, passage)
        attribution = self._choice(line, f.SHOWN)
        line.attribution = attribution or (line.comment.attribution if line.comment else Attribution.NAMED)
        if line.words is None or line.errors:
            return
        if base and base[1] == digest_of(line.words, line.attribution):
            return
        if self._is_here(line, passage):
            return
        self._require_comment(line, passage)
        if line.errors:
            return
        line.status = NEW if line.comment is None else CHANGED if base and base[0] == line.mark else CONFLICT

    def _draft(self, line: Line, name: str, passage: Passage) -> Comment | None:
        """The draft that a row continues, while the person may write in it."""
        found = next((c for c in self.own if c.public_id == name and c.passage_id == passage.pk), None)
        if name not in self.pack.comments or name in self.seen:
            line.refuse(f.DRAFT, _("The form has no such draft, or has it twice. Write “new” for a further comment."))
        elif found is None or found.state != Comment.State.DRAFT:
            line.refuse(f.DRAFT, _("This draft was submitted, withdrawn or is no longer shared with you."))
        else:
            self.seen.add(name)
            return found
        return None

    def _words(self, line: Line, passage: Passage) -> Words | None:
        kind = self._choice(line, f.TYPE) or CommentRevision.Type.SUBSTANTIVE
        body = self._text(line, f.COMMENT, settings.COMMENT_MAX_CHARACTERS)
        wording = self._text(line, f.WORDING, settings.COMMENT_MAX_CHARACTERS)
        return None if line.errors else Words(body, kind, wording)

    def _is_here(self, line: Line, passage: Passage) -> bool:
        """Whether this draft says so already, or, for a new comment, one of the organisation's own does."""
        for comment in [line.comment] if line.comment else self.own:
            there = comment.latest
            if there is None or comment.passage_id != passage.pk or comment.state == Comment.State.WITHDRAWN:
                continue
            same = Words(there.body, there.type, there.proposed_wording) == line.words
            if same and (line.comment is None or line.attribution == comment.attribution):
                return True
        return False

    def _require_comment(self, line: Line, passage: Passage) -> None:
        words = line.words
        if not self.consultation.takes_comments_on(passage):
            line.refuse(f.REF, _("This consultation takes no comments on this passage."))
        if words and not words.body:
            line.refuse(f.COMMENT, _("Enter your comment"))
        if words and words.proposed_wording:
            if passage.is_question:
                line.refuse(f.WORDING, _("A guiding question is answered; no other wording is proposed for it."))
            elif words.proposed_wording in {passage.text, passage.words}:
                line.refuse(f.WORDING, _("Change the wording or remove it. It is the same as the report's."))
        self._require_attribution(line, list(FINER), line.attribution)

    # Fields ------------------------------------------------------------------------------------------------------

    def _choice(self, line: Line, number: int) -> str:
        found = f.chosen(number, line.written.get(number))
        if found is None:
            line.refuse(number, _("Choose one of the list: %s.") % ", ".join(f.choices(number)))
        return found or ""

    @staticmethod
    def _text(line: Line, number: int, limit: int) -> str:
        try:
            return str(WrittenField(limit=limit, required=False).clean(line.written.values.get(number, "")))
        except ValidationError as error:
            for sentence in error.messages:
                line.refuse(number, sentence)
        return ""

    def _require_attribution(self, line: Line, may_be: list[Attribution], attribution: str) -> None:
        if not self.consultation.attribution_choice or self.consultation.has_ended:
            may_be = [Attribution.NAMED]
        if attribution not in may_be:
            line.refuse(f.SHOWN, _("Choose one of the list: %s.") % ", ".join(str(a.label) for a in may_be))


def _says(version: PositionVersion) -> tuple[str, str, str, str]:
    return version.stance, version.explanation, version.capacity, version.attribution


def _says_of(answer: Answer) -> tuple[str, str, str, str]:
    return answer.stance, answer.explanation, answer.capacity, answer.attribution


def _told(positions: Iterable[Position]) -> dict[int, Attribution]:
    """By position the attribution that told most among the versions that were ever signed."""
    signed = PositionVersion.objects.filter(position__in=list(positions), signed_at__isnull=False)
    found: dict[int, Attribution] = {}
    for position, attribution in signed.order_by().values_list("position", "attribution").distinct():
        before = found.get(position, FINER[0])
        found[position] = max(before, Attribution(attribution), key=FINER.index)
    return found
