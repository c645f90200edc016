"""Reports and their passages: the text that everything else is about; the files they came from, earlier editions."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Length, Replace
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from consultation.record.ids import new_id
from consultation.text.markdown import plain


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


class Import(models.Model):
    """A file that was uploaded to become a report: kept as it came, with the draft that an editor corrects."""

    public_id = models.CharField(max_length=12, unique=True, default=new_id, editable=False)
    file_name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(_("SHA-256"), max_length=64, db_index=True)
    content = models.BinaryField(_("content"))
    draft = models.JSONField(_("draft"), default=dict)
    number = models.PositiveIntegerField(
        _("corrections"), default=0, help_text=_("Counts corrections, so that none is made on an old page.")
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("uploaded by")
    )
    made_at = models.DateTimeField(_("uploaded"))
    report = models.ForeignKey(
        Report, on_delete=models.PROTECT, null=True, related_name="imports", verbose_name=_("report")
    )
    stored_at = models.DateTimeField(_("stored"), null=True)
    submission_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sha256"], condition=models.Q(report__isnull=False), name="import_stored_once"
            )
        ]

    def __str__(self) -> str:
        return self.file_name


class Edition(models.Model):
    """The whole contents of a report as they were stored at one instant. Earlier ones are kept."""

    class Way(models.TextChoices):
        FOUND = "found", _("As found before the first change")
        IMPORT = "import", _("Import of a document")
        FIXTURE = "fixture", _("Fixture")
        DRAFTED = "drafted", _("Drafted in the application")
        EDITED = "edited", _("Edited in the admin")

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="editions", verbose_name=_("report"))
    number = models.PositiveIntegerField(_("edition"))
    way = models.CharField(_("way"), max_length=8, choices=Way)
    contents = models.JSONField(_("contents"))
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("stored by")
    )
    made_at = models.DateTimeField(_("stored"))

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["report", "number"]
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="edition_number_once")]

    def __str__(self) -> str:
        return f"{self.report} ({self.number})"


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


class InstrumentManager(models.Manager["Instrument"]):
    def get_by_natural_key(self, slug: str) -> "Instrument":
        return self.get(slug=slug)


class Instrument(models.Model):
    """A treaty, declaration, agenda, process… that reports invoke: a reference framework."""

    class Kind(models.TextChoices):
        TREATY = "treaty", _("Treaty")
        DECLARATION = "declaration", _("Declaration")
        AGENDA = "agenda", _("Agenda or compact")
        PROCESS = "process", _("Process or forum")
        INITIATIVE = "initiative", _("Initiative")
        GUIDELINES = "guidelines", _("Principles and guidelines")
        REPORT = "report", _("Report")

    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=300, help_text=_("As people know it."))
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    official_url = models.URLField(
        _("official page"), blank=True, help_text=_("Only where it is certain to be there and to stay.")
    )
    note = models.TextField(_("note"), blank=True, help_text=_("What a reader of the report should know."))
    names_in_texts = models.TextField(
        _("names in texts"),
        blank=True,
        help_text=_("One a line: the names under which reports speak of it, letter by letter. They propose mentions."),
    )

    objects = InstrumentManager()

    class Meta:
        verbose_name = _("reference framework")
        verbose_name_plural = _("reference frameworks")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.short_name or self.name

    def natural_key(self) -> tuple[str]:
        return (self.slug,)


class MentionManager(models.Manager["Mention"]):
    def get_by_natural_key(self, instrument: str, report: str, ref: str, start: int) -> "Mention":
        return self.get(instrument__slug=instrument, passage__report__slug=report, passage__ref=ref, start=start)


class Mention(models.Model):
    """A place where a passage invokes an instrument: from `start` to before `end` in the passage's `text`."""

    instrument = models.ForeignKey(
        Instrument, on_delete=models.PROTECT, related_name="mentions", verbose_name=_("reference framework")
    )
    passage = models.ForeignKey(Passage, on_delete=models.CASCADE, related_name="mentions", verbose_name=_("passage"))
    start = models.PositiveIntegerField(_("from character"))
    end = models.PositiveIntegerField(_("to before character"))
    words = models.CharField(_("words"), max_length=300, help_text=_("Exactly as the report has them."))

    objects = MentionManager()

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        ordering = ["passage", "start", "instrument"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "passage", "start"], name="mention_once"),
            models.CheckConstraint(
                condition=models.Q(end=models.F("start") + Length("words")) & models.Q(end__gt=models.F("start")),
                name="mention_as_long_as_its_words",
                violation_error_message=_("The words are not as long as the place."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.passage}: {self.words}"

    def natural_key(self) -> tuple[str, str, str, int]:
        return (self.instrument.slug, *self.passage.natural_key(), self.start)

    natural_key.dependencies = ["reports.instrument", "reports.passage"]  # type: ignore[attr-defined]  # as above
