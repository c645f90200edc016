"""Every change to tokens and webhooks, and what a program drafts."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from consultation.api import rules
from consultation.api.models import Token, Webhook, digest_of
from consultation.consultations.models import Consultation
from consultation.record import clock
from consultation.record.actions import append, hold
from consultation.record.errors import AlreadySent, Changed, NotAllowed
from consultation.stakeholders.models import Organisation

PREFIX = "cns_"  # by which scanners find a token that was left where it does not belong
_BYTES = 32
_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Wanted:
    """A token as it is asked for: what it is for, its scopes, and how many days it lives."""

    name: str
    scopes: list[str]
    days: int


@dataclass(frozen=True)
class Target:
    """A webhook as it is asked for: whose it is (the secretariat's without an organisation), where and of what."""

    organisation: Organisation | None
    url: str
    events: list[str]


@transaction.atomic
def make_token(person: Any, organisation: Organisation, wanted: Wanted, submission_id: UUID) -> tuple[Token, str]:
    """A token for a program of the organisation, with the secret that is shown once ("" where it was made before).

    It acts as the person who makes it, and dies with their membership. Raises `NotAllowed`, `Changed`.
    """
    hold(organisation)
    rules.require_maker(person, organisation)
    if found := Token.objects.filter(submission_id=submission_id, organisation=organisation).first():
        if Wanted(found.name, found.scopes, (found.expires_at - found.made_at).days) != wanted:
            raise AlreadySent
        return found, ""
    now = clock.now()
    if organisation.api_tokens.living(now).count() >= settings.API_TOKENS_OF_AN_ORGANISATION:
        raise Changed(
            _("%(organisation)s has %(limit)d tokens, which is the limit. Take one back first.")
            % {"organisation": organisation, "limit": settings.API_TOKENS_OF_AN_ORGANISATION}
        )
    secret = PREFIX + secrets.token_urlsafe(_BYTES)
    token = Token.objects.create(
        organisation=organisation,
        made_by=person,
        name=wanted.name,
        scopes=wanted.scopes,
        digest=digest_of(secret),
        made_at=now,
        expires_at=now + timedelta(days=wanted.days),
        submission_id=submission_id,
    )
    append(
        "token.made",
        token,
        actor=person,
        organisation=organisation.pk,
        organisation_name=organisation.name,
        scopes=wanted.scopes,
        expires_at=token.expires_at,
    )
    return token, secret


@transaction.atomic
def revoke_token(person: Any, token: Token) -> Token:
    """Take a token back: it opens nothing from now on. Taken back already, it stays so. Raises `NotAllowed`."""
    hold(token.organisation)
    rules.require_revoker(person, token.organisation)
    hold(token)
    token.refresh_from_db()
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        token.save(update_fields=["revoked_at"])
        append("token.revoked", token, actor=person, organisation=token.organisation_id)
    return token


def note_use(token: Token) -> None:
    """Note when the token was last used, to the minute."""
    now = clock.now()
    if token.last_used_at is None or now - token.last_used_at >= _NOTED_EVERY:
        Token.objects.filter(pk=token.pk).update(last_used_at=now)


@transaction.atomic
def register_webhook(
    person: Any, consultation: Consultation, target: Target, submission_id: UUID
) -> tuple[Webhook, bool]:
    """An address that is told of events, and whether it was made now. Raises `NotAllowed`, `Changed`."""
    organisation = target.organisation
    if organisation:
        hold(organisation)
    rules.require_hook_maker(person, consultation, organisation)
    if found := Webhook.objects.filter(submission_id=submission_id, made_by=person).first():
        if found.consultation_id != consultation.pk or Target(found.organisation, found.url, found.events) != target:
            raise AlreadySent
        return found, False
    if organisation and organisation.webhooks.filter(stopped_at=None).count() >= settings.WEBHOOKS_OF_AN_ORGANISATION:
        raise Changed(
            _("%(organisation)s has %(limit)d webhooks, which is the limit. Remove one first.")
            % {"organisation": organisation, "limit": settings.WEBHOOKS_OF_AN_ORGANISATION}
        )
    hook = Webhook.objects.create(
        organisation=organisation,
        consultation=consultation,
        made_by=person,
        url=target.url,
        events=target.events,
        salt=secrets.token_hex(_BYTES),
        made_at=clock.now(),
        submission_id=submission_id,
    )
    whose: dict[str, Any] = {"organisation": organisation.pk} if organisation else {}
    append("webhook.made", hook, actor=person, consultation=consultation.slug, events=target.events, **whose)
    return hook, True


@transaction.atomic
def stop_webhook(person: Any, hook: Webhook) -> Webhook:
    """Remove a webhook: it is told of nothing any more. Raises `NotAllowed`."""
    if hook.organisation:
        hold(hook.organisation)
    if not rules.may_stop(person, hook):
        raise NotAllowed(_("Only a focal point of its organisation, or the secretariat, removes a webhook."))
    _stop(hook, actor=person)
    return hook


@transaction.atomic
def switch_off(hook: Webhook, problem: str) -> bool:
    """Stop a webhook that does not take what it is sent; whether it was not stopped before."""
    return _stop(hook, problem=problem)


def _stop(hook: Webhook, *, actor: Any = None, problem: str = "") -> bool:
    hold(hook)
    hook.refresh_from_db()
    if hook.stopped_at is not None:
        return False
    now: datetime = clock.now()
    hook.stopped_at, hook.problem = now, problem
    hook.save(update_fields=["stopped_at", "problem"])
    hook.deliveries.filter(state="waiting").update(state="dropped", ended_at=now)
    append("webhook.stopped", hook, actor=actor, consultation=hook.consultation.slug)
    return True
