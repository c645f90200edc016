"""Which documents there are: the interim summary with everything, the rapporteur's draft, a published version."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from consultation.consultations.models import Consultation
from consultation.consultations.times import said
from consultation.outcome import files
from consultation.outcome.about import Frame
from consultation.outcome.composition import Choices, Texts, compose
from consultation.outcome.data import canonical, data_of, fingerprint
from consultation.outcome.models import Outcome


@dataclass(frozen=True)
class Made:
    """A document with the data that it was made from."""

    document: dict[str, Any]
    data: bytes
    fingerprint: str
    at: datetime
    key: str

    def file(self, extension: str) -> bytes:
        """The document as `docx` or `pdf`."""
        return files.made(self.document, extension, self.at, self.key)


def interim_of(consultation: Consultation, at: datetime, data_address: str) -> Made:
    """All that is published now, with no finding and nothing left out."""
    final = is_closed(consultation, at)
    frame = Frame(
        kind=_("Summary of positions") if final else _("Interim summary"),
        state=_state(consultation, at),
        as_of=said(at, consultation),
        fingerprint="",
        data_address=data_address,
        banner="" if final else _("Interim. Not final."),
    )
    return _made(consultation, frame, Choices(), Texts(), at)


def draft_of(consultation: Consultation, at: datetime, data_address: str, choices: Choices, texts: Texts) -> Made:
    """The outcome as the rapporteur has it now."""
    banner = _("Draft. Not published.")
    frame = Frame(
        kind=_("Outcome"),
        state=_state(consultation, at),
        as_of=said(at, consultation),
        fingerprint="",
        data_address=data_address,
        banner=banner if is_closed(consultation, at) else f"{_('Interim. Not final.')} {banner}",
    )
    return _made(consultation, frame, choices, texts, at)


def version_of(
    consultation: Consultation, at: datetime, data_address: str, outcome: Outcome, *, number: int, correction: str
) -> Made:
    """The outcome as it is published at this instant."""
    frame = Frame(
        kind=_("Outcome"),
        state=_("Final. Version %(number)s, published on %(when)s.")
        % {"number": number, "when": said(at, consultation)},
        as_of=said(at, consultation),
        fingerprint="",
        data_address=data_address,
        correction=correction,
        frozen=True,
    )
    return _made(consultation, frame, *contents_of(outcome), at)


def contents_of(outcome: Outcome) -> tuple[Choices, Texts]:
    """What the working copy holds."""
    choices = Choices(
        recommendations_left_out=outcome.recommendations_left_out,
        groups_left_out=outcome.groups_left_out,
        explanations=outcome.explanations,
        wordings=outcome.wordings,
    )
    return choices, Texts(outcome.introduction, outcome.findings)


def is_closed(consultation: Consultation, at: datetime) -> bool:
    return consultation.state_at(at) in {Consultation.State.CLOSED, Consultation.State.OUTCOME_PUBLISHED}


def _state(consultation: Consultation, at: datetime) -> str:
    if is_closed(consultation, at):
        return _("Final figures. The consultation closed on %s.") % said(consultation.closes_at, consultation)
    if consultation.state_at(at) == Consultation.State.PREPARED:
        return _("The consultation opens on %s.") % said(consultation.opens_at, consultation)
    return _("Interim. The consultation is open until %s; figures can still change.") % said(
        consultation.closes_at, consultation
    )


def _made(consultation: Consultation, frame: Frame, choices: Choices, texts: Texts, at: datetime) -> Made:
    data = data_of(consultation)
    content = canonical(data)
    frame = replace(frame, fingerprint=fingerprint(content))
    key = files.key_of(
        frame.fingerprint,
        frame.kind,
        frame.state,
        frame.banner,
        frame.data_address,
        frame.correction,
        choices.as_dict(),
        vars(texts),
    )
    return Made(compose(data, frame, choices, texts), content, frame.fingerprint, at, key)
