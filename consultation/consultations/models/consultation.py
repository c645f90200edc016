"""Consultations: one round of comment and positions on one report, from opening to closing."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultation.record import clock
from consultation.reports.models import Passage, Report
from consultation.stakeholders import rules as stakeholder_rules
from consultation.stakeholders.models import Organisation, StakeholderGroup

# How the refs of guiding questions begin; no passage of a report has such a ref.
QUESTION_REF = "question-"
MOST_REMINDER_DAYS = 90


def validate_time_zone(name: str) -> None:
    """Raise `ValidationError` unless `name` is a name of the IANA time zone list."""
    if name not in available_timezones():
        raise ValidationError(
            _("“%(name)s” is not a time zone. Use a name such as Europe/Zurich."), params={"name": name}
        )


def validate_reminder_days(days: Any) -> None:
    """Raise `ValidationError` unless it is a list of whole numbers from 1 to 90, each once."""
    good = isinstance(days, list) and all(type(d) is int and 1 <= d <= MOST_REMINDER_DAYS for d in days)
    if not good or len(set(days)) != len(days):
        raise ValidationError(_("Give each number of days once, between 1 and 90."))


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def visible_to(self, user: Any) -> "ConsultationQuerySet":
        """The announced ones; the secretariat sees those in preparation, too: `rules.may_manage`."""
        if not (user.is_authenticated and user.is_active):
            return self.filter(announced=True)
        if stakeholder_rules.is_secretariat(user):
            return self.all()
        serves = Officer.objects.filter(user=user, role=Officer.Role.SECRETARIAT).values("consultation")
        return self.filter(models.Q(announced=True) | models.Q(pk__in=serves))

    def open_to(self, organisation: Organisation) -> "ConsultationQuerySet":
        """Those that the organisation takes part in, or prepares for while it waits for approval."""
        if organisation.state not in {Organisation.State.APPROVED, Organisation.State.APPLIED}:
            return self.none()
        groups = Consultation.open_to_groups.through.objects.filter(stakeholdergroup=organisation.group_id)
        return self.filter(
            models.Q(access=Consultation.Access.ALL)
            | models.Q(pk__in=organisation.participations.values("consultation"))
            | models.Q(access=Consultation.Access.GROUPS, pk__in=groups.values("consultation"))
        )

    def open(self) -> "ConsultationQuerySet":
        """Those that are open now."""
        now = clock.now()
        return self.filter(opens_at__lte=now, closes_at__gt=now)

    def with_sizes(self) -> "ConsultationQuerySet":
        """With the report, and the numbers of its paragraphs and recommendations."""
        number = {
            kind: models.Count("report__passages", filter=models.Q(report__passages__kind=kind))
            for kind in (Passage.Kind.PARAGRAPH, Passage.Kind.RECOMMENDATION)
        }
        return self.select_related("report").annotate(
            paragraphs=number[Passage.Kind.PARAGRAPH], recommendation_count=number[Passage.Kind.RECOMMENDATION]
        )

    def by_state(self) -> "dict[str, list[Consultation]]":
        """The open ones closing soonest first, the coming ones, and the closed ones latest first."""
        now = clock.now()
        ordered = list(self.order_by("closes_at"))
        state = {c.pk: c.state_at(now) for c in ordered}
        ended = {Consultation.State.CLOSED, Consultation.State.OUTCOME_PUBLISHED}
        return {
            "open": [c for c in ordered if state[c.pk] == Consultation.State.OPEN],
            "coming": sorted(
                (c for c in ordered if state[c.pk] == Consultation.State.PREPARED), key=lambda c: c.opens_at
            ),
            "closed": [c for c in reversed(ordered) if state[c.pk] in ended],
        }


class Consultation(models.Model):
    """One round on one report. The window is half open: it is open while opens_at <= now < closes_at."""

    class State(models.TextChoices):
        PREPARED = "prepared", _("Prepared")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")
        OUTCOME_PUBLISHED = "outcome_published", _("Outcome published")

    class ModerationMode(models.TextChoices):
        BEFORE = "before", _("Before publication")
        NEW = "new", _("Before publication for organisations of which nothing is published yet, after it for others")
        AFTER = "after", _("After publication")

    class SummaryAccess(models.TextChoices):
        EVERYBODY = "everybody", _("Everybody")
        PARTICIPANTS = "participants", _("Delegations that take part, and officers")
        OFFICERS = "officers", _("Officers only")

    class Scope(models.TextChoices):
        ALL = "all", _("All passages")
        KINDS = "kinds", _("Passages of chosen kinds")
        PASSAGES = "passages", _("Chosen passages")
        NONE = "none", _("None")

    class Access(models.TextChoices):
        INVITATION = "invitation", _("The organisations invited below")
        GROUPS = "groups", _("All approved organisations of chosen groups, and those invited")
        ALL = "all", _("All approved organisations")

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=300)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="consultations", verbose_name=_("report"))
    announced = models.BooleanField(
        _("announced"), default=True, help_text=_("Until then only the secretariat sees it.")
    )
    introduction = models.TextField(_("introduction"), blank=True)
    opens_at = models.DateTimeField(_("opens at"))
    closes_at = models.DateTimeField(_("closes at"))
    time_zone = models.CharField(
        _("time zone"), max_length=60, default="Europe/Zurich", validators=[validate_time_zone]
    )
    place = models.CharField(
        _("place of the time zone"), max_length=60, default="Geneva", help_text=_("Named beside every time.")
    )
    outcome_published_at = models.DateTimeField(_("outcome published at"), null=True, blank=True)
    moderation_days = models.PositiveSmallIntegerField(
        _("working days for a decision"), default=2, help_text=_("The aim that is shown to authors and moderators.")
    )
    moderation_mode = models.CharField(
        _("moderation"), max_length=6, choices=ModerationMode, default=ModerationMode.BEFORE
    )
    appeal_days = models.PositiveSmallIntegerField(
        _("days for an appeal"), default=14, help_text=_("How long an author can appeal against a decision.")
    )
    flags_needed = models.PositiveSmallIntegerField(
        _("flags of different organisations"),
        default=2,
        validators=[MinValueValidator(1)],
        help_text=_("So many bring a published contribution before a moderator. They never hide it by themselves."),
    )
    contributions_an_hour = models.PositiveSmallIntegerField(
        _("contributions an hour"),
        default=0,
        help_text=_("How many comments and edits one organisation may submit in an hour. 0: as many as it wants."),
    )
    summary_access = models.CharField(
        _("who sees others’ positions until closing"),
        max_length=12,
        choices=SummaryAccess,
        default=SummaryAccess.EVERYBODY,
        help_text=_("The summary, its files and every count of positions. After closing everybody sees them."),
    )
    comment_scope = models.CharField(
        _("what can be commented on"), max_length=8, choices=Scope, default=Scope.ALL, editable=False
    )
    # Kinds of passage, or refs, as the scope says; guiding questions can always be answered.
    comment_on = models.JSONField(_("commented kinds or passages"), default=list, blank=True, editable=False)
    position_scope = models.CharField(
        _("what positions are taken on"), max_length=8, choices=Scope, default=Scope.ALL, editable=False
    )
    # Strands (political, practical…), or refs of recommendations, as the scope says.
    position_on = models.JSONField(_("strands or passages with positions"), default=list, blank=True, editable=False)
    reminder_days = models.JSONField(
        _("reminders"),
        default=list,
        blank=True,
        help_text=_("So many days before closing delegations with drafts, and followers, are told: [7, 1]."),
        validators=[validate_reminder_days],
    )
    attribution_choice = models.BooleanField(
        _("organisations may leave their name out"),
        default=False,
        help_text=_(
            "Each comment and each position is then submitted as: organisation named, group only, or secretariat only. "
            "Once the consultation is open this cannot be taken back."
        ),
    )
    access = models.CharField(_("who may take part"), max_length=10, choices=Access, default=Access.INVITATION)
    open_to_groups = models.ManyToManyField(
        StakeholderGroup, blank=True, related_name="+", verbose_name=_("open to these groups")
    )
    organisations = models.ManyToManyField(
        Organisation,
        through="Participation",
        related_name="consultations",
        verbose_name=_("organisations that take part"),
    )
    # The latest change of the window, beside it wherever it is said.
    last_change = models.OneToOneField(
        "WindowChange", on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    previous_round = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="next_rounds",
        verbose_name=_("earlier round"),
    )
    submission_id = models.UUIDField(unique=True, null=True, editable=False)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        ordering = ["closes_at", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")),
                name="consultation_closes_after_opening",
                violation_error_message=_("The closing must be after the opening."),
            ),
            models.CheckConstraint(
                condition=models.Q(comment_scope__in=["all", "kinds", "passages", "none"])
                & models.Q(position_scope__in=["all", "kinds", "passages", "none"]),
                name="consultation_scopes_known",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse to take back, once it is open, what contributions without a name rely on."""
        super().clean()
        if self.pk is None or self.attribution_choice:
            return
        promised = Consultation.objects.filter(pk=self.pk, attribution_choice=True, opens_at__lte=clock.now())
        if promised.exists():
            raise ValidationError({"attribution_choice": _("The consultation has opened with this; it stays so.")})

    def state_at(self, instant: datetime) -> "Consultation.State":
        if self.outcome_published_at and self.outcome_published_at <= instant:
            return self.State.OUTCOME_PUBLISHED
        if instant < self.opens_at:
            return self.State.PREPARED
        return self.State.OPEN if instant < self.closes_at else self.State.CLOSED

    @property
    def state(self) -> "Consultation.State":
        return self.state_at(clock.now())

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def has_ended(self) -> bool:
        """Whether the window is over: who contributes now does so with an access code."""
        return self.state in {self.State.CLOSED, self.State.OUTCOME_PUBLISHED}

    @property
    def may_have_late(self) -> bool:
        """Whether it has closed once, so that something can have come late: it may be open again since."""
        return self.last_change_id is not None or self.has_ended

    @property
    def days_left(self) -> int:
        """Whole days until closing; 0 on the last day and after it."""
        return max((self.closes_at - clock.now()).days, 0)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def passages(self) -> "models.QuerySet[Passage]":
        return self.report.passages.order_by("order")

    def recommendations(self) -> "models.QuerySet[Passage]":
        return self.passages().filter(kind=Passage.Kind.RECOMMENDATION)

    def positioned(self) -> "models.QuerySet[Passage]":
        """The recommendations on which positions are taken here."""
        found = self.recommendations()
        if self.position_scope == self.Scope.ALL:
            return found
        if self.position_scope == self.Scope.NONE:
            return found.none()
        column = "strand__in" if self.position_scope == self.Scope.KINDS else "ref__in"
        return found.filter(**{column: self.position_on})

    def named(self, ref: str) -> "models.QuerySet[Passage]":
        """The passage of this ref: of the report, or a guiding question of this consultation."""
        if ref.startswith(QUESTION_REF):
            found: models.QuerySet[Passage] = Passage.objects.filter(question__consultation=self, ref=ref)
            return found
        return self.report.passages.filter(ref=ref)

    def takes_positions_on(self, passage: Passage) -> bool:
        """Whether positions are taken on this passage here."""
        if not passage.takes_positions:
            return False
        return self._is_in(self.position_scope, self.position_on, passage.strand, passage.ref)

    def takes_comments_on(self, passage: Passage) -> bool:
        """Whether this passage can be commented on here; a guiding question always can."""
        if passage.kind == Passage.Kind.QUESTION:
            return True
        return self._is_in(self.comment_scope, self.comment_on, passage.kind, passage.ref)

    def _is_in(self, scope: str, chosen: list[str], kind: str, ref: str) -> bool:
        if scope in {self.Scope.ALL, self.Scope.NONE}:
            return scope == self.Scope.ALL
        return (kind if scope == self.Scope.KINDS else ref) in chosen

    def participants(self) -> "models.QuerySet[Organisation]":
        """The approved organisations that take part: the denominator of every figure."""
        return self.admitted().filter(state=Organisation.State.APPROVED)

    def admitted(self) -> "models.QuerySet[Organisation]":
        """The organisations that take part or would if they were approved, in whatever state they are."""
        if self.access == self.Access.ALL:
            return Organisation.objects.all()
        invited = models.Q(pk__in=self.participations.values("organisation"))
        if self.access == self.Access.GROUPS:
            invited |= models.Q(group__in=self.open_to_groups.values("pk"))
        return Organisation.objects.filter(invited)


