"""A real streaming standby of a test server, that tests stop, start again, and keep from replaying."""

import contextlib
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.servers import postgres


class Standby:
    """One that follows the server at `primary`, not started yet."""

    def __init__(self, primary: str) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="consultation-standby-"))
        self.port = postgres.free_port()
        self.url = urlsplit(primary)._replace(netloc=f"{postgres.USER}@127.0.0.1:{self.port}").geturl()
        self._as_user = postgres.as_other_user(self.directory)
        self._process: subprocess.Popen[bytes] | None = None
        copy = [postgres.binaries() / "pg_basebackup", "-D", self.directory / "data", "-d", primary]
        subprocess.run([*copy, "-R", "-X", "stream", "-c", "fast", "--no-sync"], check=True, **self._as_user)

    def start(self) -> None:
        own = (f"port={self.port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={self.directory}")
        settings = [part for setting in (*own, *postgres.QUICK) for part in ("-c", setting)]
        command = [postgres.binaries() / "postgres", "-D", self.directory / "data", *settings]
        with (self.directory / "log").open("a") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, **self._as_user)
        postgres.wait_until_ready(self.port, self._process)

    def stop(self) -> None:
        """Stop at once, as where the power goes."""
        if self._process:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(timeout=30)
            self._process = None

    def pause(self) -> None:
        """Receive what the primary writes, and replay none of it."""
        self._run("SELECT pg_wal_replay_pause()")

    def resume(self) -> None:
        self._run("SELECT pg_wal_replay_resume()")

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)


@contextlib.contextmanager
def standby(primary: str) -> Iterator[Standby]:
    """A running standby, gone afterwards."""
    made = Standby(primary)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(made.directory, ignore_errors=True)
