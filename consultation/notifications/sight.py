"""What of a notification's thing a person may see at this instant: one condition for each kind."""

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from consultation.consultations.models import Consultation, Officer, Participation
from consultation.discussion.models import Comment
from consultation.moderation.kinds import KINDS
from consultation.moderation.models import Appeal, Flag
from consultation.notifications.kinds import Kind
from consultation.offline.models import Letter
from consultation.practices.models import PracticeRevision
from consultation.record import clock
from consultation.silence.models import CHAIRS
from consultation.stakeholders.models import Membership, Organisation
from consultation.statements.models import GroupStatement, ListedMember


def _own(person: Any) -> Any:
    """The keys of the organisations that the person acts for."""
    return Membership.objects.current().filter(user=person).values("organisation")


def _focal(person: Any) -> Any:
    """The keys of the organisations that the person is a focal point of."""
    memberships = Membership.objects.current().filter(user=person, role=Membership.Role.FOCAL_POINT)
    return memberships.values("organisation")


def _served(person: Any, *roles: str) -> Any:
    """The keys of the consultations that the person serves in one of these roles."""
    return Officer.objects.filter(user=person, role__in=roles).values("consultation")


def _comment(_person: Any) -> Q:
    return Q(comment__state=Comment.State.PUBLISHED)


def _position(_person: Any) -> Q:
    return Q(position__signed__attribution="named") & _takes_part() & _shown()


def _shown() -> Q:
    """The consultation shows positions to everybody: by its rule, or because it has closed."""
    everybody = Consultation.SummaryAccess.EVERYBODY
    return Q(consultation__summary_access=everybody) | Q(consultation__closes_at__lte=clock.now())


def _takes_part() -> Q:
    """The position is of an approved organisation that takes part: those that everybody can see."""
    invited = Participation.objects.filter(
        consultation=OuterRef("consultation"), organisation=OuterRef("position__organisation")
    )
    grouped = Consultation.open_to_groups.through.objects.filter(
        consultation=OuterRef("consultation"), stakeholdergroup=OuterRef("position__organisation__group")
    )
    return Q(position__organisation__state=Organisation.State.APPROVED) & (
        Q(consultation__access=Consultation.Access.ALL)
        | Exists(invited)
        | (Q(consultation__access=Consultation.Access.GROUPS) & Exists(grouped))
    )


def _moderation(person: Any) -> Q:
    waiting = Q(comment__latest__state="pending") | Q(position__signed__explanation_state="pending")
    waiting |= Q(position__signed_late__explanation_state="pending")
    waiting |= Q(Exists(PracticeRevision.objects.filter(state="pending", practice=OuterRef("practice"))))
    for moderated in KINDS.values():
        field = moderated.thing_field
        flags = Flag.objects.filter(settled=None, **{field: OuterRef(field)})
        of_thing = f"decision__{moderated.words_field}__{field}"
        appeals = Appeal.objects.filter(settled=None, **{of_thing: OuterRef(field)})
        waiting |= Exists(flags) | Exists(appeals)
    return Q(consultation__in=_served(person, Officer.Role.MODERATOR)) & waiting


def _signature(person: Any) -> Q:
    return Q(position__draft__state="draft", position__organisation__in=_focal(person))


def _sent_back(person: Any) -> Q:
    return Q(position__draft__state="sent_back", position__organisation__in=_own(person))


def _answer(person: Any) -> Q:
    own = Q(comment__author=person) | Q(comment__organisation__in=_own(person))
    return Q(comment__state=Comment.State.PUBLISHED, comment__disposition__published__isnull=False) & own


def _decision(person: Any) -> Q:
    written = Q(comment__author=person) | Q(practice__author=person)
    return written | Q(position__organisation__in=_own(person))


def _statement(person: Any) -> Q:
    """The position is a statement that stands, made for an organisation of the focal point."""
    listed = ListedMember.objects.filter(organisation__in=_focal(person), statement=OuterRef("pk"))
    standing: QuerySet[GroupStatement] = GroupStatement.objects.standing().filter(Exists(listed))
    return Q(position__in=standing.order_by().values("version__position"))


def _letter(person: Any) -> Q:
    return Q(letter__state=Letter.State.WAITING, letter__organisation__in=_focal(person))


# Of a notification whose consultation the person sees.
OF: dict[Kind, Callable[[Any], Q]] = {
    Kind.COMMENT: _comment,
    Kind.POSITION: _position,
    Kind.MODERATION: _moderation,
    Kind.SIGNATURE: _signature,
    Kind.SENT_BACK: _sent_back,
    Kind.ANSWER: _answer,
    Kind.DECISION: _decision,
    Kind.REMINDER: lambda _person: Q(consultation__closes_at__gt=clock.now()),
    Kind.WINDOW: lambda _person: Q(consultation__isnull=False),
    Kind.TEXT: lambda _person: Q(consultation__next_text__state="published"),
    Kind.STATEMENT: _statement,
    Kind.SILENCE: lambda _person: Q(procedure__isnull=False),
    Kind.BREAKING: lambda person: Q(consultation__in=_served(person, *CHAIRS)),
    Kind.LETTER: _letter,
}
