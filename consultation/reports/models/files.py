"""The files that reports came from, and their earlier editions."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultation.record.ids import new_id
from consultation.reports.models.report import Report


class Import(models.Model):
    """A file that was uploaded to become a report: kept as it came, with the draft that an editor corrects."""

    public_id = models.CharField(max_length=12, unique=True, default=new_id, editable=False)
    file_name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(_("SHA-256"), max_length=64, db_index=True)
    content = models.BinaryField(_("content"))
    draft = models.JSONField(_("draft"), default=dict)
    number = models.PositiveIntegerField(
        _("corrections"), default=0, help_text=_("Counts corrections, so that none is made on an old page.")
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("uploaded by")
    )
    made_at = models.DateTimeField(_("uploaded"))
    report = models.ForeignKey(
        Report, on_delete=models.PROTECT, null=True, related_name="imports", verbose_name=_("report")
    )
    stored_at = models.DateTimeField(_("stored"), null=True)
    submission_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sha256"], condition=models.Q(report__isnull=False), name="import_stored_once"
            )
        ]

    def __str__(self) -> str:
        return self.file_name


class Edition(models.Model):
    """The whole contents of a report as they were stored at one instant. Earlier ones are kept."""

    class Way(models.TextChoices):
        FOUND = "found", _("As found before the first change")
        IMPORT = "import", _("Import of a document")
        FIXTURE = "fixture", _("Fixture")
        DRAFTED = "drafted", _("Drafted in the application")
        EDITED = "edited", _("Edited in the admin")

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="editions", verbose_name=_("report"))
    number = models.PositiveIntegerField(_("edition"))
    way = models.CharField(_("way"), max_length=8, choices=Way)
    contents = models.JSONField(_("contents"))
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("stored by")
    )
    made_at = models.DateTimeField(_("stored"))

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["report", "number"]
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="edition_number_once")]

    def __str__(self) -> str:
        return f"{self.report} ({self.number})"
