"""What people are told and how: their wishes, what they follow, what was told, and the mails that wait."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultation.consultations.models import Consultation, validate_time_zone
from consultation.discussion.models import Comment
from consultation.moderation.models import Decision, exactly_one
from consultation.notifications import sight
from consultation.notifications.kinds import How, Kind
from consultation.offline.models import Letter
from consultation.positions.models import Position
from consultation.practices.models import Practice
from consultation.record.models import Entry
from consultation.reports.models import Passage
from consultation.silence.models import Procedure


class Preferences(models.Model):
    """How one person wants to be told by mail. Who never chose has the defaults, without a row."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="preferences"
    )
    decision = models.CharField(Kind.DECISION.label, max_length=7, choices=How, default=How.AT_ONCE)
    signature = models.CharField(Kind.SIGNATURE.label, max_length=7, choices=How, default=How.AT_ONCE)
    sent_back = models.CharField(Kind.SENT_BACK.label, max_length=7, choices=How, default=How.AT_ONCE)
    comment = models.CharField(Kind.COMMENT.label, max_length=7, choices=How, default=How.DAILY)
    position = models.CharField(Kind.POSITION.label, max_length=7, choices=How, default=How.DAILY)
    answer = models.CharField(Kind.ANSWER.label, max_length=7, choices=How, default=How.DAILY)
    moderation = models.CharField(Kind.MODERATION.label, max_length=7, choices=How, default=How.DAILY)
    reminder = models.CharField(Kind.REMINDER.label, max_length=7, choices=How, default=How.AT_ONCE)
    window = models.CharField(Kind.WINDOW.label, max_length=7, choices=How, default=How.AT_ONCE)
    silence = models.CharField(Kind.SILENCE.label, max_length=7, choices=How, default=How.AT_ONCE)
    breaking = models.CharField(Kind.BREAKING.label, max_length=7, choices=How, default=How.AT_ONCE)
    statement = models.CharField(Kind.STATEMENT.label, max_length=7, choices=How, default=How.AT_ONCE)
    text = models.CharField(Kind.TEXT.label, max_length=7, choices=How, default=How.AT_ONCE)
    letter = models.CharField(Kind.LETTER.label, max_length=7, choices=How, default=How.AT_ONCE)
    digest_hour = models.PositiveSmallIntegerField(_("daily at"), default=7, validators=[MaxValueValidator(23)])
    time_zone = models.CharField(
        _("time zone"), max_length=60, default="Europe/Zurich", validators=[validate_time_zone]
    )
    follow_own_threads = models.BooleanField(_("follow the threads that I write in"), default=True)

    class Meta:
        verbose_name = _("preferences")
        verbose_name_plural = _("preferences")

    def __str__(self) -> str:
        return str(self.person)

    def how(self, kind: str) -> "How":
        """How the person wants to be told of this kind."""
        return How(getattr(self, kind))

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def place(self) -> str:
        """The place that the time zone is named for."""
        return self.time_zone.rpartition("/")[2].replace("_", " ")

    @property
    def gets_daily(self) -> bool:
        return any(self.how(kind) == How.DAILY for kind in Kind.values)


def preferences_of(person: Any) -> Preferences:
    """The person's preferences; the defaults, not saved, where they never chose."""
    return Preferences.objects.filter(person=person).first() or Preferences(person=person)


class FollowingQuerySet(models.QuerySet["Following"]):
    def of(self, person: Any, consultation: Consultation) -> "FollowingQuerySet":
        """What the person follows, or has stopped to follow, in a consultation."""
        return self.filter(person=person, consultation=consultation)

    def active_of(self, person: Any) -> "FollowingQuerySet":
        """All that the person follows."""
        return self.filter(person=person, active=True)


class Following(models.Model):
    """A person follows a consultation, a passage in it, or a thread in it (its first comment).

    The narrowest one decides: with `active` off, the thread or passage is left out of what is followed above it.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="followings")
    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="+")
    passage = models.ForeignKey(Passage, on_delete=models.CASCADE, null=True, related_name="+")
    thread = models.ForeignKey(Comment, on_delete=models.CASCADE, null=True, related_name="+")
    active = models.BooleanField(_("follows"), default=True)

    objects = FollowingQuerySet.as_manager()

    class Meta:
        verbose_name = _("following")
        verbose_name_plural = _("followings")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "consultation"],
                condition=models.Q(passage=None, thread=None),
                name="following_consultation_once",
            ),
            models.UniqueConstraint(
                fields=["person", "consultation", "passage"],
                condition=models.Q(thread=None),
                name="following_passage_once",
            ),
            models.UniqueConstraint(fields=["person", "thread"], name="following_thread_once"),
            models.CheckConstraint(
                condition=models.Q(passage=None) | models.Q(thread=None), name="following_one_thing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.thread or self.passage or self.consultation}"


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, person: Any, kinds: Iterable[str] = tuple(Kind)) -> "NotificationQuerySet":
        """The person's own of these kinds, of which every one tells only what they may see at this instant."""
        if not person.is_active:
            return self.none()
        seen = models.Q(pk__in=[])
        for kind in kinds:
            seen |= models.Q(kind=kind) & sight.OF[Kind(kind)](person)
        return self.filter(seen, person=person, consultation__in=Consultation.objects.visible_to(person).values("pk"))

    def grouped(self) -> "NotificationQuerySet":
        """Unread ones first; of each, those on one passage together, the passage with the newest first."""
        unread = models.Case(models.When(read_at=None, then=0), default=1)
        newest = models.Window(models.Max("pk"), partition_by=[unread, "consultation", "passage"])
        return self.order_by(unread, newest.desc(), "-pk")

    def for_display(self) -> "NotificationQuerySet":
        """With everything that a line or a mail shows, in one query."""
        return self.select_related(
            "consultation__last_change",
            "passage",
            "comment__organisation__group",
            "comment__author",
            "comment__published",
            "comment__root",
            "practice__organisation",
            "practice__published",
            "practice__latest",
            "comment__disposition__published",
            "position__organisation",
            "position__signed",
            "position__draft",
            "decision",
            "entry",
            "procedure__consultation",
            "letter__organisation",
        ).prefetch_related("procedure__texts__passage")


