"""Giving out a pack, and saving what came back in one: as drafts, all of it or nothing."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from consultation.consultations.actions import act_for
from consultation.consultations.models import Consultation
from consultation.discussion import actions as discussion
from consultation.discussion.models import Comment
from consultation.offline import rules
from consultation.offline.content import Content, content_of
from consultation.offline.errors import LinesChanged
from consultation.offline.lines import Line
from consultation.offline.models import Pack
from consultation.positions import actions as positions
from consultation.positions.actions import Row
from consultation.record import clock
from consultation.record.actions import append, hold
from consultation.record.errors import Changed
from consultation.record.models import Entry
from consultation.stakeholders.models import Organisation


@transaction.atomic
def make_pack(
    maker: Any,
    consultation: Consultation,
    organisation: Organisation,
    kind: str,
    submission_id: UUID,
    *,
    blank: bool = False,
) -> Content:
    """A pack under a number of its own, with what the person may read of the organisation's drafts; `blank`, without.

    Asked for twice it is the same pack, as long as nothing changed between. Raises `NotAllowed`, `Changed`.
    """
    if blank:
        hold(organisation)
        rules.require_may_enter(maker, consultation, organisation)
    else:
        act_for(maker, consultation, organisation.pk, to_submit=False)
    pack = Pack(
        kind=kind,
        consultation=consultation,
        organisation=organisation,
        made_by=maker,
        made_at=clock.now(),
        report=consultation.report,
        blank=blank,
        submission_id=submission_id,
    )
    content = content_of(pack, maker)
    if _is_made(pack):
        return content
    pack.save()
    append(
        "pack.made",
        pack,
        actor=maker,
        consultation=consultation.slug,
        organisation=organisation.pk,
        number=pack.number,
        format=str(kind),
        blank=blank,
    )
    return content


def _is_made(pack: Pack) -> bool:
    """Whether the form has made this pack, which it becomes then. Raises `Changed` where it made another one."""
    found = Pack.objects.filter(submission_id=pack.submission_id).first()
    if found is None:
        return False
    same = (found.texts, found.positions, found.comments) == (pack.texts, pack.positions, pack.comments)
    if found.made_by_id != pack.made_by_id or found.organisation_id != pack.organisation_id or not same:
        raise Changed(_("A pack was made with this form already. Open the page again and make a new one."))
    pack.pk, pack.number, pack.made_at = found.pk, found.number, found.made_at
    return True


@dataclass(frozen=True)
class Saved:
    """How many drafts came from a filled pack."""

    positions: int = 0
    comments: int = 0

    @property
    def number(self) -> int:
        return self.positions + self.comments


def saved_by(pack: Pack, submission_id: UUID) -> Saved | None:
    """What this form saved of the pack, where it was sent before."""
    entry = Entry.objects.about(pack).filter(kind="pack.read", content__submission=str(submission_id)).first()
    return Saved(entry.content["positions"], entry.content["comments"]) if entry else None


@transaction.atomic
def save_lines(drafter: Any, pack: Pack, lines: list[Line], submission_id: UUID) -> Saved:
    """Save these lines of a filled pack as drafts, all of them or none. Sent again it changes nothing.

    The lines were compared with what is here: a position or a draft that changed since is not written over. Nothing
    is signed or submitted. Raises `NotAllowed`, and `LinesChanged`.
    """
    consultation, organisation = pack.consultation, pack.organisation
    act_for(drafter, consultation, organisation.pk, to_submit=False)
    hold(pack)
    if before := saved_by(pack, submission_id):
        return before
    rows = [_row(line) for line in lines if line.is_position]
    try:
        drafted = positions.draft_several(drafter, consultation, organisation, rows, submission_id) if rows else []
        written = [
            _write_comment(drafter, pack, line, uuid5(submission_id, f"comment {number}"))
            for number, line in enumerate(lines)
            if not line.is_position
        ]
    except Changed as changed:
        raise LinesChanged(
            _("Something was changed here while you were looking. Nothing was saved. Look again and save once more.")
        ) from changed
    append(
        "pack.read",
        pack,
        actor=drafter,
        consultation=consultation.slug,
        organisation=organisation.pk,
        number=pack.number,
        positions=len(drafted),
        comments=len(written),
        submission=str(submission_id),
    )
    return Saved(len(drafted), len(written))


def _row(line: Line) -> Row:
    assert line.passage is not None  # noqa: S101 - only lines without errors are saved
    assert line.answer is not None  # noqa: S101
    return Row(line.passage, line.answer, line.version.number if line.version else 0)


def _write_comment(drafter: Any, pack: Pack, line: Line, submission_id: UUID) -> Comment:
    assert line.passage is not None  # noqa: S101 - only lines without errors are saved
    assert line.words is not None  # noqa: S101
    if line.comment:
        return discussion.revise_comment(
            drafter, line.comment, line.words, submit=False, seen=line.mark, attribution=line.attribution
        )
    return discussion.write_comment(
        drafter,
        pack.consultation,
        line.passage,
        line.words,
        submission_id,
        submit=False,
        organisation_id=pack.organisation_id,
        attribution=line.attribution,
    )
