"""The contents of a report as plain values: what is read, checked, compared and stored, whatever it came from."""

from dataclasses import asdict, dataclass, field
from datetime import date, time
from typing import Any

from consultation.reports.models import Passage, Report, SessionRole


@dataclass
class ReportFields:
    """The title block. Dates and times as ISO 8601 writes them."""

    slug: str
    language: str = "en"
    forum: str = ""
    title: str = ""
    date_line: str = ""
    place_line: str = ""
    held_on: str = ""
    starts_at: str | None = None
    ends_at: str | None = None


@dataclass
class RoleFields:
    role: str
    name: str
    capacity: str
    order: int


@dataclass
class PassageFields:
    """One passage; `parent` is a ref of the same report."""

    ref: str
    code: str
    kind: str
    strand: str
    parent: str | None
    order: int
    depth: int
    text: str
    editorial_note: str = ""
    marker: str = ""
    blank_before: bool = True
    page_breaks: list[int] = field(default_factory=list)


@dataclass
class Contents:
    """A whole report."""

    report: ReportFields
    roles: list[RoleFields]
    passages: list[PassageFields]

    @property
    def by_ref(self) -> dict[str, PassageFields]:
        return {passage.ref: passage for passage in self.passages}


def contents_of(report: Report) -> Contents:
    """What is stored of this report, in three queries at most."""
    passages = list(report.passages.order_by("order"))
    refs = {passage.pk: passage.ref for passage in passages}
    return Contents(
        title_block_of(report),
        [RoleFields(role.role, role.name, role.capacity, role.order) for role in report.session_roles.all()],
        [_passage_fields(passage, refs) for passage in passages],
    )


def title_block_of(report: Report) -> ReportFields:
    """The title block as this row has it."""
    return ReportFields(**{name: _plain(getattr(report, name)) for name in ReportFields.__dataclass_fields__})


def _passage_fields(passage: Passage, refs: dict[int, str]) -> PassageFields:
    values = {name: getattr(passage, name) for name in PassageFields.__dataclass_fields__ if name != "parent"}
    values["page_breaks"] = list(passage.page_breaks)
    return PassageFields(parent=refs[passage.parent_id] if passage.parent_id else None, **values)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | time) else value


def as_rows(contents: Contents) -> list[dict[str, Any]]:
    """The rows of a Django fixture, with natural keys."""
    slug = contents.report.slug
    rows = [{"model": Report._meta.label_lower, "fields": asdict(contents.report)}]
    rows += [
        {"model": SessionRole._meta.label_lower, "fields": {"report": [slug], **asdict(role)}}
        for role in contents.roles
    ]
    for passage in contents.passages:
        fields = {"report": [slug], **asdict(passage)}
        fields["parent"] = [slug, passage.parent] if passage.parent else None
        rows.append({"model": Passage._meta.label_lower, "fields": fields})
    return rows


def from_dict(stored: dict[str, Any]) -> Contents:
    """The contents from what `dataclasses.asdict` made of them."""
    return Contents(
        ReportFields(**stored["report"]),
        [RoleFields(**role) for role in stored["roles"]],
        [PassageFields(**passage) for passage in stored["passages"]],
    )
