"""Who is told that a text waits for them: a statement made for their organisation, or the next text of a report."""

from consultation.consultations.models import Consultation
from consultation.drafting.models import NextText
from consultation.moderation.models import Decision
from consultation.notifications import rounds
from consultation.notifications.kinds import Kind
from consultation.notifications.models import Notification
from consultation.notifications.telling import make
from consultation.notifications.things import Round, Thing, thing_of
from consultation.record import clock
from consultation.record.models import Entry
from consultation.stakeholders.models import Membership
from consultation.statements.models import GroupStatement


def tell_of_texts(entry: Entry) -> None:
    """Make the notifications of an entry about a next text or a group statement; of any other entry nothing."""
    if entry.kind == "next_text.published":
        _published(entry)
    elif entry.kind == "explanation.published":
        _spoken(entry)
    elif entry.kind in {"statement.confirmed", "statement.dissociated"}:
        _answered(entry)


def _published(entry: Entry) -> None:
    """To those who contributed, and to followers of the consultation."""
    next_text = NextText.objects.filter(pk=entry.subject_key).select_related("consultation").first()
    if next_text:
        consultation: Consultation = next_text.consultation
        people = rounds.that_contributed(consultation) | rounds.following(consultation)
        make(Round(entry, consultation), Kind.TEXT, people)


def _spoken(entry: Entry) -> None:
    """To the focal points of the members that a statement is made for, once its words can be read."""
    thing = thing_of(entry)
    decision = Decision.objects.filter(pk=entry.content.get("decision"), undone_at=None).first()
    statement = GroupStatement.objects.standing().filter(version=decision.version_id).first() if decision else None
    if isinstance(thing, Thing) and statement:
        listed = statement.listed.values("organisation")
        own = Membership.objects.current().filter(organisation=thing.organisation).values("user")
        focal_points = Membership.objects.current().filter(organisation__in=listed, role=Membership.Role.FOCAL_POINT)
        make(thing, Kind.STATEMENT, focal_points.exclude(user__in=own).values_list("user", flat=True))


def _answered(entry: Entry) -> None:
    """The member has answered: its focal points have nothing left to do."""
    statement = GroupStatement.objects.filter(pk=entry.subject_key).select_related("version").first()
    if statement:
        members = Membership.objects.current().filter(organisation=entry.content.get("organisation"))
        waiting = Notification.objects.filter(
            kind=Kind.STATEMENT,
            position=statement.version.position_id,
            person__in=members.values("user"),
            read_at=None,
        )
        waiting.update(read_at=clock.now())
