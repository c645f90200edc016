"""Statements in the name of a grouping: one signed position of its speaker, which each listed member answers itself."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment
from consultation.positions.models import PositionVersion
from consultation.record.ids import new_id
from consultation.reports.models import Passage
from consultation.stakeholders.models import Grouping, Membership, Organisation


class GroupStatementQuerySet(models.QuerySet["GroupStatement"]):
    def standing(self) -> "GroupStatementQuerySet":
        """Those that a member can confirm now: not replaced, the position signed, its explanation published."""
        return self.filter(
            replaced_at=None,
            version__state=PositionVersion.State.SIGNED,
            version__explanation_state=PositionVersion.Explanation.PUBLISHED,
            version__position__organisation__state=Organisation.State.APPROVED,
        )

    def readable_by(self, user: Any) -> "GroupStatementQuerySet":
        """Those whose words the person may read, where they may see positions at all."""
        visible = PositionVersion.objects.filter(PositionVersion.objects.explanations_visible_to(user))
        return self.filter(version__in=visible.values("pk"))

    def addressed_to(self, user: Any) -> "GroupStatementQuerySet":
        """Those made by, or for, an organisation that the person acts for."""
        if not user.is_authenticated:
            return self.none()
        own = Membership.objects.current().filter(user=user).values("organisation")
        listed = ListedMember.objects.filter(statement=models.OuterRef("pk"), organisation__in=own)
        return self.filter(models.Exists(listed) | models.Q(version__position__organisation__in=own))

    def for_display(self) -> "GroupStatementQuerySet":
        """With the grouping, the speaker's signed version and the listed members."""
        return self.select_related(
            "grouping", "recommendation", "consultation__report", "version__position__organisation__group"
        ).prefetch_related(models.Prefetch("listed", ListedMember.objects.select_related("organisation__group")))


class GroupStatement(models.Model):
    """A position signed by an organisation in the name of a grouping. Its words and stance are that version's."""

    public_id = models.CharField(max_length=12, unique=True, default=new_id, editable=False)
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="group_statements")
    recommendation = models.ForeignKey(Passage, on_delete=models.PROTECT, related_name="+")
    grouping = models.ForeignKey(Grouping, on_delete=models.PROTECT, related_name="statements")
    version = models.OneToOneField(PositionVersion, on_delete=models.PROTECT, related_name="group_statement")
    replaced_at = models.DateTimeField(_("replaced by a later statement"), null=True)
    submission_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    objects = GroupStatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("group statement")
        verbose_name_plural = _("group statements")
        ordering = ["recommendation__order", "grouping__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "recommendation", "grouping"],
                condition=models.Q(replaced_at=None),
                name="group_statement_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.grouping}: {self.recommendation}"

    @property
    def speaker(self) -> Organisation:
        return self.version.position.organisation


class ListedMember(models.Model):
    """A statement is made for this member: it is asked for its own signature. Silence answers nothing."""

    statement = models.ForeignKey(GroupStatement, on_delete=models.PROTECT, related_name="listed")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("member that a statement is made for")
        verbose_name_plural = _("members that a statement is made for")
        ordering = ["statement", "organisation__name"]
        constraints = [models.UniqueConstraint(fields=["statement", "organisation"], name="statement_member_once")]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.statement}"


class Dissociation(models.Model):
    """A listed member says, by its focal point, that the statement does not speak for it. It takes no stance by that.

    Its words, if any, are a comment on the recommendation, moderated as every comment.
    """

    statement = models.ForeignKey(GroupStatement, on_delete=models.PROTECT, related_name="dissociations")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, null=True, related_name="+")
    dissociated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    dissociated_at = models.DateTimeField(_("dissociated"))
    submission_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("dissociation")
        verbose_name_plural = _("dissociations")
        ordering = ["dissociated_at", "pk"]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.statement}"
