"""A draft: a file that was read, with the editor's corrections and confirmations, before anything of it is stored."""

import hashlib
import re
from dataclasses import asdict, dataclass, field
from pathlib import PurePath
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from consultation.reports.contents import Contents, ReportFields, RoleFields
from consultation.reports.fidelity import Fidelity, fidelity
from consultation.reports.reading import files, title_block
from consultation.reports.reading.blocks import Block, Doubt, Source
from consultation.reports.structure import Placed, place

_SLUG_LENGTH = 80


@dataclass
class Draft:
    """What a file would be stored as. Passages are found anew from the blocks after every correction."""

    file_name: str
    sha256: str
    source: Source
    report: ReportFields
    roles: list[RoleFields] = field(default_factory=list)
    # Editorial notes of the editor's own by ref; they go before those written by rule.
    notes: dict[str, str] = field(default_factory=dict)
    confirmed: bool = False
    # Lines of the title block that the file does not have, as the editor typed them.
    typed: dict[str, str] = field(default_factory=dict)

    @property
    def untitled(self) -> list[str]:
        """The lines of the title block that no line of the file is: an editor can type them."""
        if self.source.label is not None:
            return []
        there = {block.kind for block in self.blocks}
        return [kind for kind in title_block.KINDS if kind not in there]

    @property
    def blocks(self) -> list[Block]:
        return self.source.blocks

    def placed(self) -> list[Placed]:
        """Every block with its passage and doubts."""
        return place(self.blocks)

    def contents(self) -> Contents:
        """The report as it would be stored."""
        passages = [p.passage for p in self.placed() if p.passage]
        for passage in passages:
            passage.editorial_note = self.notes.get(passage.ref, passage.editorial_note)
        return Contents(self.report, list(self.roles), passages)

    def fidelity(self) -> Fidelity:
        return fidelity(self.source)

    def open_doubts(self) -> list[tuple[str, Doubt]]:
        """The doubts that nobody has confirmed, each with its place."""
        found = [] if self.confirmed else [("", doubt) for doubt in self.source.doubts]
        for placed in self.placed():
            if not placed.block.confirmed:
                found += [(said_place(placed.block), doubt) for doubt in placed.doubts]
        return found

    def confirm_all(self) -> None:
        """Confirm every doubt, as the person who was shown them decides."""
        self.confirmed = True
        for block in self.blocks:
            block.confirmed = True

    def take_title_block(self) -> None:
        """Read the title block again from the blocks that have its kinds; what the editor filled in stays."""
        for kind in title_block.KINDS:
            found = " ".join(b.text for b in self.blocks if b.kind == kind)
            if self.source.label is not None and not found:
                continue  # as the label says
            setattr(self.report, kind, found or self.typed.get(kind, ""))
        if (
            self.source.label is None
            and not self.report.held_on
            and (day := title_block.held_on(self.report.date_line))
        ):
            self.report.held_on = day.isoformat()
            start, end = title_block.times(self.report.date_line)
            self.report.starts_at = start.isoformat() if start else None
            self.report.ends_at = end.isoformat() if end else None
        if not self.report.slug:
            self.report.slug = _slug(self.report.title, self.file_name, self.sha256)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def said_place(block: Block) -> str:
    """Where a block stands in the file, for people."""
    if block.first_line == block.last_line:
        return _("line %s") % block.first_line
    return _("lines %(first)s to %(last)s") % {"first": block.first_line, "last": block.last_line}


def read_draft(file_name: str, content: bytes, **given: str) -> Draft:
    """The draft of a file; `given` are fields of the title block that are known (slug, language, held_on …).

    Raises `Unreadable` with a sentence where the file is not one that a report can be read from.
    """
    source = files.read(file_name, content)
    name = PurePath(file_name.replace("\\", "/")).name[:200]
    draft = Draft(name, hashlib.sha256(content).hexdigest(), source, ReportFields(slug=""))
    if source.label is not None:
        label = {k: v for k, v in source.label.items() if k in ReportFields.__dataclass_fields__}
        draft.report = ReportFields(**{"slug": "", **label})
        draft.roles = [RoleFields(**role) for role in source.label.get("roles", [])]
    else:
        draft.report.language = files.language_of(source)
    for field_name, value in given.items():
        if value and field_name in title_block.KINDS:
            draft.typed[field_name] = value
        elif value:
            setattr(draft.report, field_name, value)
    draft.take_title_block()
    return draft


def from_json(stored: dict[str, Any]) -> Draft:
    """The draft from what `as_json` made of it."""
    source = Source(**stored["source"])
    source.blocks = [Block(**block) for block in stored["source"]["blocks"]]
    source.doubts = _doubts(source.doubts)
    for block in source.blocks:
        block.doubts = _doubts(block.doubts)
    return Draft(
        stored["file_name"],
        stored["sha256"],
        source,
        ReportFields(**stored["report"]),
        [RoleFields(**role) for role in stored["roles"]],
        stored["notes"],
        stored["confirmed"],
        stored.get("typed", {}),
    )


def _doubts(stored: Any) -> list[Doubt]:
    return [Doubt(**doubt) for doubt in stored]


def _slug(title: str, file_name: str, sha256: str) -> str:
    found = slugify(title) or slugify(PurePath(file_name).stem) or f"report-{sha256[:8]}"
    return re.sub(r"-[^-]*$", "", found[: _SLUG_LENGTH + 1]) if len(found) > _SLUG_LENGTH else found
