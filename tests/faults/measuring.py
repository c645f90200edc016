"""The rounds on one database, which is prepared as an installation is. `python -m tests.faults` runs it for both."""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import django

from tests.servers import postgres

# So often the database server is killed, too.
EVERY = 4


def main(database: str, rounds: str, seed: str) -> int:
    """Print the figures of so many rounds, however long they take; 1 where anything is wrong or a round is missing."""
    name = f"PostgreSQL {postgres.version()}" if database == "postgresql" else "SQLite"
    own = postgres.cluster(durable=True) if database == "postgresql" else nullcontext()
    with tempfile.TemporaryDirectory(prefix="consultation-faults-") as data, own as cluster:
        url = cluster.url if cluster else f"sqlite:///{data}/consultation.sqlite3"
        os.environ.update(
            DJANGO_SETTINGS_MODULE="consultation.settings",
            DATABASE_URL=url,
            DATA_DIR=data,
            SAMPLE_DATA="1",
            ALLOWED_HOSTS="127.0.0.1,testserver",
            SECRET_KEY="only-for-faults-" + "x" * 50,
            DEBUG="0",
        )
        django.setup()
        return _measure(name, Path(data), cluster, int(rounds), int(seed))


def _measure(name: str, data: Path, cluster: Any, rounds: int, seed: int) -> int:
    from django.core.management import call_command  # noqa: PLC0415 - after the set-up

    from consultation.record import checking, sealing  # noqa: PLC0415
    from tests.faults.installation import installed  # noqa: PLC0415
    from tests.faults.rounds import Rounds  # noqa: PLC0415

    call_command("prepare", stdout=sys.stderr)
    started = time.monotonic()
    with installed(data, os.environ["DATABASE_URL"]) as installation:
        killed = Rounds(installation, seed)
        for number in range(1, rounds + 1):
            figures = killed.one(_with_the_database(installation, cluster) if cluster and not number % EVERY else None)
            if figures.wrong or number % 20 == 0:
                print(f"{name}, round {number} of {rounds}: {figures}", flush=True)
    figures = killed.all()
    sealing.seal_all()
    problems = list(checking.problems())
    for problem in problems:
        print(problem)
    minutes = (time.monotonic() - started) / 60
    print(f"{name}: {figures}; problems of the record: {len(problems)} (seed {seed}, {minutes:.0f} min)", flush=True)
    return int(bool(problems) or figures.wrong or not figures.acknowledged or figures.rounds < rounds)


def _with_the_database(installation: Any, cluster: Any) -> Callable[[], None]:
    """Kill the database's server under the application, then the application."""

    def kill() -> None:
        cluster.stop(signal.SIGQUIT)
        installation.strike()
        cluster.start()
        installation.kill()

    return kill


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
