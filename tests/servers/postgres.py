"""A real PostgreSQL server for the tests: its own data directory, port and socket, gone afterwards.

Durability is off (`fsync=off`) unless it is asked for: most of these servers test behaviour, not faults.
"""

import contextlib
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

USER = "postgres"
MANY = "max_connections=200"
# Compiling a plan takes longer than running it on the few rows of a test.
QUICK = (MANY, "fsync=off", "synchronous_commit=off", "full_page_writes=off", "jit=off")


def binaries() -> Path:
    """The directory of the newest server's programs; raises `FileNotFoundError` where there is none."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"), key=lambda p: float(p.split("/")[4]))
    program = found[-1] if found else shutil.which("postgres")
    if not program:
        raise FileNotFoundError("No PostgreSQL server is installed.")
    return Path(program).parent


def version() -> str:
    """Its major version, for example `15`."""
    answer = subprocess.run([binaries() / "postgres", "--version"], capture_output=True, text=True, check=True)
    return answer.stdout.split()[2].split(".")[0]


class Cluster:
    """A server that can be stopped, killed and started again on the same data; `durable` keeps what it confirmed."""

    def __init__(self, directory: Path, *more: str, durable: bool = False) -> None:
        self.directory, self.data, self.port = directory, directory / "data", free_port()
        self.settings = [*((MANY,) if durable else QUICK), *more]
        self.url = f"postgres://{USER}@127.0.0.1:{self.port}/postgres"
        self._as_user = as_other_user(directory)
        setup = [binaries() / "initdb", "-D", self.data, "-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C.UTF-8"]
        subprocess.run([*setup, "-N"], check=True, stdout=subprocess.DEVNULL, **self._as_user)

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = [
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={self.directory}",
            *self.settings,
        ]
        options = [word for setting in settings for word in ("-c", setting)]
        with (self.directory / "log").open("a") as log:
            self.process = subprocess.Popen(
                [binaries() / "postgres", "-D", self.data, *options], stdout=log, stderr=log, **self._as_user
            )
        wait_until_ready(self.port, self.process)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop it: SIGTERM waits for the clients, SIGINT sends them away, SIGQUIT leaves everything as it is."""
        self.process.send_signal(how)
        self.process.wait(timeout=30)


@contextlib.contextmanager
def cluster(*more: str, durable: bool = False) -> Iterator[Cluster]:
    """A server of its own that runs, with `more` settings (`timezone=Asia/Tokyo`).

    Root runs it as another user, as PostgreSQL demands.
    """
    directory = Path(tempfile.mkdtemp(prefix="consultation-postgres-"))
    try:
        made = Cluster(directory, *more, durable=durable)
        made.start()
        try:
            yield made
        finally:
            if made.process.poll() is None:
                made.stop(signal.SIGINT)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextlib.contextmanager
def server(*more: str) -> Iterator[str]:
    """The URL of the database of a quick server with `more` settings, gone afterwards."""
    with cluster(*more) as made:
        yield made.url


@contextlib.contextmanager
def small_disk(directory: Path, megabytes: int) -> Iterator[Path]:
    """A disk of its own that can be filled, for tablespaces. Raises `OSError` where this user may not mount one."""
    place = directory / "small-disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", place], check=False, capture_output=True
    )
    if mounted.returncode:
        raise OSError("No disk can be mounted here.")
    try:
        as_other_user(place)
        place.chmod(0o700)
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def as_other_user(directory: Path) -> dict[str, Any]:
    if os.getuid() != 0:
        return {"cwd": directory}
    entry = next(e for name in (USER, "nobody") for e in pwd.getpwall() if e.pw_name == name)
    os.chown(directory, entry.pw_uid, entry.pw_gid)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "cwd": directory}


def wait_until_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    check = [binaries() / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    for _attempt in range(200):
        if process.poll() is not None:
            raise RuntimeError("PostgreSQL stopped while starting.")
        if subprocess.run(check, check=False).returncode == 0:
            return
        time.sleep(0.05)
    raise RuntimeError("PostgreSQL did not start.")


if __name__ == "__main__":
    with server() as url:
        sys.exit(subprocess.run(sys.argv[1:], check=False, env={**os.environ, "DATABASE_URL": url}).returncode)
