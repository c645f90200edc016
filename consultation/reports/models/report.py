"""A report with its title block, and what is on record of the session."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from consultation.text.languages import require_tag


class ReportManager(models.Manager["Report"]):
    def get_by_natural_key(self, slug: str) -> "Report":
        return self.get(slug=slug)


class Report(models.Model):
    """The report of one dialogue: its title block as printed, and the session record in parts."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    language = models.CharField(_("language of the text"), max_length=10, default="en")
    forum = models.CharField(_("forum"), max_length=300, blank=True, help_text=_("As in the title block."))
    title = models.CharField(_("title"), max_length=500, help_text=_("As in the title block."))
    date_line = models.CharField(_("date and times"), max_length=200, blank=True, help_text=_("As in the title block."))
    place_line = models.CharField(_("place"), max_length=200, blank=True, help_text=_("As in the title block."))
    held_on = models.DateField(_("held on"))
    starts_at = models.TimeField(_("from"), null=True, blank=True, help_text=_("Local time of the place."))
    ends_at = models.TimeField(_("to"), null=True, blank=True, help_text=_("Local time of the place."))
    previous = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="later_versions",
        verbose_name=_("earlier version"),
    )

    objects = ReportManager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-held_on", "slug"]

    def __str__(self) -> str:
        return self.title

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    def clean(self) -> None:
        """The language is a tag that pages and files can be marked with."""
        try:
            require_tag(self.language)
        except ValidationError as error:
            raise ValidationError({"language": error}) from error

    @property
    def direction(self) -> str:
        """The direction that its text is written in: `ltr` or `rtl`."""
        try:
            return "rtl" if get_language_info(self.language)["bidi"] else "ltr"
        except KeyError:
            return "auto"


class SessionRoleManager(models.Manager["SessionRole"]):
    def get_by_natural_key(self, slug: str, order: int) -> "SessionRole":
        return self.get(report__slug=slug, order=order)


class SessionRole(models.Model):
    """A line of the session record: who did what (chair, input speakers, rapporteur, presenter), and its documents.

    A document has its name and, as its capacity, what the report says of it.
    """

    class Role(models.TextChoices):
        CHAIR = "chair", _("Chair")
        SPEAKER = "speaker", _("Input speaker")
        RAPPORTEUR = "rapporteur", _("Rapporteur")
        PRESENTER = "presenter", _("Presenter of the briefing paper")
        DOCUMENT = "document", _("Document")

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="session_roles")
    role = models.CharField(_("role"), max_length=10, choices=Role)
    name = models.CharField(_("name"), max_length=150)
    capacity = models.CharField(_("capacity, or what the document is"), max_length=300, blank=True)
    order = models.PositiveSmallIntegerField(_("order"))

    objects = SessionRoleManager()

    class Meta:
        verbose_name = _("role in the session")
        verbose_name_plural = _("session record")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["report", "order"], name="session_role_order_once")]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.name}"

    def natural_key(self) -> tuple[str, int]:
        return (self.report.slug, self.order)

    natural_key.dependencies = ["reports.report"]  # type: ignore[attr-defined]  # as Django documents it
