"""What the documents are made from."""

from uuid import uuid4

from consultation.discussion import actions as discussion
from consultation.discussion.actions import Words
from consultation.moderation import actions as moderation
from consultation.moderation import queue
from consultation.moderation.actions import Verdict
from tests import factories


def explained(moderator, signer, consultation, ref="pol3", stance="reservation", words="Within our law."):
    """A signed position whose explanation a moderator published."""
    version = factories.signed(signer, consultation, ref, stance, words)
    decide(moderator, version, "publish")
    return version


def decide(moderator, version, kind, **why):
    item = f"{queue.EXPLANATION}-{version.position.public_id}"
    moderation.decide(moderator, item, version.number, Verdict(kind, **why), uuid4())
    version.refresh_from_db()


def worded(moderator, author, consultation, wording, ref="pol3", body="Because."):
    """A published comment that proposes other words."""
    words = Words(body, proposed_wording=wording)
    comment = discussion.write_comment(author, consultation, factories.passage(consultation, ref), words, uuid4())
    return factories.decided(moderator, comment)
