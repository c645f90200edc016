"""Decisions of moderators, each with its reason, bound to the words that were read."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultation.consultations.models import Consultation
from consultation.discussion.models import CommentRevision
from consultation.positions.models import PositionVersion


class Decision(models.Model):
    """One act of moderation on one revision of a comment, or on the explanation of one version of a position."""

    class Kind(models.TextChoices):
        PUBLISH = "publish", _("Publish")
        RETURN = "return", _("Return to the author with a reason")
        REMOVE = "remove", _("Remove with a reason")
        RESTORE = "restore", _("Restore")

    class Reason(models.TextChoices):
        OFF_TOPIC = "off_topic", _("Outside the scope of this passage or consultation")
        ABUSIVE = "abusive", _("Abusive or discriminatory")
        PERSONAL_DATA = "personal_data", _("Personal data of a third person")
        CONFIDENTIAL = "confidential", _("Confidential information")
        DUPLICATE = "duplicate", _("Copy of an earlier contribution")
        ADVERTISING = "advertising", _("Advertising")
        NOT_MANDATED = "not_mandated", _("Not in the name of the organisation")
        OTHER = "other", _("Other (explained in the statement)")

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="decisions")
    revision = models.ForeignKey(CommentRevision, on_delete=models.PROTECT, null=True, related_name="decisions")
    version = models.ForeignKey(PositionVersion, on_delete=models.PROTECT, null=True, related_name="decisions")
    kind = models.CharField(_("decision"), max_length=7, choices=Kind)
    reason = models.CharField(_("reason"), max_length=13, choices=Reason, blank=True)
    statement = models.TextField(_("statement to the author"), blank=True)
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions")
    at = models.DateTimeField(_("decided"))
    submission_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(revision__isnull=True) ^ models.Q(version__isnull=True),
                name="decision_about_one_thing",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["publish", "restore"]) | (~models.Q(reason="") & ~models.Q(statement="")),
                name="decision_against_has_reason_and_statement",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.revision or self.version}"
