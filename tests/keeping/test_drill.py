"""The drill: back up a running installation, lose it, restore it elsewhere, and compare every table."""

import base64
import json
import os
import re
import secrets
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).parents[2]
WRITER = """
import itertools
from django.db import transaction
from consultation.record import sealing
from consultation.record.actions import append
from consultation.stakeholders.models import User
for number in itertools.count():
    with transaction.atomic():
        person = User.objects.create_user(f"writer{number}@example.org", name="Writer")
        append("drill", person, actor=person, number=number)
    if number % 10 == 0:
        sealing.seal_all()
    print(number, flush=True)
"""
ERASE = """
from consultation.secretariat.actions import erase_person
from consultation.stakeholders.models import User
erase_person(User.objects.get(email="admin@example.org"), User.objects.get(email="delegate.state@example.org"))
"""
LOOK = """
import json
from consultation.record.models import Salt
from consultation.stakeholders.models import User
print(json.dumps({
    "people": list(User.objects.values_list("email", flat=True)),
    "names": sorted(set(Salt.objects.values_list("name", flat=True))),
}))
"""


class Installation:
    """A copy of the application with data of its own, driven by its commands."""

    def __init__(self, directory: Path) -> None:
        self.data, self.database = directory, ""
        if connection.vendor == "postgresql":
            name = f"drill_{uuid.uuid4().hex[:12]}"
            with connection.cursor() as cursor:
                cursor.execute(f"CREATE DATABASE {name}")
            at = settings.DATABASES["default"]
            self.database = f"postgres://{at['USER']}@{at['HOST']}:{at['PORT']}/{name}"

    @property
    def environment(self):
        own = {"DATA_DIR": str(self.data), "DATABASE_URL": self.database, "SAMPLE_DATA": "1"}
        return {**os.environ, **own}

    def manage(self, *arguments, ok=True):
        command = [sys.executable, str(ROOT / "manage.py"), *map(str, arguments)]
        ran = subprocess.run(command, env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False)
        assert (ran.returncode == 0) == ok, ran.stdout + ran.stderr
        return ran.stdout + ran.stderr

    def start(self, script):
        command = [sys.executable, str(ROOT / "manage.py"), "shell", "-v", "0", "-c", script]
        return subprocess.Popen(command, env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    def look(self):
        return json.loads(self.manage("shell", "-v", "0", "-c", LOOK))


@pytest.mark.django_db(transaction=True)
def test_what_was_backed_up_while_others_wrote_is_restored_row_by_row_and_nobody_comes_back(tmp_path):
    key = tmp_path / "key"
    key.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
    first = Installation(tmp_path / "first")
    first.manage("prepare")
    uploaded = first.data / "uploads" / "reports" / "one.docx"
    uploaded.parent.mkdir(parents=True)
    uploaded.write_bytes(b"Not one character is lost.")
    writer = first.start(WRITER)
    try:
        while int(writer.stdout.readline()) < 25:
            pass
        told = first.manage("backup", tmp_path / "backup", "--key-file", key)
        assert writer.poll() is None
    finally:
        writer.kill()
        writer.wait()
    assert re.search(r"\d+ rows in \d+ tables", told)
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0
    assert b"example.org" not in (tmp_path / "backup").read_bytes()
    assert "exists already" in first.manage("backup", tmp_path / "backup", "--key-file", key, ok=False)

    second = Installation(tmp_path / "second")
    assert "is encrypted" in second.manage("restore", tmp_path / "backup", ok=False)
    told = second.manage("restore", tmp_path / "backup", "--key-file", key)
    assert "The record is whole." in told
    assert (second.data / "uploads" / "reports" / "one.docx").read_bytes() == uploaded.read_bytes()
    assert "delegate.state@example.org" in second.look()["people"]
    assert "The record is whole" in second.manage("verify_record")

    assert "There is data here" in second.manage("restore", tmp_path / "backup", "--key-file", key, ok=False)
    second.manage("shell", "-v", "0", "-c", ERASE)
    names = second.look()["names"]
    assert "delegate.state@example.org" not in second.look()["people"]
    told = second.manage("restore", tmp_path / "backup", "--key-file", key, "--replace")
    assert "People erased again: 1." in told
    after = second.look()
    assert "delegate.state@example.org" not in after["people"]
    assert set(after["names"]) <= set(names)
