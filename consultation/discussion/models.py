"""What organisations say on passages: comments, their revisions and threads."""

import uuid
from functools import cache
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultation.consultations.attribution import Attribution
from consultation.consultations.models import Consultation, Officer
from consultation.record.ids import new_id, new_receipt
from consultation.reports.models import Passage
from consultation.stakeholders.models import Membership, Organisation


class CommentQuerySet(models.QuerySet["Comment"]):
    def public(self) -> "CommentQuerySet":
        """What everybody may see: published comments, and the placeholders of answered ones that are gone."""
        return self.filter(self._public())

    def visible_to(self, user: Any) -> "CommentQuerySet":
        """What this person may see: the public ones, those of their delegations but for drafts that are not shared,
        their own drafts, and, for the moderators of the consultation, all that was submitted.
        """
        if not user.is_authenticated:
            return self.public()
        submitted = ~models.Q(state=Comment.State.DRAFT)
        delegations = Membership.objects.current().filter(user=user).values("organisation")
        moderated = Officer.objects.filter(user=user, role=Officer.Role.MODERATOR).values("consultation")
        own = models.Q(author=user) & ~models.Q(state=Comment.State.WITHDRAWN)
        # What an author shares while it is a draft, colleagues read and write too.
        own |= models.Q(state=Comment.State.DRAFT, shared=True, organisation__in=delegations)
        theirs = submitted & models.Q(organisation__in=delegations) & ~models.Q(state=Comment.State.WITHDRAWN)
        moderators = submitted & models.Q(consultation__in=moderated) & ~models.Q(state=Comment.State.WITHDRAWN)
        return self.filter(self._public() | own | theirs | moderators)

    @staticmethod
    @cache
    def _public() -> models.Q:
        below = models.Q(parent=models.OuterRef("pk")) | models.Q(root=models.OuterRef("pk"))
        answered = models.Q(models.Exists(Comment.objects.filter(below, state=Comment.State.PUBLISHED)))
        gone = models.Q(state__in=[Comment.State.REMOVED, Comment.State.WITHDRAWN], published__isnull=False)
        return models.Q(state=Comment.State.PUBLISHED) | (gone & answered)

    def for_display(self) -> "CommentQuerySet":
        """With everything that one comment on a page shows, in one query, oldest first."""
        return self.select_related(
            "author",
            "organisation__group",
            "published",
            "latest",
            "parent__organisation__group",
            "passage",
            "consultation",
        ).order_by("created_at", "pk")

    def with_proposals(self) -> "CommentQuerySet":
        """The published ones that carry other words for their passage."""
        return self.filter(state=Comment.State.PUBLISHED).exclude(published__proposed_wording="")


