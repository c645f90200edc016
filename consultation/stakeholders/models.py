"""Who takes part: people, their organisations, stakeholder groups and delegations."""

import uuid
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from consultation.record import clock
from consultation.text.names import folded

SHARED_DOMAINS = {"gmail.com", "hotmail.com", "outlook.com", "yahoo.com", "gmx.net", "proton.me", "icloud.com"}


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person with this e-mail address, stored in lower case; without a password nobody can sign in as them."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person of the secretariat who may do everything in the admin."""
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person, who signs in by e-mail."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    # Of the mails to this person; pages follow the browser and its cookie.
    language = models.CharField(_("language of mails"), max_length=10, blank=True, editable=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("may use the admin"), default=False)
    date_joined = models.DateTimeField(_("joined"), auto_now_add=True)
    erased_at = models.DateTimeField(_("personal data erased"), null=True, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        """The name as pages show it."""
        return gettext("a former delegate") if self.erased_at else self.name or self.email

    @property
    def mail_language(self) -> str:
        """The language that mails to this person are written in."""
        return self.language or settings.LANGUAGE_CODE

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)


class StakeholderGroupManager(models.Manager["StakeholderGroup"]):
    def get_by_natural_key(self, slug: str) -> "StakeholderGroup":
        return self.get(slug=slug)


# Groups are data; the names of those that the fixture carries have words in every language.
KNOWN_GROUPS = (
    gettext_noop("States"),
    gettext_noop("Civil society"),
    gettext_noop("Private sector"),
    gettext_noop("Local and regional authorities"),
    gettext_noop("International organisations"),
    gettext_noop("Trade unions"),
    gettext_noop("Academia"),
    gettext_noop("Migrant and diaspora organisations"),
)


class StakeholderGroup(models.Model):
    """States, Civil society, Private sector, …: data, loaded as a fixture."""

    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(_("name"), max_length=100, unique=True)
    code = models.CharField(_("code"), max_length=3, unique=True, help_text=_("Two or three capital letters."))
    colour = models.PositiveSmallIntegerField(
        _("colour"), default=0, help_text=_("1 to 8: one of the eight group colours; 0: neutral.")
    )
    order = models.PositiveSmallIntegerField(_("order"), unique=True)

    objects = StakeholderGroupManager()

    class Meta:
        verbose_name = _("stakeholder group")
        verbose_name_plural = _("stakeholder groups")
        ordering = ["order"]

    def __str__(self) -> str:
        """The name in the reader's language, where it is a name that we know."""
        return gettext(self.name)

    def natural_key(self) -> tuple[str]:
        return (self.slug,)


def domains_of(website: str, email: str) -> set[str]:
    """The domains of a website and an e-mail address, without those that anybody can have mail at."""
    found = {email.rpartition("@")[2], urlsplit(website).hostname or ""}
    return {d.lower().removeprefix("www.") for d in found if d} - SHARED_DOMAINS


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def resembling(self, organisation: "Organisation") -> "OrganisationQuerySet":
        """Others whose name looks the same, or that have the same website or e-mail domain: possible duplicates."""
        alike = models.Q(folded_name=folded(organisation.name))
        for domain in organisation.domains:
            alike |= models.Q(website__icontains=f"/{domain}") | models.Q(website__icontains=f".{domain}")
            alike |= models.Q(official_email__iendswith=f"@{domain}")
        gone = [Organisation.State.REFUSED, Organisation.State.MERGED]
        return self.filter(alike).exclude(pk=organisation.pk).exclude(state__in=gone)


