"""What the secretariat does across rooms: making one organisation of two, erasing a person."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from consultation.discussion import actions as discussion
from consultation.positions import actions as positions
from consultation.positions.models import Position
from consultation.record import clock
from consultation.record.actions import append, hold
from consultation.record.errors import Changed, NotAllowed
from consultation.secretariat.merging import rivals
from consultation.stakeholders import actions as stakeholders
from consultation.stakeholders import erased, rules
from consultation.stakeholders.models import Invitation, Membership, Organisation, User

State = Organisation.State
# Moved by their own rules below; everything else that names an organisation follows as it is.
_OWN_RULES = {Membership, Invitation, Position, Organisation}


@transaction.atomic
def merge_organisations(
    officer: User, kept: Organisation, absorbed: Organisation, standing: dict[str, int]
) -> dict[str, int]:
    """Make one organisation of two: contributions follow to `kept`; gives how many rows moved, by table.

    `standing` says for each pair of `merging.rivals`, by its key, the organisation whose position stands. The other
    one stays on the record with the absorbed organisation and no longer counts; nothing is deleted. Merged already,
    nothing happens. Raises `NotAllowed`; `Changed` where a pair has no decision or an organisation changed meanwhile.
    """
    if not rules.is_secretariat(officer):
        raise NotAllowed(_("Only the secretariat merges organisations."))
    for organisation in sorted((kept, absorbed), key=lambda o: o.pk):
        hold(organisation)
        organisation.refresh_from_db()
    if absorbed.merged_into_id == kept.pk:
        return {}
    _require_mergeable(kept, absorbed)
    moved = {"positions.position": _merge_positions(kept, absorbed, standing)}
    moved["stakeholders.membership"] = _merge_delegations(kept, absorbed)
    absorbed.invitations.open().update(revoked_at=clock.now())
    for field in _naming(Organisation):
        moved[field.model._meta.label_lower] = _move(field, kept, absorbed)
    absorbed.state, absorbed.state_at, absorbed.merged_into = State.MERGED, clock.now(), kept
    absorbed.reason = _("Merged into %s.") % kept
    absorbed.save(update_fields=["state", "state_at", "merged_into", "reason"])
    moved = {table: number for table, number in moved.items() if number}
    append("organisation.merged", kept, actor=officer, absorbed=absorbed.pk, moved=moved, standing=standing)
    append("organisation.absorbed", absorbed, actor=officer, into=kept.pk)
    return moved


@transaction.atomic
def erase_person(officer: User, user: User) -> list[Membership]:
    """Erase a person and the drafts that only they could see; gives the memberships that ended. Raises `NotAllowed`."""
    ended = stakeholders.erase_person(officer, user)
    discussion.drop_drafts(user)
    return ended


def erase_again(names: Iterable[Iterable[str]]) -> int:
    """Erase those on the list of erased people whom a restored backup brought back; gives how many."""
    back = erased.accounts(names)
    for user in back:
        with transaction.atomic():
            stakeholders.erase_person(None, user)
            discussion.drop_drafts(user)
    return len(back)


def _require_mergeable(kept: Organisation, absorbed: Organisation) -> None:
    if kept.pk == absorbed.pk or State.MERGED in {kept.state, absorbed.state}:
        raise Changed(_("Choose two different organisations that are not merged yet."))
    if kept.state != State.APPROVED and absorbed.state == State.APPROVED:
        raise Changed(_("Keep the approved one of the two: %s.") % absorbed)


def _merge_positions(kept: Organisation, absorbed: Organisation, standing: dict[str, int]) -> int:
    """Move the positions on which only the absorbed organisation stands; let the chosen one of each pair stand."""
    pairs = rivals(kept, absorbed)
    if {pair.key for pair in pairs} != set(standing) or set(standing.values()) - {kept.pk, absorbed.pk}:
        raise Changed(
            _("The positions of the two changed while you were reading. Look at them again; nothing is merged.")
        )
    for pair in pairs:
        if standing[pair.key] == absorbed.pk:
            positions.take_over(pair.of(kept), pair.of(absorbed))
    held_by_kept = Position.objects.filter(organisation=kept)
    moved = 0
    for position in Position.objects.filter(organisation=absorbed):
        there = held_by_kept.filter(consultation=position.consultation_id, recommendation=position.recommendation_id)
        if there.exclude(signed=None, signed_late=None, draft=None).exists():
            continue
        if there.exists():  # Withdrawn by now: its versions stay with it, the other one's follow.
            positions.take_over(there.get(), position)
        else:
            Position.objects.filter(pk=position.pk).update(organisation=kept)
        moved += 1
    return moved


def _merge_delegations(kept: Organisation, absorbed: Organisation) -> int:
    """The people of the absorbed delegation act for the kept one: in their role if theirs was approved, else drafting.

    Who is in both delegations keeps the role there.
    """
    there = set(kept.memberships.current().values_list("user", flat=True))
    moved = 0
    for membership in absorbed.memberships.current():
        Membership.objects.filter(pk=membership.pk).update(ended_at=clock.now(), offered_at=None)
        if membership.user_id in there:
            continue
        signs = membership.role == Membership.Role.FOCAL_POINT
        role = Membership.Role.CONTRIBUTOR if signs and absorbed.state != State.APPROVED else membership.role
        Membership.objects.create(user_id=membership.user_id, organisation=kept, role=role)
        moved += 1
    return moved


def _naming(model: type[models.Model]) -> Iterator[models.ForeignKey[Any, Any]]:
    """Every foreign key to this table, of tables without a rule of their own."""
    for relation in model._meta.get_fields(include_hidden=True):
        field = getattr(relation, "field", None)
        if isinstance(field, models.ForeignKey) and field.related_model is model and field.model not in _OWN_RULES:
            yield field


def _move(field: models.ForeignKey[Any, Any], kept: Organisation, absorbed: Organisation) -> int:
    """Let the rows follow; one that the kept organisation has already stays with the absorbed one."""
    rows = field.model._default_manager.filter(**{field.name: absorbed})
    try:
        with transaction.atomic():
            return int(rows.update(**{field.name: kept}))
    except IntegrityError:
        return sum(_move_one(field, pk, kept) for pk in rows.values_list("pk", flat=True))


def _move_one(field: models.ForeignKey[Any, Any], pk: Any, kept: Organisation) -> int:
    try:
        with transaction.atomic():
            return int(field.model._default_manager.filter(pk=pk).update(**{field.name: kept}))
    except IntegrityError:
        return 0
