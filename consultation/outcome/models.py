"""The rapporteur's document: what it holds by choice, the rapporteur's words, and every version that was published."""

import uuid
from typing import Any, NoReturn

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultation.consultations.models import Consultation
from consultation.record.models import AppendOnly


class Outcome(models.Model):
    """The working copy, one for a consultation. `version` grows with each save, so that no save is lost.

    It keeps what is *left out* of the body, so that what comes later (a group, a position) is in it by itself.
    """

    class Explanations(models.TextChoices):
        ALL = "all", _("All, beside the positions")
        AGAINST = "against", _("Reservations and “cannot endorse” beside the positions; of endorsements in the annex")
        ANNEX = "annex", _("All in the annex; beside the positions only who reserves and who cannot endorse")

    consultation = models.OneToOneField(Consultation, on_delete=models.PROTECT, related_name="outcome")
    version = models.PositiveIntegerField(_("version"), default=0)
    introduction = models.TextField(_("introduction"), blank=True)
    findings = models.JSONField(_("findings"), default=dict, blank=True, help_text=_("By ref of the recommendation."))
    recommendations_left_out = models.JSONField(_("recommendations in the annex"), default=list, blank=True)
    groups_left_out = models.JSONField(_("groups in the annex"), default=list, blank=True)
    explanations = models.CharField(
        _("explanations of position"), max_length=7, choices=Explanations, default=Explanations.ALL
    )
    wordings = models.BooleanField(_("proposed wordings beside the recommendations"), default=True)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField(_("saved"), null=True)

    class Meta:
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")

    def __str__(self) -> str:
        return f"{self.consultation}"


class OutcomeVersionQuerySet(models.QuerySet["OutcomeVersion"]):
    def without_files(self) -> "OutcomeVersionQuerySet":
        """Without the bytes of its files and of its data."""
        return self.defer("docx", "pdf", "data")

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly

    def delete(self) -> NoReturn:
        raise AppendOnly


class OutcomeVersion(models.Model):
    """One published version: the document, its data and its files as they were. It never changes."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="outcome_versions")
    number = models.PositiveIntegerField(_("version"))
    correction = models.TextField(_("what was corrected"), blank=True)
    document = models.JSONField(_("document"), encoder=DjangoJSONEncoder)
    choices = models.JSONField(_("choices"), encoder=DjangoJSONEncoder)
    data = models.BinaryField(_("data"))
    fingerprint = models.CharField(_("fingerprint of the data"), max_length=64)
    docx = models.BinaryField(_("DOCX"))
    pdf = models.BinaryField(_("PDF"))
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(_("published"))
    submission_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    objects = OutcomeVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("published outcome")
        verbose_name_plural = _("published outcomes")
        ordering = ["consultation", "number"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "number"], name="outcome_version_number_once"),
            models.CheckConstraint(
                condition=models.Q(number=1) | ~models.Q(correction=""), name="outcome_correction_is_explained"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consultation} ({self.number})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly
