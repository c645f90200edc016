"""Where a query reads: never a copy for what is written, held, or says who somebody is."""

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpResponse

from consultation.discussion.models import Comment, Visit
from consultation.record.errors import NotAllowed
from consultation.serving.reading import ReplicaMiddleware, Router, Source, reading
from consultation.serving.replicas import watch
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


@pytest.mark.parametrize("status", [401, 403, 404, 409, 503])
def test_a_no_that_a_view_made_an_answer_is_asked_of_the_primary_too(rf, status, monkeypatch):
    """The API answers its own problems: a copy that is late would else have the last word there."""
    away = []
    monkeypatch.setattr(watch, "failed", away.append)
    source = Source("replica1")
    with reading(source):
        asked = ReplicaMiddleware(HttpResponse).process_view(rf.get("/"), lambda _: HttpResponse(status=status), [], {})
    assert (asked, source.alias) == (None, "default")
    assert away == (["replica1"] if status == 503 else [])


def test_what_a_copy_answers_is_the_answer(rf):
    given = HttpResponse("read")
    with reading(Source("replica1")):
        assert ReplicaMiddleware(HttpResponse).process_view(rf.get("/"), lambda _: given, [], {}) is given


def test_a_refusal_after_a_write_is_its_page(rf):
    def refusing(request):
        router.db_for_write(Comment)
        raise NotAllowed("Not by you.")

    with reading(Source("replica1")):
        answer = ReplicaMiddleware(HttpResponse).process_view(rf.get("/"), refusing, [], {})
    assert (answer.status_code, b"Not by you." in answer.content) == (403, True)


@pytest.mark.parametrize(("database", "migrated"), [("default", True), ("replica1", False)])
def test_only_the_primary_is_migrated(database, migrated):
    assert router.allow_migrate(database, "discussion") is migrated
