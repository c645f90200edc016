"""What PostgreSQL does for a page: no page reads a large table from end to end, whatever its size."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consultation.secretariat.generation import Sizes, generate

LARGE = ("discussion_comment", "discussion_commentrevision", "positions_positionversion", "record_entry")
PAGES = ["", "report/", "recommendations/", "passages/p1/", "passages/p1/?order=newest", "passages/p1/?order=answered"]
PAGES += ["passages/pol3/", "summary/", "frameworks/", "practices/", "dispositions/"]


def plans(queries):
    """The plan of each SELECT, where reading from end to end is made as dear as it is on a large table."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for query in queries:
            if query["sql"].startswith("SELECT"):
                cursor.execute(f"EXPLAIN {query['sql']}")
                yield query["sql"], "\n".join(row[0] for row in cursor.fetchall())


@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's plans")
@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_no_page_reads_a_large_table_from_end_to_end(client, page):
    consultation = generate(Sizes(organisations=20, comments=400, positions=200, seed=11), lambda *_what: None)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"/consultations/{consultation.slug}/{page}").status_code == 200
    scans = [
        (table, sql[:200])
        for sql, plan in plans(captured.captured_queries)
        for table in re.findall(r"Seq Scan on (\w+)", plan)
        if table in LARGE
    ]
    assert scans == []
