"""A running copy of the application on a database of its own, which can be killed at any moment and started again."""

import contextlib
import http.client
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client as SignedIn

from consultation.stakeholders.models import User

SERVING = Path(__file__).with_name("serving.py")
TOKEN = "c" * 32


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("It did not happen.")
        time.sleep(0.01)


class Installation:
    """The server and the worker, each started in a group of its own on the database of this process."""

    def __init__(self, data: Path, url: str) -> None:
        self.groups: list[int] = []
        self.port = 0
        self.data, self.log = data, data / "log"
        environment = {
            **os.environ,
            "DATA_DIR": str(data),
            "DATABASE_URL": url,
            "SAMPLE_DATA": "1",
            "ALLOWED_HOSTS": "127.0.0.1",
            "SECRET_KEY": settings.SECRET_KEY,
        }
        with self.log.open("w") as log:
            self._starter = subprocess.Popen(
                [sys.executable, SERVING],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._said() == "ready", self.log.read_text()

    def start(self, *, worker: bool = True) -> None:
        """Start the server, and the worker, and wait until the server is ready."""
        self.port = _free_port()
        self.run("serve", str(self.port))
        if worker:
            self.run("work")
        until(lambda: self.status("/readyz") == http.HTTPStatus.OK)

    def run(self, *what: str) -> int:
        """Start one process; gives its number, which is that of its group."""
        assert self._starter.stdin is not None
        self._starter.stdin.write(" ".join(what) + "\n")
        self._starter.stdin.flush()
        self.groups.append(int(self._said()))
        return self.groups[-1]

    def strike(self) -> None:
        """Send SIGKILL to all of it."""
        for group in self.groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)

    def kill(self) -> None:
        """Kill all of it with SIGKILL and wait until nothing of it is left."""
        self.strike()
        gone, self.groups = self.groups, []
        until(lambda: not any(_lives(group) for group in gone) and not self._listens())
        until(_nobody_else_is_connected)

    def close(self) -> None:
        """End everything."""
        self.kill()
        self._starter.kill()
        self._starter.wait()

    def limit_files(self, size: int) -> None:
        """Let no file of what runs grow beyond this size, as on a full disk; -1 takes that back."""
        for process in self.processes():
            with contextlib.suppress(ProcessLookupError):
                hard = resource.prlimit(process, resource.RLIMIT_FSIZE)[1]
                resource.prlimit(process, resource.RLIMIT_FSIZE, (size, hard))

    def processes(self) -> list[int]:
        """All processes that run."""
        found = [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit()]
        return [process for process in found if _group_of(process) in self.groups]

    def status(self, address: str) -> int:
        """How an address is answered to nobody; 0 where nothing answers."""
        try:
            return Browser(self.port, "").send("GET", address)[0]
        except (OSError, http.client.HTTPException):
            return 0

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return bool(self.port) and probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _said(self) -> str:
        assert self._starter.stdout is not None
        return self._starter.stdout.readline().strip()


class Browser:
    """A person's browser: a session, plain forms, no redirects followed."""

    def __init__(self, port: int, session: str) -> None:
        self.port, self.session = port, session

    def send(self, method: str, address: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """The status and the page. Raises `OSError` or `HTTPException` where the answer does not come whole."""
        browser = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {
            "Cookie": f"csrftoken={TOKEN}; sessionid={self.session}",
            "Origin": f"http://127.0.0.1:{self.port}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        try:
            browser.request(method, address, urlencode({**(form or {}), "csrfmiddlewaretoken": TOKEN}), headers)
            answer = browser.getresponse()
            return answer.status, answer.read().decode()
        finally:
            browser.close()


def session_of(user: User) -> str:
    """The key of a session in which this person is signed in."""
    browser = SignedIn()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


@contextlib.contextmanager
def installed(data: Path, url: str) -> Iterator[Installation]:
    """An installation that is ended afterwards, whatever happens."""
    made = Installation(data, url)
    try:
        yield made
    finally:
        made.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _group_of(process: int) -> int:
    try:
        return os.getpgid(process)
    except ProcessLookupError:
        return 0


def _nobody_else_is_connected() -> bool:
    """PostgreSQL may still end what a client asked for that is gone."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return bool(cursor.fetchone()[0] == 0)
