"""Where a query reads: never a copy for what is written, held, or says who somebody is."""

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction

from consultation.discussion.models import Comment, Visit
from consultation.serving.reading import Router, Source, reading
from consultation.stakeholders.models import Invitation, Membership, User

router = Router()


def test_who_only_reads_reads_the_copy():
    with reading(Source("replica1")):
        assert router.db_for_read(Comment) == router.db_for_read(Membership) == "replica1"
    assert router.db_for_read(Comment) == "default"  # outside of a request


@pytest.mark.parametrize("model", [User, Session, Invitation])
def test_who_somebody_is_is_never_read_from_a_copy(model):
    with reading(Source("replica1")):
        assert router.db_for_read(model) == "default"


def test_after_a_write_the_rest_of_the_request_reads_the_primary():
    source = Source("replica1")
    with reading(source):
        assert router.db_for_write(Comment) == "default"
        assert router.db_for_read(Membership) == "default"
    assert source.wrote


def test_that_a_person_was_here_is_not_a_write_that_they_wait_for():
    source = Source("replica1")
    with reading(source):
        assert router.db_for_write(Visit) == router.db_for_write(Session) == "default"
        assert router.db_for_read(Comment) == "replica1"
    assert not source.wrote


@pytest.mark.django_db(transaction=True)
def test_within_a_transaction_everything_is_read_from_the_primary():
    with reading(Source("replica1")), transaction.atomic():
        assert router.db_for_read(Comment) == "default"


def test_rows_that_are_held_are_the_primarys(settings):
    settings.DATABASE_ROUTERS = ["consultation.serving.reading.Router"]
    with reading(Source("replica1")):
        assert Comment.objects.all().db == "replica1"
        assert Comment.objects.select_for_update().db == "default"


@pytest.mark.parametrize(("database", "migrated"), [("default", True), ("replica1", False)])
def test_only_the_primary_is_migrated(database, migrated):
    assert router.allow_migrate(database, "discussion") is migrated
