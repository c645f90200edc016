"""The disk is full, or the database away: a clear page, nothing by half, and it goes on by itself."""

import contextlib
import os
import re
import secrets
import shutil
import signal
import sqlite3
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection

from consultation.discussion.models import Comment, CommentRevision
from consultation.record import checking
from consultation.record.models import Entry
from consultation.stakeholders.models import User
from consultation.summaries.sample import SLUG
from tests.faults.acts import Act, send
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


@pytest.mark.skipif(connection.vendor != "sqlite", reason="Rows of PostgreSQL are locked one by one.")
def test_who_holds_the_database_for_some_seconds_is_waited_for(installation, session):
    """Another program, such as a backup by hand, writes for three seconds."""
    installation.start(worker=False)
    browser = Browser(installation.port, session)
    with contextlib.closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(2) as at_once:
            answers = [at_once.submit(browser.send, "POST", COMMENTS, form(f"Remark {n}.")) for n in range(2)]
            time.sleep(3)
            assert not any(answer.done() for answer in answers)
            assert browser.send("GET", f"/consultations/{SLUG}/")[0] == 200
            other.execute("ROLLBACK")
            assert [answer.result()[0] for answer in answers] == [302, 302]
    assert Comment.objects.count() == Entry.objects.count() == 2


@pytest.mark.skipif(connection.vendor != "sqlite", reason="Rows of PostgreSQL are locked one by one.")
def test_who_holds_the_database_for_longer_is_told_of_and_nothing_typed_is_lost(sample_data, as_user):
    browser = as_user(User.objects.get(email="delegate.state@example.org"))
    browser.raise_request_exception = False
    sent = form()
    with contextlib.closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 200")  # instead of twenty seconds
        answer = browser.post(COMMENTS, sent, headers={"origin": "http://testserver"})
        assert_kept((answer.status_code, answer.content.decode()))
        assert answer["Retry-After"]
        other.execute("ROLLBACK")
    assert browser.post(COMMENTS, sent).status_code == 302
    connection.close()
    assert Comment.objects.count() == 1


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL syncs in processes of its own.")
@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed.")
def test_what_is_confirmed_was_written_to_the_disk_before(installation, session, tmp_path):
    """In the order of the system's calls: the log of the database is synced, then the answer leaves."""
    installation.start(worker=False)
    browser, calls = Browser(installation.port, session), tmp_path / "calls"
    until(lambda: len(installation.processes()) == 3)  # the server has answered, its second worker may not be there
    attached = [word for process in installation.processes() for word in ("-p", str(process))]
    trace = ["strace", "-f", "-y", "-s", "20", "-e", "trace=fsync,fdatasync,sendto,write", "-o", str(calls), *attached]
    with subprocess.Popen(trace, stderr=subprocess.DEVNULL) as tracing:
        try:
            until(lambda: all(_is_traced(process) for process in installation.processes()))
            for number in range(10):
                assert browser.send("POST", COMMENTS, form(f"Remark {number}."))[0] == 302
            until(lambda: calls.read_bytes().count(b"HTTP/1.1 302") == 10)
        finally:
            tracing.send_signal(signal.SIGINT)
    told = re.findall(r"(f\w*sync)\(\d+<[^>]*-wal>|\"HTTP/1.1 (302)", calls.read_text(errors="replace"))
    order = "".join("a" if answered else "s" for _synced, answered in told)
    assert order.count("a") == 10
    assert re.fullmatch(r"(s+a)+s*", order), order


def _is_traced(process: int) -> bool:
    """Whether strace sees each thread of this process: a worker that it comes to later answers unseen."""
    threads = list(Path(f"/proc/{process}/task").glob("*/status"))
    return bool(threads) and not any("TracerPid:\t0\n" in thread.read_text() for thread in threads)


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


@contextlib.contextmanager
def _on_a_server_of_its_own(tmp_path):
    """A durable PostgreSQL with the test's data, and an installation that runs on it."""
    with postgres.cluster(durable=True) as cluster:
        _copy(database_url(), cluster.url)
        with installed(tmp_path, cluster.url) as installation:
            installation.start()
            yield cluster, installation


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server that could be away.")
def test_while_the_database_is_away_nothing_typed_is_lost_and_when_it_is_back_it_goes_on(session, tmp_path):
    with _on_a_server_of_its_own(tmp_path) as (cluster, installation):
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


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server that could be away.")
def test_a_database_that_goes_and_comes_back_under_load_loses_and_doubles_nothing(session, tmp_path):
    """Eight people write and send again what was not confirmed, as the page says; the application is not restarted."""
    with _on_a_server_of_its_own(tmp_path) as (cluster, installation):
        acts = [[Act("comment", "p8", f"Remark {n} of {who}.") for n in range(5)] for who in range(8)]

        def write(own):
            browser, refused = Browser(installation.port, session), 0
            for act in own:
                until(lambda act=act: send(act, browser) == act.confirmation)
                refused += act.sent - 1
            return refused

        with ThreadPoolExecutor(len(acts)) as people:
            writing = [people.submit(write, own) for own in acts]
            until(lambda: any(act.acknowledged for own in acts for act in own))
            cluster.stop(signal.SIGINT)
            until(lambda: installation.status("/readyz") == 503)
            cluster.start()
            assert sum(done.result() for done in writing) > 0
        sent = sorted(act.words for own in acts for act in own)
        assert not any(act.refused for own in acts for act in own)
        assert sorted(_ask(cluster.url, "SELECT body FROM discussion_commentrevision")) == sent
        assert _ask(cluster.url, "SELECT count(*) FROM record_entry") == [str(len(sent))]


def test_a_server_that_is_stopped_answers_what_it_had_taken_up(installation, session):
    """SIGTERM, as at every upgrade: whoever was being answered is answered, and nothing is left by half."""
    installation.start(worker=False)
    acts = [[Act("comment", "p8", f"Remark {n} of {who}.") for n in range(200)] for who in range(4)]

    def write(own):
        browser = Browser(installation.port, session)
        for act in own:
            if not send(act, browser):
                return

    with ThreadPoolExecutor(len(acts)) as people:
        writing = [people.submit(write, own) for own in acts]
        until(lambda: sum(act.acknowledged for own in acts for act in own) > 8)
        os.kill(installation.groups[0], signal.SIGTERM)
        for done in writing:
            done.result()
    until(lambda: not installation.processes())
    sent = [act for own in acts for act in own if act.sent]
    there = set(CommentRevision.objects.values_list("body", flat=True))
    assert {act.words for act in sent if act.acknowledged} <= there
    # The last of each was sent to a door that was closed, or its answer was on the way.
    assert sum(not act.acknowledged for act in sent) <= len(acts)
    assert Comment.objects.count() == Entry.objects.count() == len(there)


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
