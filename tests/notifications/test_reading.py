"""Every entry of the record is read once, whatever order the transactions end in."""

import importlib
import threading
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, connections, transaction

from consultation.notifications import reading
from consultation.notifications.models import Notification, Reader, Told
from consultation.record.actions import append
from consultation.record.models import Entry
from tests import factories


@pytest.mark.django_db
def test_an_entry_that_cannot_be_told_does_not_stand_in_the_way(consultation, contributor, moderator, work):
    with transaction.atomic():
        append("comment.published", consultation)  # its subject is no comment
        Entry.objects.bulk_create(
            [Entry(kind="comment.published", subject="discussion.comment:x", at="2026-01-01T00:00Z")]
        )
    factories.published(contributor, consultation, moderator)
    work()
    assert Told.objects.exclude(problem="").count() == 1
    assert Notification.objects.filter(person=contributor).count() == 1


@pytest.mark.django_db
def test_the_place_that_reading_starts_from_moves_when_all_is_settled(consultation, contributor, moderator, work, turn):
    factories.published(contributor, consultation, moderator)
    work()
    reading.settle()
    assert Reader.objects.get().up_to == 0
    turn(timedelta(hours=7))
    reading.settle()
    assert Reader.objects.get().up_to == Entry.objects.last().pk
    assert not Told.objects.exists()
    assert reading.read(10) == 0
    factories.published(contributor, consultation, moderator)
    assert reading.read(10) == 2


@pytest.mark.django_db
def test_what_happened_before_there_were_notifications_is_told_to_nobody(consultation, contributor, moderator, work):
    factories.published(contributor, consultation, moderator)
    migration = importlib.import_module("consultation.notifications.migrations.0002_read_from_now_on")
    migration.from_now_on(apps, None)
    factories.published(contributor, consultation, moderator, ref="p9")
    work()
    assert [n.passage.ref for n in Notification.objects.filter(person=contributor)] == ["p9"]


@pytest.mark.django_db
def test_a_long_record_is_read_piece_by_piece(consultation, contributor, moderator):
    for _comment in range(5):
        factories.submitted(contributor, consultation)
    assert [reading.read(2) for _pass in range(4)] == [2, 2, 1, 0]


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_is_committed_late_is_told(moderator_elsewhere):
    """PostgreSQL gives out the number before the commit; on SQLite the second writer waits, and all is in order.

    Two organisations: contributions of one come one after the other.
    """
    consultation, author = moderator_elsewhere
    other = factories.delegate(consultation)
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time.")
    wrote, may_commit = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            factories.submitted(author, consultation)
            wrote.set()
            may_commit.wait(30)
        connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    wrote.wait(30)
    quick = factories.submitted(other, consultation, ref="p9")
    assert reading.read(10) == 1
    reading.settle()
    may_commit.set()
    thread.join()
    first, second = Entry.objects.order_by("pk")
    assert second.subject == f"discussion.comment:{quick.pk}"
    assert not Told.objects.filter(entry=first).exists()
    assert reading.read(10) == 1
    assert Notification.objects.filter(kind="moderation").count() == 2


@pytest.fixture
def moderator_elsewhere(transactional_db):
    call_command("loaddata", "stakeholder-groups", "gfmd-gcm-cluster-1", verbosity=0)
    consultation = factories.ConsultationFactory()
    factories.moderator(consultation)
    return consultation, factories.delegate(consultation)
