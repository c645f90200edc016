"""What a document says about itself: its state, how it counts, and how one verifies it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from consultation.outcome import blocks as b
from consultation.outcome.blocks import Block
from consultation.outcome.data import Data


@dataclass(frozen=True)
class Frame:
    """What is said about the document itself."""

    kind: str
    state: str
    as_of: str
    fingerprint: str
    data_address: str
    frozen: bool = False
    banner: str = ""
    correction: str = ""


def facts(data: Data, frame: Frame) -> list[list[str]]:
    """The lines at the head of a document: label and value."""
    report = data["consultation"]["report"]
    lines = [
        [_("Report"), f"{report['forum']}. {report['title']}. {report['date_line']}, {report['place_line']}"],
        [_("State"), frame.state],
        [_("Figures as of"), frame.as_of],
        [_("Corrected in this version"), frame.correction],
        [_("Fingerprint of the data"), frame.fingerprint],
    ]
    return [line for line in lines if line[1]]


def verification(frame: Frame) -> list[Block]:
    """Annex B."""
    frozen = (
        _("The file stays as it was when this version was published.")
        if frame.frozen
        else _(
            "The file shows the state of the moment at which it is read: as long as nothing that is counted or "
            "published changes, its fingerprint is this one. Keep a copy of it with this document."
        )
    )
    sentences = [
        _("Every figure and every quotation in this document comes from one file of data, at %s.") % frame.data_address,
        _("Its fingerprint (SHA-256 of the file) stands at the head of this document."),
        frozen,
        _(
            "To verify: download the file, compute its SHA-256 and compare it with this fingerprint; then recompute "
            "the figures from it. Its part “summary” has the form of the consultation’s summary.json, and the "
            "positions that are listed in it give the same counts."
        ),
    ]
    title = b.heading(1, _("Annex B: How to verify this document"), annex=True)
    return [title, *(b.words(b.run(s)) for s in sentences)]


def counting() -> list[Block]:
    """How to read the figures."""
    return [b.words(b.run(s)) for s in (*_always(), *_capacity_and_attribution())]


def _capacity_and_attribution() -> list[str]:
    return [
        _(
            "A position that waits for confirmation by a capital counts and is marked. What is said in an expert "
            "capacity (X) is not a position of the organisation and is not counted."
        ),
        _(
            "Where a consultation lets organisations leave their name out, their positions count as far as at least "
            "three organisations could hold them: with their group, or without one in the row “Without a group” and "
            "in the total. What fewer could hold is neither shown nor counted: it stands under “No position”."
        ),
    ]


def _always() -> list[str]:
    return [
        _("Only positions signed by an organisation’s focal point count. An organisation counts once."),
        _(
            "“No position” is every approved participating organisation that has not signed a position. No position "
            "is not agreement."
        ),
        _("All figures are counts; no organisation weighs more than another. “Of” is the number that could answer."),
        _(
            "Convergence orders recommendations: the product over the participating groups of (1 + endorsing "
            "organisations) / (2 + organisations with a signed position), a reservation counting one half. It says "
            "nothing without the counts beside it."
        ),
        _(
            "Every reservation and every “cannot endorse” is named, with its explanation word for word where it is "
            "published. R is a reservation, C “cannot endorse”, E an endorsement with an explanation, W a proposed "
            "wording. Organisations that endorse without an explanation are counted; the data name them."
        ),
    ]
