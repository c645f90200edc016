"""What a person wishes; erasing a person, while what they said in an organisation's name stands."""

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import gettext as _

from consultation.record import clock
from consultation.record.actions import append, hold
from consultation.record.errors import NotAllowed
from consultation.stakeholders import personal_data, rules
from consultation.stakeholders.models import Invitation, Membership, User


def choose_language(person: User, language: str) -> None:
    """The language of the person's mails. Like other private wishes it is no entry of the record."""
    User.objects.filter(pk=person.pk).exclude(language=language).update(language=language)


@transaction.atomic
def erase_person(officer: User, user: User) -> list[Membership]:
    """Erase name, address, password, second factors, sessions and settings; end every membership.

    Gives the memberships that ended. Erased already, nothing happens. Raises `NotAllowed` for anybody but the
    secretariat, and for a person who has rights in the admin: those are taken away first.
    """
    if not rules.is_secretariat(officer):
        raise NotAllowed(_("Only the secretariat erases a person."))
    hold(user)
    user.refresh_from_db()
    if user.erased_at:
        return []
    if user.is_staff or user.is_superuser:
        raise NotAllowed(_("Take away the rights of %s in the admin first.") % user)
    ended = list(Membership.objects.of(user))
    for membership in ended:
        hold(membership.organisation)
    now = clock.now()
    Membership.objects.filter(pk__in=[m.pk for m in ended]).update(ended_at=now, offered_at=None)
    for session in UserSession.objects.filter(user=user):
        session.end()
    addressed = Invitation.objects.filter(email__iexact=user.email)
    addressed.open().update(revoked_at=now)
    addressed.update(email="")
    deleted = personal_data.erase_own_rows(user)
    user.email, user.name, user.is_active, user.erased_at = f"erased-{user.pk}@invalid", "", False, now
    user.last_login, user.language = None, ""
    user.set_unusable_password()
    user.save()
    append("person.erased", user, actor=officer, deleted=deleted, organisations=[m.organisation_id for m in ended])
    return ended
