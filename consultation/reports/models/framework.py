"""The reference frameworks that reports invoke, and where they do."""

from django.db import models
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from consultation.reports.models.passage import Passage


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
