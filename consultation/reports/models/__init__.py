"""Reports and their passages: the text that everything else is about; the files they came from, earlier editions."""

from consultation.reports.models.files import Edition, Import
from consultation.reports.models.framework import Instrument, Mention
from consultation.reports.models.passage import Passage, PassageMatch
from consultation.reports.models.report import Report, SessionRole

__all__ = [
    "Edition",
    "Import",
    "Instrument",
    "Mention",
    "Passage",
    "PassageMatch",
    "Report",
    "SessionRole",
]
