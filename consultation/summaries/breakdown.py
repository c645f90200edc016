"""Participation and positions by stakeholder group, region and kind of organisation, with care for small numbers.

Counts across two dimensions go through `small_numbers`; those by group alone are the summary's own. Positions count
here only by name: by region or kind, one without a name could be told from the others that are left.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultation.consultations.attribution import Attribution
from consultation.consultations.models import Consultation
from consultation.positions.models import Position, Stance
from consultation.record import clock
from consultation.reports.models import Passage
from consultation.stakeholders.models import Organisation, StakeholderGroup
from consultation.stakeholders.regions import Region, region_of
from consultation.summaries.small_numbers import publishable

GROUP, REGION, KIND = "group", "region", "kind"
DIMENSIONS = {
    GROUP: gettext_lazy("Stakeholder group"),
    REGION: gettext_lazy("Region"),
    KIND: gettext_lazy("Kind of organisation"),
}
NOT_STATED = "not-stated"
NO_POSITION = "no_position"


@dataclass(frozen=True)
class Category:
    """One row or column: a group, a region by its M49 code, a kind, a stance."""

    slug: str
    name: str


@dataclass(frozen=True)
class Table:
    """Counts by row and column, None where one is withheld; the totals are exact."""

    rows: list[Category]
    columns: list[Category]
    cells: list[list[int | None]]
    row_totals: list[int]
    column_totals: list[int]

    @property
    def lines(self) -> list[tuple[Category, list[tuple[Category, int | None]], int]]:
        """Each row with its cells and its total."""
        return [
            (row, list(zip(self.columns, cells, strict=True)), total)
            for row, cells, total in zip(self.rows, self.cells, self.row_totals, strict=True)
        ]

    @property
    def foot(self) -> list[tuple[Category, int]]:
        return list(zip(self.columns, self.column_totals, strict=True))

    @property
    def total(self) -> int:
        return sum(self.row_totals)


@dataclass(frozen=True)
class Member:
    """What an organisation that takes part is counted by."""

    key: int
    group: str
    region: str
    kind: str


@dataclass(frozen=True)
class Breakdown:
    """The figures of a consultation at an instant, read once: tables are made from them without a further query."""

    consultation: Consultation
    as_of: datetime
    recommendations: list[Passage]
    members: list[Member]
    categories: dict[str, list[Category]]
    stances: dict[int, dict[int, str]]  # by recommendation, by organisation

    @property
    def organisations(self) -> int:
        return len(self.members)

    @property
    def only_by_name(self) -> bool:
        """Whether there may be positions that these tables leave out."""
        return self.consultation.attribution_choice

    def participation(self, dimension: str) -> Table:
        """The organisations by one dimension, and how many of them have signed a position on anything."""
        signed = {key for positions in self.stances.values() for key in positions}
        signed_one, none = _("Signed a position"), _("None signed")
        if self.only_by_name:
            signed_one, none = _("Signed a position by name"), _("None signed by name")
        columns = [Category("signed", signed_one), Category("none", none)]
        return self._table(dimension, columns, lambda m: "signed" if m.key in signed else "none")

    def crossed(self, rows: str, columns: str) -> Table:
        """The organisations by two dimensions."""
        return self._table(rows, self.categories[columns], lambda m: str(getattr(m, columns)))

    def positions(self, recommendation: Passage, dimension: str) -> Table:
        """The signed positions on one recommendation by one dimension."""
        held = self.stances.get(recommendation.pk, {})
        nothing = Category(NO_POSITION, _("No position by name") if self.only_by_name else _("No position"))
        columns = [*(Category(value, str(label)) for value, label in Stance.choices), nothing]
        # By group the summary counts exactly; withholding here what stands there would protect nobody.
        return self._table(dimension, columns, lambda m: held.get(m.key, NO_POSITION), exact=dimension == GROUP)

    def _table(
        self, dimension: str, columns: list[Category], column_of: Callable[[Member], str], *, exact: bool = False
    ) -> Table:
        rows = self.categories[dimension]
        counted = Counter((getattr(m, dimension), column_of(m)) for m in self.members)
        counts = [[counted[row.slug, column.slug] for column in columns] for row in rows]
        return Table(
            rows,
            columns,
            [list[int | None](row) for row in counts] if exact else publishable(counts),
            [sum(row) for row in counts],
            [sum(row[j] for row in counts) for j in range(len(columns))],
        )


def breakdown_of(consultation: Consultation) -> Breakdown:
    """The figures now, in four queries whatever the number of organisations."""
    groups = {group.pk: group for group in StakeholderGroup.objects.all()}
    members = [
        Member(key, groups[group].slug, region_of(country) or NOT_STATED, kind or NOT_STATED)
        for key, group, country, kind in consultation.participants()
        .order_by()
        .values_list("pk", "group", "country", "kind")
        .distinct()
    ]
    stances: dict[int, dict[int, str]] = defaultdict(dict)
    counted = Position.objects.counted(consultation).filter(signed__attribution=Attribution.NAMED).order_by()
    for recommendation, organisation, stance in counted.values_list("recommendation", "organisation", "signed__stance"):
        stances[recommendation][organisation] = stance
    categories = {
        GROUP: _present([Category(g.slug, g.name) for g in groups.values()], {m.group for m in members}),
        REGION: _present(_choices(Region.choices), {m.region for m in members}),
        KIND: _present(_choices(Organisation.Kind.choices), {m.kind for m in members}),
    }
    recommendations = list(consultation.recommendations())
    return Breakdown(consultation, clock.now(), recommendations, members, categories, dict(stances))


def _choices(choices: Sequence[tuple[Any, Any]]) -> list[Category]:
    return [*(Category(value, str(label)) for value, label in choices), Category(NOT_STATED, _("Not stated"))]


def _present(categories: list[Category], there: set[Any] | set[Hashable]) -> list[Category]:
    """Those of which somebody takes part; a row of noughts says nothing."""
    return [category for category in categories if category.slug in there]


def tables_of(found: Breakdown) -> list[tuple[dict[str, str], Table]]:
    """Every table there is, each with what it counts: the same for page, JSON and CSV."""
    tables = [({"figure": "participation", "by": d}, found.participation(d)) for d in DIMENSIONS]
    tables += [
        ({"figure": "organisations", "by": rows, "and": columns}, found.crossed(rows, columns))
        for rows, columns in combinations(DIMENSIONS, 2)
    ]
    tables += [
        ({"figure": "positions", "recommendation": r.ref, "code": r.code, "by": d}, found.positions(r, d))
        for r in found.recommendations
        for d in DIMENSIONS
    ]
    return tables
