"""What organisations declare on recommendations: one position each, with all its versions."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultation.consultations.attribution import Attribution
from consultation.consultations.models import Consultation, Officer
from consultation.record.ids import new_id, new_receipt
from consultation.reports.models import Passage
from consultation.stakeholders.models import Membership, Organisation
from consultation.text.numbers import whole

_DIGITS = 6


class Stance(models.TextChoices):
    ENDORSE = "endorse", _("Endorse")
    RESERVATION = "reservation", _("Endorse with reservation")
    CANNOT_ENDORSE = "cannot_endorse", _("Cannot endorse")


class Capacity(models.TextChoices):
    """In which capacity an organisation's focal point signs. What is said as an expert is not the organisation's."""

    ORGANISATION = "organisation", _("On behalf of the organisation")
    PENDING = "pending", _("Pending confirmation by the capital")
    EXPERT = "expert", _("In an expert capacity")


class PositionQuerySet(models.QuerySet["Position"]):
    def standing(self, consultation: Consultation) -> "PositionQuerySet":
        """Those that are read: signed, not withdrawn, of an approved organisation that takes part; experts too."""
        return self.filter(
            consultation=consultation,
            signed__isnull=False,
            organisation__in=consultation.participants().order_by().values("pk"),
        )

    def late(self, consultation: Consultation) -> "PositionQuerySet":
        """Those signed after closing with an access code, of organisations that take part: in no figure."""
        return self.filter(
            consultation=consultation,
            signed_late__isnull=False,
            organisation__in=consultation.participants().order_by().values("pk"),
        )

    def counted(self, consultation: Consultation) -> "PositionQuerySet":
        """Those that count: standing, and not in an expert capacity."""
        return self.standing(consultation).exclude(signed__capacity=Capacity.EXPERT)

    def of_delegations(self, user: Any) -> "PositionQuerySet":
        """All that the person's delegations hold, drafts too."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(organisation__in=Membership.objects.current().filter(user=user).values("organisation"))


class Position(models.Model):
    """What an organisation declares on a recommendation in a consultation: `signed` counts, `draft` waits."""

    # By the one everybody cites it; the other only its delegation knows. Neither is ever used again.
    public_id = models.CharField(max_length=12, unique=True, default=new_id, editable=False)
    receipt = models.CharField(_("private number"), max_length=16, unique=True, default=new_receipt, editable=False)
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="positions")
    recommendation = models.ForeignKey(
        Passage, on_delete=models.PROTECT, related_name="positions", verbose_name=_("recommendation")
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="positions", verbose_name=_("organisation")
    )
    signed = models.OneToOneField("PositionVersion", on_delete=models.PROTECT, null=True, related_name="+")
    draft = models.OneToOneField("PositionVersion", on_delete=models.PROTECT, null=True, related_name="+")
    # What was signed after closing with an access code: shown apart, never in the figures. `signed` stays beside it.
    signed_late = models.OneToOneField("PositionVersion", on_delete=models.PROTECT, null=True, related_name="+")

    objects = PositionQuerySet.as_manager()

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        ordering = ["recommendation__order", "organisation__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "recommendation", "organisation"], name="position_once_for_an_organisation"
            )
        ]

    def __str__(self) -> str:
        return f"{self.recommendation}: {self.organisation}"


class PositionVersionQuerySet(models.QuerySet["PositionVersion"]):
    def statements(self, consultation: Consultation) -> "PositionVersionQuerySet":
        """Those that others may align themselves with: counted positions with a published explanation of their own,
        shown by name.
        """
        return self.filter(
            pk__in=Position.objects.counted(consultation).values("signed"),
            explanation_state=PositionVersion.Explanation.PUBLISHED,
            attribution=Attribution.NAMED,
        )

    def named(self, name: str) -> "PositionVersionQuerySet":
        """The version with this `name`."""
        public_id, _dot, written = name.partition(".")
        number = whole(written, digits=_DIGITS, else_=-1)
        return self.filter(position__public_id=public_id, number=number) if number >= 0 else self.none()

    def for_display(self) -> "PositionVersionQuerySet":
        """With the people who drafted and signed, and the statement it is aligned with."""
        return self.select_related(
            "drafted_by", "signed_by", "aligned_with__position__organisation", "aligned_with__position__recommendation"
        )

    def explanations_visible_to(self, user: Any) -> models.Q:
        """The condition under which the explanation of a version may be read."""
        published = models.Q(explanation_state=PositionVersion.Explanation.PUBLISHED)
        if not user.is_authenticated:
            return published
        delegations = Membership.objects.current().filter(user=user).values("organisation")
        moderated = Officer.objects.filter(user=user, role=Officer.Role.MODERATOR).values("consultation")
        return (
            published
            | models.Q(position__organisation__in=delegations)
            | models.Q(position__consultation__in=moderated)
        )


