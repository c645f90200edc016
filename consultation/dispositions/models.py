"""What the rapporteur answers to each comment: versions, prepared in private and published at one moment for all."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment, CommentRevision


class DispositionList(models.Model):
    """All dispositions of a consultation: until it is published, nobody but rapporteurs and secretariat sees any."""

    consultation = models.OneToOneField(Consultation, on_delete=models.PROTECT, related_name="disposition_list")
    published_at = models.DateTimeField(_("published"), null=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("published by")
    )
    submission_id = models.UUIDField(unique=True, null=True, editable=False)

    class Meta:
        verbose_name = _("list of dispositions")
        verbose_name_plural = _("lists of dispositions")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(published_at=None, published_by=None)
                | models.Q(published_at__isnull=False, published_by__isnull=False),
                name="disposition_list_published_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"{self.consultation}"


class DispositionQuerySet(models.QuerySet["Disposition"]):
    def public(self) -> "DispositionQuerySet":
        """What everybody may see: published answers to comments that are published now."""
        return self.filter(published__isnull=False, comment__state=Comment.State.PUBLISHED)

    def for_display(self) -> "DispositionQuerySet":
        """With everything that a line shows, in one query, in the order of the report."""
        return self.select_related(
            "published__revision", "comment__passage", "comment__organisation__group", "comment__published"
        ).order_by("comment__passage__order", "comment__created_at", "comment__pk")


class Disposition(models.Model):
    """The answer to one comment: what is published of it, and its newest version."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="dispositions")
    comment = models.OneToOneField(Comment, on_delete=models.PROTECT, related_name="disposition")
    published = models.OneToOneField("DispositionVersion", on_delete=models.PROTECT, null=True, related_name="+")
    latest = models.OneToOneField("DispositionVersion", on_delete=models.PROTECT, null=True, related_name="+")

    objects = DispositionQuerySet.as_manager()

    class Meta:
        verbose_name = _("disposition")
        verbose_name_plural = _("dispositions")

    def __str__(self) -> str:
        return f"{self.comment}"

    @property
    def answers_earlier(self) -> bool:
        """The comment was changed since the published answer to it was written."""
        return self.published is not None and self.published.revision_id != self.comment.published_id


class DispositionVersion(models.Model):
    """One answer, bound to the words of the comment that it answers. It never changes; what replaces it is the next."""

    class Value(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        IN_PART = "in_part", _("Accepted in part")
        NOTED = "noted", _("Noted")
        NOT_ACCEPTED = "not_accepted", _("Not accepted")

    disposition = models.ForeignKey(Disposition, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    revision = models.ForeignKey(
        CommentRevision, on_delete=models.PROTECT, related_name="+", verbose_name=_("revision that is answered")
    )
    value = models.CharField(_("disposition"), max_length=12, choices=Value)
    reason = models.TextField(_("reason"), blank=True)
    note = models.TextField(_("why it was changed"), blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("written"))
    published_at = models.DateTimeField(_("published"), null=True)
    submission_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("version of a disposition")
        verbose_name_plural = _("versions of dispositions")
        ordering = ["disposition", "number"]
        constraints = [
            models.UniqueConstraint(fields=["disposition", "number"], name="disposition_version_number_once"),
            models.CheckConstraint(
                condition=models.Q(value__in=["accepted", "in_part", "noted", "not_accepted"]),
                name="disposition_value_known",
            ),
            models.CheckConstraint(
                condition=models.Q(value__in=["accepted", "noted"]) | ~models.Q(reason=""),
                name="disposition_against_has_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(note="") | models.Q(published_at__isnull=False),
                name="disposition_note_is_of_a_published_change",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_value_display()} ({self.number})"

    def said(self) -> tuple[Any, ...]:
        """What it says, to find out whether another says the same."""
        return (self.revision_id, self.value, self.reason)
