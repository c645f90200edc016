"""`make bench`: measure on SQLite and PostgreSQL, print the table with its goals, keep it as JSON.

Ends with 1 where a goal is missed. BENCH_COMMENTS (1000000) and BENCH_ROUNDS (15) make it shorter.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.servers import postgres

RESULT = Path("build/bench.json")
KEY = "only-for-measuring-" + "x" * 50
SETTINGS = {"SECRET_KEY": KEY, "ALLOWED_HOSTS": "localhost", "SAMPLE_DATA": "1", "DEBUG": "0"}
# What is measured: the goal, and whether it is a least or a most.
LEAST, MOST = ">=", "<="
GOALS = {
    "first page against xtd's tree of 1000": (LEAST, 60),
    "first page against xtd's page of 50": (LEAST, 6),
    "first page against the floor": (MOST, 2),
    "all 1000 for print against xtd's tree": (LEAST, 15),
    "first page, large against small": (MOST, 1.2),
    "last page, large against small": (MOST, 1.2),
    "summary against counting cell by cell": (LEAST, 20),
    "queries of the report page": (MOST, 6),
    "report page against the bare template": (MOST, 2),
    "a comment submitted": (MOST, 4),
    "a comment submitted, large": (MOST, 4),
    "export: MB over idle": (MOST, 50),
    "export: share of the speed of csv alone": (LEAST, 0.5),
    "kept page report/ against the bare view": (MOST, 2),
    "kept page passages/p26/ against the bare view": (MOST, 2),
    "kept page summary/ against the bare view": (MOST, 1.5),
}


def measure(name: str, url: str) -> dict[str, Any]:
    """What was measured on one database, in a process and a directory of its own."""
    print(f"Measuring on {name} …", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="consultation-bench-") as directory:
        environment = {**os.environ, **SETTINGS, "DATA_DIR": directory, "DATABASE_URL": url}
        environment["DJANGO_SETTINGS_MODULE"] = "bench.settings"
        command = [sys.executable, "-m", "bench.measure"]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout))


def met(name: str, measured: dict[str, Any]) -> bool | None:
    """Whether the goal is met by the median (or the figure); None where there is no goal."""
    if name not in GOALS:
        return None
    sign, goal = GOALS[name]
    figure = measured.get("median", measured.get("figure"))
    return bool(figure >= goal if sign == LEAST else figure <= goal)


def table(results: dict[str, dict[str, Any]]) -> list[str]:
    """The lines of the table, one for each thing measured on each database."""
    heading = f"{'what':52} {'database':11} {'goal':>7} {'min':>8} {'median':>8} {'max':>8} {'processor':>9}"
    lines = [f"{heading}   ms ours / theirs"]
    for database, measured in results.items():
        for name, figures in measured.items():
            sign, goal = GOALS.get(name, ("", ""))
            low, high = figures.get("min", ""), figures.get("max", "")
            middle = figures.get("median", figures.get("figure"))
            processor = figures.get("processor", "")
            cells = [f"{value:8.2f}" if value != "" else " " * 8 for value in (low, middle, high, processor)]
            times = f"   {figures['ours_ms']:.2f} / {figures['theirs_ms']:.2f}" if "ours_ms" in figures else ""
            mark = {True: "", False: "   MISSED", None: ""}[met(name, figures)]
            lines.append(f"{name:52} {database:11} {f'{sign}{goal}':>7} {' '.join(cells)}{times}{mark}")
    return lines


def main() -> int:
    results: dict[str, dict[str, Any]] = {}
    # It keeps what it confirmed, as SQLite does here and both in production: the quick one of the tests does not.
    with postgres.cluster(durable=True) as cluster:
        for name, database in (("SQLite", ""), ("PostgreSQL", cluster.url)):
            results[name] = measure(name, database)
            RESULT.parent.mkdir(exist_ok=True)
            RESULT.write_text(json.dumps(results, indent=1))  # at once: the other takes as long again, and may fail
    print("\n".join(table(results)))
    missed = sum(met(name, figures) is False for measured in results.values() for name, figures in measured.items())
    for name in sorted(set(GOALS) - set.intersection(*map(set, results.values()))):
        print(f"{name:52} not measured{'':32}   MISSED")
        missed += 1
    print(f"{missed} goals missed. The figures are in {RESULT}.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
