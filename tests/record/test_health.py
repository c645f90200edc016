from unittest import mock

from django.db import OperationalError


def test_the_process_lives_and_the_database_answers(client, db):
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


def test_readyz_says_503_while_the_database_does_not_answer(client, db):
    with mock.patch("django.db.backends.base.base.BaseDatabaseWrapper.cursor", side_effect=OperationalError):
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200
