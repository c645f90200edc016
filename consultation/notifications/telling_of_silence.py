"""Who is told of a silence procedure: delegations and followers of what is public, the chair alone of a breaking."""

from consultation.consultations.models import Officer
from consultation.notifications.kinds import Kind
from consultation.notifications.telling import followers, make
from consultation.notifications.things import Silence
from consultation.record.models import Entry
from consultation.silence.models import CHAIRS, Procedure
from consultation.stakeholders.models import Membership

PUBLIC = frozenset({"silence.started", "silence.reminded", "silence.extended", "silence.ended"})
TO_THE_CHAIR = frozenset({"silence.broken", "silence.breaking_withdrawn"})


def tell_of_silence(entry: Entry) -> None:
    """Make the notifications of an entry about a silence procedure; of any other entry nothing."""
    if entry.kind in PUBLIC | TO_THE_CHAIR and (thing := _thing(entry)):
        if entry.kind in TO_THE_CHAIR:
            make(thing, Kind.BREAKING, _chairs(thing))
        else:
            make(thing, Kind.SILENCE, _concerned(thing))


def _thing(entry: Entry) -> Silence | None:
    """The procedure in its consultation, or None where it is gone."""
    procedure = Procedure.objects.filter(pk=entry.subject_key).select_related("consultation").first()
    first = procedure.texts.select_related("passage").first() if procedure else None
    return Silence(entry, procedure.consultation, first.passage, procedure) if procedure and first else None


def _chairs(thing: Silence) -> set[int]:
    chairs = Officer.objects.filter(consultation=thing.consultation, role__in=CHAIRS)
    return set(chairs.values_list("user", flat=True))


def _concerned(thing: Silence) -> set[int]:
    """The delegations that take part, the chairs, and who follows one of the texts."""
    participants = thing.consultation.participants().order_by().values("pk")
    delegations = Membership.objects.current().filter(organisation__in=participants)
    people = set(delegations.values_list("user", flat=True)) | _chairs(thing)
    for text in thing.procedure.texts.select_related("passage"):
        people |= followers(thing.consultation, text.passage)
    return people
