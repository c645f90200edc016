"""A real Chromium and a running copy of the application, with sample data in a directory of its own."""

import functools
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, Page, sync_playwright

BIN = Path(sys.executable).parent
SCREENSHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]
PASSWORD = "consultation-sample"


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session", autouse=True)
def django_db_setup():
    """These tests ask the running copy; they need no database of their own."""


class Mails:
    """What a real SMTP server received, by recipient."""

    def __init__(self) -> None:
        self.url = ""
        self.received: dict[str, list[str]] = {}

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 - aiosmtpd names it
        message = message_from_bytes(envelope.content, policy=policy.default)
        body = message.get_body(("plain",)).get_content()
        for recipient in envelope.rcpt_tos:
            self.received.setdefault(recipient, []).append(body)
        return "250 OK"

    def find(self, recipient: str, pattern: str) -> str:
        """The newest words of this pattern that were sent to the recipient; waits for the worker to send them."""
        for _attempt in range(600):
            found = re.findall(pattern, "\n".join(self.received.get(recipient, [])))
            if found:
                return str(found[-1])
            time.sleep(0.05)
        raise AssertionError(f"No mail to {recipient} has {pattern}.")

    def link(self, recipient: str, part: str) -> str:
        """The newest link with this part that was sent to the recipient."""
        return self.find(recipient, rf"http://\S*{part}\S*")


@pytest.fixture(scope="session")
def mails() -> Iterator[Mails]:
    """A real SMTP server on loopback."""
    received = Mails()
    controller = Controller(received, hostname="127.0.0.1", port=free_port())
    controller.start()
    received.url = f"smtp://127.0.0.1:{controller.port}"
    yield received
    controller.stop()


@pytest.fixture(scope="session")
def environment(tmp_path_factory, mails) -> dict[str, str]:
    """The settings of the running copy: a data directory and a port of its own."""
    return {
        **os.environ,
        "DATA_DIR": str(tmp_path_factory.mktemp("data")),
        "DATABASE_URL": "",
        "SAMPLE_DATA": "1",
        "HOST": "127.0.0.1",
        "PORT": str(free_port()),
        "EMAIL_URL": mails.url,
        "UNDO_SECONDS": "20",
    }


@pytest.fixture(scope="session")
def manage(site, environment) -> Callable[..., None]:
    """Run a command of manage.py against the running copy."""

    def run(*command: str) -> None:
        subprocess.run([sys.executable, "manage.py", *command], env=environment, check=True, stdout=subprocess.DEVNULL)

    return run


@pytest.fixture(scope="session")
def site(environment) -> Iterator[str]:
    """The address of a running copy that `make run`'s own steps made from nothing."""
    port = environment["PORT"]
    for command in (["manage.py", "prepare"], ["manage.py", "collectstatic", "--noinput", "-v0"]):
        subprocess.run([sys.executable, *command], env=environment, check=True, stdout=subprocess.DEVNULL)
    serve = [str(BIN / "gunicorn"), "consultation.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "8"]
    processes = [
        subprocess.Popen([*serve, "--log-level", "warning"], env=environment),
        subprocess.Popen([sys.executable, "manage.py", "work"], env=environment),
    ]
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_it_lives(address)
        yield address
    finally:
        for process in processes:
            process.terminate()
            process.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_lives(address: str) -> None:
    for _attempt in range(200):
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=1)
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("The application did not start.")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def signed_in(chromium, site) -> Callable[[str], dict]:
    """The state of a browser in which a person of the sample has signed in; each signs in once."""

    @functools.cache
    def state(person: str) -> dict:
        context = chromium.new_context(base_url=site)
        page = context.new_page()
        page.goto("/accounts/login/")
        page.fill("[name=login]", f"{person}@example.org")
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.get_by_text("You are signed in as").wait_for()
        kept = context.storage_state()
        context.close()
        return kept

    return state


@pytest.fixture
def open_browser(chromium, site, signed_in) -> Iterator[Callable[..., Page]]:
    """Open a browser of its own for a person of the sample (`""`: nobody), at a width, with or without JavaScript."""
    contexts = []

    def opened(
        person: str = "", *, width: int = 1280, scripts: bool = True, theme: str = "", language: str = "", **more: Any
    ) -> Page:
        context = chromium.new_context(
            base_url=site,
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            storage_state=signed_in(person) if person else None,
            **more,
        )
        chosen = {"theme": theme, "django_language": language}
        context.add_cookies([{"name": n, "value": v, "url": site} for n, v in chosen.items() if v])
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def picture(page: Page, name: str) -> None:
    """Keep what the page looks like in build/screenshots, for people to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
