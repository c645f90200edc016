"""Every change to organisations: applying, what the secretariat decides, importing."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from consultation.record import clock
from consultation.record.actions import append, hold
from consultation.record.errors import AlreadySent, Changed, NotAllowed
from consultation.record.ids import new_id
from consultation.stakeholders import rules
from consultation.stakeholders.models import Membership, Organisation, StakeholderGroup, User, domains_of
from consultation.text.names import folded

State = Organisation.State
GONE = (State.REFUSED, State.MERGED)


@dataclass(frozen=True)
class Application:
    """What an organisation says of itself when it applies."""

    name: str
    group: StakeholderGroup
    country: str
    website: str
    mandate: str
    official_email: str
    kind: str = ""

    @property
    def domains(self) -> set[str]:
        return domains_of(self.website, self.official_email)


@transaction.atomic
def apply_for_organisation(applicant: User, application: Application, submission_id: UUID) -> Organisation:
    """An organisation that waits for the secretariat, with the applicant as its focal point.

    The same `submission_id` again gives the organisation that is there. Raises `Changed` where the name was taken.
    """
    if found := applied(applicant, submission_id):
        return _as_sent(found, application)
    try:
        with transaction.atomic():
            organisation = Organisation.objects.create(
                **vars(application), slug=_free_slug(application.name), submission_id=submission_id
            )
    except IntegrityError as error:
        if found := applied(applicant, submission_id):  # the same form, at the same instant
            return _as_sent(found, application)
        raise Changed(_("An organisation of this name applied at the same moment. Ask its focal point.")) from error
    Membership.objects.create(user=applicant, organisation=organisation, role=Membership.Role.FOCAL_POINT)
    append("organisation.applied", organisation, actor=applicant)
    return organisation


def _as_sent(organisation: Organisation, application: Application) -> Organisation:
    if any(getattr(organisation, name) != value for name, value in vars(application).items()):
        raise AlreadySent
    return organisation


def applied(applicant: User, submission_id: UUID) -> Organisation | None:
    """The organisation for which this person applied with this form, or None."""
    return Organisation.objects.filter(submission_id=submission_id, memberships__user=applicant).first()


@transaction.atomic
def decide_on_organisation(officer: User, organisation: Organisation, state: str, reason: str = "") -> Organisation:
    """Approve, refuse or suspend; a reason is needed for everything but approval.

    Raises `NotAllowed`, `Changed`, `ValueError` without a reason.
    """
    if not rules.is_secretariat(officer):
        raise NotAllowed(_("Only the secretariat decides on organisations."))
    if state != State.APPROVED and not reason.strip():
        raise ValueError("Refusing or suspending an organisation needs a reason.")
    hold(organisation)
    organisation.refresh_from_db()
    if organisation.state == state:
        return organisation
    if state not in rules.ORGANISATION_TRANSITIONS[organisation.state]:
        raise Changed(
            _("%(organisation)s is now “%(state)s”; this decision is no longer possible.")
            % {"organisation": organisation, "state": organisation.get_state_display().lower()}
        )
    if organisation.state in GONE and _named_alike(organisation.name).exists():
        raise Changed(_("Another organisation has the name of %s by now.") % organisation)
    organisation.state, organisation.reason, organisation.state_at = state, reason, clock.now()
    organisation.save(update_fields=["state", "reason", "state_at"])
    append(f"organisation.{state}", organisation, actor=officer, reason=reason)
    return organisation


@transaction.atomic
def import_organisations(officer: User | None, applications: Iterable[Application]) -> dict[str, int]:
    """Make or change approved organisations as a checked file has them; gives how many are new, changed, unchanged.

    An organisation whose name reads the same is the same one; what the file leaves empty stays. `officer` is None on
    the command line. Raises `NotAllowed`.
    """
    if officer is not None and not rules.is_secretariat(officer):
        raise NotAllowed(_("Only the secretariat imports organisations."))
    there = {o.folded_name: o for o in Organisation.objects.exclude(state__in=GONE).select_related("group")}
    outcomes = Counter[str]()
    try:
        with transaction.atomic():
            for application in applications:
                outcomes[_import(officer, application, there.get(folded(application.name)[:200]))] += 1
    except IntegrityError as error:
        raise Changed(_("An organisation of the file was made at the same moment. Import the file again.")) from error
    return {outcome: outcomes[outcome] for outcome in ("new", "changed", "unchanged")}


def _import(officer: User | None, application: Application, existing: Organisation | None) -> str:
    if existing is None:
        made = Organisation.objects.create(
            **vars(application), slug=_free_slug(application.name), state=State.APPROVED, state_at=clock.now()
        )
        append("organisation.imported", made, actor=officer)
        return "new"
    columns = differing(existing, application)
    if not columns:
        return "unchanged"
    for column in columns:
        setattr(existing, column, getattr(application, column))
    existing.save(update_fields=list(columns))
    append("organisation.changed", existing, actor=officer, fields=list(columns))
    return "changed"


def differing(existing: Organisation, application: Application) -> tuple[str, ...]:
    """The fields in which an application says something else of an organisation; an empty one says nothing."""
    return tuple(
        name
        for name in ("group", "country", "kind", "website", "mandate", "official_email")
        if getattr(application, name) and getattr(existing, name) != getattr(application, name)
    )


def _named_alike(name: str) -> "QuerySet[Organisation]":
    return Organisation.objects.exclude(state__in=GONE).filter(folded_name=folded(name)[:200])


def _free_slug(name: str) -> str:
    """The name as it stands in addresses, with random letters behind it where another organisation has it."""
    slug = slugify(name)[:60]
    taken = not slug or Organisation.objects.filter(slug=slug).exists()
    return f"{slug}-{new_id()}".strip("-") if taken else slug
