"""Measure on one database and print what was measured as JSON. Run by bench/__main__.py, alone on the machine."""

import csv
import io
import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client, RequestFactory  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench import peers, rows  # noqa: E402
from consultation.consultations.models import Consultation  # noqa: E402
from consultation.discussion import actions as discussion  # noqa: E402
from consultation.discussion.actions import Words  # noqa: E402
from consultation.discussion.models import Comment  # noqa: E402
from consultation.record import clock  # noqa: E402
from consultation.search import exports  # noqa: E402
from consultation.secretariat.generation import Sizes, generate  # noqa: E402
from consultation.stakeholders.models import User  # noqa: E402
from consultation.summaries import queries  # noqa: E402

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "15"))
LARGE = int(os.environ.get("BENCH_COMMENTS", "1000000"))
ORGANISATIONS, POSITIONS = 2000, 46_000
client = Client(HTTP_HOST="localhost")


def told(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def beside(ours: Callable[[], Any], theirs: Callable[[], Any], rounds: int = ROUNDS) -> dict[str, Any]:
    """Run both in turn, after one run of each to warm up; the ratio theirs / ours of each turn.

    By the clock on the wall, and by the processor time of this process, which other work on the machine disturbs less.
    """
    ours()
    theirs()
    turns = [(*_timed(ours), *_timed(theirs)) for _round in range(rounds)]
    ratios = [their_wall / own_wall for own_wall, _own, their_wall, _their in turns]
    own_wall, own, their_wall, their = (statistics.median(column) * 1000 for column in zip(*turns, strict=True))
    return {
        "min": min(ratios),
        "median": statistics.median(ratios),
        "max": max(ratios),
        "processor": their / own,
        "ours_ms": own_wall,
        "theirs_ms": their_wall,
        "ours_processor_ms": own,
        "theirs_processor_ms": their,
    }


def _timed(run: Callable[[], Any]) -> tuple[float, float]:
    """Seconds on the wall, and of a processor."""
    wall, processor = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - wall, time.process_time() - processor


def turned(measured: dict[str, Any]) -> dict[str, Any]:
    """The same as ours / theirs."""
    low, middle, high, processor = (1 / measured[name] for name in ("max", "median", "min", "processor"))
    return {**measured, "min": low, "median": middle, "max": high, "processor": processor}


def get(address: str) -> Any:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return response


def main() -> None:
    call_command("migrate", verbosity=0, interactive=False)
    call_command("prepare", stdout=io.StringIO())
    call_command("collectstatic", verbosity=0, interactive=False)
    settings.PAGES_KEPT_SECONDS = 0
    found: dict[str, Any] = {}
    small = generate(Sizes(ORGANISATIONS, 1000, POSITIONS, seed=1), lambda *_: None)
    found |= threads(small) | summaries(small) | submitting(small, "")
    told(f"generating {LARGE} comments")
    begin = time.monotonic()
    large = generate(Sizes(ORGANISATIONS, LARGE, POSITIONS, seed=2), lambda *_: None)
    found["seconds to generate"] = {"figure": time.monotonic() - begin}
    found |= at_any_size(small, large) | submitting(large, ", large")
    found |= _apart("export", large) | kept(small)
    json.dump(found, sys.stdout)


def _passage(consultation: Consultation, rank: int) -> Any:
    """The passage with the most comments, the second most, …"""
    return list(consultation.passages())[rank]


def threads(consultation: Consultation) -> dict[str, Any]:
    passage = consultation.passages().get(ref="p26")
    Comment.objects.filter(consultation=consultation, passage=passage).update(passage=_passage(consultation, 0))
    rows.thread(consultation, passage)
    call_command("migrate", verbosity=0, interactive=False)  # the search's index of the new rows
    address = f"/consultations/{consultation.slug}/passages/p26/"
    ours = get(address)
    shown = ours.content.count(b'class="comment"')
    told(f"our first page: {shown} comments, {len(ours.content)} bytes")
    request = RequestFactory().get("/")
    peers.floor.fill(request, passage, consultation, len(ours.content))
    page = lambda: get(address)  # noqa: E731
    whole = lambda: get(f"{address}?all=1")  # noqa: E731
    tree = lambda: get(f"/bench/tree/{passage.pk}/")  # noqa: E731
    report = f"/consultations/{consultation.slug}/report/"
    peers.bare_report.fill(report)
    get(report)  # what is known afterwards is not asked again
    with CaptureQueriesContext(connection) as captured:
        get(report)
    queries_asked = len(captured)  # now: the next request empties the list
    return {
        "first page against xtd's tree of 1000": beside(page, tree, 5),
        "first page against xtd's page of 50": beside(page, lambda: get(f"/bench/fifty/{passage.pk}/")),
        "first page against xtd's list of 50": beside(page, lambda: get(f"/bench/list/{passage.pk}/")),
        "first page against the floor": turned(beside(page, lambda: get("/bench/floor/"))),
        "all 1000 for print against xtd's tree": beside(whole, tree, 5),
        "queries of the report page": {"figure": queries_asked},
        "report page against the bare template": turned(beside(lambda: get(report), lambda: get("/bench/report/"))),
    }


def summaries(consultation: Consultation) -> dict[str, Any]:
    """As it is asked again and again between changes, and counted anew after a change."""
    cells = lambda: peers.cell_by_cell(consultation)  # noqa: E731
    again = beside(lambda: queries.summary_of(consultation), cells, 5)
    settings.FACTS_KEPT_SECONDS = 0
    anew = beside(lambda: queries.summary_of(consultation), cells, 5)
    settings.FACTS_KEPT_SECONDS = 60
    return {"summary against counting cell by cell": again, "summary counted anew against cell by cell": anew}


def at_any_size(small: Consultation, large: Consultation) -> dict[str, Any]:
    """The longest thread of the large consultation beside the longest of the small: first page and last."""
    found = {}
    pages = [f"/consultations/{c.slug}/passages/{_passage(c, 0).ref}/" for c in (large, small)]
    found["first page, large against small"] = turned(beside(*(lambda p=p: get(p) for p in pages)))
    last = [f"{p}?order=newest" for p in pages]
    found["last page, large against small"] = turned(beside(*(lambda p=p: get(p) for p in last)))
    return found


def submitting(consultation: Consultation, name: str) -> dict[str, Any]:
    """Rules, revision, record and what waits to be told, against one row in one transaction. It waits for a moderator,
    as that row does; published at once it is two acts.
    """
    person = User.objects.filter(memberships__organisation__participations__consultation=consultation).first()
    passage = _passage(consultation, 5)
    organisation = person.memberships.get().organisation

    def ours() -> None:
        discussion.write_comment(person, consultation, passage, Words("A remark of a few words."), uuid4())

    def bare() -> None:
        now = clock.now()
        with transaction.atomic():
            Comment.objects.create(
                consultation=consultation,
                passage=passage,
                author=person,
                organisation=organisation,
                state=Comment.State.PENDING,
                created_at=now,
                state_at=now,
            )

    found = {}
    for mode, words in (("before", "a comment submitted"), ("after", "submitted and published at once")):
        consultation.moderation_mode = mode
        found[f"{words}{name}"] = turned(beside(ours, bare, 60))
    return found


def _apart(what: str, consultation: Consultation) -> dict[str, Any]:
    """What is measured in a process of its own, which nothing has filled before."""
    command = [sys.executable, "-m", "bench.measure", what, consultation.slug]
    return dict(json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout))


