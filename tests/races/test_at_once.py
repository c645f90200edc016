"""What happens at the same instant has one effect, and everybody is told what happened. On the real databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.db.models import Q

from consultation.discussion import actions as discussion
from consultation.discussion.actions import Words
from consultation.discussion.models import Comment, CommentRevision
from consultation.moderation import actions as moderation
from consultation.moderation.actions import Verdict
from consultation.moderation.models import Decision
from consultation.positions.models import Position, PositionVersion
from consultation.record.errors import Changed, Refusal
from consultation.record.models import Entry
from consultation.stakeholders import actions as stakeholders
from consultation.summaries.queries import counts_by_passage
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _report_is_loaded(transactional_db):
    """Tests with real transactions start from empty tables."""
    call_command("loaddata", "stakeholder-groups", "gfmd-gcm-cluster-1", verbosity=0)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do all at the same instant, each on a connection of its own; what each gave or was refused with."""
    start = Barrier(len(acts))

    def one(act):
        try:
            start.wait()
            return act()
        except Refusal as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(one, acts))


def test_the_same_form_twenty_times_at_once_is_one_comment(consultation, contributor):
    passage, key = factories.passage(consultation, "p8"), uuid4()

    def send():
        return discussion.write_comment(contributor, consultation, passage, Words("Once"), key).pk

    answers = at_once(*[send] * 20)
    assert len(set(answers)) == 1
    assert Comment.objects.count() == CommentRevision.objects.count() == Entry.objects.count() == 1


def test_the_number_of_a_form_is_of_one_author_also_at_once(consultation):
    """Nothing makes two organisations wait for each other: the database decides who was first."""
    passage, key = factories.passage(consultation, "p8"), uuid4()
    authors = [factories.delegate(consultation) for _ in range(6)]
    answers = at_once(
        *[lambda a=a: discussion.write_comment(a, consultation, passage, Words("Mine"), key) for a in authors]
    )
    written = [answer for answer in answers if isinstance(answer, Comment)]
    assert [isinstance(answer, Changed) for answer in answers].count(True) == 5
    assert len(written) == Comment.objects.count() == CommentRevision.objects.count() == Entry.objects.count() == 1


def test_five_accounts_of_an_organisation_are_one_position(consultation):
    organisation = factories.OrganisationFactory()
    signers = [factories.focal_point(consultation, organisation) for _ in range(5)]
    stances = ["endorse", "cannot_endorse", "endorse", "cannot_endorse", "endorse"]
    at_once(
        *[
            lambda signer=signer, stance=stance: factories.signed(signer, consultation, "pol3", stance)
            for signer, stance in zip(signers, stances, strict=True)
        ]
    )
    assert Position.objects.count() == 1
    assert PositionVersion.objects.filter(state="signed").count() == 1
    assert counts_by_passage(consultation)[factories.passage(consultation, "pol3").pk].taken == 1
    assert Entry.objects.filter(kind="position.signed").count() == 5


def test_two_moderators_at_once_take_one_decision(consultation, contributor, moderator):
    second = factories.moderator(consultation)
    for _ in range(5):
        comment = factories.submitted(contributor, consultation)
        item = f"comment-{comment.public_id}"
        answers = at_once(
            lambda item=item: moderation.decide(moderator, item, 1, Verdict("publish"), uuid4()),
            lambda item=item: moderation.decide(second, item, 1, Verdict("return", "other", "No."), uuid4()),
        )
        assert sorted(isinstance(a, Refusal) for a in answers) == [False, True]
        comment.refresh_from_db()
        assert comment.state in {"published", "returned"}
        assert Decision.objects.filter(revision__comment=comment).count() == 1


def test_what_is_published_is_what_was_read(consultation, contributor, moderator):
    for _ in range(15):
        comment = factories.submitted(contributor, consultation, body="Read")
        item = f"comment-{comment.public_id}"
        at_once(
            lambda comment=comment: discussion.revise_comment(contributor, comment, Words("Not read")),
            lambda item=item: moderation.decide(moderator, item, 1, Verdict("publish"), uuid4()),
        )
    assert not CommentRevision.objects.filter(state="published", body="Not read").exists()


def test_withdrawing_while_somebody_replies_leaves_no_orphan(consultation, contributor, moderator):
    parent = factories.published(contributor, consultation, moderator)
    other = factories.delegate(consultation)
    at_once(
        lambda: discussion.withdraw_comment(contributor, parent),
        lambda: factories.submitted(other, consultation, parent=parent),
    )
    parent.refresh_from_db()
    assert parent.state == "withdrawn"
    for reply in Comment.objects.filter(parent=parent):
        factories.decided(moderator, reply)
        assert Comment.objects.public().filter(pk=parent.pk).exists()


def test_suspending_while_signing_has_one_order_on_the_record(consultation):
    secretariat = factories.UserFactory(is_staff=True, is_superuser=True)
    for _ in range(10):
        signer = factories.focal_point(consultation)
        organisation = factories.organisation_of(signer)
        at_once(
            lambda signer=signer: factories.signed(signer, consultation, "pol3"),
            lambda organisation=organisation: stakeholders.decide_on_organisation(
                secretariat, organisation, "suspended", "Its mandate ended."
            ),
        )
        story = list(
            Entry.objects.filter(
                Q(actor=signer) | Q(subject=f"stakeholders.organisation:{organisation.pk}")
            ).values_list("kind", flat=True)
        )
        assert story in (["organisation.suspended"], ["position.signed", "organisation.suspended"])
        assert Position.objects.filter(organisation=organisation, signed__isnull=False).count() == len(story) - 1


def test_every_connection_of_sqlite_waits_for_the_disk():
    if connection.vendor != "sqlite":
        assert connection.vendor == "postgresql"
        return
    with connection.cursor() as cursor:
        values = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "journal_mode")]
    assert values == [2, "wal"]
    assert connection.transaction_mode == "IMMEDIATE"
