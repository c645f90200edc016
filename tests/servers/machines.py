"""Copies of the application as they run on several machines: a directory and processes of their own, one database."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.servers import postgres

BIN = Path(sys.executable).parent
TOKEN = "a-token-only-for-these-tests"
SAMPLE = {
    "SECRET_KEY": "only-for-tests-" + "m" * 50,
    "ALLOWED_HOSTS": "127.0.0.1",
    "SAMPLE_DATA": "1",
    "DEBUG": "0",
    "METRICS_TOKEN": TOKEN,
    "LOG_FORMAT": "json",
}
# What is another at each reading of the same page: tokens of forms, their numbers, the time of day.
CHANGING = re.compile(
    rb'value="[A-Za-z0-9]{64}"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d\d:\d\d(:\d\d)?|127.0.0.1:\d+'
)


def manage(environment: dict[str, str], *command: str) -> None:
    subprocess.run([sys.executable, "manage.py", *command], env=environment, check=True, stdout=subprocess.DEVNULL)


def environment(directory: Path, database: str, **more: str) -> dict[str, str]:
    """The settings of one machine."""
    return {**os.environ, **SAMPLE, "DATA_DIR": str(directory), "DATABASE_URL": database, "REPLICA_URL": "", **more}


@contextlib.contextmanager
def machine(settings: dict[str, str], workers: int = 1) -> Iterator[str]:
    """The address of an application server with these settings, gone afterwards. Its log is `log` in its directory."""
    port = postgres.free_port()
    serve = [str(BIN / "gunicorn"), "consultation.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", str(workers)]
    with (Path(settings["DATA_DIR"]) / "log").open("w") as log:
        process = subprocess.Popen([*serve, "--threads", "4", "--log-level", "warning"], env=settings, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        for _attempt in range(600):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}/healthz", timeout=1)
                break
            time.sleep(0.05)
        yield address
    finally:
        process.send_signal(signal.SIGINT)  # at once, also with open connections
        process.wait(timeout=30)


class Person:
    """Somebody with a browser that keeps cookies, on any machine: `""` is nobody."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        self._cookies = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))

    def signed_in(self, address: str) -> "Person":
        if self.name:
            typed = {"login": f"{self.name}@example.org", "password": "consultation-sample"}
            assert self.send(f"{address}/accounts/login/", typed)[0] == 200
        return self

    def cookie(self) -> str:
        """What the browser sends with a request."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._cookies)

    def get(self, url: str) -> tuple[int, bytes]:
        """Status and body of a page."""
        return self._ask(url, None)

    def send(self, page: str, typed: dict[str, Any], to: str = "") -> tuple[int, bytes]:
        """Fill the form on a page and send it, to the page itself or another address; what comes at last."""
        _status, form = self.get(page)
        hidden = {}
        for name in (b"csrfmiddlewaretoken", b"submission_id", b"revision"):
            if found := re.search(rb'name="' + name + rb'"[^>]*?value="([^"]*)"', form):
                hidden[name.decode()] = found[1].decode()
        return self._ask(to or page, urlencode({**hidden, **typed}).encode())

    def _ask(self, url: str, body: bytes | None) -> tuple[int, bytes]:
        try:
            with self._opener.open(urllib.request.Request(url, body, {"Referer": url}), timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()


def plain(answer: tuple[int, bytes]) -> tuple[int, bytes]:
    """The answer without what changes at each reading."""
    return answer[0], CHANGING.sub(b"", answer[1])


def figures(address: str) -> dict[str, float]:
    """What this machine tells Prometheus."""
    asked = urllib.request.Request(f"{address}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        lines = [line for line in answer.read().decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _space, value in (line.rpartition(" ") for line in lines)}
