"""What storing new contents would change: the preview of a fixture or an import, passage by passage."""

from dataclasses import dataclass, fields
from typing import Literal

from consultation.reports.contents import Contents, PassageFields, ReportFields
from consultation.text.difference import Part, difference

_LAYOUT = {"order", "marker", "blank_before", "page_breaks", "editorial_note", "depth"}


@dataclass(frozen=True)
class Change:
    """One passage that would be added, removed or changed."""

    kind: Literal["added", "removed", "changed"]
    ref: str
    old: PassageFields | None
    new: PassageFields | None
    fields: tuple[str, ...] = ()

    @property
    def parts(self) -> list[Part]:
        """The difference of the words."""
        return difference(self.old.text if self.old else "", self.new.text if self.new else "")

    @property
    def touches_meaning(self) -> bool:
        """Whether what people commented on would be another text, or another thing."""
        return self.kind != "added" and bool(set(self.fields) - _LAYOUT or self.kind == "removed")


@dataclass(frozen=True)
class Comparison:
    """What differs between what is stored (nothing, for a new report) and what would be."""

    title_block: list[tuple[str, str, str]]
    roles_differ: bool
    passages: list[Change]

    @property
    def same(self) -> bool:
        return not (self.title_block or self.roles_differ or self.passages)


def compare(old: Contents | None, new: Contents) -> Comparison:
    """The difference from `old` to `new`; passages are the same when they have the same ref."""
    if old is None:
        return Comparison([], bool(new.roles), [Change("added", p.ref, None, p) for p in new.passages])
    title_block = [
        (f.name, str(getattr(old.report, f.name)), str(getattr(new.report, f.name)))
        for f in fields(ReportFields)
        if getattr(old.report, f.name) != getattr(new.report, f.name)
    ]
    before, changes = old.by_ref, []
    for passage in new.passages:
        was = before.pop(passage.ref, None)
        if was is None:
            changes.append(Change("added", passage.ref, None, passage))
        elif was != passage:
            differing = tuple(f.name for f in fields(was) if getattr(was, f.name) != getattr(passage, f.name))
            changes.append(Change("changed", passage.ref, was, passage, differing))
    changes += [Change("removed", ref, was, None) for ref, was in before.items()]
    return Comparison(title_block, old.roles != new.roles, changes)