class PositionVersion(models.Model):
    """One version of a position: drafted by somebody, signed by a focal point or not. All stay on the record."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Waiting for signature")
        SENT_BACK = "sent_back", _("Sent back to the drafter")
        SIGNED = "signed", _("Signed")
        SUPERSEDED = "superseded", _("Superseded")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Explanation(models.TextChoices):
        NONE = "none", _("None")
        PENDING = "pending", _("Awaiting moderation")
        PUBLISHED = "published", _("Published")
        RETURNED = "returned", _("Returned with a reason")
        REMOVED = "removed", _("Removed with a reason")

    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    stance = models.CharField(_("stance"), max_length=14, choices=Stance)
    explanation = models.TextField(_("explanation of position"), blank=True)
    explanation_state = models.CharField(
        _("state of the explanation"), max_length=9, choices=Explanation, default=Explanation.NONE
    )
    # The statement that this one refers to instead of words of its own: exactly this version, whatever comes after it.
    aligned_with = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="aligned", verbose_name=_("aligned with")
    )
    # What the organisation signed on an earlier text and says again, in the same words, on this one.
    reconfirms = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="reconfirmed_by", verbose_name=_("reconfirms")
    )
    capacity = models.CharField(_("capacity"), max_length=12, choices=Capacity, default=Capacity.ORGANISATION)
    # In whose name it is shown; never read past `PositionAttributions` (docs/decisions/088).
    attribution = models.CharField(_("attribution"), max_length=11, choices=Attribution, default=Attribution.NAMED)
    note = models.TextField(_("note to the drafter"), blank=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(_("drafted"))
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(_("signed"), null=True)
    ended_at = models.DateTimeField(_("superseded or withdrawn"), null=True)
    late = models.BooleanField(
        _("late"), default=False, editable=False, help_text=_("Signed after closing with an access code.")
    )
    submission_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    signing_id = models.UUIDField(unique=True, null=True, editable=False)

    objects = PositionVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a position")
        verbose_name_plural = _("versions of positions")
        ordering = ["position", "number"]
        indexes = [
            models.Index(
                fields=["signed_at"],
                condition=models.Q(state="signed", explanation_state="pending"),
                name="explanation_waiting",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["position", "number"], name="position_version_number_once"),
            models.UniqueConstraint(
                fields=["position", "late"], condition=models.Q(state="signed"), name="position_signed_version_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(stance="reservation")
                | ~models.Q(explanation="")
                | models.Q(aligned_with__isnull=False),
                name="position_reservation_is_explained",
            ),
            models.CheckConstraint(
                condition=models.Q(aligned_with__isnull=True) | models.Q(explanation=""),
                name="position_aligned_has_no_words",
            ),
            models.CheckConstraint(
                condition=models.Q(reconfirms__isnull=True) | models.Q(aligned_with__isnull=True),
                name="position_reconfirmed_in_own_words",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="signed")
                | (models.Q(signed_by__isnull=False) & models.Q(signed_at__isnull=False)),
                name="position_signed_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(stance__in=["endorse", "reservation", "cannot_endorse"]),
                name="position_stance_known",
            ),
            models.CheckConstraint(
                condition=models.Q(capacity__in=["organisation", "pending", "expert"]), name="position_capacity_known"
            ),
            models.CheckConstraint(
                condition=models.Q(attribution__in=["named", "group", "secretariat"]),
                name="position_attribution_known",
            ),
            # A joint statement is signed by name, on behalf of organisations.
            models.CheckConstraint(
                condition=models.Q(aligned_with__isnull=True)
                | (models.Q(attribution="named") & ~models.Q(capacity="expert")),
                name="position_joint_by_name",
            ),
            # What is signed after closing stands beside the figures: nothing would hide whose it is.
            models.CheckConstraint(
                condition=models.Q(late=False) | models.Q(attribution="named"), name="position_late_by_name"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} ({self.number})"

    @property
    def name(self) -> str:
        """How forms name this version of this position."""
        return f"{self.position.public_id}.{self.number}"

    @property
    def is_published(self) -> bool:
        """Whether everybody can read its explanation."""
        return self.explanation_state == self.Explanation.PUBLISHED

    @property
    def is_expert(self) -> bool:
        """Whether it is said in an expert capacity, so that it is no position of the organisation."""
        return self.capacity == Capacity.EXPERT

    @property
    def statement(self) -> "PositionVersion":
        """The version whose words explain this one: its own, or the one that it is aligned with."""
        return self.aligned_with or self

    @property
    def lapse(self) -> str:
        """Why the statement that this version is aligned with no longer stands; "" where it does, or without one."""
        return self.aligned_with.fall if self.aligned_with else ""

    @property
    def fall(self) -> str:
        """Why this version, signed once, is no statement any more that others can align with; "" where it is."""
        organisation = self.position.organisation
        if self.state == self.State.WITHDRAWN:
            sentence = gettext("%s has withdrawn its position since.")
        elif self.state != self.State.SIGNED:
            sentence = gettext("%s has changed its position since.")
        elif self.explanation_state != self.Explanation.PUBLISHED:
            sentence = gettext("A moderator has removed the explanation of %s since.")
        elif organisation.state != Organisation.State.APPROVED:
            sentence = gettext("%s no longer takes part.")
        else:
            return ""
        return sentence % organisation