class Organisation(models.Model):
    """A state, a network, an association, a company… that takes part."""

    class State(models.TextChoices):
        APPLIED = "applied", _("Applied")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")
        SUSPENDED = "suspended", _("Suspended")
        MERGED = "merged", _("Merged into another")

    class Kind(models.TextChoices):
        GOVERNMENT = "government", _("Government or ministry")
        LOCAL = "local", _("Local or regional government")
        INTERGOVERNMENTAL = "intergovernmental", _("Intergovernmental organisation")
        NETWORK = "network", _("Network or federation of organisations")
        ASSOCIATION = "association", _("Association or non-governmental organisation")
        FAITH = "faith", _("Faith-based organisation")
        UNION = "union", _("Trade union")
        BUSINESS = "business", _("Business association")
        COMPANY = "company", _("Company")
        ACADEMIC = "academic", _("University or research institute")
        MEDIA = "media", _("Media")
        OTHER = "other", _("Other")

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    group = models.ForeignKey(
        StakeholderGroup, on_delete=models.PROTECT, related_name="organisations", verbose_name=_("stakeholder group")
    )
    country = CountryField(_("country or seat"), blank=True)
    kind = models.CharField(
        _("kind of organisation"),
        max_length=17,
        choices=Kind,
        blank=True,
        help_text=_("Shown on its page, and counted in the summary; empty: not stated."),
    )
    website = models.URLField(_("website"), blank=True)
    mandate = models.TextField(
        _("mandate"), blank=True, help_text=_("On whose behalf it speaks, and by what decision.")
    )
    official_email = models.EmailField(_("official e-mail"), blank=True)
    folded_name = models.CharField(max_length=200, editable=False, db_index=True, default="")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.APPLIED)
    state_at = models.DateTimeField(_("in this state since"), default=clock.now)
    reason = models.TextField(
        _("reason"), blank=True, help_text=_("Why it was refused or suspended; its delegation sees it.")
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("merged into")
    )
    submission_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["applied", "approved", "refused", "suspended", "merged"]),
                name="organisation_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=[
                        "",
                        "government",
                        "local",
                        "intergovernmental",
                        "network",
                        "association",
                        "faith",
                        "union",
                        "business",
                        "company",
                        "academic",
                        "media",
                        "other",
                    ]
                ),
                name="organisation_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state="merged", merged_into__isnull=False)
                | (~models.Q(state="merged") & models.Q(merged_into__isnull=True)),
                name="organisation_merged_into_another",
            ),
            models.UniqueConstraint(
                fields=["folded_name"],
                condition=~models.Q(state__in=["refused", "merged"]),
                name="organisation_name_once",
                violation_error_message=_("An organisation of this name is here already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.folded_name = folded(self.name)[:200]
        if "name" in (kwargs.get("update_fields") or ()):
            kwargs["update_fields"] = {*kwargs["update_fields"], "folded_name"}
        super().save(*args, **kwargs)

    @property
    def domains(self) -> set[str]:
        return domains_of(self.website, self.official_email)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> "MembershipQuerySet":
        """Those that have not ended."""
        return self.filter(ended_at=None)

    def of(self, user: Any) -> "MembershipQuerySet":
        """The current memberships of a person, with organisation and group, by name of organisation."""
        if not user.is_authenticated:
            return self.none()
        return self.current().filter(user=user).select_related("organisation__group").order_by("organisation__name")

    def focal_points(self, organisation: "Organisation") -> "MembershipQuerySet":
        """The current focal points of an organisation, by name."""
        focal_points = self.current().filter(organisation=organisation, role=Membership.Role.FOCAL_POINT)
        return focal_points.select_related("user").order_by("user__name")


class Membership(models.Model):
    """A person acts for an organisation in a role, from an instant on."""

    class Role(models.TextChoices):
        FOCAL_POINT = "focal_point", _("Focal point")
        CONTRIBUTOR = "contributor", _("Contributor")
        OBSERVER = "observer", _("Observer")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("person"))
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.CONTRIBUTOR)
    started_at = models.DateTimeField(_("since"), auto_now_add=True)
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)
    offered_at = models.DateTimeField(_("asked to become focal point"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of a delegation")
        verbose_name_plural = _("delegations")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"], condition=models.Q(ended_at=None), name="membership_current_once"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=["focal_point", "contributor", "observer"]), name="membership_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.organisation} ({self.get_role_display()})"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        """Those that can still be accepted."""
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=clock.now())


class Invitation(models.Model):
    """A focal point asks somebody by e-mail to join the delegation. Only the hash of the link's token is kept."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=12, choices=Membership.Role, default=Membership.Role.CONTRIBUTOR)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(_("invited"))
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    revoked_at = models.DateTimeField(_("taken back"), null=True)
    submission_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-invited_at"]

    def __str__(self) -> str:
        return f"{self.email} – {self.organisation}"


class GroupingQuerySet(models.QuerySet["Grouping"]):
    def spoken_for_by(self, organisation: "Organisation", now: datetime) -> "GroupingQuerySet":
        """Those that this organisation chairs or coordinates at this instant."""
        speaks = GroupingSpeaker.objects.filter(grouping=models.OuterRef("pk"), organisation=organisation)
        return self.filter(models.Exists(speaks.at(now)))


class Grouping(models.Model):
    """A regional or other grouping of organisations, in whose name one of them may make statements. Data."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    members = models.ManyToManyField(
        Organisation, through="GroupingMember", related_name="groupings", verbose_name=_("members")
    )

    objects = GroupingQuerySet.as_manager()

    class Meta:
        verbose_name = _("grouping")
        verbose_name_plural = _("groupings")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class GroupingMember(models.Model):
    """An organisation belongs to a grouping; it may belong to several. Nothing is signed for it by that."""

    grouping = models.ForeignKey(Grouping, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="grouping_memberships", verbose_name=_("organisation")
    )

    class Meta:
        verbose_name = _("member of a grouping")
        verbose_name_plural = _("members of a grouping")
        constraints = [models.UniqueConstraint(fields=["grouping", "organisation"], name="grouping_member_once")]

    def __str__(self) -> str:
        return f"{self.organisation} – {self.grouping}"


class GroupingSpeakerQuerySet(models.QuerySet["GroupingSpeaker"]):
    def at(self, instant: datetime) -> "GroupingSpeakerQuerySet":
        """Those whose period holds this instant: from its beginning until just before its end."""
        return self.filter(models.Q(ends_at=None) | models.Q(ends_at__gt=instant), starts_at__lte=instant)


class GroupingSpeaker(models.Model):
    """An organisation chairs or coordinates a grouping for a period and speaks for it."""

    grouping = models.ForeignKey(Grouping, on_delete=models.CASCADE, related_name="speakers")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="speaks_for", verbose_name=_("organisation")
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)

    objects = GroupingSpeakerQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation that speaks for a grouping")
        verbose_name_plural = _("organisations that speak for a grouping")
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=models.F("starts_at")),
                name="grouping_speaker_ends_after_its_start",
                violation_error_message=_("The end must be after the start."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} – {self.grouping}"
