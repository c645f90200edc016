"""Reports and their passages: the text that everything else is about. Contents come from fixtures."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consultation.text.markdown import plain


class ReportManager(models.Manager["Report"]):
    def get_by_natural_key(self, slug: str) -> "Report":
        return self.get(slug=slug)


class Report(models.Model):
    """The report of one dialogue: its title block as printed, and the session record in parts."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    language = models.CharField(_("language of the text"), max_length=10, default="en")
    forum = models.CharField(_("forum"), max_length=300, help_text=_("As in the title block."))
    title = models.CharField(_("title"), max_length=500, help_text=_("As in the title block."))
    date_line = models.CharField(_("date and times"), max_length=200, help_text=_("As in the title block."))
    place_line = models.CharField(_("place"), max_length=200, help_text=_("As in the title block."))
    held_on = models.DateField(_("held on"))
    starts_at = models.TimeField(_("from"), null=True, blank=True, help_text=_("Local time of the place."))
    ends_at = models.TimeField(_("to"), null=True, blank=True, help_text=_("Local time of the place."))

    objects = ReportManager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-held_on", "slug"]

    def __str__(self) -> str:
        return self.title

    def natural_key(self) -> tuple[str]:
        return (self.slug,)


class SessionRoleManager(models.Manager["SessionRole"]):
    def get_by_natural_key(self, slug: str, order: int) -> "SessionRole":
        return self.get(report__slug=slug, order=order)


class SessionRole(models.Model):
    """Who did what in the session: chair, input speakers, rapporteur, presenter of the briefing paper."""

    class Role(models.TextChoices):
        CHAIR = "chair", _("Chair")
        SPEAKER = "speaker", _("Input speaker")
        RAPPORTEUR = "rapporteur", _("Rapporteur")
        PRESENTER = "presenter", _("Presenter of the briefing paper")

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="session_roles")
    role = models.CharField(_("role"), max_length=10, choices=Role)
    name = models.CharField(_("name"), max_length=150)
    capacity = models.CharField(_("capacity"), max_length=300, blank=True)
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


class PassageQuerySet(models.QuerySet["Passage"]):
    def recommendations(self) -> "PassageQuerySet":
        """The passages on which positions are taken, in the order of the report."""
        return self.filter(kind=Passage.Kind.RECOMMENDATION)

    def paragraphs(self) -> "PassageQuerySet":
        return self.filter(kind=Passage.Kind.PARAGRAPH)


class PassageManager(models.Manager.from_queryset(PassageQuerySet)):  # type: ignore[misc]  # made at run time
    def get_by_natural_key(self, slug: str, ref: str) -> "Passage":
        passage: Passage = self.get(report__slug=slug, ref=ref)
        return passage


class Passage(models.Model):
    """One heading, paragraph or recommendation; `order` runs through the report, `parent` makes the tree."""

    class Kind(models.TextChoices):
        HEADING = "heading", _("Heading")
        PARAGRAPH = "paragraph", _("Paragraph")
        LIST = "list", _("List of recommendations")
        RECOMMENDATION = "recommendation", _("Recommendation")

    class Strand(models.TextChoices):
        POLITICAL = "political", _("Political")
        PRACTICAL = "practical", _("Practical")

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="passages", verbose_name=_("report"))
    ref = models.SlugField(_("ref"), max_length=20)
    code = models.CharField(_("code"), max_length=20, blank=True, help_text=_("What people see: ¶ 8, POL.3."))
    kind = models.CharField(_("kind"), max_length=14, choices=Kind)
    strand = models.CharField(_("political or practical"), max_length=10, choices=Strand, blank=True)
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="children", verbose_name=_("under")
    )
    order = models.PositiveIntegerField(_("order"))
    depth = models.PositiveSmallIntegerField(_("depth"), default=0)
    text = models.TextField(
        _("text"), help_text=_("The words of the report with their inline Markdown, as in the source.")
    )
    editorial_note = models.TextField(
        _("editorial note"), blank=True, help_text=_("Stands beside the text, never in it.")
    )
    marker = models.CharField(
        _("marker"), max_length=10, blank=True, help_text=_("What stands before it in the source.")
    )
    blank_before = models.BooleanField(_("blank line before"), default=True)
    page_breaks = models.JSONField(
        _("page breaks"),
        default=list,
        blank=True,
        help_text=_(
            "Where the source breaks the page: offsets in the text at the space that joins the parts; 0 before it."
        ),
    )

    objects = PassageManager()

    class Meta:
        verbose_name = _("passage")
        verbose_name_plural = _("passages")
        ordering = ["report", "order"]
        constraints = [
            models.UniqueConstraint(fields=["report", "ref"], name="passage_ref_once"),
            models.UniqueConstraint(fields=["report", "order"], name="passage_order_once"),
            models.CheckConstraint(
                condition=models.Q(kind="recommendation") ^ models.Q(strand=""),
                name="passage_strand_of_recommendations",
            ),
        ]

    def __str__(self) -> str:
        return self.code or self.ref

    def natural_key(self) -> tuple[str, str]:
        return (self.report.slug, self.ref)

    natural_key.dependencies = ["reports.report"]  # type: ignore[attr-defined]  # as Django documents it

    @property
    def words(self) -> str:
        """The text as a reader sees it, without its inline marks."""
        return plain(self.text)

    @property
    def takes_positions(self) -> bool:
        return self.kind == self.Kind.RECOMMENDATION
