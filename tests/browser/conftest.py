"""A real Chromium and a running copy of the application, with sample data in a directory of its own."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
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


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Iterator[str]:
    """The address of a running copy that `make run`'s own steps made from nothing."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    environment = {
        **os.environ,
        "DATA_DIR": str(tmp_path_factory.mktemp("data")),
        "DATABASE_URL": "",
        "SAMPLE_DATA": "1",
        "HOST": "127.0.0.1",
        "PORT": port,
    }
    for command in (["manage.py", "prepare"], ["manage.py", "collectstatic", "--noinput", "-v0"]):
        subprocess.run([sys.executable, *command], env=environment, check=True, stdout=subprocess.DEVNULL)
    serve = [str(BIN / "gunicorn"), "consultation.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "8"]
    process = subprocess.Popen([*serve, "--log-level", "warning"], env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_it_lives(address)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


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


@pytest.fixture
def open_browser(chromium, site) -> Iterator[Callable[..., Page]]:
    """Open a browser of its own for a person of the sample (`""`: nobody), at a width, with or without JavaScript."""
    contexts = []

    def opened(person: str = "", *, width: int = 1280, scripts: bool = True) -> Page:
        context = chromium.new_context(
            base_url=site, viewport={"width": width, "height": 900}, java_script_enabled=scripts
        )
        contexts.append(context)
        page = context.new_page()
        if person:
            page.goto("/accounts/login/")
            page.fill("[name=login]", f"{person}@example.org")
            page.fill("[name=password]", PASSWORD)
            page.click("main button[type=submit]")
            page.get_by_text("You are signed in as").wait_for()
        return page

    yield opened
    for context in contexts:
        context.close()


def picture(page: Page, name: str) -> None:
    """Keep what the page looks like in build/screenshots, for people to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
