"""What organisations promise on recommendations after the outcome, and what they report at each benchmark."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultation.consultations.models import Consultation
from consultation.record.ids import new_id
from consultation.reports.models import Passage
from consultation.stakeholders.models import Membership, Organisation


class Benchmark(models.Model):
    """A date at which a consultation looks at progress."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="benchmarks")
    date = models.DateField(_("date"), help_text=_("Progress can be reported from this day on."))
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        verbose_name = _("benchmark")
        verbose_name_plural = _("benchmarks")
        ordering = ["date"]
        constraints = [models.UniqueConstraint(fields=["consultation", "date"], name="benchmark_date_once")]

    def __str__(self) -> str:
        return self.name


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def public(self) -> "CommitmentQuerySet":
        """Those that were signed once, the withdrawn ones too."""
        signed = CommitmentVersion.objects.filter(commitment=models.OuterRef("pk"), signed_at__isnull=False)
        return self.filter(models.Exists(signed))

    def listed(self, consultation: Consultation) -> "CommitmentQuerySet":
        """The public ones of the approved organisations that take part: those that the figures are about."""
        participants = consultation.participants().order_by().values("pk")
        return self.public().filter(consultation=consultation, organisation__in=participants)

    def counted(self, consultation: Consultation) -> "CommitmentQuerySet":
        """Those that stand: signed, not withdrawn, of an approved organisation that takes part."""
        standing = CommitmentVersion.objects.filter(
            commitment=models.OuterRef("pk"), state=CommitmentVersion.State.SIGNED
        )
        participants = consultation.participants().order_by().values("pk")
        return self.filter(models.Exists(standing), consultation=consultation, organisation__in=participants)

    def waiting(self) -> "CommitmentQuerySet":
        """Those with a draft, of their words or of a report, that waits for a signature."""
        drafts = CommitmentVersion.objects.filter(commitment=models.OuterRef("pk"), state="draft")
        reports = Progress.objects.filter(commitment=models.OuterRef("pk"), state="draft")
        return self.filter(models.Exists(drafts) | models.Exists(reports))

    def visible_to(self, user: Any) -> "CommitmentQuerySet":
        """The public ones and, with their drafts, those of the person's delegations."""
        if not user.is_authenticated:
            return self.public()
        own = Membership.objects.current().filter(user=user).values("organisation")
        signed = CommitmentVersion.objects.filter(commitment=models.OuterRef("pk"), signed_at__isnull=False)
        return self.filter(models.Exists(signed) | models.Q(organisation__in=own))

    def for_display(self) -> "CommitmentQuerySet":
        """With its recommendation, organisation, versions and reports, in a bounded number of queries."""
        versions = CommitmentVersion.objects.select_related("drafted_by", "signed_by")
        reports = Progress.objects.select_related("benchmark", "drafted_by", "signed_by").order_by(
            "benchmark__date", "number"
        )
        return (
            self.select_related("recommendation", "organisation__group", "consultation")
            .prefetch_related(
                models.Prefetch("versions", queryset=versions), models.Prefetch("progress", queryset=reports)
            )
            .order_by("recommendation__order", "organisation__group__order", "organisation__name", "pk")
        )


