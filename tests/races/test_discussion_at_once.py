"""Threads at the same instant: every reply is counted, and nobody waits for somebody who waits for them.

The one order of locks is in docs/decisions/139.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction

from consultation.consultations.actions import act_for
from consultation.discussion import actions as discussion
from consultation.discussion.actions import Words
from consultation.moderation import actions as moderation
from consultation.moderation.actions import Verdict
from consultation.moderation.models import Decision
from consultation.practices import actions as practices
from consultation.record.actions import hold
from consultation.record.errors import Refusal
from tests import factories
from tests.races.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _report_is_loaded(transactional_db):
    """Tests with real transactions start from empty tables."""
    call_command("loaddata", "stakeholder-groups", "gfmd-gcm-cluster-1", verbosity=0)


def until_somebody_waits():
    """On PostgreSQL, until another connection waits for what this one holds; SQLite has one writer at a time."""
    if connection.vendor != "postgresql":
        return
    blocked = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
    for _ in range(2000):
        with connection.cursor() as cursor:
            if cursor.execute(blocked).fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("Nobody waited.")


def crossing(first, then, other):
    """One does `first`, and `then` once another, who does `other` meanwhile, waits for it: in one transaction."""
    begun = Event()

    def one():
        try:
            with transaction.atomic():
                first()
                begun.set()
                until_somebody_waits()
                return then()
        finally:
            begun.set()
            connections.close_all()

    def two():
        begun.wait()
        try:
            return other()
        except Refusal as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        return [done.result() for done in (threads.submit(one), threads.submit(two))]


def decide(moderator, comment, kind="publish"):
    return moderation.decide(moderator, f"comment-{comment.public_id}", 1, Verdict(kind), uuid4())


def test_two_replies_that_are_published_at_once_are_both_counted(consultation, contributor, moderator):
    root = factories.published(contributor, consultation, moderator)
    second = factories.moderator(consultation)
    others = [factories.delegate(consultation) for _ in range(2)]
    replies = [factories.submitted(other, consultation, parent=root) for other in others]
    crossing(lambda: decide(moderator, replies[0]), lambda: None, lambda: decide(second, replies[1]))
    root.refresh_from_db()
    assert root.answers == 2


def test_a_reply_that_is_published_at_once_is_counted_beside_one_that_is_withdrawn(
    consultation, contributor, moderator
):
    root = factories.published(contributor, consultation, moderator)
    other = factories.delegate(consultation)
    reply = factories.published(other, consultation, moderator, parent=root)
    consultation.moderation_mode = "after"
    consultation.save()
    further = factories.delegate(consultation)
    crossing(
        lambda: factories.submitted(further, consultation, parent=reply),
        lambda: None,
        lambda: discussion.withdraw_comment(other, reply),
    )
    root.refresh_from_db()
    assert root.answers == 1


@pytest.mark.parametrize("act", ["revise", "withdraw", "attribute", "appeal", "reply"])
def test_the_organisation_is_held_before_its_comment(consultation, contributor, focal_point, moderator, act):
    consultation.attribution_choice = True
    consultation.save()
    for _ in range(2):
        factories.delegate(consultation)
    written = discussion.write_comment(
        contributor, consultation, factories.passage(consultation, "p8"), Words("Said."), uuid4(), attribution="group"
    )
    comment = factories.decided(moderator, written, "return" if act == "appeal" else "publish")
    acts = {
        "revise": lambda: discussion.revise_comment(contributor, comment, Words("Other words.")),
        "withdraw": lambda: discussion.withdraw_comment(contributor, comment),
        "attribute": lambda: discussion.attribute_comment(contributor, comment, "named"),
        "appeal": lambda: moderation.appeal(contributor, Decision.objects.get(), "Look again.", uuid4()),
        "reply": lambda: factories.submitted(contributor, consultation, parent=comment),
    }
    _nothing, done = crossing(
        lambda: act_for(focal_point, consultation, comment.organisation_id), lambda: hold(comment), acts[act]
    )
    assert not isinstance(done, Refusal)


@pytest.mark.parametrize("act", ["revise", "withdraw"])
def test_the_organisation_is_held_before_its_practice(consultation, contributor, focal_point, moderator, act):
    practice = factories.practice(contributor, consultation)
    acts = {
        "revise": lambda: practices.revise_practice(
            contributor, practice, factories.description(consultation, title="Other words")
        ),
        "withdraw": lambda: practices.withdraw_practice(contributor, practice),
    }
    _nothing, done = crossing(
        lambda: act_for(focal_point, consultation, practice.organisation_id), lambda: hold(practice), acts[act]
    )
    assert not isinstance(done, Refusal)


def test_two_who_decide_on_several_wait_for_each_other_in_one_order(consultation, contributor, moderator):
    second, other = factories.moderator(consultation), factories.delegate(consultation)
    roots = [factories.published(contributor, consultation, moderator) for _ in range(3)]
    replies = [factories.submitted(other, consultation, parent=root) for root in roots]
    read = [(f"comment-{reply.public_id}", 1) for reply in replies]
    first, latter = read, read[::-1]
    answers = at_once(
        lambda: moderation.decide_several(moderator, dict(first), Verdict("publish"), uuid4()),
        lambda: moderation.decide_several(second, dict(latter), Verdict("publish"), uuid4()),
    )
    assert sorted(len(taken) for taken, _refused in answers) == [0, 3]
    for root in roots:
        root.refresh_from_db()
        assert root.answers == 1
