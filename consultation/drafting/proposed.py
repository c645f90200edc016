"""What a rapporteur wants to become of a passage, and whether each change says what is behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from consultation.drafting.models import NextPassage, NextPassageVersion
from consultation.drafting.runs import Run, runs
from consultation.text.markdown import plain

Change = NextPassageVersion.Change


@dataclass(frozen=True)
class Proposed:
    """A change with the comments behind it, by their public ids: behind the whole passage, and behind each run.

    `started_from` names the comment whose proposed wording was taken as the start.
    """

    change: str
    text: str = ""
    why: str = ""
    whole: frozenset[str] = frozenset()
    by_run: Mapping[str, frozenset[str]] = field(default_factory=dict)
    started_from: str = ""

    @property
    def comments(self) -> set[str]:
        """All comments that it names."""
        return set(self.whole).union(*self.by_run.values())

    def runs(self, old: str) -> list[Run]:
        """The changed words of a passage that said `old`; none for a new or dropped one."""
        return runs(plain(old), plain(self.text)) if self.change == Change.CHANGED else []

    def sources(self, old: str) -> dict[tuple[str, int | None], Run | None]:
        """Each comment with the number of the run that it is behind; those of runs that are gone are left out."""
        found: dict[tuple[str, int | None], Run | None] = {(comment, None): None for comment in self.whole}
        for run in self.runs(old):
            for comment in self.by_run.get(run.key, ()):
                found[comment, run.number] = run
        return found

    def is_explained(self, old: str) -> bool:
        """Whether every changed phrase names a comment behind it, or the passage does, or the editor says why."""
        if self.change == Change.DROPPED:
            return bool(self.why)
        if self.change == Change.KEPT or self.why or self.whole:
            return True
        changed = self.runs(old)
        return bool(changed) and all(self.by_run.get(run.key) for run in changed)

    def without_source(self, old: str) -> list[Run]:
        """The runs that name no comment of their own."""
        return [run for run in self.runs(old) if not self.by_run.get(run.key)]


def standing(place: NextPassage, public: set[str] | None = None) -> Proposed:
    """What is saved of a passage now; with `public` only the comments in it still count as being behind it."""
    version = place.latest
    if version is None:
        return Proposed(Change.KEPT)
    whole: set[str] = set()
    by_run: dict[str, set[str]] = {}
    changed = {run.number: run for run in Proposed(version.change, version.text).runs(place.old_text)}
    for source in version.sources.all():
        name = source.comment.public_id
        if public is not None and name not in public:
            continue
        if source.run is None:
            whole.add(name)
        elif source.run in changed:
            by_run.setdefault(changed[source.run].key, set()).add(name)
    return Proposed(
        version.change,
        version.text,
        version.why,
        frozenset(whole),
        {key: frozenset(names) for key, names in by_run.items()},
    )
