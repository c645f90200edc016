"""What the running application says of itself: in the log, to Prometheus, and with DEBUG to the browser."""

import json
import logging
import os
import subprocess
import sys

import pytest
from django.db import IntegrityError, connection

from consultation.request_ids import AddRequestId
from consultation.serving import logs, metrics, queries
from tests import factories

TOKEN = "a-token-only-for-these-tests"
SLOW = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000) SELECT COUNT(*), %s FROM n"


@pytest.fixture
def lines(settings):
    """The log as JSON, line by line."""
    settings.LOG_FORMAT = "json"
    written = []

    class Kept(logging.Handler):
        def emit(self, record):
            written.append(json.loads(self.format(record)))

    handler = Kept()
    handler.setFormatter(logs.JsonLines())
    handler.addFilter(AddRequestId())
    handler.addFilter(logs.WithoutAddresses())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def prometheus(client, settings):
    settings.METRICS_TOKEN = TOKEN
    return lambda token=TOKEN: client.get("/metrics", headers={"authorization": f"Bearer {token}"})


def figures(answer):
    told = [line for line in answer.content.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _space, value in (line.rpartition(" ") for line in told)}


def test_a_request_leaves_one_line_with_its_pattern_and_nothing_of_the_person(
    as_user, contributor, consultation, lines
):
    answer = as_user(contributor).get(f"/consultations/{consultation.slug}/passages/p8/", {"q": "secret words"})
    (line,) = [line for line in lines if line["logger"] == "consultation.requests"]
    assert line["message"] == "GET consultations/<slug:slug>/passages/<slug:ref>/ 200"
    assert (line["method"], line["status"], line["request_id"]) == ("GET", 200, answer["X-Request-ID"])
    assert line["queries"] > 0
    assert 0 < line["database_ms"] < line["ms"]
    told = json.dumps(lines)
    assert "secret" not in told
    assert contributor.email not in told
    assert consultation.slug not in told


def test_a_link_that_is_a_secret_does_not_stand_in_the_log(client, db, lines):
    assert client.get("/accounts/confirm-email/Mw:secret-key/").status_code in {200, 404}
    answer = client.get("/no-such-page-secret/")
    assert answer.status_code == 404
    (line,) = [line for line in lines if line["message"] == "Not Found: -"]
    assert line["request_id"] == answer["X-Request-ID"]
    assert "secret" not in json.dumps(lines)


def test_of_an_error_of_the_database_the_row_is_left_out(lines):
    try:
        raise IntegrityError("duplicate key value\nDETAIL:  Key (email)=(somebody@example.org) already exists.")
    except IntegrityError:
        logging.getLogger("consultation").exception("It failed.")
    (line,) = lines
    assert (line["error"], line["said"]) == ("IntegrityError", "duplicate key value")
    assert "test_of_an_error" in line["where"][-1]
    assert "somebody" not in json.dumps(line)


def test_a_slow_query_is_named_without_the_values_in_it(db, settings, lines):
    settings.SLOW_QUERY_MS = 1
    queries.watch(connection)
    queries.watch(connection)  # a second time changes nothing
    with connection.cursor() as cursor:
        cursor.execute(SLOW, ["secret words"])
    (line,) = [line for line in lines if line["logger"] == "consultation.queries"]
    assert line["sql"].startswith("WITH RECURSIVE n(i)")
    assert line["ms"] >= 1
    assert "secret" not in json.dumps(line)


def test_the_figures_are_for_who_has_the_token(client, db, prometheus, settings):
    assert prometheus().status_code == 200
    wrong = prometheus("another")
    assert (wrong.status_code, wrong["WWW-Authenticate"]) == (401, "Bearer")
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"authorization": f"Basic {TOKEN}"}).status_code == 401
    settings.METRICS_TOKEN = ""
    assert prometheus("").status_code == 404


def test_answers_are_counted_by_pattern_and_status(client, consultation, prometheus):
    before = figures(prometheus())
    for _time in range(3):
        client.get(f"/consultations/{consultation.slug}/report/")
    client.get("/consultations/no-such/report/")
    after = figures(prometheus())
    route = 'route="consultations/<slug:slug>/report/"'
    for status, number in (("200", 3), ("404", 1)):
        name = f'consultation_requests_total{{method="GET",{route},status="{status}"}}'
        assert after[name] - before.get(name, 0) == number
    name = f'consultation_request_seconds_count{{method="GET",{route}}}'
    assert after[name] - before.get(name, 0) == 4
    assert after[f"consultation_database_queries_total{{{route}}}"] > 0


def test_what_waits_is_told_with_the_age_of_the_oldest(consultation, contributor, prometheus):
    nothing = figures(prometheus())
    assert nothing['consultation_waiting{what="comments"}'] == 0
    factories.submitted(contributor, consultation)
    waiting = figures(prometheus())
    assert waiting['consultation_waiting{what="comments"}'] == 1
    assert (
        waiting['consultation_waiting{what="record entries"}'] > nothing['consultation_waiting{what="record entries"}']
    )
    assert waiting['consultation_waiting_oldest_seconds{what="comments"}'] >= 0


def test_the_figures_take_as_many_queries_however_much_waits(
    consultation, contributor, prometheus, django_assert_num_queries
):
    for _number in range(5):
        factories.submitted(contributor, consultation)
    with django_assert_num_queries(5):
        prometheus()


def test_what_an_earlier_start_counted_goes_and_what_another_machine_counts_stays(settings, tmp_path):
    ended = subprocess.Popen(["true"], start_new_session=True)
    ended.wait()
    running = subprocess.Popen(["sleep", "60"], start_new_session=True)
    # The parent of what a machine starts itself is process 1, which never ends.
    for name in (
        "here-1",
        f"here-{ended.pid}",
        f"here-{running.pid}",
        f"here-{os.getpgrp()}",
        f"elsewhere-{ended.pid}",
    ):
        (tmp_path / name).mkdir()
    settings.METRICS_DIR = tmp_path / f"here-{os.getpgrp()}"
    try:
        metrics.forget_earlier_starts()
    finally:
        running.kill()
        running.wait()
    kept = {f"here-{running.pid}", f"here-{os.getpgrp()}", f"elsewhere-{ended.pid}"}
    assert {path.name for path in tmp_path.iterdir()} == kept


def test_a_server_that_the_machine_itself_starts_counts_in_a_directory_of_its_own(tmp_path):
    """With its children, however it was started: by systemd its parent is process 1, like that of every other."""
    said = "from django.conf import settings; print(settings.METRICS_DIR.name.rpartition('-')[2])"
    child = f"import os, subprocess, sys; subprocess.run([sys.executable, '-c', {said!r}]); print(os.getpid())"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "consultation.settings", "METRICS_TOKEN": "t" * 30}
    environment |= {"DATA_DIR": str(tmp_path), "SECRET_KEY": "k" * 60, "ALLOWED_HOSTS": "localhost"}
    told = subprocess.check_output([sys.executable, "-c", child], env=environment, start_new_session=True, text=True)
    named, server = told.split()
    assert named == server


def test_only_with_debug_the_browser_is_told_the_timing(client, consultation, settings):
    address = f"/consultations/{consultation.slug}/report/"
    assert "Server-Timing" not in client.get(address)
    settings.DEBUG = True
    assert "queries" in client.get(address)["Server-Timing"]
