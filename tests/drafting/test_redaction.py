"""What is blacked out of a comment does not live on in the text that was drafted with its words."""

from uuid import uuid4

import pytest

from consultation.drafting.models import NextPassageVersion, NextSource, NextText
from consultation.drafting.proposed import Change, Proposed
from consultation.drafting.runs import runs
from consultation.moderation import actions, queue
from consultation.record.errors import Refusal
from consultation.text.redaction import MARK
from tests.drafting import arranging

NAME = "Quetzal Canarinho"
OLD = "Adhere to international standards, including the UN CMW."
NEW = f"Adhere to the standards of {NAME}, including the UN CMW."
HOW = {"reason": "personal_data", "statement": "Leave out who it was."}


@pytest.fixture
def comment(consultation, contributor, moderator, rapporteur):
    """A proposed wording with a name in it, which the rapporteur took over; elsewhere the name stands by itself."""
    found = arranging.wording(contributor, consultation, moderator, words=NEW)
    name = found.public_id
    by_run = {run.key: frozenset({name}) for run in runs(OLD, NEW)}
    what = Proposed(Change.CHANGED, NEW, f"{NAME} asked for it.", by_run=by_run, started_from=name)
    arranging.save(rapporteur, consultation, "pol3", what)
    arranging.changed(rapporteur, consultation, "pol4", f"{NAME} is an institute, too.")
    return found


def redact(moderator, comment):
    item = f"comment-{comment.public_id}"
    return actions.redact(moderator, item, comment.latest.number, [NAME], **HOW, submission_id=uuid4())


def test_words_drafted_from_a_comment_are_blacked_out_with_it(consultation, moderator, rapporteur, comment):
    redact(moderator, comment)
    pol3, pol4 = NextPassageVersion.objects.order_by("next_passage__passage__order")
    assert NAME not in pol3.text + pol3.why + "".join(NextSource.objects.values_list("added", flat=True))
    assert MARK in pol3.text
    assert NAME in pol4.text


def test_a_moderator_is_not_shown_what_is_in_preparation(consultation, moderator, rapporteur, comment):
    item = queue.find(f"comment-{comment.public_id}", moderator)
    assert not [b for b in actions.preview(moderator, item, [NAME]) if isinstance(b.row, NextPassageVersion)]


def test_a_text_with_a_black_mark_is_not_published_until_it_is_written_anew(
    consultation, moderator, rapporteur, comment
):
    redact(moderator, comment)
    with pytest.raises(Refusal, match=r"POL\.3"):
        arranging.publish(rapporteur, consultation)
    assert not NextText.objects.get().is_published
    arranging.changed(rapporteur, consultation, text="Adhere to all standards.")
    assert arranging.publish(rapporteur, consultation).is_published


def test_of_a_published_next_text_the_reason_is_blacked_out_and_the_report_stays(
    consultation, moderator, rapporteur, comment
):
    report = arranging.publish(rapporteur, consultation).report
    redact(moderator, comment)
    version = NextPassageVersion.objects.get(next_passage__passage__ref="pol3")
    assert NAME not in version.why
    assert report.passages.get(ref="pol3").text == version.text == NEW
