"""Good practices and positive stories: what organisations did, with what result, and the revisions of each."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from consultation.consultations.models import Consultation, Officer
from consultation.discussion.models import Comment, CommentRevision
from consultation.record.ids import new_id
from consultation.reports.models import Instrument, Mention, Passage
from consultation.stakeholders.models import Membership, Organisation
from consultation.text.markdown import in_words

# The states of a practice and of its revisions are those of a comment and of its revisions.
State = Comment.State
RevisionState = CommentRevision.State


class PracticeQuerySet(models.QuerySet["Practice"]):
    def public(self) -> "PracticeQuerySet":
        """What everybody may see: the published ones."""
        return self.filter(state=State.PUBLISHED)

    def visible_to(self, user: Any) -> "PracticeQuerySet":
        """What this person may see: the published ones, those of their delegations with their drafts, and, for the
        moderators of the consultation, all that was submitted. What was withdrawn nobody sees.
        """
        if not user.is_authenticated:
            return self.public()
        delegations = Membership.objects.current().filter(user=user).values("organisation")
        moderated = Officer.objects.filter(user=user, role=Officer.Role.MODERATOR).values("consultation")
        theirs = models.Q(author=user) | models.Q(organisation__in=delegations)
        moderators = models.Q(consultation__in=moderated) & ~models.Q(state=State.DRAFT)
        seen = (theirs | moderators) & ~models.Q(state=State.WITHDRAWN)
        return self.filter(models.Q(state=State.PUBLISHED) | seen)

    def on(self, recommendation: Passage) -> "PracticeQuerySet":
        """Those whose published words name this recommendation."""
        return self.filter(published__recommendations=recommendation)

    def unpublished_of(self, organisation: Organisation) -> "PracticeQuerySet":
        """What a delegation has in hand: drafts, returned and waiting ones, edits of published ones too."""
        states = [State.DRAFT, State.RETURNED, State.PENDING]
        edited = models.Q(state=State.PUBLISHED, latest__state__in=states)
        return self.filter(models.Q(state__in=states) | edited, organisation=organisation)

    def for_display(self) -> "PracticeQuerySet":
        """With everything that a list or a page shows of each, in three queries."""
        return self.select_related(
            "author", "organisation__group", "published", "latest", "consultation"
        ).prefetch_related("published__recommendations", "latest__recommendations")


class Practice(models.Model):
    """A practice that a person describes in the name of an organisation."""

    public_id = models.CharField(max_length=12, unique=True, default=new_id, editable=False)
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="practices")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="practices", verbose_name=_("author")
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="practices", verbose_name=_("organisation")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    published = models.OneToOneField("PracticeRevision", on_delete=models.PROTECT, null=True, related_name="+")
    latest = models.OneToOneField("PracticeRevision", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("written"))
    state_at = models.DateTimeField(_("in this state since"))
    submission_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    objects = PracticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("good practice")
        verbose_name_plural = _("good practices")
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["consultation", "state"], name="practice_state")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="published") | models.Q(published__isnull=False),
                name="practice_published_has_revision",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "pending", "published", "returned", "removed", "withdrawn"]),
                name="practice_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}: {self.organisation}"

    @property
    def submitted(self) -> "PracticeRevision | None":
        """The newest words that are no draft: those that a moderator reads. One query where a draft follows them."""
        if self.latest and self.latest.state != RevisionState.DRAFT:
            return self.latest
        return self.revisions.exclude(state=RevisionState.DRAFT).order_by("number").last()

    @property
    def shown(self) -> "PracticeRevision | None":
        """What its page shows outside its delegation: what was published, else what was submitted."""
        return self.published or self.submitted or self.latest

    @property
    def title(self) -> str:
        return self.shown.title if self.shown else self.public_id

    @property
    def edit_waits(self) -> bool:
        """It is published, and other words wait for a moderator."""
        return self.state == State.PUBLISHED and bool(self.latest and self.latest.state == RevisionState.PENDING)


class PracticeRevision(models.Model):
    """The words of a practice at one time. A revision that was submitted never changes."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(_("revision"))
    state = models.CharField(_("state"), max_length=10, choices=RevisionState, default=RevisionState.DRAFT)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("what was done"), blank=True)
    place = models.CharField(_("where"), max_length=200, blank=True)
    countries = CountryField(_("countries"), multiple=True, blank=True)
    year = models.PositiveSmallIntegerField(_("since"), null=True)
    partners = models.TextField(_("with whom"), blank=True)
    results = models.TextField(_("results"), blank=True)
    source = models.TextField(_("source of the results"), blank=True)
    recommendations = models.ManyToManyField(
        Passage, through="Related", related_name="+", verbose_name=_("related recommendations")
    )
    # All of the words in one, to be searched and compared.
    text = models.TextField(editable=False, default="")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("written"))
    published_at = models.DateTimeField(_("published"), null=True)

    class Meta:
        verbose_name = _("revision of a practice")
        verbose_name_plural = _("revisions of practices")
        ordering = ["practice", "number"]
        constraints = [
            models.UniqueConstraint(fields=["practice", "number"], name="practice_revision_number_once"),
            models.UniqueConstraint(
                fields=["practice"], condition=models.Q(state="pending"), name="practice_one_pending"
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft")
                | (
                    ~models.Q(summary="")
                    & ~models.Q(place="")
                    & ~models.Q(results="")
                    & ~models.Q(source="")
                    & models.Q(year__isnull=False)
                ),
                name="practice_submitted_is_whole",
            ),
            models.CheckConstraint(condition=~models.Q(title=""), name="practice_has_title"),
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=models.Q(state="pending"), name="practice_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        parts = (self.title, self.summary, self.place, self.partners, self.results, self.source)
        self.text = "\n\n".join(part for part in parts if part)
        super().save(*args, **kwargs)

    @property
    def beginning(self) -> str:
        """What was done, without marks, for a line of a list."""
        return in_words(self.summary)

    def frameworks(self) -> "models.QuerySet[Instrument]":
        """The reference frameworks that its recommendations mention."""
        mentions = Mention.objects.filter(passage__in=[passage.pk for passage in self.recommendations.all()])
        return Instrument.objects.filter(pk__in=mentions.order_by().values("instrument"))


class Related(models.Model):
    """A revision names a recommendation that the practice shows at work."""

    revision = models.ForeignKey(PracticeRevision, on_delete=models.PROTECT, related_name="+")
    recommendation = models.ForeignKey(Passage, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("related recommendation")
        verbose_name_plural = _("related recommendations")
        ordering = ["recommendation__order"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "recommendation"], name="practice_recommendation_once")
        ]

    def __str__(self) -> str:
        return f"{self.revision}: {self.recommendation}"
