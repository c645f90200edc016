"""Several machines on one database, through a real PgBouncer and with a real streaming standby: every page stays right.

The test database is copied to a server of its own. One machine reads from the standby, the other, which all is compared
with, from the primary through a pool of two connections.
"""

import gzip
import re
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connection

from tests.servers import pgbouncer, postgres
from tests.servers.machines import Person, environment, figures, machine, manage, plain
from tests.servers.standby import Standby, standby

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="machines share a PostgreSQL"),
    pytest.mark.django_db,
]
C = "/consultations/gfmd-gcm-1"
# Long enough to read while it lags, also on a busy machine.
LAG = 4
PAGES = [f"{C}/", f"{C}/report/", f"{C}/passages/p8/", f"{C}/passages/pol3/", f"{C}/summary/", f"{C}/no-such/"]
OWN = {
    "": ["/", f"{C}/recommendations/", f"{C}/summary.csv", f"{C}/comments.csv", "/search/?q=migration"],
    "delegate.state": ["/delegation/", f"{C}/passages/pol3/position/", "/notifications/"],
    "moderator": ["/moderation/"],
}


@dataclass
class Machines:
    """One reads from the standby, the other never does."""

    reading: str
    plain: str
    standby: Standby
    people: dict[str, Person]

    def read_from(self, database: str) -> float:
        """How many answers of the machine that may read the standby were read from this database."""
        return figures(self.reading).get(f'consultation_read_from_total{{database="{database}"}}', 0)

    def same(self) -> None:
        """Every page of every role is on both machines what it is on the primary."""
        for name, own in OWN.items():
            for page in PAGES + own:
                here = plain(self.people[name].get(self.reading + page))
                assert here == plain(self.people[name].get(self.plain + page)), f"{name} {page}"
                assert here[0] == (404 if "no-such" in page else 200), f"{name} {page}"

    def until_the_standby_is_read(self) -> None:
        before = self.read_from("replica1")
        self._wait(lambda: self.read_from("replica1") > before)

    def until(self, page: str, words: str, *, there: bool) -> float:
        """Wait until somebody who never wrote sees these words, or does not; gives after how long."""
        started = time.monotonic()
        self._wait(lambda: (words.encode() in Person().get(self.reading + page)[1]) == there)
        return time.monotonic() - started

    def _wait(self, comes) -> None:
        for _attempt in range(300):
            Person().get(f"{self.reading}{C}/")
            if comes():
                return
            time.sleep(0.05)
        raise AssertionError("It did not come.")


@pytest.fixture(scope="module")
def machines(django_db_setup, tmp_path_factory) -> Iterator[Machines]:
    one, other = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("other")
    with postgres.server("timezone=Asia/Tokyo") as primary:
        _copy_the_test_database(primary)
        first = environment(one, primary)
        manage(first, "prepare")
        manage(first, "collectstatic", "--noinput", "-v0")
        (other / "static").symlink_to(one / "static")
        with standby(primary) as copy, pgbouncer.pooled(primary) as pooled:
            first |= {"REPLICA_URL": copy.url, "REPLICA_MAX_LAG_SECONDS": str(LAG)}
            with machine(first) as reading, machine(environment(other, pooled), workers=2) as read:
                people = {name: Person(name).signed_in(reading) for name in OWN}
                yield Machines(reading, read, copy, people)


def _copy_the_test_database(to: str) -> None:
    told = connection.settings_dict
    name = f"postgres://{told['USER']}@{told['HOST']}:{told['PORT']}/{told['NAME']}"
    dump = subprocess.Popen([postgres.binaries() / "pg_dump", "--no-owner", name], stdout=subprocess.PIPE)
    fill = [postgres.binaries() / "psql", "-q", "-v", "ON_ERROR_STOP=1", to]
    subprocess.run(fill, stdin=dump.stdout, stdout=subprocess.DEVNULL, check=True)
    assert dump.wait() == 0


def comment(person: Person, address: str, words: str) -> tuple[int, bytes]:
    typed = {"body": words, "action": "submit", "type": "substantive"}
    return person.send(f"{address}{C}/passages/p8/", typed, f"{address}{C}/passages/p8/comments/")


def decide(person: Person, address: str, words: str, decision: str, **why: str) -> str:
    """The moderator finds the item by its words, and decides; gives the address of the comment."""
    _status, queue = person.get(f"{address}{C}/passages/p8/")
    if decision == "publish":
        _status, queue = person.get(f"{address}/moderation/")
    items = {found.decode() for found in re.findall(rb"/moderation/(comment-\w+)/", queue)}
    for item in sorted(items):
        page = f"{address}/moderation/{item}/"
        if words.encode() in person.get(page)[1]:
            status, _page = person.send(page, {"decision": decision, **why})
            assert status == 200
            return f"{C}/comments/{item.removeprefix('comment-')}/"
    raise AssertionError(f"{words} is not there")


