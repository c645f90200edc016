"""Every form of tests/actions.txt sent twice is one effect, one entry in the record, and the same answer."""

from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings

from consultation.record.models import Entry
from tests import factories
from tests.test_actions import ACTIONS, ROLES, STATES, TABLE, turn, world  # noqa: F401 - a fixture

# What a rapporteur does while the consultation is open.
CHAIRED = {"answer-comment", "answer-several", "draft-passage", "insert-passage", "silence-start", "silence-extend"}
# What needs a world of its own is sent twice there.
ELSEWHERE = {
    "publish-answers": "dispositions/test_publishing.py: test_the_same_form_publishes_once",
    "draft-new-passage": "drafting/test_drafting.py: test_two_rapporteurs_at_once_and_the_same_form_twice",
    "publish-next-text": "drafting/test_drafting.py: test_publishing_twice_is_publishing_once_and_then_nothing_changes",
    "position-reconfirm": "drafting/test_reconfirming.py: test_sent_twice_it_is_one_draft",
    # A secret is shown once: the second answer leads to the list.
    "make-token": "api/test_tokens.py",
    "register-webhook": "api/test_webhooks.py",
    "register-secretariat-webhook": "api/test_webhooks.py",
    "stop-secretariat-webhook": "api/test_webhooks.py",
    # With files that a letter and a pack are made of.
    "letter-enter": "offline/test_letters.py",
    "letter-take-back": "offline/test_letters.py",
    "pack-blank": "offline/test_packs.py",
    "pack-save": "offline/test_packs.py",
    # Each look at what was blacked out is an event of its own.
    "look": "moderation/test_redaction.py",
}
# What takes something away makes nothing: the second time it is no longer there, or told already.
GONE = {"remove": 404, "withdraw": 404, "practice-withdraw": 404, "attribute": 403}


def doer(action: str) -> tuple[str, str]:
    """Who does this, and in which state of the consultation."""
    if action in CHAIRED:
        return "chair", "open"
    return next((r, s) for s in STATES for r, cell in zip(ROLES, TABLE[action, s], strict=True) if cell == "done")


def rows() -> dict[str, int]:
    """How many rows each table of ours has."""
    models = [m for m in apps.get_models() if m.__module__.startswith(tuple(settings.ROOMS))]
    return {m._meta.label: m._base_manager.count() for m in models}


@pytest.mark.parametrize("action", sorted(set(ACTIONS) - set(ELSEWHERE)))
def test_a_form_sent_twice_has_one_effect_and_the_same_answer(consultation, contributor, world, as_user, action):  # noqa: F811
    role, state = doer(action)
    turn(consultation, contributor, state)
    browser = as_user(factories.chair(consultation) if role == "chair" else world.people[role])
    sent = {"submission_id": str(uuid4()), **ACTIONS[action].form(world)}
    before = Entry.objects.count()
    answers, written = [], []
    for _ in range(2):
        answers.append(browser.post(world.addresses[ACTIONS[action].address], sent))
        written.append((Entry.objects.count(), rows()))
    assert written[0][0] > before, answers[0].status_code
    assert written[1] == written[0], answers[1].status_code
    if action in GONE:
        assert answers[1].status_code == GONE[action]
    else:
        assert len({(answer.status_code, answer.headers.get("Location")) for answer in answers}) == 1