class Participation(models.Model):
    """An organisation takes part in a consultation."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="participations")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="participations")

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        constraints = [models.UniqueConstraint(fields=["consultation", "organisation"], name="participation_once")]

    def __str__(self) -> str:
        return f"{self.organisation} in {self.consultation}"


class Officer(models.Model):
    """A person serves a consultation as its moderator, rapporteur or secretariat."""

    class Role(models.TextChoices):
        MODERATOR = "moderator", _("Moderator")
        RAPPORTEUR = "rapporteur", _("Rapporteur")
        SECRETARIAT = "secretariat", _("Secretariat")

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="officers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="offices")
    role = models.CharField(_("role"), max_length=12, choices=Role)

    class Meta:
        verbose_name = _("officer")
        verbose_name_plural = _("officers")
        constraints = [models.UniqueConstraint(fields=["consultation", "user", "role"], name="officer_once")]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


class GuidingQuestion(models.Model):
    """A question that the secretariat puts to the participants: a passage without a report, with its own thread."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="guiding_questions")
    passage = models.OneToOneField(
        Passage, on_delete=models.CASCADE, related_name="question", verbose_name=_("question")
    )
    order = models.PositiveSmallIntegerField(_("order"))

    class Meta:
        verbose_name = _("guiding question")
        verbose_name_plural = _("guiding questions")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["consultation", "order"], name="question_order_once")]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        return self.passage.text
