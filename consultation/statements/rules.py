"""Who makes a statement in a grouping's name, and who answers it."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from consultation.consultations.models import Consultation
from consultation.consultations.rules import may_see_positions, memberships_taking_part
from consultation.record import clock
from consultation.record.errors import Changed, NotAllowed, Refusal
from consultation.stakeholders import rules as stakeholder_rules
from consultation.stakeholders.models import Grouping, Membership, Organisation
from consultation.statements.models import GroupStatement, GroupStatementQuerySet


def speaking(user: Any, consultation: Consultation) -> list[tuple[Membership, Grouping]]:
    """The groupings that the person can sign for now, each with the membership in which they would."""
    now = clock.now()
    signing = [m for m in memberships_taking_part(user, consultation) if stakeholder_rules.may_sign(user, m)]
    return [(m, g) for m in signing for g in Grouping.objects.spoken_for_by(m.organisation, now)]


def require_speaker(organisation: Organisation, grouping: Grouping) -> None:
    """Raise `NotAllowed` unless this organisation speaks for the grouping at this instant."""
    if not Grouping.objects.spoken_for_by(organisation, clock.now()).filter(pk=grouping.pk).exists():
        raise NotAllowed(
            _("%(organisation)s does not speak for %(grouping)s now. The secretariat keeps who does.")
            % {"organisation": organisation, "grouping": grouping}
        )


def members_to_list(grouping: Grouping, consultation: Consultation, speaker: Organisation) -> list[Organisation]:
    """The members of the grouping that take part, but for the speaker, who signs the statement itself."""
    participants = consultation.participants().order_by().values("pk")
    return list(
        grouping.members.filter(pk__in=participants).exclude(pk=speaker.pk).select_related("group").order_by("name")
    )


def require_listable(members: Iterable[Organisation], possible: Iterable[Organisation]) -> None:
    """Raise `Refusal` unless there are members, all of the grouping, all taking part."""
    listed = {m.pk for m in members}
    if not listed or listed - {m.pk for m in possible}:
        raise Refusal(_("A statement is made for members of the grouping that take part. Choose at least one."))


def require_listed(organisation: Organisation, statement: GroupStatement) -> None:
    """Raise `NotAllowed` unless the statement was made for this organisation."""
    if not statement.listed.filter(organisation=organisation).exists():
        raise NotAllowed(_("This statement was not made for %s. Nothing was signed.") % organisation)


def require_answerable(statement: GroupStatement) -> None:
    """Raise `Changed` unless the statement stands now."""
    if not GroupStatement.objects.standing().filter(pk=statement.pk).exists():
        raise Changed(
            _("This statement has been replaced, changed or removed since. Nothing was signed. Read what stands now.")
        )


def visible_statements(user: Any, consultation: Consultation) -> GroupStatementQuerySet:
    """The statements that the person may read: what is public of them, and those that are addressed to them."""
    found = GroupStatement.objects.filter(consultation=consultation).readable_by(user)
    return found if may_see_positions(user, consultation) else found & found.addressed_to(user)
