"""docs/security.md names tests: each is there, and each item says how it stands."""

import re

from django.conf import settings

from tests.hostile.test_given import names_of

STATES = {"met", "part", "operator", "none", "n/a"}


def test_every_test_that_the_document_names_is_there():
    text = (settings.BASE_DIR / "docs" / "security.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", text)
    assert len(named) > 50
    missing = [f"{path}::{name}" for path, name in named if name not in names_of(settings.BASE_DIR / path)]
    assert missing == []


def test_every_item_says_how_it_stands():
    text = (settings.BASE_DIR / "docs" / "security.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| V")]
    assert {row[2] for row in rows} <= STATES
    assert {int(number) for number in re.findall(r"\bV(\d+)", " ".join(row[0] for row in rows))} == set(range(1, 18))
