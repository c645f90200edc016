"""`make test`: every check, on every database, and a plain summary of what ran where."""

import os
import re
import subprocess
import sys
import tempfile
import time
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
    "lint": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "types": ["mypy"],
    "order of the rooms": ["lint-imports"],
    "templates": ["djlint", "templates", "--lint", "--quiet"],
    "migrations are complete": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
    "deployment check": ["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
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


def main(only: str = "") -> int:
    results = {}
    for name, command in LINT.items():
        production = {**PRODUCTION, "DATA_DIR": tempfile.mkdtemp()}
        results[name] = run(
            name, command, production if command[0] == "python" else {**TESTING, "DATA_DIR": tempfile.mkdtemp()}
        )
    if only != "lint":
        # Whoever has nothing left takes from the other: some tests last a minute, most a tenth of a second.
        pytest = ["python", "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal", "-m"]
        tests = [*pytest, "not browser"]
        results["tests on SQLite"] = run("tests on SQLite", tests, {"DATABASE_URL": ""})
        name = f"tests on PostgreSQL {postgres.version()}"
        with postgres.server() as url:
            results[name] = run(name, tests, {"DATABASE_URL": url})
        results["browser tests (Chromium, SQLite)"] = run("browser tests", [*pytest, "browser"], {"DATABASE_URL": ""})
    print("\n== Summary")
    for name, (_passed, told) in results.items():
        print(f"{name}: {told}")
    failed = [name for name, (passed, _told) in results.items() if not passed]
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
