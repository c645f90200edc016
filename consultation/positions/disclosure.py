"""How much is told of positions whose organisation is not named, so that no arithmetic gives it. docs/decisions/088.

Everybody knows which organisations take part, and who holds a position by name. What remains on a recommendation are
the others: each holds a position without a name, or none. A position without a name is shown only while at least
`ENOUGH` of them could hold it; where that fails with its group it is shown without one, and where that fails too it is
not shown and not counted. That nobody is found by what follows from the rule itself is tested for every small case.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils.translation import gettext as _

from consultation.consultations.attribution import ENOUGH, Attribution, Attributions, Origin
from consultation.consultations.facts import Facts
from consultation.consultations.models import Consultation
from consultation.positions.models import Capacity, Position, PositionVersion
from consultation.stakeholders.models import StakeholderGroup

NAMED, OF_GROUP, WITHOUT, HELD_BACK = "named", "group", "none", ""


@dataclass(frozen=True)
class Tally:
    """So many organisations of one group hold such a position; the truth, which only this file may read."""

    recommendation: int
    group: int
    stance: str
    attribution: str
    capacity: str
    number: int

    @property
    def counts(self) -> bool:
        return self.capacity != Capacity.EXPERT


@dataclass(frozen=True)
class Disclosure:
    """Of one recommendation: the groups whose positions “group only” are shown as theirs, and whether the rest is."""

    groups: frozenset[int] = frozenset()
    rest: bool = False

    def level(self, attribution: str, group: int) -> str:
        """How a position of this attribution by an organisation of this group is shown."""
        if attribution == Attribution.NAMED:
            return NAMED
        if attribution == Attribution.GROUP and group in self.groups:
            return OF_GROUP
        return WITHOUT if self.rest else HELD_BACK


NOTHING = Disclosure()


def tallies(consultation: Consultation) -> list[Tally]:
    """All standing positions of a consultation, counted: one query, a smaller one where nothing was recorded since."""
    return Facts(consultation).get("tallies", _counted)


def _counted(consultation: Consultation) -> list[Tally]:
    """Counted here: databases sort all rows to group them by five columns."""
    standing = Position.objects.standing(consultation).order_by()
    held = Counter(
        standing.values_list(
            "recommendation", "organisation__group", "signed__stance", "signed__attribution", "signed__capacity"
        ).iterator(chunk_size=5_000)
    )
    return [Tally(*what, number) for what, number in held.items()]


def disclosures(
    consultation: Consultation, members: Mapping[int, int], counted: Iterable[Tally]
) -> "dict[int, Disclosure]":
    """What is told on each recommendation on which something is without a name.

    Nothing is, where the consultation does not let names be left out.
    """
    if not consultation.attribution_choice:
        return {}
    found: dict[int, list[Tally]] = defaultdict(list)
    for tally in counted:
        found[tally.recommendation].append(tally)
    return {recommendation: disclose(members, there) for recommendation, there in found.items()}


def disclose(members: Mapping[int, int], counted: Iterable[Tally]) -> Disclosure:
    """What is told on one recommendation, of groups with so many members."""
    others = dict(members)
    without_a_name: dict[tuple[str, int], Counter[Any]] = defaultdict(Counter)
    for tally in counted:
        if tally.attribution == Attribution.NAMED:
            others[tally.group] = others.get(tally.group, 0) - tally.number
        else:
            without_a_name[tally.attribution, tally.group][tally.stance, tally.capacity] += tally.number
    without_a_name = defaultdict(Counter, {key: +held for key, held in without_a_name.items() if (+held)})
    shown = {
        group: held
        for (attribution, group), held in without_a_name.items()
        # Where they are all of the group that is left, and say the same, each of them would be known.
        if attribution == Attribution.GROUP
        and others.get(group, 0) >= ENOUGH
        and (held.total() < others[group] or len(held) > 1)
    }
    rest = sum(without_a_name.values(), Counter()) - sum(shown.values(), Counter())
    # The same across groups: where everybody who is left holds something, and the rest of it is one thing.
    if len(rest) == 1 and rest.total() == sum(others.values()) - sum(held.total() for held in shown.values()):
        shown = {}
    taken = {group: held.total() for group, held in shown.items()}
    could_hold_the_rest = sum(number for group, number in others.items() if number > taken.get(group, 0))
    return Disclosure(frozenset(shown), could_hold_the_rest >= ENOUGH)


class PositionAttributions(Attributions):
    """What one reader is told of who holds positions in one consultation. One query more where a name is left out."""

    def of_version(self, version: PositionVersion) -> Origin | None:
        """Who the standing version of a position is from; None where it is held back from this reader."""
        if version.attribution == Attribution.NAMED:
            return Origin(version.position.organisation)
        told = self.disclosures.get(version.position.recommendation_id, NOTHING)
        return self._origin(version, told)

    def once_signed(self, version: PositionVersion) -> Origin | None:
        """The same of a draft, as if it stood now in the place of what its organisation has signed."""
        position, group = version.position, version.position.organisation.group_id
        if version.attribution == Attribution.NAMED:
            return Origin(position.organisation)
        signed = position.signed
        standing = [tally for tally in self.tallies if tally.recommendation == position.recommendation_id]
        draft = Tally(position.recommendation_id, group, version.stance, version.attribution, version.capacity, 1)
        if signed:
            held = (position.recommendation_id, group, signed.stance, signed.attribution, signed.capacity)
            standing.append(Tally(*held, -1))
        told = disclosures(self.consultation, self.sizes, [*standing, draft])
        return self._origin(version, told.get(position.recommendation_id, NOTHING))

    def _origin(self, version: PositionVersion, told: Disclosure) -> Origin | None:
        organisation = version.position.organisation
        level = told.level(version.attribution, organisation.group_id)
        if level != HELD_BACK:
            public = Origin(None, organisation.group if level == OF_GROUP else None)
            return self.told(version.attribution, organisation, public)
        if not self.knows(organisation.pk):
            return None
        return Origin(organisation, others_see=_("nothing, while fewer than %d organisations could hold it") % ENOUGH)

    def shown(self) -> Q:
        """The condition on versions under which the public may read them at all."""
        shown = Q(attribution=Attribution.NAMED)
        rest = [recommendation for recommendation, told in self.disclosures.items() if told.rest]
        shown |= Q(position__recommendation__in=rest)
        for recommendation, told in self.disclosures.items():
            if told.groups and not told.rest:
                shown |= Q(
                    position__recommendation=recommendation,
                    attribution=Attribution.GROUP,
                    position__organisation__group__in=told.groups,
                )
        return Q(position__consultation=self.consultation) & shown

    def shown_in_group(self, group: StakeholderGroup) -> Q:
        """The condition on versions under which the public knows that they are of this group."""
        there = [recommendation for recommendation, told in self.disclosures.items() if group.pk in told.groups]
        known = Q(attribution=Attribution.NAMED)
        known |= Q(attribution=Attribution.GROUP, position__recommendation__in=there)
        return Q(position__consultation=self.consultation, position__organisation__group=group) & known

    @cached_property
    def disclosures(self) -> "dict[int, Disclosure]":
        if not self.consultation.attribution_choice:
            return {}
        return disclosures(self.consultation, self.sizes, self.tallies)

    @cached_property
    def tallies(self) -> list[Tally]:
        return tallies(self.consultation)


def public_attributions(consultation: Consultation) -> PositionAttributions:
    """What everybody is told: for files, documents and the search."""
    return PositionAttributions(AnonymousUser(), consultation)


def told(reader: Any, position: Position) -> Origin | None:
    """Who the signed version of a position is from, for a reader; None without one, or where it is held back."""
    if position.signed is None:
        return None
    position.signed.position = position
    return PositionAttributions(reader, position.consultation).of_version(position.signed)
