"""Atom feeds: what was published, newest first, well-formed, and nothing that is not there for everybody."""

from datetime import timedelta
from uuid import uuid4
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consultation.api import feeds
from consultation.discussion import actions as discussion
from consultation.discussion.actions import Words
from consultation.discussion.models import CommentRevision
from consultation.dispositions import actions as dispositions
from consultation.dispositions import queries
from consultation.record import clock
from tests import factories
from tests.api.test_reading import made_up
from tests.drafting import arranging

CANARY = "xanthocroix"
ATOM = "{http://www.w3.org/2005/Atom}"


def feed(client, consultation, passage="", **headers):
    place = f"passages/{passage}/" if passage else ""
    return client.get(f"/consultations/{consultation.slug}/{place}feed.atom", headers=headers)


def entries(answer):
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ET.fromstring(answer.content)  # noqa: S314 - our own
    assert root.tag == f"{ATOM}feed"
    for holder in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated", "link"):
            assert holder.find(f"{ATOM}{name}") is not None, name
    return root.findall(f"{ATOM}entry")


def text(entry, name):
    found = entry.find(f"{ATOM}{name}")
    return (found.text or "") if found is not None else ""


def test_comments_stand_newest_first_with_who_said_them(consultation, contributor, moderator, client):
    factories.published(contributor, consultation, moderator, body="First & *foremost* <script>alert(1)</script>")
    factories.published(contributor, consultation, moderator, ref="pol3", body="Second")
    newest, first = entries(feed(client, consultation))
    organisation = factories.organisation_of(contributor).name
    assert text(newest, "title") == f"{organisation} on POL.3"
    assert text(newest.find(f"{ATOM}author"), "name") == organisation
    assert "<em>foremost</em>" in text(first, "summary")
    assert "<script>" not in text(first, "summary")
    address = first.find(f"{ATOM}link").get("href")
    assert client.get(address.removeprefix("http://testserver")).status_code == 302
    assert [text(e, "title") for e in entries(feed(client, consultation, "pol3"))] == [f"{organisation} on POL.3"]


def test_nothing_unpublished_stands_in_a_feed_nor_changes_its_etag(consultation, contributor, moderator, client):
    shown = factories.published(contributor, consultation, moderator, body="Shown")
    before = feed(client, consultation)
    factories.submitted(contributor, consultation, body=f"Waits {CANARY}")
    factories.decided(moderator, factories.submitted(contributor, consultation, body=CANARY), "return")
    discussion.revise_comment(contributor, shown, Words(f"Edited {CANARY}"))
    after = feed(client, consultation, **{"if-none-match": before["ETag"]})
    assert (after.status_code, after.content) == (304, b"")
    assert CANARY not in feed(client, consultation).content.decode()


def test_what_is_withdrawn_removed_or_blacked_out_goes(consultation, contributor, moderator, client):
    withdrawn, removed, redacted = (
        factories.published(contributor, consultation, moderator, body=f"It was {CANARY} {n}") for n in range(3)
    )
    newest = feed(client, consultation)
    assert newest.content.decode().count(CANARY) == 3
    discussion.withdraw_comment(contributor, withdrawn)
    factories.decided(moderator, removed, "remove")
    factories.redacted(moderator, redacted, CANARY)
    # A date alone does not say that something went.
    again = feed(client, consultation, **{"if-modified-since": newest["Last-Modified"]})
    assert again.status_code == 200
    assert len(entries(again)) == 1
    assert CANARY not in again.content.decode()


def test_a_nameless_comment_has_neither_name_nor_minute(consultation, contributor, moderator, client):
    consultation.attribution_choice = True
    consultation.save()
    for _n in range(3):
        factories.delegate(consultation)
    p8 = factories.passage(consultation, "p8")
    made = discussion.write_comment(contributor, consultation, p8, Words("x"), uuid4(), attribution="group")
    factories.decided(moderator, made)
    answer = feed(client, consultation)
    (entry,) = entries(answer)
    assert text(entry, "title").startswith("An organisation of the group States on ")
    assert text(entry, "updated").endswith("T00:00:00+00:00")
    assert factories.organisation_of(contributor).name not in answer.content.decode()


def test_what_stands_in_a_full_feed_does_not_tell_when_a_nameless_comment_came(
    consultation, contributor, moderator, client, monkeypatch
):
    """Nor does the order: the named one is of ten o'clock, the other of an hour before or after."""
    monkeypatch.setattr(feeds, "NEWEST", 1)
    consultation.attribution_choice = True
    consultation.save()
    for _n in range(3):
        factories.delegate(consultation)
    p8, ten = factories.passage(consultation, "p8"), clock.now().replace(hour=10, minute=0)
    named = factories.published(contributor, consultation, moderator)
    made = discussion.write_comment(contributor, consultation, p8, Words("x"), uuid4(), attribution="group")
    factories.decided(moderator, made)
    CommentRevision.objects.filter(comment=named).update(published_at=ten)
    told = set()
    for hours in (-1, 1):
        CommentRevision.objects.filter(comment=made).update(published_at=ten + timedelta(hours=hours))
        told.add(feed(client, consultation).content)
    assert len(told) == 1


def test_answers_and_the_next_text_stand_there_once_they_are_published(consultation, contributor, moderator, client):
    comment = factories.published(contributor, consultation, moderator)
    rapporteur = arranging.officer(consultation)
    given, read = dispositions.Answer("in_part", f"Because {CANARY}."), dispositions.Read(comment.published.number)
    arranging.changed(rapporteur, consultation, "p8", "New words of p8.")
    arranging.close(consultation)
    dispositions.answer(rapporteur, comment, given, read, uuid4())
    assert len(entries(feed(client, consultation))) == len(entries(feed(client, consultation, "p8"))) == 1
    dispositions.publish(rapporteur, consultation, uuid4(), seen=queries.newest_version(consultation))
    arranging.publish(rapporteur, consultation)
    titles = {text(e, "title") for e in entries(feed(client, consultation))}
    assert {"The rapporteur’s answers to comments were published", "The next text of the report was published"} < titles
    of_passage = feed(client, consultation, "p8")
    assert "The rapporteur’s answer to a comment: Accepted in part" in of_passage.content.decode()
    assert CANARY in of_passage.content.decode()
    assert len(entries(feed(client, consultation, "p9"))) == 1


def test_an_empty_feed_is_the_same_each_time_and_pages_lead_to_it(consultation, client):
    first = feed(client, consultation)
    assert entries(first) == []
    assert feed(client, consultation, **{"if-none-match": first["ETag"]}).status_code == 304
    address = f'href="/consultations/{consultation.slug}/feed.atom"'
    assert address in client.get(f"/consultations/{consultation.slug}/").content.decode()
    passage = client.get(f"/consultations/{consultation.slug}/passages/p8/").content.decode()
    assert f'href="/consultations/{consultation.slug}/passages/p8/feed.atom"' in passage
    assert feed(client, consultation, "none").status_code == 404


@pytest.mark.parametrize("passage", ["", "p8"])
def test_few_and_many_cost_as_many_queries(consultation, contributor, moderator, client, passage):
    def queries_of():
        with CaptureQueriesContext(connection) as captured:
            assert feed(client, consultation, passage).status_code == 200
        return len(captured)

    made_up(consultation, contributor, moderator, 10)
    few = queries_of()
    made_up(consultation, contributor, moderator, 1_000)
    assert queries_of() == few
    assert few <= 6
