"""`make test`: every check, on every database, and a plain summary of what ran where."""

import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.servers import postgres

BIN = Path(sys.executable).parent
PRODUCTION = {
    "SECRET_KEY": "7bX!kq2vN0p@Zr9sLw4eTg6yHu8iJo1aCd3fVm5nBxKzQ%RwEt4YuP",
    "ALLOWED_HOSTS": "consultation.example",
    "RECORD_KEY": "b25seS1mb3ItdGVzdHMtMzItYnl0ZXMtb2Yta2V5ISE=",
    "SAMPLE_DATA": "0",
    "DEBUG": "0",
    "PYTHONWARNINGS": "ignore",
}
TESTING = {"SECRET_KEY": "x" * 60, "ALLOWED_HOSTS": "testserver"}

LINT = {
    "types": ["mypy"],
    "templates": ["djlint", "templates", "--lint", "--quiet"],
    "order of the rooms": ["lint-imports"],
    "migrations are complete": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
    "deployment check": ["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
    "lint": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
}


def run(name: str, command: list[str], environment: dict[str, str]) -> tuple[bool, str]:
    """Run one check, show its output, and give whether it passed and its last count of tests."""
    print(f"\n== {name}", flush=True)
    started = time.monotonic()
    process = subprocess.Popen(
        [str(BIN / command[0]), *command[1:]],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    counted = ""
    assert process.stdout is not None
    for line in process.stdout:
        print(line, end="", flush=True)
        if found := re.search(r"\d+ (passed|failed|error).* in ", line):
            counted = found.group(0).removesuffix(" in ")
    passed = process.wait() == 0
    return passed, f"{counted or ('passed' if passed else 'FAILED')} ({time.monotonic() - started:.0f} s)"


def run_beside(checks: dict[str, tuple[list[str], dict[str, str]]]) -> dict[str, tuple[bool, str]]:
    """Run these, as many at once as there are processors; show the output of each when it has ended."""

    def run_one(check: tuple[list[str], dict[str, str]]) -> tuple[bool, str, float]:
        (program, *words), environment = check
        started = time.monotonic()
        done = subprocess.run(
            [str(BIN / program), *words],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode == 0, done.stdout, time.monotonic() - started

    results = {}
    with ThreadPoolExecutor(os.cpu_count()) as processors:
        for name, (passed, output, seconds) in zip(checks, processors.map(run_one, checks.values()), strict=True):
            print(f"\n== {name}\n{output}", end="", flush=True)
            results[name] = passed, f"{'passed' if passed else 'FAILED'} ({seconds:.0f} s)"
    return results


def lint() -> dict[str, tuple[list[str], dict[str, str]]]:
    """The checks that need no database, the longest first."""
    return {
        name: (command, {**(PRODUCTION if command[0] == "python" else TESTING), "DATA_DIR": tempfile.mkdtemp()})
        for name, command in LINT.items()
    }


def test(directory: Path, url: str) -> dict[str, tuple[bool, str]]:
    """Every check, and every test on SQLite in this directory and on the PostgreSQL at this address."""
    on_postgres = f"PostgreSQL {postgres.version()}"
    databases = {
        "SQLite": {"DATABASE_URL": "", "PREPARED": str(directory / "prepared.sqlite3")},
        on_postgres: {"DATABASE_URL": url, "PREPARED": "prepared"},
    }
    # The migrations run while the code is checked; whoever tests takes a copy of what they made.
    preparing = {
        f"migrations on {name}": (["python", "-m", "tests.prepared", environment["PREPARED"]], environment)
        for name, environment in databases.items()
    }
    results = run_beside({**preparing, **lint()})
    # Whoever has nothing left takes from the other: some tests last a minute, most a tenth of a second.
    pytest = ["python", "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal", "-m"]
    for name, environment in databases.items():
        results[f"tests on {name}"] = run(f"tests on {name}", [*pytest, "not browser"], environment)
    results["browser tests (Chromium, SQLite)"] = run("browser tests", [*pytest, "browser"], databases["SQLite"])
    return results


def main(only: str = "") -> int:
    if only == "lint":
        results = run_beside(lint())
    else:
        with tempfile.TemporaryDirectory(prefix="consultation-prepared-") as directory, postgres.server() as url:
            results = test(Path(directory), url)
    print("\n== Summary")
    for name, (_passed, told) in results.items():
        print(f"{name}: {told}")
    failed = [name for name, (passed, _told) in results.items() if not passed]
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