class Commitment(models.Model):
    """A promise of an organisation on a recommendation; its words stand in its versions."""

    public_id = models.CharField(max_length=12, unique=True, default=new_id, editable=False)
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="commitments")
    recommendation = models.ForeignKey(
        Passage, on_delete=models.PROTECT, related_name="commitments", verbose_name=_("recommendation")
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="commitments", verbose_name=_("organisation")
    )
    submission_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["recommendation__order", "organisation__name", "pk"]
        indexes = [models.Index(fields=["consultation", "recommendation"], name="commitment_recommendation")]

    def __str__(self) -> str:
        return f"{self.recommendation}: {self.organisation}"

    # Read from `versions` and `progress` as `for_display` fetched them.

    @property
    def signed(self) -> "CommitmentVersion | None":
        return next((v for v in self.versions.all() if v.state == CommitmentVersion.State.SIGNED), None)

    @property
    def draft(self) -> "CommitmentVersion | None":
        return next((v for v in self.versions.all() if v.state == CommitmentVersion.State.DRAFT), None)

    @property
    def withdrawn(self) -> "CommitmentVersion | None":
        return next((v for v in self.versions.all() if v.state == CommitmentVersion.State.WITHDRAWN), None)

    @property
    def shown(self) -> "CommitmentVersion | None":
        """What everybody reads: the signed version, or the last one of a withdrawn commitment."""
        return self.signed or self.withdrawn

    @property
    def signed_versions(self) -> "list[CommitmentVersion]":
        return [v for v in self.versions.all() if v.signed_at]

    @property
    def reports(self) -> "list[Progress]":
        """The signed report of each benchmark, earliest first."""
        return [p for p in self.progress.all() if p.state == Progress.State.SIGNED]

    @property
    def newest_report(self) -> "Progress | None":
        return next(reversed(self.reports), None)


class CommitmentVersion(models.Model):
    """The words of a commitment at one time. A signed version never changes but for its end."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Waiting for signature")
        SIGNED = "signed", _("Signed")
        SUPERSEDED = "superseded", _("Superseded")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    what = models.TextField(_("commitment"))
    by_when = models.DateField(_("by when"))
    indicator = models.TextField(_("indicator"))
    responsible = models.TextField(_("who does it"))
    word = models.TextField(_("why it is withdrawn"), blank=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(_("drafted"))
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(_("signed"), null=True)
    ended_at = models.DateTimeField(_("superseded or withdrawn"), null=True)
    submission_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    signing_id = models.UUIDField(unique=True, null=True, editable=False)

    class Meta:
        verbose_name = _("version of a commitment")
        verbose_name_plural = _("versions of commitments")
        ordering = ["commitment", "number"]
        constraints = [
            models.UniqueConstraint(fields=["commitment", "number"], name="commitment_version_number_once"),
            models.UniqueConstraint(
                fields=["commitment"], condition=models.Q(state="signed"), name="commitment_signed_once"
            ),
            models.UniqueConstraint(
                fields=["commitment"], condition=models.Q(state="draft"), name="commitment_draft_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "signed", "superseded", "withdrawn"]),
                name="commitment_state_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="signed") | models.Q(signed_by__isnull=False, signed_at__isnull=False),
                name="commitment_signed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="withdrawn") | ~models.Q(word=""), name="commitment_withdrawn_with_a_word"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment} ({self.number})"


class Progress(models.Model):
    """One version of the report on a commitment at a benchmark."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Waiting for signature")
        SIGNED = "signed", _("Signed")
        SUPERSEDED = "superseded", _("Superseded")

    class Status(models.TextChoices):
        NOT_STARTED = "not_started", _("Not started")
        UNDER_WAY = "under_way", _("Under way")
        DONE = "done", _("Done")
        GIVEN_UP = "given_up", _("Given up")

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="progress")
    benchmark = models.ForeignKey(Benchmark, on_delete=models.PROTECT, related_name="progress")
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    status = models.CharField(_("status"), max_length=11, choices=Status)
    words = models.TextField(_("progress"))
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(_("drafted"))
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(_("signed"), null=True)
    submission_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    signing_id = models.UUIDField(unique=True, null=True, editable=False)

    class Meta:
        verbose_name = _("progress report")
        verbose_name_plural = _("progress reports")
        ordering = ["commitment", "benchmark", "number"]
        constraints = [
            models.UniqueConstraint(fields=["commitment", "benchmark", "number"], name="progress_number_once"),
            models.UniqueConstraint(
                fields=["commitment", "benchmark"], condition=models.Q(state="signed"), name="progress_signed_once"
            ),
            models.UniqueConstraint(
                fields=["commitment", "benchmark"], condition=models.Q(state="draft"), name="progress_draft_once"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["not_started", "under_way", "done", "given_up"]),
                name="progress_status_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="signed") | models.Q(signed_by__isnull=False, signed_at__isnull=False),
                name="progress_signed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment}, {self.benchmark} ({self.number})"
