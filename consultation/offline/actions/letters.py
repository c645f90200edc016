"""Letters: entered by the secretariat with the scan, confirmed or refused by the focal point, or taken back."""

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from consultation.consultations.models import Consultation
from consultation.discussion import actions as discussion
from consultation.discussion.actions import Words
from consultation.offline import rules
from consultation.offline.lines import Line
from consultation.offline.models import Letter, LetterLine, Scan, ScanContent
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from consultation.record import clock
from consultation.record.actions import append, hold
from consultation.record.errors import AlreadySent, Refusal
from consultation.stakeholders.models import Organisation

State = Letter.State


@dataclass(frozen=True)
class Paper:
    """The scan of what came: its bytes, what they are, and what the file was called."""

    content: bytes
    media_type: str
    name: str


@transaction.atomic
def enter_letter(
    officer: Any,
    consultation: Consultation,
    organisation: Organisation,
    lines: list[Line],
    paper: Paper,
    *,
    submission_id: UUID,
    note: str = "",
) -> Letter:
    """What an organisation sent on paper: it counts nowhere and nobody else sees it until its focal point confirms.

    Raises `NotAllowed`, `AlreadySent`, and `Refusal` where nothing is entered.
    """
    hold(organisation)
    rules.require_may_enter(officer, consultation, organisation)
    digest = hashlib.sha256(paper.content).hexdigest()
    if found := Letter.objects.filter(submission_id=submission_id).first():
        said = [_said(_line(found, line)) for line in lines]
        if _as_entered(found) != (officer.pk, organisation.pk, note, digest, said):
            raise AlreadySent
        return found
    if not lines:
        raise Refusal(_("The letter has no position and no comment. Enter at least one."))
    letter = Letter.objects.create(
        consultation=consultation,
        organisation=organisation,
        note=note,
        entered_by=officer,
        entered_at=clock.now(),
        submission_id=submission_id,
    )
    scan = Scan.objects.create(
        letter=letter, name=paper.name, media_type=paper.media_type, size=len(paper.content), sha256=digest
    )
    ScanContent.objects.create(scan=scan, content=paper.content)
    LetterLine.objects.bulk_create(_line(letter, line) for line in lines)
    _tell("letter.entered", letter, officer, scan=digest, lines=len(lines))
    return letter


@transaction.atomic
def confirm_letter(focal_point: Any, letter: Letter, seen: dict[int, int]) -> Letter:
    """Sign its positions and submit its comments, all of them or none; they stand as the focal point's from now on.

    `seen` says for each line with a position which version of it the page showed, 0 for none. Confirmed already, it
    stays so. Raises `NotAllowed`, `Closed`, `Changed`, `TooMany`.
    """
    letter = _held(letter)
    rules.membership_to_decide(focal_point, letter)
    if letter.state == State.CONFIRMED:
        return letter
    rules.require_waiting(letter)
    for line in letter.lines.select_related("passage"):
        if line.kind == LetterLine.Kind.POSITION:
            _sign(focal_point, letter, line, seen.get(line.pk, -1))
        else:
            _submit(focal_point, letter, line)
        # The words stand in what was made of them: what is blacked out there does not stay here.
        line.words = line.proposed_wording = ""
        line.save()
    _decide(letter, State.CONFIRMED, focal_point)
    made = letter.lines.select_related("version__position", "comment")
    _tell(
        "letter.confirmed",
        letter,
        focal_point,
        positions=[line.version.name for line in made if line.version],
        comments=[line.comment.public_id for line in made if line.comment],
    )
    return letter


@transaction.atomic
def refuse_letter(focal_point: Any, letter: Letter, reason: str) -> Letter:
    """The focal point does not confirm it; nothing of it ever stands. Raises `NotAllowed`, `Changed`."""
    letter = _held(letter)
    rules.membership_to_decide(focal_point, letter)
    if letter.state == State.REFUSED and (letter.decided_by_id, letter.reason) == (focal_point.pk, reason):
        return letter
    rules.require_waiting(letter)
    _decide(letter, State.REFUSED, focal_point, reason)
    _tell("letter.refused", letter, focal_point)
    return letter


@transaction.atomic
def take_back_letter(officer: Any, letter: Letter) -> Letter:
    """The secretariat takes back what it entered, while it waits. Raises `NotAllowed`, `Changed`."""
    letter = _held(letter)
    rules.require_may_enter(officer, letter.consultation, letter.organisation)
    if letter.state == State.TAKEN_BACK:
        return letter
    rules.require_waiting(letter)
    _decide(letter, State.TAKEN_BACK, officer)
    _tell("letter.taken_back", letter, officer)
    return letter


def let_letters_go(letters: QuerySet[Letter]) -> int:
    """Blank letters that never stood, and drop their scans, in the caller's transaction; gives how many."""
    LetterLine.objects.filter(letter__in=letters).update(words="", proposed_wording="")
    ScanContent.objects.filter(scan__letter__in=letters).delete()
    return Scan.objects.filter(letter__in=letters).update(size=0)


def _as_entered(letter: Letter) -> tuple[Any, ...]:
    """Who entered what for whom, to find out whether a form that comes again says the same."""
    lines = [_said(line) for line in letter.lines.order_by("pk")]
    return (letter.entered_by_id, letter.organisation_id, letter.note, letter.scan.sha256, lines)


def _said(row: LetterLine) -> tuple[Any, ...]:
    about = (row.kind, row.passage_id, row.attribution)
    return (*about, row.stance, row.words, row.capacity, row.type, row.proposed_wording)


def _line(letter: Letter, line: Line) -> LetterLine:
    """A line that was compared, as a row; only lines without errors are entered."""
    row = LetterLine(letter=letter, kind=line.kind, passage=line.passage, attribution=line.attribution)
    if line.answer:
        row.stance, row.words, row.capacity = line.answer.stance, line.answer.explanation, line.answer.capacity
    elif line.words:
        row.type, row.words, row.proposed_wording = line.words.type, line.words.body, line.words.proposed_wording
    return row


def _sign(focal_point: Any, letter: Letter, line: LetterLine, seen: int) -> None:
    line.version = positions.sign_position(
        focal_point,
        letter.consultation,
        line.passage,
        Answer(line.stance, line.words, capacity=line.capacity, attribution=line.attribution),
        uuid5(letter.submission_id, f"line {line.pk}"),
        organisation_id=letter.organisation_id,
        seen_version=seen,
    )


def _submit(focal_point: Any, letter: Letter, line: LetterLine) -> None:
    line.comment = discussion.write_comment(
        focal_point,
        letter.consultation,
        line.passage,
        Words(line.words, line.type, line.proposed_wording),
        uuid5(letter.submission_id, f"line {line.pk}"),
        organisation_id=letter.organisation_id,
        attribution=line.attribution,
    )


def _held(letter: Letter) -> Letter:
    hold(letter)
    return Letter.objects.select_related("consultation__report", "organisation").get(pk=letter.pk)


def _decide(letter: Letter, state: "Letter.State", actor: Any, reason: str = "") -> None:
    letter.state, letter.decided_by, letter.decided_at, letter.reason = state, actor, clock.now(), reason
    letter.save(update_fields=["state", "decided_by", "decided_at", "reason"])


def _tell(kind: str, letter: Letter, actor: Any, **what: Any) -> None:
    append(
        kind,
        letter,
        actor=actor,
        consultation=letter.consultation.slug,
        organisation=letter.organisation_id,
        organisation_name=letter.organisation.name,
        **what,
    )
