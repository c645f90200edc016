"""What the databases do for a page: none reads a large table, or a long thread, from end to end."""

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


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's plans")
@pytest.mark.django_db
@pytest.mark.parametrize("order", ["oldest", "newest", "answered"])
def test_the_first_comments_of_a_thread_are_read_in_the_order_of_an_index(client, order):
    """Also once SQLite has looked at its indexes, where it would take comments that answer nothing for few."""
    consultation = generate(Sizes(organisations=20, comments=4000, positions=200, seed=11), lambda *_what: None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM sqlite_stat1 WHERE tbl = 'discussion_comment'")
        assert cursor.fetchone()[0] > 1
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"/consultations/{consultation.slug}/passages/p1/?order={order}").status_code == 200
    firsts = next(q["sql"] for q in captured.captured_queries if '"parent_id" IS NULL' in q["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {firsts}")
        plan = [row[3] for row in cursor.fetchall()]
    index = "comment_most_answered" if order == "answered" else "comment_first"
    assert plan[0] == f"SEARCH discussion_comment USING INDEX {index} (consultation_id=? AND passage_id=?)"
    assert not [step for step in plan if "TEMP B-TREE" in step]


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
