"""Packs to fill in without a network, and letters: what came on paper and the secretariat entered."""

import secrets
import string
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultation.consultations.attribution import Attribution
from consultation.consultations.models import Consultation, Officer
from consultation.discussion.models import Comment, CommentRevision
from consultation.positions.models import Capacity, PositionVersion, Stance
from consultation.record.ids import new_id
from consultation.reports.models import Passage, Report
from consultation.stakeholders import rules as stakeholder_rules
from consultation.stakeholders.models import Membership, Organisation

# Without the letters and digits that one takes for another on paper.
_ON_PAPER = "".join(c for c in string.digits + string.ascii_uppercase if c not in "01OIL")
_TWELVE = 12


def new_number() -> str:
    """The number of a pack: twelve random letters and digits, in fours, readable from paper; never given twice."""
    name = "".join(secrets.choice(_ON_PAPER) for _n in range(_TWELVE))
    return f"P-{name[:4]}-{name[4:8]}-{name[8:]}"


class Pack(models.Model):
    """A form that was given out: for whom, on which text, and from which drafts. Of their words it holds nothing.

    `texts` has the digest of each passage that the form shows, by ref; `positions` the key of the version shown, by
    ref; `comments` how often a draft was saved and the digest of its words, by the draft's public id.
    """

    class Kind(models.TextChoices):
        XLSX = "xlsx", _("Spreadsheet (.xlsx)")
        DOCX = "docx", _("Word (.docx)")
        ODT = "odt", _("OpenDocument text (.odt)")
        PDF = "pdf", _("To print and fill in by hand (.pdf)")

    number = models.CharField(_("number"), max_length=16, unique=True, default=new_number, editable=False)
    kind = models.CharField(_("kind"), max_length=4, choices=Kind)
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="packs")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="packs")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"))
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="+")
    # Made by the secretariat, which sees no drafts: nothing is filled in.
    blank = models.BooleanField(_("blank"), default=False)
    texts = models.JSONField(_("texts"), default=dict)
    positions = models.JSONField(_("positions"), default=dict)
    comments = models.JSONField(_("comments"), default=dict)
    submission_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("pack")
        verbose_name_plural = _("packs")
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=["xlsx", "docx", "odt", "pdf"]), name="pack_kind_known")
        ]

    def __str__(self) -> str:
        return self.number


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, user: Any) -> "LetterQuerySet":
        """Those of the person's delegations, and for the secretariat those of its consultations; nobody else's."""
        if not user.is_authenticated:
            return self.none()
        if stakeholder_rules.is_secretariat(user):
            return self.all()
        delegations = Membership.objects.current().filter(user=user).values("organisation")
        serves = Officer.objects.filter(user=user, role=Officer.Role.SECRETARIAT).values("consultation")
        return self.filter(models.Q(organisation__in=delegations) | models.Q(consultation__in=serves))

    def waiting(self) -> "LetterQuerySet":
        return self.filter(state=Letter.State.WAITING)

    def for_display(self) -> "LetterQuerySet":
        """With all that a page says of a letter as a whole."""
        return self.select_related("consultation__report", "organisation__group", "entered_by", "decided_by", "scan")


class Letter(models.Model):
    """What an organisation sent on paper or by mail, entered by the secretariat. It counts nowhere until its focal
    point confirms it, and then as what the focal point signs and submits.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Awaiting confirmation by the focal point")
        CONFIRMED = "confirmed", _("Confirmed")
        REFUSED = "refused", _("Refused with a reason")
        TAKEN_BACK = "taken_back", _("Taken back by the secretariat")

    public_id = models.CharField(max_length=12, unique=True, default=new_id, editable=False)
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="letters")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="letters")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    note = models.TextField(_("note of the secretariat"), blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("entered"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("confirmed, refused or taken back"), null=True)
    reason = models.TextField(_("reason"), blank=True)
    submission_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-entered_at", "-pk"]
        indexes = [models.Index(fields=["consultation", "organisation", "state"], name="letter_waiting")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="waiting", decided_at__isnull=True, decided_by__isnull=True)
                | models.Q(
                    state__in=["confirmed", "refused", "taken_back"], decided_at__isnull=False, decided_by__isnull=False
                ),
                name="letter_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="refused") | ~models.Q(reason=""), name="letter_refused_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.public_id}"

    @property
    def waits(self) -> bool:
        return self.state == self.State.WAITING


class Scan(models.Model):
    """The scan of a letter, in the database as uploaded reports are: every web process has it, and every backup."""

    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, primary_key=True, related_name="scan")
    name = models.CharField(_("file"), max_length=200)
    media_type = models.CharField(_("kind of file"), max_length=20)
    size = models.PositiveIntegerField(_("bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)

    class Meta:
        verbose_name = _("scan")
        verbose_name_plural = _("scans")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(media_type__in=["application/pdf", "image/png", "image/jpeg"]),
                name="scan_kind_known",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ScanContent(models.Model):
    """The bytes of a scan, apart from it so that no list of letters ever loads them."""

    scan = models.OneToOneField(Scan, on_delete=models.PROTECT, primary_key=True, related_name="held")
    content = models.BinaryField(_("content"))

    class Meta:
        verbose_name = _("content of a scan")
        verbose_name_plural = _("contents of scans")

    def __str__(self) -> str:
        return str(self.scan)


class LetterLine(models.Model):
    """One position or one comment of a letter. Confirmed, its words stand in what was made of it only."""

    class Kind(models.TextChoices):
        POSITION = "position", _("Position")
        COMMENT = "comment", _("Comment")

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=8, choices=Kind)
    passage = models.ForeignKey(Passage, on_delete=models.PROTECT, related_name="+", verbose_name=_("passage"))
    stance = models.CharField(_("stance"), max_length=14, choices=Stance, blank=True)
    capacity = models.CharField(_("capacity"), max_length=12, choices=Capacity, default=Capacity.ORGANISATION)
    attribution = models.CharField(_("attribution"), max_length=11, choices=Attribution, default=Attribution.NAMED)
    type = models.CharField(_("type"), max_length=11, choices=CommentRevision.Type, blank=True)
    # The explanation of a position, or a comment.
    words = models.TextField(_("words"), blank=True)
    proposed_wording = models.TextField(_("proposed wording"), blank=True)
    version = models.OneToOneField(PositionVersion, on_delete=models.PROTECT, null=True, related_name="letter_line")
    comment = models.OneToOneField(Comment, on_delete=models.PROTECT, null=True, related_name="letter_line")

    class Meta:
        verbose_name = _("line of a letter")
        verbose_name_plural = _("lines of letters")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["letter", "passage"], condition=models.Q(kind="position"), name="letter_position_once"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    kind="position", stance__in=["endorse", "reservation", "cannot_endorse"], comment=None
                )
                | models.Q(kind="comment", type__in=["substantive", "editorial", "question", "practice"], version=None),
                name="letter_line_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter}: {self.passage}"
