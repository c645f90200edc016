"""Which instruments and processes a report invokes, where, and what the consultation has on those passages."""

from dataclasses import dataclass, field

from consultation.consultations.models import Consultation
from consultation.reports.models import Instrument, Mention, Passage


@dataclass
class Framework:
    """An instrument with the passages that mention it, in the order of the report, and their published comments."""

    instrument: Instrument
    passages: list[Passage] = field(default_factory=list)
    comments: int = 0

    @property
    def recommendations(self) -> int:
        return sum(passage.takes_positions for passage in self.passages)


def frameworks_of(consultation: Consultation, comments: dict[int, int]) -> list[Framework]:
    """The frameworks of the consultation's report by name, in one query; `comments` are counts by passage."""
    mentions = (
        Mention.objects.filter(passage__report=consultation.report_id)
        .select_related("instrument", "passage")
        .defer("instrument__names_in_texts")
        .order_by("instrument__name", "instrument", "passage__order", "start")
    )
    found: dict[int, Framework] = {}
    for mention in mentions:
        framework = found.setdefault(mention.instrument_id, Framework(mention.instrument))
        if framework.passages[-1:] != [mention.passage]:
            framework.passages.append(mention.passage)
            framework.comments += comments.get(mention.passage_id, 0)
    return list(found.values())
