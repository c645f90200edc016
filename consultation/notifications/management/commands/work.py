"""The worker: seals the record and reads it, makes notifications and daily mails, sends what waits in the outbox."""

import logging
import os
import signal
import time
from threading import Event
from typing import Any

from django.core.management import BaseCommand, CommandParser
from django.db import Error, close_old_connections, connection

from consultation.api import delivery as webhooks
from consultation.api.telling import tell_closings
from consultation.consultations.actions import remind_when_due
from consultation.notifications import actions, delivery, digests, reading
from consultation.record import sealing
from consultation.record.keys import KeyProblem
from consultation.silence import actions as silence
from consultation.stakeholders import erased

log = logging.getLogger(__name__)

ENTRIES, MAILS, WEBHOOKS = 200, 50, 50
IDLE_SECONDS, CHORES_SECONDS, SEAL_SECONDS = 1.0, 60, 10
LONGEST_PAUSE_SECONDS = 60.0


class Command(BaseCommand):
    help = "Tell people what happened and send mails, until interrupted. Any number may run at once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is to do now, then end")
        parser.add_argument(
            "--while-parent-lives", action="store_true", help="end with the process that started this one"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stopping = Event()
        self.mail_server_pause = self.mail_server_until = self.seal_at = 0.0
        if options["once"]:
            self._write_what_is_due()
            while reading.read(ENTRIES):
                pass
            self._chores()
            self._seal()
            while self._deliver():
                pass
            while webhooks.deliver(WEBHOOKS):
                pass
            while self._deliver():  # a webhook that was given up on
                pass
            return
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stopping.set())
        self.parent = os.getppid() if options["while_parent_lives"] else 0
        self._until_stopped()

    def _until_stopped(self) -> None:
        chores_at = time.monotonic()
        while not self.stopping.is_set() and self.parent in {0, os.getppid()}:
            busy = False
            try:
                close_old_connections()
                busy = self._work()
                if time.monotonic() >= chores_at:
                    self._chores()
                    chores_at = time.monotonic() + CHORES_SECONDS
            except Error as error:
                log.warning("The database does not answer; trying again: %s", error)
                connection.close()
            if not busy:
                self.stopping.wait(IDLE_SECONDS)

    def _work(self) -> bool:
        """Read and send for a while; whether there may be more to do at once."""
        if time.monotonic() >= self.seal_at:
            self._seal()
            self.seal_at = time.monotonic() + SEAL_SECONDS
        read = reading.read(ENTRIES)
        sent = self._deliver() + webhooks.deliver(WEBHOOKS, self.stopping.is_set)
        return bool(sent or read)

    def _deliver(self) -> int:
        """Send what is due. While the mail server is down it is asked ever more rarely, at least once a minute."""
        now = time.monotonic()
        if now < self.mail_server_until:
            return 0
        try:
            taken = delivery.deliver(MAILS, self.stopping.is_set)
        except delivery.ServerDown as error:
            self.mail_server_pause = min(self.mail_server_pause * 2 or IDLE_SECONDS, LONGEST_PAUSE_SECONDS)
            self.mail_server_until = now + self.mail_server_pause
            log.warning("The mail server takes no connection; mails wait: %s", error)
            return 0
        self.mail_server_pause = 0.0
        return taken

    def _seal(self) -> None:
        """Seal what was written. A key that is missing or wrong keeps nobody from being told."""
        try:
            sealing.seal_all()
        except KeyProblem as problem:
            log.error("The record is not sealed: %s", problem)

    def _write_what_is_due(self) -> None:
        """The entries that the clock alone brings: reminders before a closing, and what becomes of silence."""
        remind_when_due()
        tell_closings()
        silence.settle()
        silence.remind()

    def _chores(self) -> None:
        """What need not be done every second."""
        self._write_what_is_due()
        digests.gather()
        if reading.read(1) == 0:
            reading.settle()
        delivery.prune()
        webhooks.prune()
        actions.forget()
        erased.keep_what_the_database_knows()