class Comment(models.Model):
    """A remark on a passage, or a reply to one, made by a person in the name of an organisation."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PENDING = "pending", _("Awaiting moderation")
        PUBLISHED = "published", _("Published")
        RETURNED = "returned", _("Returned with a reason")
        REMOVED = "removed", _("Removed with a reason")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    # By the one everybody cites it; the other only its author and delegation know. Neither is ever used again.
    public_id = models.CharField(max_length=12, unique=True, default=new_id, editable=False)
    receipt = models.CharField(_("private number"), max_length=16, unique=True, default=new_receipt, editable=False)
    # Where a longer index begins with a key, or leaves out where there is none, the key has no index by itself.
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="comments", db_index=False)
    passage = models.ForeignKey(Passage, on_delete=models.PROTECT, related_name="comments", verbose_name=_("passage"))
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="replies",
        verbose_name=_("reply to"),
    )
    root = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("first of the thread"),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="comments", verbose_name=_("author")
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="comments", verbose_name=_("organisation")
    )
    # In whose name it is shown; never read past `Attributions` (docs/decisions/088).
    attribution = models.CharField(
        _("attribution"), max_length=11, choices=Attribution, default=Attribution.NAMED, editable=False
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    published = models.OneToOneField("CommentRevision", on_delete=models.PROTECT, null=True, related_name="+")
    # The newest words that were submitted; of what never was, its draft. A draft edit of it is never this.
    latest = models.OneToOneField("CommentRevision", on_delete=models.PROTECT, null=True, related_name="+")
    # What the parent said when this was written.
    answered = models.ForeignKey("CommentRevision", on_delete=models.PROTECT, null=True, related_name="+")
    shared = models.BooleanField(
        _("shared with the delegation"), default=False, help_text=_("Colleagues can read and edit the draft.")
    )
    answers = models.PositiveIntegerField(_("published replies in its thread"), default=0, editable=False)
    created_at = models.DateTimeField(_("written"))
    state_at = models.DateTimeField(_("in this state since"))
    submission_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["created_at", "pk"]
        indexes = [
            models.Index(fields=["consultation", "passage", "created_at"], name="comment_thread"),
            models.Index(
                fields=["consultation", "passage", "created_at", "id"],
                condition=models.Q(parent=None),
                name="comment_first",
            ),
            models.Index(
                fields=["consultation", "passage", "-answers", "id"],
                condition=models.Q(parent=None),
                name="comment_most_answered",
            ),
            # Without those that answer nothing: SQLite would take them for few and read them for every thread.
            models.Index(fields=["parent"], condition=models.Q(parent__isnull=False), name="comment_answering"),
            models.Index(fields=["root", "created_at", "id"], name="comment_replies"),
            # What stands below the first comments of a page, however long the rest of the thread is.
            models.Index(fields=["consultation", "passage", "root", "created_at", "id"], name="comment_below"),
            models.Index(fields=["consultation", "state", "state_at"], name="comment_state"),
            # Counts of what everybody can read, without reading it.
            models.Index(
                fields=["consultation", "passage"], condition=models.Q(state="published"), name="comment_published"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="published") | models.Q(published__isnull=False),
                name="comment_published_has_revision",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "pending", "published", "returned", "removed", "withdrawn"]),
                name="comment_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(attribution__in=["named", "group", "secretariat"]), name="comment_attribution_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.passage}: {self.organisation}, {self.public_id}"

    @property
    def is_placeholder(self) -> bool:
        """Only the fact that it was there is shown."""
        return self.state in {self.State.REMOVED, self.State.WITHDRAWN}

    @property
    def is_late(self) -> bool:
        """The words that are shown came after closing."""
        shown = self.published or self.latest
        return shown is not None and shown.late

    @property
    def draft(self) -> "CommentRevision | None":
        """The words that were not submitted yet: a query where others were."""
        if self.state == self.State.DRAFT:
            return self.latest
        return self.revisions.filter(state=CommentRevision.State.DRAFT).order_by("-number").first()

    @property
    def edit_is_pending(self) -> bool:
        """It is published, and a newer revision waits for a moderator."""
        return (
            self.state == self.State.PUBLISHED
            and self.latest is not None
            and self.latest.state == CommentRevision.State.PENDING
        )


class CommentRevision(models.Model):
    """The words of a comment at one time. A revision that was submitted never changes."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PENDING = "pending", _("Awaiting moderation")
        PUBLISHED = "published", _("Published")
        RETURNED = "returned", _("Returned with a reason")
        SUPERSEDED = "superseded", _("Superseded")

    class Type(models.TextChoices):
        SUBSTANTIVE = "substantive", _("Substantive")
        EDITORIAL = "editorial", _("Editorial")
        QUESTION = "question", _("Question")
        PRACTICE = "practice", _("Example of practice")

    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(_("revision"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    type = models.CharField(_("type"), max_length=11, choices=Type, default=Type.SUBSTANTIVE)
    body = models.TextField(_("comment"))
    proposed_wording = models.TextField(_("proposed wording"), blank=True)
    quote = models.TextField(_("the passage when this was written"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("written"))
    # How often a draft was saved: a form says what it read, so that nobody writes over a colleague.
    saves = models.PositiveIntegerField(default=1, editable=False)
    published_at = models.DateTimeField(_("published"), null=True)
    late = models.BooleanField(
        _("late"), default=False, editable=False, help_text=_("Submitted after closing with an access code.")
    )

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["comment", "number"]
        constraints = [
            models.UniqueConstraint(fields=["comment", "number"], name="revision_number_once"),
            models.UniqueConstraint(
                fields=["comment"], condition=models.Q(state="pending"), name="revision_one_pending"
            ),
        ]
        indexes = [
            # The moderation queue, oldest first, however many comments are published.
            models.Index(fields=["created_at"], condition=models.Q(state="pending"), name="revision_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.comment} ({self.number})"


class ThreadStop(models.Model):
    """Nobody can write on a passage, or below one comment, until it is lifted: "closed, because …"."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="thread_stops")
    passage = models.ForeignKey(Passage, on_delete=models.PROTECT, related_name="+", verbose_name=_("passage"))
    root = models.ForeignKey(
        Comment, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("below this comment")
    )
    reason = models.TextField(_("reason"))
    stopped_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    stopped_at = models.DateTimeField(_("closed"))
    lifted_at = models.DateTimeField(_("opened again"), null=True, blank=True)

    class Meta:
        verbose_name = _("closed thread")
        verbose_name_plural = _("closed threads")
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "passage"],
                condition=models.Q(root=None, lifted_at=None),
                name="thread_stop_passage_once",
            ),
            models.UniqueConstraint(fields=["root"], condition=models.Q(lifted_at=None), name="thread_stop_root_once"),
        ]

    def __str__(self) -> str:
        return f"{self.passage}: {self.reason}"


class Support(models.Model):
    """An organisation supports the proposed wording of a comment, in exactly the revision that it read."""

    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="supports")
    revision = models.ForeignKey(CommentRevision, on_delete=models.PROTECT, related_name="supports")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="supports")
    supported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("supported"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)

    class Meta:
        verbose_name = _("support of a proposed wording")
        verbose_name_plural = _("supports of proposed wordings")
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "organisation"],
                condition=models.Q(withdrawn_at=None),
                name="support_once_for_an_organisation",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.revision}"


class Visit(models.Model):
    """When a person last read a passage's thread: what was published since is new to them."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="+")
    passage = models.ForeignKey(Passage, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(_("end of the visit before"), null=True)
    last_at = models.DateTimeField(_("last seen"))

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        constraints = [
            models.UniqueConstraint(fields=["user", "consultation", "passage"], name="visit_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.passage}"
