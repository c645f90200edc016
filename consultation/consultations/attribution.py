"""In whose name a contribution is shown: its author chose it, and every output asks here. docs/decisions/088.

A contribution has an `attribution` and an organisation. `Attributions(reader, consultation)` answers with an `Origin`:
what this reader is told. Whoever shows the name of a contribution's organisation in any other way tells too much.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultation.consultations.models import Consultation, Officer
from consultation.record.errors import NotAllowed
from consultation.stakeholders import rules as stakeholder_rules
from consultation.stakeholders.models import Membership, Organisation, StakeholderGroup

# A contribution without a name could come from at least so many organisations, as far as the public can tell. It is no
# setting: lowered later, it would uncover what was written under a higher one.
ENOUGH = 3


class Attribution(models.TextChoices):
    NAMED = "named", gettext_lazy("Organisation named")
    GROUP = "group", gettext_lazy("Group only")
    SECRETARIAT = "secretariat", gettext_lazy("Secretariat only")


# From the least to the most that is told to the public.
FINER = (Attribution.SECRETARIAT, Attribution.GROUP, Attribution.NAMED)


def from_here(attribution: str) -> list[Attribution]:
    """What a contribution that was submitted with this attribution can have: the same, or more told."""
    return list(FINER[FINER.index(Attribution(attribution)) :])


def require_not_coarser(before: str, after: str) -> None:
    """Raise `NotAllowed` where `after` tells less than what the record already holds as told."""
    if Attribution(after) not in from_here(before):
        raise NotAllowed(
            _("This was submitted as “%s”. More can be told later, never less: what was read cannot be taken back.")
            % Attribution(before).label
        )


def require_choice(consultation: Consultation, attribution: str, *, late: bool = False) -> None:
    """Raise `NotAllowed` where this consultation, or the number of those who take part, does not let one choose it.

    What comes after closing, with an access code, could be of those few only whom the secretariat gave one.
    """
    if attribution == Attribution.NAMED:
        return
    if not consultation.attribution_choice:
        raise NotAllowed(_("In this consultation every contribution names its organisation."))
    if late:
        raise NotAllowed(
            _("After closing, few can still contribute: what comes now names its organisation. Change how it is shown.")
        )
    if consultation.participants().count() < ENOUGH:
        raise NotAllowed(
            _("Fewer than %d organisations take part. A name that is left out could be worked out; nothing was sent.")
            % ENOUGH
        )


@dataclass(frozen=True)
class Origin:
    """Who a reader is told that a contribution is from. `others_see` is for those who know more than the public."""

    organisation: Organisation | None = None
    shown_group: StakeholderGroup | None = None
    others_see: str = ""

    @property
    def group(self) -> StakeholderGroup | None:
        return self.organisation.group if self.organisation else self.shown_group

    @property
    def is_public_by_name(self) -> bool:
        """Whether everybody is told the organisation; what else could give it away is left out where not."""
        return self.organisation is not None and not self.others_see

    @property
    def level(self) -> str:
        """How much is told: `named`, `group` or `none`. Never what was chosen, which could tell more."""
        return "named" if self.organisation else "group" if self.shown_group else "none"

    @property
    def name(self) -> str:
        """The organisation, in the words that may be used of it."""
        if self.organisation:
            return self.organisation.name
        if self.shown_group:
            return _("An organisation of the group %s") % self.shown_group
        return _("An organisation")

    def __str__(self) -> str:
        return self.name


class Contribution(Protocol):
    """What can be attributed: comments, and whatever other rooms hold with these two."""

    attribution: Any
    organisation: Any


def sizes(consultation: Consultation) -> dict[int, int]:
    """How many organisations of each group take part, by the key of the group: one query."""
    return dict(consultation.participants().order_by().values_list("group").annotate(n=Count("pk", distinct=True)))


class Attributions:
    """What one reader is told of who contributed to one consultation.

    No query while everything is named; else at most three, however many contributions.
    """

    def __init__(self, reader: Any, consultation: Consultation) -> None:
        self.reader, self.consultation = reader, consultation

    def of(self, contribution: Contribution) -> Origin:
        """What the reader is told of a contribution of which an organisation can make any number."""
        return self.origin(contribution.attribution, contribution.organisation)

    def origin(self, attribution: str, organisation: Organisation) -> Origin:
        """The same, of an attribution and an organisation."""
        group = organisation.group if attribution == Attribution.GROUP and self._is_large(organisation) else None
        return self.told(attribution, organisation, Origin(None, group))

    def told(self, attribution: str, organisation: Organisation, public: Origin) -> Origin:
        """The organisation where the reader may know it, with what others see; else what is public."""
        if attribution == Attribution.NAMED:
            return Origin(organisation)
        return Origin(organisation, others_see=public.name) if self.knows(organisation.pk) else public

    def knows(self, organisation_id: int) -> bool:
        """Whether the reader is told the true name: their own delegation's, or as moderator or secretariat."""
        return organisation_id in self.own or self.knows_all

    def named(self, attribution: str = "attribution", organisation: str = "organisation") -> Q:
        """The condition under which the reader may find a contribution by its organisation. The arguments are paths."""
        known = Q(**{attribution: Attribution.NAMED})
        if not self.consultation.attribution_choice:
            return known
        return Q() if self.knows_all else known | Q(**{f"{organisation}__in": self.own})

    def in_group(
        self, group: StakeholderGroup, attribution: str = "attribution", organisation: str = "organisation"
    ) -> Q:
        """The condition under which the reader may find a contribution by this group."""
        known = self.named(attribution, organisation)
        if self.consultation.attribution_choice and self.sizes.get(group.pk, 0) >= ENOUGH:
            known |= Q(**{attribution: Attribution.GROUP})
        return Q(**{f"{organisation}__group": group}) & known

    @cached_property
    def own(self) -> set[int]:
        if not self.reader.is_authenticated:
            return set()
        current = Membership.objects.current().filter(user=self.reader)
        return set(current.values_list("organisation", flat=True))

    @cached_property
    def knows_all(self) -> bool:
        if not self.reader.is_authenticated:
            return False
        officers = [Officer.Role.MODERATOR, Officer.Role.SECRETARIAT]
        of_all = bool(stakeholder_rules.is_secretariat(self.reader))
        return of_all or self.consultation.officers.filter(user=self.reader, role__in=officers).exists()

    @cached_property
    def sizes(self) -> Mapping[int, int]:
        return sizes(self.consultation)

    def _is_large(self, organisation: Organisation) -> bool:
        return self.sizes.get(organisation.group_id, 0) >= ENOUGH