def test_every_page_stays_right_while_the_standby_keeps_up_lags_is_away_and_comes_back(machines):
    delegate, moderator = machines.people["delegate.state"], machines.people["moderator"]
    page = f"{C}/passages/p8/"

    # It keeps up: pages are read from it.
    machines.until_the_standby_is_read()
    before = machines.read_from("replica1")
    machines.same()
    assert machines.read_from("replica1") - before > len(PAGES) * 2

    # It stops to replay at this moment. Who wrote reads it at once; everybody after the longest lag.
    machines.standby.pause()
    assert b"Written while it lags." in comment(delegate, machines.reading, "Written while it lags.")[1]
    link = decide(moderator, machines.plain, "Written while it lags.", "publish")
    # Who is sent the link at once is not told that there is no such page.
    assert Person().get(machines.reading + link)[0] == 200
    late = Person().get(machines.reading + page)
    assert b"Written while it lags." in delegate.get(machines.reading + page)[1]
    # A page that was made from the standby meanwhile is not kept for a newer one.
    assert machines.until(page, "Written while it lags.", there=True) < LAG + 10
    assert late[0] == 200
    before = machines.read_from("replica1")
    machines.same()
    assert machines.read_from("replica1") == before

    # It catches up, and lags again while a word is removed: nobody reads it longer than the longest lag.
    machines.standby.resume()
    machines.until_the_standby_is_read()
    machines.standby.pause()
    decide(moderator, machines.reading, "Written while it lags.", "remove", reason="other", statement="Not here.")
    assert b"Written while it lags." not in moderator.get(machines.reading + f"{C}/comments.csv")[1]
    assert b"Written while it lags." not in Person().get(machines.plain + page)[1]
    assert machines.until(page, "Written while it lags.", there=False) < LAG + 10

    # It is away, and comes back.
    machines.standby.resume()
    machines.until_the_standby_is_read()
    machines.standby.stop()
    machines.same()
    assert b"Written without it." in comment(delegate, machines.reading, "Written without it.")[1]
    machines.standby.start()
    machines.until_the_standby_is_read()
    assert b"Written without it." in delegate.get(machines.reading + page)[1]


def test_through_pgbouncer_from_a_comment_to_the_signed_position_the_file_and_the_search(machines):
    address, nobody = machines.plain, Person()
    delegate, focal_point = Person("delegate.civil"), Person("focal.civil")
    delegate.signed_in(address)
    focal_point.signed_in(address)
    assert b"Through a narrow pool." in comment(delegate, address, "Through a narrow pool.")[1]
    decide(machines.people["moderator"], address, "Through a narrow pool.", "publish")
    assert b"Through a narrow pool." in nobody.get(f"{address}{C}/comments.csv")[1]
    assert b"narrow" in nobody.get(f"{address}/search/?q=narrow")[1]
    form = f"{address}{C}/passages/pol5/position/"
    assert delegate.send(form, {"stance": "reservation", "explanation": "Within law.", "action": "draft"})[0] == 200
    signed = {"stance": "reservation", "explanation": "Within law.", "action": "sign"}
    assert focal_point.send(form, signed)[0] == 200
    assert focal_point.send(form, {**signed, "confirm": "1"})[0] == 200
    lines = nobody.get(f"{address}{C}/summary.csv")[1].splitlines()
    assert [line for line in lines if line.startswith(b"pol5") and b"Civil" in line and b"reservation" in line]


def test_the_processes_of_a_machine_count_together(machines):
    name = 'consultation_requests_total{method="GET",route="help/",status="200"}'
    before = figures(machines.plain).get(name, 0)
    for _time in range(20):
        Person().get(f"{machines.plain}/help/")
    assert figures(machines.plain)[name] == before + 20


def test_static_files_are_compressed_and_kept_for_ever(machines):
    _status, page = Person().get(f"{machines.plain}/")
    links = {link.decode() for link in re.findall(rb'/static/[^"]+\.(?:css|js)', page)}
    assert links
    for link in links:
        assert re.search(r"\.[0-9a-f]{12}\.(css|js)$", link), link
        asked = urllib.request.Request(machines.plain + link, headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(asked, timeout=60) as answer:
            assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
            assert answer.headers["Content-Encoding"] == "gzip"
            assert answer.headers["Vary"] == "Accept-Encoding"
            small = answer.read()
        assert len(small) < len(gzip.decompress(small))
