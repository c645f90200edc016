"""`python -m bench.serving`: how long a server takes to start, what a process weighs, how much it answers and takes.

It serves the sample as `make run` does, in directories of its own, on SQLite, on a PostgreSQL that keeps what it
confirmed, through a real PgBouncer before it, and with a real streaming replica to read from. It prints what it
measured; build/serving.json keeps it. Memory is Linux's proportional set size: what processes share is divided among
them. On a busy machine only memory and processor time mean anything. docs/scaling.md has the figures.
"""

import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from tests.servers import postgres
from tests.servers.machines import Person, environment, machine, manage
from tests.servers.pgbouncer import pooled
from tests.servers.standby import standby

RESULT = Path("build/serving.json")
C = "/consultations/gfmd-gcm-1"
PAGES = {
    "healthz": "/healthz",
    "a kept page": f"{C}/passages/p8/",
    "the same for who is signed in": f"{C}/passages/p8/",
}
WARM = [
    "/",
    f"{C}/",
    f"{C}/report/",
    f"{C}/recommendations/",
    f"{C}/passages/p8/",
    f"{C}/summary/",
    "/search/?q=health",
]
CLIENTS = 4
# Of the pool of PgBouncer, for two workers of four threads.
CONNECTIONS = 4
# Eight browsers of six people, of four organisations.
WRITERS = ("focal.state", "focal.state2", "focal.civil", "focal.private", "delegate.state", "delegate.civil")
BROWSERS = (*WRITERS, *WRITERS[:2])
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
SECONDS = float(os.environ.get("BENCH_SECONDS", "5"))


def processes_of(address: str) -> list[int]:
    """The server that listens at this address, and its workers."""
    shown = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in shown.splitlines()[1:]]
    bind = f"--bind {urlsplit(address).netloc}"
    return [int(pid) for pid, _parent, command in rows if "gunicorn" in command and bind in command]


def megabytes(process: int) -> float:
    """The proportional set size of a process."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def processor_seconds(address: str) -> float:
    """What the processes of a server have taken of a processor."""
    fields = [Path(f"/proc/{p}/stat").read_text().rpartition(")")[2].split() for p in processes_of(address)]
    return sum(int(one[11]) + int(one[12]) for one in fields) / os.sysconf("SC_CLK_TCK")


def rate(address: str, page: str, cookie: str) -> tuple[float, float]:
    """Answers a second to a few clients that keep their connections, and milliseconds of a processor for each."""

    def ask(server: http.client.HTTPConnection) -> None:
        server.request("GET", page, headers={"Cookie": cookie, "Accept-Encoding": "gzip"})
        answer = server.getresponse()
        answer.read()
        assert answer.status == 200, (page, answer.status)

    return _at_once(address, [ask] * CLIENTS)


def writes(address: str) -> tuple[float, float]:
    """Comments a second that a few people submit at once, and milliseconds of a processor for each."""
    return _at_once(address, [_writing(address, Person(name).signed_in(address)) for name in BROWSERS])


def _writing(address: str, person: Person) -> Callable[[http.client.HTTPConnection], None]:
    """Submit a comment of a few words with the form of a page that was opened once."""
    page = f"{C}/passages/p8/"
    token = TOKEN.search(person.get(address + page)[1].decode())
    headers = {"Cookie": person.cookie(), "Content-Type": "application/x-www-form-urlencoded"}
    form = {"csrfmiddlewaretoken": token and token[1], "action": "submit", "body": "A remark of a few words."}

    def submit(server: http.client.HTTPConnection) -> None:
        server.request("POST", f"{page}comments/", urlencode({**form, "submission_id": uuid4()}), headers)
        answer = server.getresponse()
        answer.read()
        assert answer.status == 302, answer.status

    return submit


def _at_once(address: str, clients: list[Callable[[http.client.HTTPConnection], None]]) -> tuple[float, float]:
    """How often in a second clients that keep their connections do what they do, and a processor's ms for each."""
    used = processor_seconds(address)
    ends, counted = time.monotonic() + SECONDS, [0] * len(clients)

    def go_on(number: int) -> None:
        server = http.client.HTTPConnection(urlsplit(address).netloc)
        while time.monotonic() < ends:
            clients[number](server)
            counted[number] += 1

    threads = [threading.Thread(target=go_on, args=(number,)) for number in range(len(clients))]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - started
    return sum(counted) / seconds, 1000 * (processor_seconds(address) - used) / sum(counted)


def starts(settings: dict[str, str], times: int = 5) -> list[tuple[float, float]]:
    """From starting the server until it answers for the first time: seconds, and seconds of a processor."""
    found = []
    for _time in range(times):
        started = time.monotonic()
        with machine(settings) as address:
            found.append((time.monotonic() - started, processor_seconds(address)))
    return sorted(found)


def measure(settings: dict[str, str]) -> dict[str, float]:
    first = starts(settings)
    found = {
        "seconds to the first answer, median": statistics.median(wall for wall, _processor in first),
        "seconds of a processor until then, median": statistics.median(processor for _wall, processor in first),
    }
    with machine(settings, workers=2) as address:
        delegate = Person("delegate.state").signed_in(address)
        bare = [megabytes(process) for process in processes_of(address)]
        for page in WARM * 8:  # each worker and most threads
            delegate.get(address + page)
            Person().get(address + page)
        warm = sorted(megabytes(process) for process in processes_of(address))
        found["MB of the server's own process"] = warm[0]
        found["MB of a worker after its first answers"] = sum(sorted(bare)[1:]) / 2
        found["MB of a worker that has made every page"] = sum(warm[1:]) / 2
        for name, page in PAGES.items():
            answers, milliseconds = rate(address, page, delegate.cookie() if "signed" in name else "")
            found[f"answers a second: {name}"] = answers
            found[f"ms of a processor for each: {name}"] = milliseconds
        written, milliseconds = writes(address)
        found |= {"comments a second, eight browsers": written, "ms of a processor for each comment": milliseconds}
        found["MB of a worker after that"] = sum(sorted(megabytes(p) for p in processes_of(address))[1:]) / 2
    return found


def served(database: str, replica: str = "") -> dict[str, float]:
    """What was measured on this database, in a directory of its own."""
    with tempfile.TemporaryDirectory(prefix="consultation-serving-") as name:
        quiet = {"METRICS_TOKEN": "", "LOG_FORMAT": "text", "LIMIT_FORMS": "0"}
        settings = environment(Path(name), database) | quiet
        manage(settings, "prepare")
        manage(settings, "collectstatic", "--noinput", "-v0")
        return measure(settings | {"REPLICA_URL": replica})


def everywhere() -> Iterator[tuple[str, dict[str, float]]]:
    """The name of each way to keep the data, and what was measured with it."""
    yield "SQLite", served("")
    with postgres.cluster(durable=True) as cluster:
        yield "PostgreSQL", served(cluster.url)
    with postgres.cluster(durable=True) as cluster, pooled(cluster.url, CONNECTIONS) as url:
        yield "PgBouncer", served(url)
    with postgres.cluster(durable=True) as cluster, standby(cluster.url) as replica:
        yield "a replica", served(cluster.url, replica.url)


def main() -> int:
    found: dict[str, dict[str, float]] = {}
    for name, measured in everywhere():
        found[name] = measured
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(json.dumps(found, indent=1), encoding="utf-8")  # at once: the others may fail
    print(f"{'':55}{''.join(f'{name:>12}' for name in found)}")
    for what in found["SQLite"]:
        print(f"{what:55}{''.join(f'{measured[what]:12.2f}' for measured in found.values())}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
