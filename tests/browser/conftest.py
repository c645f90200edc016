"""A real Chromium and a running copy of the application, with sample data in a directory of its own."""

import fcntl
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
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import prepared

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

# A click is done when the next page begins, and what is read at once may not be there yet: tests of a page that a click
# or a key led to read it with `expect`, which asks again. A busy machine takes its time.
expect.set_options(timeout=30_000)


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
def copy(tmp_path_factory) -> Callable[[str], dict[str, str]]:
    """The settings of a copy of the application: a port, and a data directory, of its own.

    The first one is made by `make run`'s own steps, on migrated tables where there are some; the others, of other test
    processes too, repeat it.
    """
    common = tmp_path_factory.getbasetemp()
    common = common.parent if os.environ.get("PYTEST_XDIST_WORKER") else common
    first = common / "prepared"
    settings = {**os.environ, "DATABASE_URL": "", "SAMPLE_DATA": "1", "HOST": "127.0.0.1"}
    with (common / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not first.exists():
            making = {**settings, "DATA_DIR": str(common / "making"), "PORT": str(free_port())}
            if prepared.NAME:
                (common / "making").mkdir()
                shutil.copy(prepared.NAME, common / "making" / "consultation.sqlite3")
            for command in (["manage.py", "prepare"], ["manage.py", "collectstatic", "--noinput", "-v0"]):
                subprocess.run([sys.executable, *command], env=making, check=True, stdout=subprocess.DEVNULL)
            (common / "making").rename(first)

    def copied(name: str) -> dict[str, str]:
        data = tmp_path_factory.mktemp(name) / "data"
        shutil.copytree(first, data)
        return {**settings, "DATA_DIR": str(data), "PORT": str(free_port())}

    return copied


@pytest.fixture(scope="session")
def environment(copy, mails) -> dict[str, str]:
    """The settings of the running copy."""
    return {**copy("site"), "EMAIL_URL": mails.url, "UNDO_SECONDS": "20"}


@pytest.fixture(scope="session")
def manage(site, environment) -> Callable[..., None]:
    """Run a command of manage.py against the running copy."""

    def run(*command: str) -> None:
        subprocess.run([sys.executable, "manage.py", *command], env=environment, check=True, stdout=subprocess.DEVNULL)

    return run


@pytest.fixture(scope="session")
def site(environment) -> Iterator[str]:
    """The address of a running copy with its worker."""
    with serving(environment, with_worker=True) as address:
        yield address


@pytest.fixture(scope="session")
def states(copy) -> Iterator[str]:
    """The address of another running copy, whose pages are in every state (tests/browser/states.py)."""
    settings = copy("states")
    make = [sys.executable, "manage.py", "shell", "-c", "from tests.browser import states; states.make()"]
    subprocess.run(make, env=settings, check=True, stdout=subprocess.DEVNULL)
    with serving(settings) as address:
        yield address


@contextmanager
def serving(settings: dict[str, str], *, with_worker: bool = False) -> Iterator[str]:
    """The address of a copy while it runs."""
    port = settings["PORT"]
    serve = [str(BIN / "gunicorn"), "consultation.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "8"]
    processes = [subprocess.Popen([*serve, "--log-level", "warning"], env=settings)]
    if with_worker:
        processes.append(subprocess.Popen([sys.executable, "manage.py", "work"], env=settings))
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
def signed_in(chromium) -> Callable[[str, str], dict]:
    """The state of a browser in which a person of the sample has signed in; each signs in once for each copy."""

    @functools.cache
    def state(person: str, address: str) -> dict:
        context = chromium.new_context(base_url=address)
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
        person: str = "", *, width: int = 1280, scripts: bool = True, at: str = "", language: str = "", **more: Any
    ) -> Page:
        address = at or site
        context = chromium.new_context(
            base_url=address,
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            storage_state=signed_in(person, address) if person else None,
            **more,
        )
        if language:
            context.add_cookies([{"name": "django_language", "value": language, "url": address}])
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def picture(page: Page, name: str, *, whole: bool = True) -> None:
    """Keep what the page, or the first window of it, looks like in build/screenshots, for people to look at.

    It waits for what a click led to: the beginning of a page is there before its end.
    """
    page.wait_for_load_state()
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=whole)


def violations(page: Page, **options: Any) -> list[tuple[str, list[str]]]:
    """What axe finds on the page: the rule, and the first elements that break it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    # Else it tells of everything that is right, too: megabytes.
    found = page.evaluate(
        """asked => axe.run(asked).then(({violations}) =>
            violations.map(v => [v.id, v.nodes.slice(0, 3).map(node => node.html)]))""",
        {"resultTypes": ["violations"], **options},
    )
    return [(rule, elements) for rule, elements in found]


def fit_for_everybody(page: Page, name: str, *, whole: bool = True) -> None:
    """The page that is open is fit at both widths, at 400 per cent, in each theme and direction; pictures are kept.

    Themes differ in colours alone, so that the second one is asked for contrast alone. It is 1280 pixels wide.
    Not `whole`: axe looks only at the first few of what repeats itself.
    """
    contrast = {"runOnly": ["color-contrast"]}
    page.emulate_media(reduced_motion="reduce")
    picture(page, f"{name}-1280")
    assert sideways(page) <= 1280
    if whole:
        assert violations(page) == []
    for width in (320, 640, 768, 390):  # 640 is half of 1280: 200 per cent
        page.set_viewport_size({"width": width, "height": 900})
        assert sideways(page) <= width
    picture(page, f"{name}-390")
    if not whole:
        some_of_each(page)
        assert violations(page) == []
    in_the_dark(page)
    picture(page, f"{name}-390-dark", whole=False)
    assert violations(page, **contrast) == []
    page.context.add_cookies([{"name": "django_language", "value": "ar", "url": page.url}])
    page.reload()
    picture(page, f"{name}-390-ar", whole=False)
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert sideways(page) <= 390
    some_of_each(page)
    assert violations(page) == []
    in_the_dark(page)
    assert violations(page, **contrast) == []


def sideways(page: Page) -> int:
    """How wide the page is that one could scroll."""
    return int(page.evaluate("document.documentElement.scrollWidth"))


def in_the_dark(page: Page) -> None:
    """The other theme, as the server would have sent it; of what repeats itself, a few."""
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    some_of_each(page)


def some_of_each(page: Page) -> None:
    """Leave the first five of siblings that are alike, such as the rows of a table: axe looks at each for long."""
    page.evaluate(
        """() => document.querySelectorAll("main *").forEach(parent => {
            const seen = {};
            [...parent.children].forEach(child => {
                const kind = child.tagName + child.className;
                seen[kind] = (seen[kind] || 0) + 1;
                if (seen[kind] > 5) child.remove();
            });
        })"""
    )
