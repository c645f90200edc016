"""The disk is full, or the database away: a clear page, nothing by half, and it goes on by itself."""

import contextlib
import re
import secrets
import signal
import subprocess
from uuid import uuid4

import pytest
from django.db import connection

from consultation.discussion.models import Comment, CommentRevision
from consultation.record import checking
from consultation.record.models import Entry
from consultation.stakeholders.models import User
from consultation.summaries.sample import SLUG
from tests.faults.conftest import database_url
from tests.faults.installation import Browser, installed, session_of, until
from tests.servers import postgres

pytestmark = pytest.mark.django_db(transaction=True)
COMMENTS = f"/consultations/{SLUG}/passages/p8/comments/"
WORDS = "A sample remark that took an hour."


def form(words: str = WORDS) -> dict[str, str]:
    return {"submission_id": str(uuid4()), "action": "submit", "body": words}


@pytest.fixture
def session(sample_data) -> str:
    return session_of(User.objects.get(email="delegate.state@example.org"))


def assert_kept(answer: tuple[int, str]) -> None:
    """The page says to try again, and what was typed is on it."""
    status, page = answer
    assert status == 503
    assert "Try again in a minute" in page
    assert WORDS in page
    assert not re.search(r"Traceback|psycopg|sqlite|disk", page)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has a test of its own below.")
def test_on_a_full_disk_nothing_is_written_by_half_and_with_room_again_it_goes_on(installation, session):
    installation.start(worker=False)
    browser, sent = Browser(installation.port, session), form()
    assert browser.send("POST", COMMENTS, form("Before."))[0] == 302
    installation.limit_files(8192)
    for _ in range(3):
        assert_kept(browser.send("POST", COMMENTS, sent))
    assert browser.send("GET", f"/consultations/{SLUG}/")[0] == 200
    assert CommentRevision.objects.get().body == "Before."
    assert Comment.objects.count() == Entry.objects.count() == 1
    installation.limit_files(-1)
    assert [browser.send("POST", COMMENTS, sent)[0] for _ in range(2)] == [302, 302]
    assert Comment.objects.count() == Entry.objects.count() == 2
    assert not list(checking.problems())


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has a test of its own above.")
def test_on_a_full_disk_of_postgresql_nothing_is_written_by_half_and_with_room_again_it_goes_on(session, tmp_path):
    """The disk of its tables; where the log of a server is full, the server ends, and is away as below."""
    with postgres.cluster(durable=True) as cluster, _small_disk(cluster.directory) as disk:
        _ask(cluster.url, f"CREATE TABLESPACE small LOCATION '{disk}'")
        _ask(cluster.url, "CREATE DATABASE small TABLESPACE small")
        url = f"{cluster.url.rpartition('/')[0]}/small"
        _copy(database_url(), url)
        with installed(tmp_path, url) as installation:
            installation.start(worker=False)
            browser, sent = Browser(installation.port, session), form(f"{WORDS} {_noise()}")
            assert browser.send("POST", COMMENTS, form("Before."))[0] == 302
            taken = _until_full(browser, disk)
            for _ in range(3):
                assert_kept(browser.send("POST", COMMENTS, sent))
            assert browser.send("GET", f"/consultations/{SLUG}/")[0] == 200
            count = "SELECT count(*) FROM discussion_comment UNION ALL SELECT count(*) FROM record_entry"
            assert _ask(url, count) == [str(taken + 1)] * 2
            (disk / "filler").unlink()
            assert [browser.send("POST", COMMENTS, sent)[0] for _ in range(2)] == [302, 302]
            assert _ask(url, count) == [str(taken + 2)] * 2


@contextlib.contextmanager
def _small_disk(directory):
    """A disk of its own; the test is left out where it cannot be mounted."""
    with contextlib.ExitStack() as stack:
        try:
            disk = stack.enter_context(postgres.small_disk(directory, 200))
        except OSError:
            pytest.skip("Only root can mount a disk that is small enough to be filled.")
        yield disk


def _noise():
    """Words that no database can make shorter."""
    return secrets.token_hex(4_500)


def _until_full(browser, disk):
    """Fill the disk to its last page, and then what the tables still have room for; how many comments that took."""
    with contextlib.suppress(OSError), (disk / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(b"\0" * 4096)
    for number in range(60):
        status, _page = browser.send("POST", COMMENTS, form(f"{number} {_noise()}"))
        if status == 503:
            return number
        assert status == 302
    raise AssertionError("The disk did not fill.")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server that could be away.")
def test_while_the_database_is_away_nothing_typed_is_lost_and_when_it_is_back_it_goes_on(session, tmp_path):
    with postgres.cluster(durable=True) as cluster:
        _copy(database_url(), cluster.url)
        with installed(tmp_path, cluster.url) as installation:
            installation.start()
            browser, sent = Browser(installation.port, session), form()
            assert browser.send("POST", COMMENTS, form("Before."))[0] == 302
            cluster.stop(signal.SIGINT)
            for _ in range(3):
                assert_kept(browser.send("POST", COMMENTS, sent))
            assert installation.status("/readyz") == 503
            assert installation.status("/healthz") == 200
            cluster.start()
            until(lambda: installation.status("/readyz") == 200)
            assert [browser.send("POST", COMMENTS, sent)[0] for _ in range(2)] == [302, 302]
            assert _ask(cluster.url, "SELECT body FROM discussion_commentrevision ORDER BY id") == ["Before.", WORDS]
            until(
                lambda: (
                    _ask(
                        cluster.url,
                        "SELECT 1 FROM record_entry e JOIN record_leaf l ON l.entry_id = e.id WHERE l.seq IS NOT NULL",
                    )
                    == ["1", "1"]
                )
            )


def _copy(source: str, target: str) -> None:
    """Everything of one PostgreSQL database, in another server's."""
    dump = [postgres.binaries() / "pg_dump", "--no-owner", "-d", source]
    with subprocess.Popen(dump, stdout=subprocess.PIPE) as dumped:
        load = [postgres.binaries() / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", target]
        subprocess.run(load, stdin=dumped.stdout, stdout=subprocess.DEVNULL, check=True)


def _ask(url: str, query: str) -> list[str]:
    """The lines that a PostgreSQL database answers."""
    command = [postgres.binaries() / "psql", "-At", "-d", url, "-c", query]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
