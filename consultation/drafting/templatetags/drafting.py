"""What the next text says, for pages of rooms that do not know it: nothing before it is published."""

from dataclasses import dataclass, field
from typing import Any

from django import template

from consultation.consultations.models import Consultation
from consultation.drafting.models import NextPassage, NextSource, NextText
from consultation.drafting.proposed import Change
from consultation.drafting.reading import published_next_text
from consultation.drafting.runs import Piece, pieces
from consultation.reports.models import Passage
from consultation.text.markdown import plain

register = template.Library()


@dataclass
class OnPassage:
    """What became of one passage, and which comments on it were taken up, and where."""

    next_text: NextText
    place: NextPassage | None
    pieces: list[Piece]
    taken_up: dict[int, dict[str, str]] = field(default_factory=dict)

    @property
    def change(self) -> str:
        return self.place.latest.change if self.place and self.place.latest else str(Change.KEPT)

    @property
    def words(self) -> str:
        """The new text as it is stored."""
        return self.place.latest.text if self.place and self.place.latest else ""


@register.simple_tag
def next_text_on(consultation: Consultation, passage: Passage) -> OnPassage | None:
    """What a published next text says of a passage and of the comments on it: none before closing, then
    one query where there is none, else three, however many comments.
    """
    next_text = published_next_text(consultation)
    if next_text is None:
        return None
    changes = next_text.passages.changes()
    place = changes.for_display().filter(passage=passage).first()
    new = place.latest.text if place and place.latest else ""
    found = OnPassage(next_text, place, pieces(plain(passage.text), plain(new)) if new else [])
    sources = NextSource.objects.filter(version__in=changes.values("latest"), comment__passage=passage)
    columns = ("comment", "version__next_passage__passage__ref", "version__next_passage__passage__code")
    made = ("version__next_passage__published_as__ref", "version__next_passage__published_as__code")
    for comment, old_ref, old_code, ref, code in sources.order_by("pk").values_list(*columns, *made):
        name = ref or old_ref
        found.taken_up.setdefault(comment, {})[name] = code or old_code or name
    return found


@register.inclusion_tag("drafting/_announced.html")
def next_text_announced(consultation: Consultation) -> dict[str, Any]:
    """A line that leads to the next text, once it is published."""
    return {"consultation": consultation, "next_text": published_next_text(consultation)}
