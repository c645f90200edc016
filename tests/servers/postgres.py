"""A real PostgreSQL server for the tests: its own data directory, port and socket, gone afterwards.

Durability is off (`fsync=off`): these servers test behaviour, not power loss.
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
# Compiling a plan takes longer than running it on the few rows of a test.
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "jit=off")


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


@contextlib.contextmanager
def server(*more: str) -> Iterator[str]:
    """Start a server, with `more` settings (`timezone=Asia/Tokyo`), and give the URL of its database; root runs it as
    another user, as PostgreSQL demands.
    """
    directory = Path(tempfile.mkdtemp(prefix="consultation-postgres-"))
    data, port = directory / "data", free_port()
    as_user = as_other_user(directory)
    setup = [binaries() / "initdb", "-D", data, "-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C.UTF-8", "-N"]
    subprocess.run(setup, check=True, stdout=subprocess.DEVNULL, **as_user)
    settings = [f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={directory}", *QUICK, *more]
    options = [part for setting in settings for part in ("-c", setting)]
    with (directory / "log").open("w") as log:
        process = subprocess.Popen([binaries() / "postgres", "-D", data, *options], stdout=log, stderr=log, **as_user)
    try:
        wait_until_ready(port, process)
        yield f"postgres://{USER}@127.0.0.1:{port}/postgres"
    finally:
        process.send_signal(signal.SIGINT)  # a fast shutdown: whoever is still connected is sent away
        process.wait(timeout=30)
        shutil.rmtree(directory, ignore_errors=True)


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