class Notification(models.Model):
    """One thing that a person is told of, because of one entry of the record. Its words are made when it is shown."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="+")
    passage = models.ForeignKey(Passage, on_delete=models.CASCADE, null=True, related_name="+")
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, null=True, related_name="+")
    position = models.ForeignKey(Position, on_delete=models.CASCADE, null=True, related_name="+")
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, null=True, related_name="+")
    procedure = models.ForeignKey(Procedure, on_delete=models.CASCADE, null=True, related_name="+")
    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, null=True, related_name="+")
    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, null=True, related_name="+")
    made_at = models.DateTimeField(_("told"))
    read_at = models.DateTimeField(_("read"), null=True)
    in_digest = models.BooleanField(_("waits for the daily mail"), default=False)
    mail = models.ForeignKey("Mail", on_delete=models.SET_NULL, null=True, related_name="notifications")

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "entry"], name="notification_once"),
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=["reminder", "window", "text"],
                    passage__isnull=True,
                    comment__isnull=True,
                    position__isnull=True,
                    practice__isnull=True,
                    procedure__isnull=True,
                    letter__isnull=True,
                )
                | (
                    models.Q(passage__isnull=False, letter__isnull=True)
                    & exactly_one("comment", "position", "practice", "procedure")
                )
                | models.Q(
                    kind="letter",
                    passage__isnull=True,
                    comment__isnull=True,
                    position__isnull=True,
                    practice__isnull=True,
                    procedure__isnull=True,
                    letter__isnull=False,
                ),
                name="notification_about_one_thing",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "read_at"], name="notification_unread"),
            models.Index(fields=["person"], condition=models.Q(in_digest=True), name="notification_digest"),
        ]

    def __str__(self) -> str:
        thing = self.comment or self.position or self.practice or self.procedure or self.letter or self.consultation
        return f"{self.get_kind_display()}: {thing}"


class Told(models.Model):
    """This entry of the record was read, and who is concerned was told, in one transaction."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True, related_name="told")
    at = models.DateTimeField(_("read at"), db_index=True)
    problem = models.TextField(_("problem"), blank=True)

    class Meta:
        verbose_name = _("entry that was read")
        verbose_name_plural = _("entries that were read")

    def __str__(self) -> str:
        return str(self.entry)


class Reader(models.Model):
    """How far the record was read: of the entries up to here none is to come any more. One row."""

    up_to = models.BigIntegerField(_("read up to"), default=0)

    class Meta:
        verbose_name = _("reader of the record")
        verbose_name_plural = _("readers of the record")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="reader_only_one")]

    def __str__(self) -> str:
        return str(self.up_to)


class MailQuerySet(models.QuerySet["Mail"]):
    def due(self, now: datetime) -> "MailQuerySet":
        """Those to send now, the longest waiting first."""
        return self.filter(state=Mail.State.WAITING, next_try_at__lte=now).order_by("next_try_at", "pk")


class Mail(models.Model):
    """A mail to one recipient, stored with the change that it tells of; the worker sends it.

    With a `person` it tells their notifications, and is written when it is sent. Else it carries its own text.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        PARKED = "parked", _("Parked: cannot be sent")
        DROPPED = "dropped", _("Dropped: nothing in it may be told any more")

    message_id = models.CharField(_("Message-ID"), max_length=255, unique=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+", verbose_name=_("person")
    )
    is_digest = models.BooleanField(_("daily mail"), default=False)
    recipient = models.CharField(_("recipient"), max_length=320)
    sender = models.CharField(_("sender"), max_length=320)
    subject = models.TextField(_("subject"), blank=True)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(_("HTML"), blank=True)
    headers = models.JSONField(_("headers"), default=dict)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("not before"))
    claim = models.UUIDField(null=True, default=None, editable=False)
    problem = models.TextField(_("problem"), blank=True)
    made_at = models.DateTimeField(_("made"))
    ended_at = models.DateTimeField(_("sent, parked or dropped"), null=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["state", "next_try_at"], name="mail_due"),
            models.Index(
                fields=["next_try_at"], condition=models.Q(state="waiting", person=None), name="mail_due_first"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "sent", "parked", "dropped"]), name="mail_state_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.recipient}: {self.subject}"


def new_message_id() -> str:
    """A Message-ID of this site, to be kept with the mail and used at every try."""
    return f"<{uuid.uuid4().hex}@{settings.MAIL_DOMAIN}>"
