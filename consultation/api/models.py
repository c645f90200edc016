"""What programs of others hold: tokens to read and draft with, webhooks that are told of what is published."""

import hashlib
import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultation.consultations.models import Consultation
from consultation.record.ids import new_id
from consultation.stakeholders.models import Organisation


class Scope(models.TextChoices):
    """What a program may do with a token. None lets it sign or submit."""

    READ = "read", _("Read what is published, with a limit of its own")
    DRAFTS = "drafts:write", _("Write drafts of comments and positions")


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


class TokenQuerySet(models.QuerySet["Token"]):
    def living(self, now: datetime) -> "TokenQuerySet":
        """Those that have not expired and were not taken back."""
        return self.filter(revoked_at=None, expires_at__gt=now)


class Token(models.Model):
    """Lets a program read and draft as the person who made it, for one organisation. Only its digest is kept."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="api_tokens")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    scopes = models.JSONField(_("scopes"), default=list)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("taken back"), null=True)
    last_used_at = models.DateTimeField(_("last used"), null=True)
    submission_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    objects = TokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("made_at")), name="token_expires_after_it_was_made"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} – {self.organisation}"

    @property
    def labels(self) -> list[str]:
        """Its scopes in words."""
        return [str(Scope(scope).label) for scope in self.scopes]


class Event(models.TextChoices):
    """What a webhook can be told of. Each is something that everybody can read at that moment."""

    COMMENT = "comment.published", _("A comment was published")
    POSITION = "position.signed", _("A position was signed by name, where everybody sees positions")
    TEXT = "text.published", _("The next text of the report was published")
    CLOSED = "consultation.closed", _("The consultation closed")


class Webhook(models.Model):
    """An address of somebody's program that is told of events of one consultation.

    The secret that signs what is sent is made of `salt` and the installation's key, and is not kept.
    """

    # Of the organisation whose focal point registered it; without one it is the secretariat's.
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="webhooks", verbose_name=_("organisation")
    )
    consultation = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, related_name="webhooks", verbose_name=_("consultation")
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    url = models.CharField(_("address"), max_length=500)
    events = models.JSONField(_("events"), default=list)
    salt = models.CharField(max_length=64, editable=False)
    made_at = models.DateTimeField(_("made"))
    stopped_at = models.DateTimeField(_("stopped"), null=True)
    problem = models.TextField(_("why it was stopped"), blank=True)
    submission_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.url

    @property
    def labels(self) -> list[str]:
        """Its events in words."""
        return [str(Event(event).label) for event in self.events]


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> "DeliveryQuerySet":
        """Those to send now, the longest waiting first."""
        return self.filter(state=Delivery.State.WAITING, next_try_at__lte=now).order_by("next_try_at", "pk")


class Delivery(models.Model):
    """One event for one webhook. It names what it is about; the words are made when it is sent, from what is public."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        GIVEN_UP = "given_up", _("Given up")
        DROPPED = "dropped", _("Dropped: nothing in it may be told any more")

    public_id = models.CharField(max_length=12, unique=True, default=new_id, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(_("event"), max_length=20, choices=Event)
    # What happened, once for a webhook: the entry of the record, or the closing.
    occasion = models.CharField(max_length=80, editable=False)
    about = models.CharField(_("about"), max_length=80, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("not before"))
    claim = models.UUIDField(null=True, default=None, editable=False)
    answer = models.PositiveSmallIntegerField(_("status of the answer"), null=True)
    problem = models.TextField(_("problem"), blank=True)
    made_at = models.DateTimeField(_("made"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery to a webhook")
        verbose_name_plural = _("deliveries to webhooks")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "next_try_at"], name="delivery_due")]
        constraints = [
            models.UniqueConstraint(fields=["webhook", "occasion"], name="delivery_once_for_an_occasion"),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "sent", "given_up", "dropped"]), name="delivery_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    event__in=["comment.published", "position.signed", "text.published", "consultation.closed"]
                ),
                name="delivery_event_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} → {self.webhook}"

    @property
    def message_id(self) -> str:
        """The `webhook-id` of every try."""
        return f"msg_{self.public_id}"
