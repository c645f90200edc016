"""`make faults`: hundreds of rounds on each database, and the figures. `python -m tests.faults [ROUNDS] [SEED]`."""

import subprocess
import sys
import time
from pathlib import Path

ROUNDS = "200"


def main(rounds: str = ROUNDS, seed: str = "") -> int:
    """Both databases, one after the other, each in a process of its own; 1 where anything was lost or doubled."""
    seed = seed or str(int(time.time()))
    command = [sys.executable, "-m", "tests.faults.measuring"]
    results = [
        subprocess.run([*command, database, rounds, seed], check=False, cwd=Path(__file__).parents[2]).returncode
        for database in ("sqlite", "postgresql")
    ]
    return max(map(abs, results))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
