"""Mails through a real SMTP server, a clock that tests turn, and the worker's pass in this process."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller

from consultation.notifications import delivery, digests, reading
from consultation.record import clock
from tests.browser.conftest import free_port


class Server:
    """What a real SMTP server received; `answers` are what it says to the next mails instead of 250."""

    def __init__(self) -> None:
        self.port = free_port()
        self.received: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.answers: list[str] = []
        self.controller: Controller | None = None

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 - aiosmtpd names it
        if self.answers:
            return self.answers.pop(0)
        self.raw.append(envelope.content)
        message = message_from_bytes(envelope.content, policy=policy.default)
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.received.append(message)
        return "250 OK"

    def start(self) -> None:
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self) -> None:
        if self.controller:
            self.controller.stop()
        self.controller = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, recipient: str) -> list[EmailMessage]:
        return [m for m in self.received if m["X-Envelope-To"] == recipient]


def text(message: EmailMessage) -> str:
    return message.get_body(("plain",)).get_content()


def said(message: EmailMessage) -> str:
    """The words of the text, however its lines and quotations are broken."""
    return " ".join(re.sub(r"\n[> ]*", " ", text(message)).split())


def html(message: EmailMessage) -> str:
    return message.get_body(("html",)).get_content()


@pytest.fixture
def server(settings) -> Iterator[Server]:
    """A real SMTP server on loopback, and the application's own way of sending."""
    running = Server()
    running.start()
    settings.EMAIL_BACKEND = "consultation.notifications.outbox.Backend"
    settings.DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
    settings.SITE_URL = "https://consultation.example"
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def _decisions_are_told_at_once(settings):
    """But where a test is about the minute in which they can be undone."""
    settings.UNDO_SECONDS = 0


@pytest.fixture
def turn(monkeypatch) -> Callable[[datetime | timedelta], None]:
    """Set the application's clock to an instant, or ahead by a time."""

    def turned(to: datetime | timedelta) -> None:
        now = clock.now() + to if isinstance(to, timedelta) else to
        monkeypatch.setattr(clock, "now", lambda: now)

    return turned


@pytest.fixture
def work() -> Callable[[], None]:
    """One pass of the worker."""

    def worked() -> None:
        while reading.read(100):
            pass
        digests.gather()
        delivery.deliver(1000)

    return worked
