"""Sample data: visibly fictional organisations and people, on the real report. No position or comment is invented."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction

from consultation.consultations.models import Consultation, Officer
from consultation.record import clock
from consultation.reports.models import Report
from consultation.stakeholders.models import Grouping, GroupingSpeaker, Membership, Organisation, StakeholderGroup, User

PASSWORD = "consultation-sample"  # noqa: S105 - the contract names it; refused where HOST is not a loopback address
SLUG = "gfmd-gcm-1"
ORGANISATIONS = {
    "sample-state": ("Sample State", "states"),
    "second-sample-state": ("Second Sample State", "states"),
    "sample-civil-society-network": ("Sample Civil Society Network", "civil-society"),
    "sample-business-council": ("Sample Business Council", "private-sector"),
}
# The part before @example.org: name, offices in the sample consultation, organisation, role in its delegation.
PEOPLE: dict[str, tuple[str, tuple[str, ...], str, str]] = {
    "admin": ("A. Sample, secretariat", ("secretariat", "moderator"), "", ""),
    "moderator": ("M. Sample, moderator", ("moderator",), "", ""),
    "rapporteur": ("R. Sample, rapporteur", ("rapporteur",), "", ""),
    "focal.state": ("F. Sample", (), "sample-state", "focal_point"),
    "delegate.state": ("D. Sample", (), "sample-state", "contributor"),
    "observer.state": ("O. Sample", (), "sample-state", "observer"),
    "focal.state2": ("G. Sample", (), "second-sample-state", "focal_point"),
    "focal.civil": ("C. Sample", (), "sample-civil-society-network", "focal_point"),
    "delegate.civil": ("E. Sample", (), "sample-civil-society-network", "contributor"),
    "focal.private": ("B. Sample", (), "sample-business-council", "focal_point"),
}


def addresses() -> list[str]:
    """The e-mail addresses of the sample accounts."""
    return [f"{name}@example.org" for name in PEOPLE]


@transaction.atomic
def load() -> bool:
    """Make the sample consultation with its organisations and accounts where it is not there; whether it did.

    Needs the report and the stakeholder groups. Refuses (`RuntimeError`) where sample data are not allowed.
    """
    if not settings.SAMPLE_DATA:
        raise RuntimeError("Sample data are loaded only with SAMPLE_DATA=1.")
    if Consultation.objects.filter(slug=SLUG).exists():
        return False
    consultation = _consultation()
    organisations = {slug: _organisation(slug) for slug in ORGANISATIONS}
    for address, (name, offices, organisation, role) in zip(addresses(), PEOPLE.values(), strict=True):
        secretariat = Officer.Role.SECRETARIAT in offices
        staff = secretariat or Officer.Role.MODERATOR in offices
        user = User.objects.create_user(address, PASSWORD, name=name, is_staff=staff, is_superuser=secretariat)
        EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
        for office in offices:
            Officer.objects.create(consultation=consultation, user=user, role=office)
        if organisation:
            Membership.objects.create(user=user, organisation=organisations[organisation], role=role)
    _grouping(organisations, consultation.opens_at)
    return True


def _grouping(organisations: dict[str, Organisation], since: datetime) -> None:
    """A grouping in whose name the Sample State speaks; it has made no statement."""
    grouping = Grouping.objects.create(name="Sample Regional Group", slug="sample-regional-group")
    grouping.members.set([organisations["sample-state"], organisations["second-sample-state"]])
    GroupingSpeaker.objects.create(grouping=grouping, organisation=organisations["sample-state"], starts_at=since)


def _consultation() -> Consultation:
    now = clock.now()
    consultation = Consultation(
        slug=SLUG,
        title="GFMD Dialogue on the Global Compact on Migration, Cluster 1",
        report=Report.objects.get(slug="gfmd-gcm-cluster-1"),
        introduction="A sample consultation on a real report. Its organisations and accounts are fictional.",
        opens_at=now.replace(hour=8, minute=0, second=0, microsecond=0) - timedelta(days=1),
        closes_at=now,
        access=Consultation.Access.ALL,
    )
    consultation.closes_at = _six_in_the_evening(now + timedelta(days=60), consultation)
    consultation.save()
    return consultation


def _six_in_the_evening(day: datetime, consultation: Consultation) -> datetime:
    return day.astimezone(consultation.zone).replace(hour=18, minute=0, second=0, microsecond=0)


def _organisation(slug: str) -> Organisation:
    name, group = ORGANISATIONS[slug]
    return Organisation.objects.create(
        slug=slug,
        name=name,
        group=StakeholderGroup.objects.get(slug=group),
        state=Organisation.State.APPROVED,
    )
