"""The next text of a report: what a rapporteur changes, passage by passage, with the comments behind each change."""

import uuid
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment, CommentRevision
from consultation.record.ids import new_id
from consultation.record.models import AppendOnly
from consultation.reports.models import Passage, Report


class NextText(models.Model):
    """One for a consultation. `version` grows with each change of a passage, so that what was checked is published."""

    class State(models.TextChoices):
        PREPARING = "preparing", _("In preparation")
        PUBLISHED = "published", _("Published")

    consultation = models.OneToOneField(Consultation, on_delete=models.PROTECT, related_name="next_text")
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.PREPARING)
    version = models.PositiveIntegerField(_("version"), default=0)
    report = models.OneToOneField(
        Report, on_delete=models.PROTECT, null=True, related_name="drafted_as", verbose_name=_("the new version")
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("published by")
    )
    published_at = models.DateTimeField(_("published"), null=True)
    submission_id = models.UUIDField(unique=True, null=True, editable=False)

    class Meta:
        verbose_name = _("next text")
        verbose_name_plural = _("next texts")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state="preparing", report__isnull=True, published_by__isnull=True, published_at__isnull=True
                )
                | models.Q(
                    state="published", report__isnull=False, published_by__isnull=False, published_at__isnull=False
                ),
                name="next_text_published_has_report",
            )
        ]

    def __str__(self) -> str:
        return f"{self.consultation}"

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED


class NextPassageQuerySet(models.QuerySet["NextPassage"]):
    def changes(self) -> "NextPassageQuerySet":
        """Those that do not leave the old text as it is."""
        return self.filter(latest__isnull=False).exclude(latest__change=NextPassageVersion.Change.KEPT)

    def for_display(self) -> "NextPassageQuerySet":
        """With the passages that they are about and what is said of them now."""
        return self.select_related("passage", "after", "published_as", "latest__saved_by").order_by("place", "pk")


class NextPassage(models.Model):
    """What happens to one passage of the old text, or a new one that stands `after` an old one."""

    public_id = models.CharField(max_length=12, unique=True, default=new_id, editable=False)
    next_text = models.ForeignKey(NextText, on_delete=models.PROTECT, related_name="passages")
    passage = models.ForeignKey(
        Passage, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("passage of the old text")
    )
    after = models.ForeignKey(
        Passage, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("stands after")
    )
    place = models.PositiveIntegerField(_("place among those after the same passage"), default=0)
    latest = models.OneToOneField("NextPassageVersion", on_delete=models.PROTECT, null=True, related_name="+")
    published_as = models.OneToOneField(
        Passage, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("passage of the new version")
    )

    objects = NextPassageQuerySet.as_manager()

    class Meta:
        verbose_name = _("passage of a next text")
        verbose_name_plural = _("passages of next texts")
        constraints = [
            models.UniqueConstraint(fields=["next_text", "passage"], name="next_passage_once"),
            models.UniqueConstraint(
                fields=["next_text", "after", "place"],
                condition=models.Q(after__isnull=False),
                name="next_passage_place_once",
            ),
            models.CheckConstraint(
                condition=models.Q(passage__isnull=True) ^ models.Q(after__isnull=True),
                name="next_passage_is_old_or_new",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.passage}" if self.passage else _("new, after %s") % self.after

    @property
    def old_text(self) -> str:
        """The words that stand there in the old text; none for a new passage."""
        return self.passage.text if self.passage else ""


class NextPassageVersion(models.Model):
    """What a rapporteur saved of one passage. It never changes; the newest one stands."""

    class Change(models.TextChoices):
        KEPT = "kept", _("As it was")
        CHANGED = "changed", _("Changed")
        DROPPED = "dropped", _("Dropped")
        ADDED = "added", _("New")

    next_passage = models.ForeignKey(NextPassage, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    change = models.CharField(_("change"), max_length=7, choices=Change)
    text = models.TextField(_("new text"), blank=True)
    why = models.TextField(_("why"), blank=True)
    started_from = models.ForeignKey(
        CommentRevision,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("the proposed wording that it started from"),
    )
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("saved by")
    )
    saved_at = models.DateTimeField(_("saved"))
    submission_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("version of a passage of a next text")
        verbose_name_plural = _("versions of passages of next texts")
        ordering = ["next_passage", "number"]
        constraints = [
            models.UniqueConstraint(fields=["next_passage", "number"], name="next_passage_version_once"),
            models.CheckConstraint(
                condition=(models.Q(change__in=["changed", "added"]) & ~models.Q(text=""))
                | models.Q(change__in=["kept", "dropped"], text=""),
                name="next_passage_text_where_it_has_one",
            ),
            models.CheckConstraint(
                condition=~models.Q(change="dropped") | ~models.Q(why=""), name="next_passage_dropped_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.next_passage} ({self.number})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly


class NextSource(models.Model):
    """A comment behind a change: behind one run of changed words, or (`run` is null) behind the passage as a whole."""

    version = models.ForeignKey(NextPassageVersion, on_delete=models.PROTECT, related_name="sources")
    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="next_sources")
    run = models.PositiveSmallIntegerField(_("changed words, by their number"), null=True)
    removed = models.TextField(_("words removed"), blank=True)
    added = models.TextField(_("words added"), blank=True)

    class Meta:
        verbose_name = _("comment behind a change")
        verbose_name_plural = _("comments behind changes")
        ordering = ["version", "run", "comment"]
        constraints = [
            models.UniqueConstraint(fields=["version", "comment", "run"], name="next_source_once_a_run"),
            models.UniqueConstraint(
                fields=["version", "comment"], condition=models.Q(run=None), name="next_source_once_a_passage"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version}: {self.comment}"
