"""The window in time: how it was changed, when its closing is near, and who may contribute after it."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultation.consultations.models.consultation import Consultation
from consultation.record.ids import new_id
from consultation.stakeholders.models import Organisation


class WindowChange(models.Model):
    """The window of a consultation was changed for everybody, with a reason and a note that everybody reads."""

    class Kind(models.TextChoices):
        MOVED = "moved", _("Moved before opening")
        EXTENDED = "extended", _("Extended")
        SHORTENED = "shortened", _("Closing brought forward")

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="window_changes")
    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    old_opens_at = models.DateTimeField(_("opened before"))
    new_opens_at = models.DateTimeField(_("opens now"))
    old_closes_at = models.DateTimeField(_("closed before"))
    new_closes_at = models.DateTimeField(_("closes now"))
    reason = models.TextField(_("reason"), help_text=_("For the record of the secretariat."))
    public_note = models.TextField(_("public note"), help_text=_("Everybody reads it: “because …”."))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("changed"))
    submission_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("change of the window")
        verbose_name_plural = _("changes of the window")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(reason="") & ~models.Q(public_note=""), name="window_change_says_why"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="extended") | models.Q(new_closes_at__gt=models.F("old_closes_at")),
                name="window_extended_is_later",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="shortened") | models.Q(new_closes_at__lt=models.F("old_closes_at")),
                name="window_shortened_is_earlier",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consultation}: {self.get_kind_display()}"


class Reminder(models.Model):
    """The closing at this instant was so many days away, and that was said: once, whoever noticed first."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="reminders")
    days = models.PositiveSmallIntegerField(_("days before closing"))
    closes_at = models.DateTimeField(_("closing"))
    at = models.DateTimeField(_("said"))

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(fields=["consultation", "days", "closes_at"], name="reminder_once_for_a_closing")
        ]

    def __str__(self) -> str:
        return f"{self.consultation}: {self.days}"


class AccessCodeQuerySet(models.QuerySet["AccessCode"]):
    def letting_in(self, user: Any, now: datetime) -> "AccessCodeQuerySet":
        """Those that this person has entered and that let them contribute now."""
        return self.filter(uses__user=user, until__gt=now, revoked_at=None)


class AccessCode(models.Model):
    """An extension for one organisation: whoever of it enters the code may contribute after closing, marked late."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="access_codes")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="access_codes", verbose_name=_("organisation")
    )
    code = models.CharField(_("code"), max_length=12, unique=True, default=new_id, editable=False)
    until = models.DateTimeField(_("until"))
    uses_allowed = models.PositiveSmallIntegerField(
        _("uses"), default=2, help_text=_("How many people of the organisation can enter it.")
    )
    reason = models.TextField(_("reason"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"))
    revoked_at = models.DateTimeField(_("taken back"), null=True)
    submission_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    objects = AccessCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("access code")
        verbose_name_plural = _("access codes")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(uses_allowed__gte=1), name="access_code_can_be_used"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="access_code_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.consultation}: {self.organisation}"


class CodeUse(models.Model):
    """A person entered an access code: one of its uses."""

    code = models.ForeignKey(AccessCode, on_delete=models.PROTECT, related_name="uses")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("entered"))

    class Meta:
        verbose_name = _("use of an access code")
        verbose_name_plural = _("uses of access codes")
        constraints = [models.UniqueConstraint(fields=["code", "user"], name="code_use_once_for_a_person")]

    def __str__(self) -> str:
        return f"{self.code}: {self.user}"
