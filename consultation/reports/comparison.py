"""What storing new contents would change: the preview of a fixture or an import, passage by passage."""

from dataclasses import dataclass, fields
from typing import Literal

from consultation.reports.contents import Contents, PassageFields, ReportFields, RoleFields
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
    def others(self) -> list[tuple[str, str, str]]:
        """What differs beside the words: the name of each field with both values."""
        names = [name for name in self.fields if name != "text"] if self.old and self.new else []
        return [(name, _said(getattr(self.old, name)), _said(getattr(self.new, name))) for name in names]

    @property
    def touches_meaning(self) -> bool:
        """Whether what people commented on would be another text, or another thing."""
        return self.kind != "added" and bool(set(self.fields) - _LAYOUT or self.kind == "removed")


def _said(value: object) -> str:
    """A value for people: nothing for nothing."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value if value is not None else "")


@dataclass(frozen=True)
class Comparison:
    """What differs between what is stored (nothing, for a new report) and what would be."""

    title_block: list[tuple[str, str, str]]
    roles: list[Part]
    passages: list[Change]

    @property
    def same(self) -> bool:
        return not (self.title_block or self.roles or self.passages)


def _of_roles(old: list[RoleFields], new: list[RoleFields]) -> list[Part]:
    """The lines of the session record that go and that come; none where nothing differs."""
    if old == new:
        return []
    before, after = ([" | ".join((r.role, r.name, r.capacity)) for r in roles] for roles in (old, new))
    gone = [Part("removed", line) for line in before if line not in after]
    moved = [Part("same", line) for line in after if line in before]
    return [*gone, *moved, *(Part("added", line) for line in after if line not in before)]


def compare(old: Contents | None, new: Contents) -> Comparison:
    """The difference from `old` to `new`; passages are the same when they have the same ref."""
    if old is None:
        return Comparison([], _of_roles([], new.roles), [Change("added", p.ref, None, p) for p in new.passages])
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
    return Comparison(title_block, _of_roles(old.roles, new.roles), changes)
