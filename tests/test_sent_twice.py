"""Every form sent twice is one effect, one entry in the record, and the same answer: tests/actions.txt names the forms."""

from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings

from consultation.record.models import Entry
from tests import factories
from tests.test_actions import ACTIONS, ROLES, STATES, TABLE, turn, world  # noqa: F401 - a fixture

# What a rapporteur does, and in which state.
CHAIRED = {
    "answer-comment": "open",
    "answer-several": "open",
    "publish-answers": "closed",
    "draft-passage": "open",
    "insert-passage": "open",
    "draft-new-passage": "open",
    "publish-next-text": "closed",
    "silence-start": "open",
    "silence-extend": "open",
}


def doer(action: str) -> tuple[str, str]:
    """Who does this, and in which state of the consultation."""
    if action in CHAIRED:
        return "chair", CHAIRED[action]
    found = [(r, s) for s in STATES for r, cell in zip(ROLES, TABLE[action, s], strict=True) if cell == "done"]
    return found[0] if found else ("", "")


def rows() -> dict[str, int]:
    """How many rows each table of ours has."""
    models = [m for m in apps.get_models() if m.__module__.startswith(tuple(settings.ROOMS))]
    return {m._meta.label: m._base_manager.count() for m in models}


@pytest.mark.parametrize("action", ACTIONS)
def test_a_form_sent_twice_has_one_effect_and_the_same_answer(consultation, contributor, world, as_user, action):  # noqa: F811
    role, state = doer(action)
    assert role, action
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
    assert len({(answer.status_code, answer.headers.get("Location")) for answer in answers}) == 1