def _most_memory() -> float:
    """The most MB that this process has held at once."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def exporting(consultation: Consultation) -> dict[str, Any]:
    """All comments as CSV: memory over idle, and speed against csv alone on the same rows."""
    for _chunk in itertools.islice(exports.as_csv(consultation), 2):
        pass  # to warm up: the heading and a first chunk
    idle = _most_memory()
    size = lines = 0
    wall = processor = 0.0  # of csv alone
    begin, used = time.perf_counter(), time.process_time()
    for chunk in exports.as_csv(consultation):
        size += len(chunk)
        lines += chunk.count("\r\n")
    ours, own = time.perf_counter() - begin, time.process_time() - used
    grown = _most_memory() - idle
    for chunk in exports.as_csv(consultation):
        cells = list(csv.reader(io.StringIO(chunk)))
        begin, used = time.perf_counter(), time.process_time()
        csv.writer(io.StringIO()).writerows(cells)
        wall, processor = wall + time.perf_counter() - begin, processor + time.process_time() - used
    return {
        "export: MB over idle": {"figure": grown, "lines": lines, "bytes": size, "seconds": ours},
        "export: share of the speed of csv alone": {"figure": wall / ours, "processor": processor / own},
    }


def kept(consultation: Consultation) -> dict[str, Any]:
    """Between changes, for nobody in particular."""
    settings.PAGES_KEPT_SECONDS = 60
    found = {}
    hello = lambda: get("/bench/hello/")  # noqa: E731
    for name in ("report/", "summary/", "passages/p26/"):
        address = f"/consultations/{consultation.slug}/{name}"
        etag = get(address)["ETag"]
        found[f"kept page {name} against the bare view"] = turned(beside(lambda a=address: get(a), hello, 100))
        found[f"304 of {name} against the bare view"] = turned(
            beside(lambda a=address, e=etag: client.get(a, headers={"If-None-Match": e}), hello, 100)
        )
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["export"]:
        json.dump(exporting(Consultation.objects.get(slug=sys.argv[2])), sys.stdout)
    else:
        main()
