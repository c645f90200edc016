"""What a person wishes; erasing a person, while what they said in an organisation's name stands."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import gettext as _

from consultation.record import clock
from consultation.record.actions import append, erase, hold
from consultation.record.errors import NotAllowed
from consultation.record.models import Entry, Part
from consultation.stakeholders import erased, personal_data, rules
from consultation.stakeholders.actions.delegations import take_back_asked
from consultation.stakeholders.models import Invitation, Membership, User


def choose_language(person: User, language: str) -> None:
    """The language of the person's mails. Like other private wishes it is no entry of the record."""
    User.objects.filter(pk=person.pk).exclude(language=language).update(language=language)


@transaction.atomic
def erase_person(officer: User | None, user: User) -> list[Membership]:
    """Erase name, address, password, second factors, sessions and settings; end every membership.

    Gives the memberships that ended. Erased already, nothing happens. Raises `NotAllowed` for anybody but the
    secretariat, and for a person who has rights in the admin: those are taken away first. Without an officer it is the
    restoring of a backup that erases again, whatever rights the person had then.
    """
    if officer is not None and not rules.is_secretariat(officer):
        raise NotAllowed(_("Only the secretariat erases a person."))
    hold(user)
    user.refresh_from_db()
    if user.erased_at:
        return []
    if officer is None:
        user.is_staff = user.is_superuser = False
    if user.is_staff or user.is_superuser:
        raise NotAllowed(_("Take away the rights of %s in the admin first.") % user)
    ended = list(Membership.objects.of(user))
    for membership in ended:
        hold(membership.organisation)
        take_back_asked(officer, membership)
    now = clock.now()
    Membership.objects.filter(pk__in=[m.pk for m in ended]).update(ended_at=now, offered_at=None)
    for session in UserSession.objects.filter(user=user):
        session.end()
    addressed = Invitation.objects.filter(email__iexact=user.email)
    addressed.open().update(revoked_at=now)
    addressed.update(email="")
    deleted = personal_data.erase_own_rows(user)
    _blank(user, now)
    transaction.on_commit(lambda: erased.keep([erased.name_of(user)]))
    parts = erase(Entry.objects.filter(actor=user), Part.PERSON)
    append(
        "person.erased",
        user,
        actor=officer,
        deleted=deleted,
        organisations=[m.organisation_id for m in ended],
        parts_of_entries=parts,
    )
    return ended


def _blank(user: User, now: datetime) -> None:
    """Leave of the account no more than its number, and when it was erased."""
    user.email, user.name, user.is_active, user.erased_at = f"erased-{user.pk}@invalid", "", False, now
    user.last_login, user.language = None, ""
    user.set_unusable_password()
    user.save()
