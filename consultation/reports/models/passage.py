"""The passages of a report, and which of them are the same in the version before."""

from django.db import models
from django.db.models.functions import Replace
from django.utils.translation import gettext_lazy as _

from consultation.reports.models.report import Report
from consultation.text.markdown import plain


class PassageQuerySet(models.QuerySet["Passage"]):
    def recommendations(self) -> "PassageQuerySet":
        """The passages on which positions are taken, in the order of the report."""
        return self.filter(kind=Passage.Kind.RECOMMENDATION)

    def paragraphs(self) -> "PassageQuerySet":
        return self.filter(kind=Passage.Kind.PARAGRAPH)

    def called(self, name: str) -> "PassageQuerySet":
        """The passages whose ref or code this is, in capitals or not, with the dots and spaces of it or without."""
        bare: models.F | Replace = models.F("code")
        for mark in (" ", "."):
            bare = Replace(bare, models.Value(mark), models.Value(""))
        squeezed = "".join(name.split()).replace(".", "")
        return self.alias(bare_code=bare).filter(
            models.Q(ref__iexact=name.strip()) | models.Q(ref__iexact=squeezed) | models.Q(bare_code__iexact=squeezed)
        )


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
        TABLE = "table", _("Table")
        NOTE = "note", _("Footnote")
        QUESTION = "question", _("Guiding question")  # of a consultation, in no report

    # What the passages of a report can be, with their names.
    REPORT_KINDS = tuple((kind.value, kind.label) for kind in Kind if kind.value != "question")

    class Strand(models.TextChoices):
        POLITICAL = "political", _("Political")
        PRACTICAL = "practical", _("Practical")
        GENERAL = "general", _("General")  # of a report that does not divide them

    report = models.ForeignKey(
        Report, on_delete=models.CASCADE, null=True, related_name="passages", verbose_name=_("report")
    )
    ref = models.SlugField(_("ref"), max_length=20)
    code = models.CharField(_("code"), max_length=40, blank=True, help_text=_("What people see: ¶ 8, POL.3."))
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
        _("marker"), max_length=40, blank=True, help_text=_("What stands before it in the source.")
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
            models.CheckConstraint(
                condition=models.Q(kind="question", report=None, ref__startswith="question-")
                | (
                    ~models.Q(kind="question") & models.Q(report__isnull=False) & ~models.Q(ref__startswith="question-")
                ),
                name="passage_of_a_report_or_a_question",
            ),
        ]

    def __str__(self) -> str:
        return self.code or self.ref

    def natural_key(self) -> tuple[str, str]:
        return (self.report.slug if self.report else "", self.ref)

    natural_key.dependencies = ["reports.report"]  # type: ignore[attr-defined]  # as Django documents it

    @property
    def called(self) -> str:
        """What it is, in a word or two: a paragraph, a political recommendation."""
        whole = {"political": _("Political recommendation"), "practical": _("Practical recommendation")}
        return str(whole.get(self.strand, self.get_kind_display()))

    @property
    def words(self) -> str:
        """The text as a reader sees it, without its inline marks."""
        return plain(self.text)

    @property
    def takes_positions(self) -> bool:
        return self.kind == self.Kind.RECOMMENDATION

    @property
    def is_question(self) -> bool:
        """A guiding question: words of the secretariat, not of the report."""
        return self.kind == self.Kind.QUESTION


class PassageMatch(models.Model):
    """A passage of a newer version is one of the version before it: the same or nearly so, as a person confirmed."""

    passage = models.OneToOneField(
        Passage, on_delete=models.CASCADE, related_name="earlier", verbose_name=_("passage of the newer version")
    )
    earlier = models.ForeignKey(
        Passage, on_delete=models.PROTECT, related_name="later", verbose_name=_("passage of the earlier version")
    )
    same_words = models.BooleanField(_("same words"))

    class Meta:
        verbose_name = _("match of passages")
        verbose_name_plural = _("matches of passages")
        ordering = ["passage"]

    def __str__(self) -> str:
        return f"{self.passage} ← {self.earlier}"
