"""Decisions of moderators, each with its reason, bound to the words that were read; flags, appeals and claims."""

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment, CommentRevision
from consultation.positions.models import Position, PositionVersion
from consultation.practices.models import Practice, PracticeRevision
from consultation.record import clock
from consultation.stakeholders.models import Organisation


def exactly_one(*fields: str) -> models.Q:
    """The condition under which one of these columns is filled and the others are not."""
    condition = models.Q()
    for filled in fields:
        condition |= models.Q(**{f"{field}__isnull": field != filled for field in fields})
    return condition


CLAIM_LASTS = timedelta(minutes=15)


class DecisionQuerySet(models.QuerySet["Decision"]):
    def standing(self) -> "DecisionQuerySet":
        """Those that were not undone."""
        return self.filter(undone_at=None)


class Decision(models.Model):
    """One act of moderation on a revision of a comment or practice, or on the explanation of a position's version."""

    class Kind(models.TextChoices):
        PUBLISH = "publish", _("Publish")
        RETURN = "return", _("Return to the author with a reason")
        REMOVE = "remove", _("Remove with a reason")
        RESTORE = "restore", _("Restore")
        KEEP = "keep", _("Keep")
        REDACT = "redact", _("Black out a part")

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
    practice_revision = models.ForeignKey(
        PracticeRevision, on_delete=models.PROTECT, null=True, related_name="decisions"
    )
    kind = models.CharField(_("decision"), max_length=7, choices=Kind)
    reason = models.CharField(_("reason"), max_length=13, choices=Reason, blank=True)
    statement = models.TextField(_("statement to the author"), blank=True)
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions")
    at = models.DateTimeField(_("decided"))
    # What an undone decision gives back: the revision that was published until then.
    published_before = models.ForeignKey(CommentRevision, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(_("undone"), null=True)
    submission_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["consultation", "kind"], name="decision_figures")]
        constraints = [
            models.CheckConstraint(
                condition=exactly_one("revision", "version", "practice_revision"), name="decision_about_one_thing"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["publish", "restore", "keep"])
                | (~models.Q(reason="") & ~models.Q(statement="")),
                name="decision_against_has_reason_and_statement",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.revision or self.version or self.practice_revision}"


class Redaction(models.Model):
    """Words that a moderator blacked out. They, and what stood there, are seen only by moderators who ask for it."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="redaction")
    words = models.JSONField(_("words that are blacked out"))

    class Meta:
        verbose_name = _("redaction")
        verbose_name_plural = _("redactions")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.decision}"


class Original(models.Model):
    """What one text said before it was redacted: its table, row and column."""

    redaction = models.ForeignKey(Redaction, on_delete=models.PROTECT, related_name="originals")
    table = models.CharField(_("table"), max_length=80)
    row = models.PositiveBigIntegerField(_("row"))
    column = models.CharField(_("column"), max_length=60)
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("text before a redaction")
        verbose_name_plural = _("texts before a redaction")
        constraints = [
            models.UniqueConstraint(fields=["redaction", "table", "row", "column"], name="original_once"),
        ]

    def __str__(self) -> str:
        return f"{self.table}:{self.row} {self.column}"


class Flag(models.Model):
    """A signed-in participant asks a moderator to look at something published: one for a person and thing."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="flags")
    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, null=True, related_name="flags")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="flags")
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, null=True, related_name="flags")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="flags")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="flags")
    reason = models.CharField(_("reason"), max_length=13, choices=Decision.Reason)
    statement = models.TextField(_("statement to the moderators"), blank=True)
    at = models.DateTimeField(_("flagged"))
    settled = models.ForeignKey(
        Decision, on_delete=models.PROTECT, null=True, related_name="flags", verbose_name=_("settled by")
    )
    submission_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=exactly_one("comment", "position", "practice"), name="flag_about_one_thing"
            ),
            models.UniqueConstraint(fields=["user", "comment"], name="flag_comment_once"),
            models.UniqueConstraint(fields=["user", "position"], name="flag_position_once"),
            models.UniqueConstraint(fields=["user", "practice"], name="flag_practice_once"),
        ]
        indexes = [models.Index(fields=["consultation"], condition=models.Q(settled=None), name="flag_open")]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.comment or self.position or self.practice}"


class Appeal(models.Model):
    """An author asks another moderator to look at a decision again: once for each decision."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="appeal")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="appeals")
    statement = models.TextField(_("why it should be decided otherwise"))
    at = models.DateTimeField(_("appealed"))
    settled = models.OneToOneField(
        Decision, on_delete=models.PROTECT, null=True, related_name="settles", verbose_name=_("settled by")
    )
    submission_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.decision}"


class ClaimQuerySet(models.QuerySet["Claim"]):
    def live(self) -> "ClaimQuerySet":
        """Those that have not lapsed."""
        return self.filter(at__gt=clock.now() - CLAIM_LASTS)

    def others(self, moderator: Any) -> "ClaimQuerySet":
        """What other moderators have open now."""
        return self.live().exclude(moderator=moderator)


class Claim(models.Model):
    """A moderator has this item open, so that another does not do the same work; it lapses by itself."""

    item_id = models.CharField(max_length=40, unique=True)
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="claims")
    at = models.DateTimeField(_("since"))

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")

    def __str__(self) -> str:
        return f"{self.item_id}: {self.moderator}"


class StatementTemplate(models.Model):
    """Words that a moderator can begin a statement to the author with."""

    reason = models.CharField(_("reason"), max_length=13, choices=Decision.Reason)
    text = models.TextField(_("text"))
    consultation = models.ForeignKey(
        Consultation,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="statement_templates",
        verbose_name=_("only for this consultation"),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("template of a statement")
        verbose_name_plural = _("templates of statements")
        ordering = ["reason", "order", "pk"]

    def __str__(self) -> str:
        return self.text[:60]
