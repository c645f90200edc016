"""Points of convergence and difference in words that are computed: every adjective follows from a rule.

The thresholds stand here and nowhere else; docs/convergence.md explains them and the summary page shows them.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultation.summaries.queries import Counts, Row

# Fewer signed positions than this say nothing about the whole.
TOO_FEW = 3
# Broad: at least so many of those that took a position endorse, with or without reservation, in every group.
BROAD = 0.75


@dataclass(frozen=True)
class Adjective:
    """What a recommendation is called, and the rule that calls it so."""

    name: Any
    rule: Any


UNANIMOUS = Adjective(
    gettext_lazy("unanimous"), gettext_lazy("every organisation that took a position endorses it, without reservation")
)
BROADLY = Adjective(
    gettext_lazy("broad"),
    gettext_lazy("in every group that took positions at least three quarters endorse it, with or without reservation"),
)
DIVIDED = Adjective(gettext_lazy("divided"), gettext_lazy("anything else"))
SCARCE = Adjective(gettext_lazy("too few"), gettext_lazy("fewer than three organisations took a position"))
RULES = (SCARCE, UNANIMOUS, BROADLY, DIVIDED)


def adjective(row: Row) -> Adjective:
    """What the signed positions on one recommendation are called."""
    totals = row.totals
    if totals.taken < TOO_FEW:
        return SCARCE
    if totals.endorse == totals.taken:
        return UNANIMOUS
    taken = [counts for counts in (*row.by_group.values(), row.unattributed) if counts.taken]
    if all((c.endorse + c.reservation) / c.taken >= BROAD for c in taken):
        return BROADLY
    return DIVIDED


def sentence(row: Row) -> str:
    """The counts in words: "Endorsed by 12 of 19 States … that took a position; 3 of 19 States reserve." """
    taken = [(str(group), counts) for group, counts in row.lines if counts.taken]
    if row.unattributed.taken:
        taken.append((_("without a group"), row.unattributed))
    if not taken:
        return _("No position has been signed.")
    parts = [
        _("Endorsed by %s that took a position") % _listed(taken, "endorse"),
        *(
            text % _listed(some, name)
            for name, text in (
                ("reservation", _("with reservation by %s")),
                ("cannot_endorse", _("not endorsed by %s")),
            )
            if (some := [(group, counts) for group, counts in taken if getattr(counts, name)])
        ),
    ]
    return "; ".join(parts) + "."


def _listed(groups: list[tuple[str, Counts]], name: str) -> str:
    """ "12 of 19 States and 31 of 40 Civil society": the denominator is those of the group that took a position."""
    items = [
        _("%(n)d of %(of)d (%(group)s)") % {"n": getattr(counts, name), "of": counts.taken, "group": group}
        for group, counts in groups
    ]
    if len(items) == 1:
        return items[0]
    return _("%(first)s and %(last)s") % {"first": ", ".join(items[:-1]), "last": items[-1]}
