"""Silence procedures: words that stand as agreed unless an organisation breaks silence before an instant."""

import hashlib
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultation.consultations.models import Consultation, Officer
from consultation.record import clock
from consultation.record.ids import new_id
from consultation.reports.models import Passage
from consultation.stakeholders.models import Membership, Organisation

CHAIRS = (Officer.Role.RAPPORTEUR, Officer.Role.SECRETARIAT)


class ProcedureQuerySet(models.QuerySet["Procedure"]):
    def running(self) -> "ProcedureQuerySet":
        """Those in which silence can be broken now."""
        return self.filter(result="", ends_at__gt=clock.now())

    def due(self) -> "ProcedureQuerySet":
        """Those that have ended and whose result is not on the record yet."""
        return self.filter(result="", ends_at__lte=clock.now())

    def to_remind(self) -> "ProcedureQuerySet":
        """The running ones whose reminder is due."""
        return self.running().filter(reminded_at=None, remind_at__lte=clock.now())

    def for_display(self) -> "ProcedureQuerySet":
        """With their texts and extensions, the newest first."""
        return (
            self.select_related("consultation__report", "started_by")
            .prefetch_related(
                models.Prefetch("texts", Text.objects.select_related("passage")),
                models.Prefetch("extensions", Extension.objects.select_related("extended_by")),
            )
            .order_by("-started_at", "-pk")
        )


class Procedure(models.Model):
    """Texts under silence. The window is half open: silence can be broken while now < ends_at."""

    class Result(models.TextChoices):
        AGREED = "agreed", _("Stands as agreed: silence was not broken")
        BROKEN = "broken", _("Silence was broken: the text does not stand as agreed")

    public_id = models.CharField(max_length=12, unique=True, default=new_id, editable=False)
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="silences")
    introduction = models.TextField(_("word of the chair"), blank=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("started"))
    ends_at = models.DateTimeField(_("until"), db_index=True)
    remind_at = models.DateTimeField(_("reminder due"))
    # Once for each end: an extension asks for a new one.
    reminded_at = models.DateTimeField(_("reminded"), null=True)
    result = models.CharField(_("result"), max_length=6, choices=Result, blank=True)
    result_at = models.DateTimeField(_("result recorded"), null=True)
    # The chair who said before the end that silence was broken; nobody where the end came by itself.
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    submission_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        verbose_name = _("silence procedure")
        verbose_name_plural = _("silence procedures")
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("started_at")), name="silence_ends_after_its_start"
            ),
            models.CheckConstraint(
                condition=models.Q(result__in=["", "agreed", "broken"]), name="silence_result_known"
            ),
            models.CheckConstraint(
                condition=models.Q(result="", result_at__isnull=True)
                | (~models.Q(result="") & models.Q(result_at__isnull=False)),
                name="silence_result_has_an_instant",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_by__isnull=True) | models.Q(result="broken"),
                name="silence_closed_early_only_when_broken",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consultation}: {self.public_id}"

    @property
    def is_running(self) -> bool:
        return not self.result and clock.now() < self.ends_at

    @property
    def codes(self) -> str:
        """The texts by their codes: POL.3, POL.4."""
        return ", ".join(text.passage.code for text in self.texts.all())


class Text(models.Model):
    """The exact words of one recommendation that are under silence, kept with the procedure."""

    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="texts")
    passage = models.ForeignKey(Passage, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(_("text"))
    digest = models.CharField(_("SHA-256 of the text"), max_length=64)

    class Meta:
        verbose_name = _("text under silence")
        verbose_name_plural = _("texts under silence")
        ordering = ["procedure", "passage__order"]
        constraints = [models.UniqueConstraint(fields=["procedure", "passage"], name="silence_text_once")]

    def __str__(self) -> str:
        return f"{self.passage}"

    @property
    def is_the_reports(self) -> bool:
        """The report still has these words here."""
        return digest_of(self.passage.text) == self.digest


class Extension(models.Model):
    """The chair moved the end of silence to a later instant, with a reason that everybody reads."""

    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="extensions")
    until_then = models.DateTimeField(_("until then"))
    until = models.DateTimeField(_("extended until"))
    reason = models.TextField(_("reason"))
    extended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    extended_at = models.DateTimeField(_("extended"))
    submission_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("extension of silence")
        verbose_name_plural = _("extensions of silence")
        ordering = ["procedure", "extended_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__gt=models.F("until_then")) & ~models.Q(reason=""),
                name="silence_extended_later_with_a_reason",
            )
        ]

    def __str__(self) -> str:
        return f"{self.procedure}: {self.until}"


class BreakingQuerySet(models.QuerySet["Breaking"]):
    def standing(self) -> "BreakingQuerySet":
        """Those that were not withdrawn."""
        return self.filter(withdrawn_at=None)

    def of_delegations(self, user: Any) -> "BreakingQuerySet":
        """Those of the person's own delegations."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(organisation__in=Membership.objects.current().filter(user=user).values("organisation"))

    def published(self) -> "BreakingQuerySet":
        """Those that the chair published after silence was said to be broken."""
        return self.standing().filter(published_at__isnull=False)

    def for_display(self) -> "BreakingQuerySet":
        """With organisation and people, the oldest first."""
        return self.select_related("organisation__group", "broken_by").order_by("broken_at", "pk")


class Breaking(models.Model):
    """An organisation breaks silence: to the chair, with its reason. Withdrawn before the end it has no effect."""

    class Disclosure(models.TextChoices):
        FACT = "fact", _("Only that silence was broken")
        NAME = "name", _("That our organisation broke it")
        REASON = "reason", _("That our organisation broke it, and our reason")

    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="breakings")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"))
    disclosure = models.CharField(_("what may be published"), max_length=6, choices=Disclosure)
    broken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    broken_at = models.DateTimeField(_("broken"))
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(_("published"), null=True)
    submission_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    objects = BreakingQuerySet.as_manager()

    class Meta:
        verbose_name = _("breaking of silence")
        verbose_name_plural = _("breakings of silence")
        ordering = ["broken_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "organisation"],
                condition=models.Q(withdrawn_at=None),
                name="silence_broken_once_by_an_organisation",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="silence_broken_with_a_reason"),
            models.CheckConstraint(
                condition=models.Q(disclosure__in=["fact", "name", "reason"]), name="silence_disclosure_known"
            ),
            models.CheckConstraint(
                condition=models.Q(published_at__isnull=True)
                | (models.Q(withdrawn_at__isnull=True) & ~models.Q(disclosure="fact")),
                name="silence_published_as_allowed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.procedure}"

    @property
    def may_be_published(self) -> bool:
        """Whether its organisation allows more than the fact to be published."""
        return self.disclosure != self.Disclosure.FACT


def digest_of(words: str) -> str:
    """SHA-256 of the words in UTF-8, in hexadecimal digits."""
    return hashlib.sha256(words.encode()).hexdigest()
