"""What was signed after closing, in the documents: apart from the figures, and each for what it is."""

from uuid import uuid4

import pytest

from consultation.outcome.actions import why_not_yet
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from consultation.record import clock
from tests import factories
from tests.outcome import reading
from tests.outcome.arranging import decide


def sign(person, consultation, stance, words, **how):
    passage = factories.passage(consultation, "pol3")
    return positions.sign_position(person, consultation, passage, Answer(stance, words, **how), uuid4())


@pytest.fixture
def late(consultation, focal_point):
    """Signs after closing, with an access code."""

    def signing(stance, words, **how):
        factories.close(consultation)
        factories.let_in(focal_point, consultation)
        return sign(focal_point, consultation, stance, words, **how)

    return signing


def test_a_late_view_of_an_expert_is_told_as_no_position(consultation, focal_point, moderator, client, late):
    decide(moderator, late("cannot_endorse", "A view of my own.", capacity="expert"), "publish")
    who = f"{factories.organisation_of(focal_point).name} ("
    page = client.get(f"/consultations/{consultation.slug}/summary/").content.decode()
    assert "In an expert capacity – not counted" in page[page.index('id="late"') :].partition("</table>")[0]
    files = {e: client.get(f"/consultations/{consultation.slug}/summary.{e}").content for e in ("docx", "pdf")}
    for words in (reading.one_line(reading.docx_words(files["docx"])), reading.pdf_words(files["pdf"])):
        told = words[words.index("POL.3 L1") :]
        assert told.startswith(f"POL.3 L1. {who}")
        assert "in an expert capacity, could not endorse (not counted)" in told
        assert ") cannot endorse" not in told
        assert "A view of my own." in told


@pytest.mark.parametrize("capacity", ["organisation", "expert"])
def test_the_outcome_waits_for_late_words_and_those_of_experts(consultation, moderator, late, focal_point, capacity):
    in_time = sign(focal_point, consultation, "reservation", "In time.", capacity="expert")
    version = late("reservation", "Within our law.", capacity=capacity)
    consultation.refresh_from_db()
    assert why_not_yet(consultation, clock.now()).startswith("2 explanations of position wait")
    decide(moderator, version, "publish")
    assert why_not_yet(consultation, clock.now()).startswith("1 explanation of position waits")
    decide(moderator, in_time, "publish")
    assert why_not_yet(consultation, clock.now()) == ""
