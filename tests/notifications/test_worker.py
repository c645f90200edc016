"""The worker as a process of its own, on the real database: killed, doubled, stopped."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from django.core.mail import send_mail
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

from consultation.notifications.models import Mail, Notification, Told
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
MANAGE = Path(__file__).resolve().parents[2] / "manage.py"


@pytest.fixture
def worker(server):
    """Start worker processes on the test's own database; whatever is left of them is ended."""
    started = []
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        url = f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    # What a moderator decided is told at once: nobody undoes it here.
    environment = {**os.environ, "DATABASE_URL": url, "EMAIL_URL": server.url, "UNDO_SECONDS": "0"}

    def start(*arguments: str) -> subprocess.Popen:
        process = subprocess.Popen([sys.executable, MANAGE, "work", *arguments], env=environment)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()


def until(condition):
    """Wait for something that another process does."""
    for _attempt in range(3600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("It did not happen.")


def no_mail_waits():
    return not Mail.objects.filter(state="waiting").exists()


def leases_end():
    """As if the time had passed that a killed worker's mail is left to it."""
    Mail.objects.filter(state="waiting").update(next_try_at=timezone.now())


def test_a_worker_killed_between_sending_and_marking_loses_no_mail(server, worker):
    for number in range(100):
        send_mail("Subject", "Text", None, [f"p{number}@example.org"])
    kills = {20: True, 50: True, 70: True}
    running: list[subprocess.Popen] = []
    handle = server.handle_DATA

    async def kill_after(smtp, session, envelope):
        answer = await handle(smtp, session, envelope)
        if kills.pop(len(server.received), False):
            running[-1].kill()
        return answer

    server.handle_DATA = kill_after
    for _kill in range(3):
        running.append(worker())
        running[-1].wait()
        assert running[-1].returncode == -signal.SIGKILL
        assert Mail.objects.filter(state="waiting", tries=1, claim__isnull=False).count() == 1
        leases_end()
    worker("--once").wait()
    ids = Counter(m["Message-ID"] for m in server.received)
    assert {m["X-Envelope-To"] for m in server.received} == {f"p{n}@example.org" for n in range(100)}
    assert len(ids) == 100
    assert sum(ids.values()) == 103
    assert Mail.objects.filter(state="sent").count() == 100


def test_a_mail_that_ends_every_worker_is_parked(server, worker):
    send_mail("Subject", "Text", None, ["p@example.org"])
    Mail.objects.update(tries=5)
    worker("--once").wait()
    assert Mail.objects.get().state == "parked"
    assert server.received == []


def test_several_workers_at_once_send_each_mail_once(server, worker):
    for number in range(60):
        send_mail("Subject", "Text", None, [f"p{number}@example.org"])
    for process in [worker("--once") for _ in range(3)]:
        process.wait()
    assert Counter(m["X-Envelope-To"] for m in server.received) == {f"p{n}@example.org": 1 for n in range(60)}


def test_a_worker_that_is_told_to_stop_ends_well(server, worker):
    process = worker()
    send_mail("Subject", "Text", None, ["p@example.org"])
    until(no_mail_waits)
    process.terminate()
    assert process.wait(timeout=30) == 0
    assert len(server.received) == 1


def test_a_server_that_comes_back_gets_what_waited(server, worker):
    server.stop()
    worker()
    send_mail("Subject", "Text", None, ["p@example.org"])
    time.sleep(2)
    assert not no_mail_waits()
    server.start()
    until(no_mail_waits)
    assert len(server.received) == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no connection that could break.")
def test_a_connection_that_breaks_after_the_sending_neither_loses_nor_doubles_a_mail(server, worker):
    handle = server.handle_DATA

    async def break_connections(smtp, session, envelope):
        answer = await handle(smtp, session, envelope)
        await sync_to_async(end_other_connections)(own)
        return answer

    server.handle_DATA = break_connections
    for number in range(3):
        send_mail("Subject", "Text", None, [f"p{number}@example.org"])
    own = connection.connection.info.backend_pid
    worker()
    until(no_mail_waits)
    assert Counter(m["X-Envelope-To"] for m in server.received) == {f"p{n}@example.org": 1 for n in range(3)}


def end_other_connections(own: int) -> None:
    """End all connections to this database but that of the test."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid NOT IN (%s, pg_backend_pid())",
            [own],
        )
    connections.close_all()


def test_what_two_workers_read_is_told_once(server, worker):
    call_command("loaddata", "stakeholder-groups", "gfmd-gcm-cluster-1", verbosity=0)
    consultation = factories.ConsultationFactory()
    author, moderator = factories.delegate(consultation), factories.moderator(consultation)
    processes = [worker(), worker()]

    def publish(_number):
        try:
            factories.published(author, consultation, moderator)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(publish, range(12)))
    until(lambda: Told.objects.count() == 24)
    until(no_mail_waits)
    for process in processes:
        process.terminate()
        process.wait()
    assert not Told.objects.exclude(problem="")
    assert Notification.objects.filter(kind="decision", person=author).count() == 12
    assert len(server.to(author.email)) == 12
