"""What programs read: what everybody may read, under the names that the files use, page by page."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consultation.consultations.models import Consultation
from consultation.discussion import actions as discussion
from consultation.discussion.actions import Words
from consultation.discussion.models import Comment, CommentRevision
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from consultation.record import clock
from consultation.throttling.limit import Limit
from consultation.throttling.limits import COUNTS
from tests import factories

CANARY = "xanthocroix"
PARTS = ("", "passages/", "passages/p8/", "passages/pol3/", "comments/", "summary/", "positions/")


def everything(program, consultation):
    return "\n".join(
        [program.get("consultations/").content.decode()]
        + [program.get(f"consultations/{consultation.slug}/{part}").content.decode() for part in PARTS]
    )


def test_a_consultation_says_where_its_parts_are(consultation, program):
    (listed,) = program.get("consultations/").json()["consultations"]
    assert (listed["slug"], listed["state"]) == (consultation.slug, "open")
    for address in (*listed["links"].values(), listed["url"]):
        assert program.client.get(address).status_code == 200


def test_the_words_of_a_passage_are_those_of_the_report(consultation, program, client):
    report = client.get(f"/consultations/{consultation.slug}/report.json").json()
    said = program.get(f"consultations/{consultation.slug}/passages/?limit=100").json()["passages"]
    assert [{name: p[name] for name in report["passages"][0]} for p in said] == report["passages"]
    one = program.get(f"consultations/{consultation.slug}/passages/pol3/").json()
    assert one == {"consultation": consultation.slug, **next(p for p in said if p["ref"] == "pol3")}


def test_comments_are_those_of_the_file(consultation, contributor, moderator, program, client):
    first = factories.published(contributor, consultation, moderator, body="First.")
    factories.published(contributor, consultation, moderator, ref="pol3", body="A reply.")
    file = client.get(f"/consultations/{consultation.slug}/comments.json")
    rows = json.loads(b"".join(file.streaming_content))["comments"]
    said = program.get(f"consultations/{consultation.slug}/comments/").json()["comments"]
    assert [{name: c[name] for name in rows[0]} for c in said] == rows
    assert said[0]["url"] == f"http://testserver/consultations/{consultation.slug}/comments/{first.public_id}/"


def test_the_summary_is_that_of_the_file(consultation, focal_point, program, client, monkeypatch):
    factories.signed(focal_point, consultation)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    file = client.get(f"/consultations/{consultation.slug}/summary.json").json()
    assert program.get(f"consultations/{consultation.slug}/summary/").json() == file


def test_a_list_is_read_page_by_page_to_its_end(consultation, contributor, moderator, program):
    ids = [factories.published(contributor, consultation, moderator, body=str(n)).public_id for n in range(5)]
    read, address = [], f"consultations/{consultation.slug}/comments/?limit=2&passage=p8"
    while address:
        answer = program.get(address.removeprefix("http://testserver/api/v1/"))
        read += [c["id"] for c in answer.json()["comments"]]
        address = answer.json()["next"]
        assert answer.headers.get("Link") == (f'<{address}>; rel="next"' if address else None)
        assert not address or "passage=p8" in address
    assert read == ids


def test_a_page_goes_on_where_a_comment_stood_that_was_withdrawn_since(consultation, contributor, moderator, program):
    first, second, third = (factories.published(contributor, consultation, moderator, body=str(n)) for n in range(3))
    following = program.get(f"consultations/{consultation.slug}/comments/?limit=2").json()["next"]
    discussion.withdraw_comment(contributor, second)
    found = program.client.get(following).json()["comments"]
    assert [c["id"] for c in found] == [third.public_id]
    assert first.public_id not in str(found)


def test_comments_are_found_by_passage_group_type_and_time(consultation, contributor, moderator, program):
    of_civil_society = factories.OrganisationFactory(group=factories.group("civil-society"))
    civil = factories.delegate(consultation, organisation=of_civil_society)
    by_state = factories.published(contributor, consultation, moderator)
    passage = factories.passage(consultation, "p9")
    asked = factories.decided(
        moderator, discussion.write_comment(civil, consultation, passage, Words("Why?", "question"), uuid4())
    )

    def found(query):
        answer = program.get(f"consultations/{consultation.slug}/comments/?{query}")
        return {c["id"] for c in answer.json()["comments"]}

    assert found("passage=p9") == {asked.public_id}
    assert found("group=states") == {by_state.public_id}
    assert found("type=question") == {asked.public_id}
    later = (clock.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert found(f"since={later}") == set()
    assert found("since=2020-01-01") == {by_state.public_id, asked.public_id}


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=x",
        "limit=",
        "limit=1&limit=2",
        "after=none-such",
        "group=none-such",
        "type=x",
        "since=yesterday",
        "since=2026-11-24T10:00:00",
        "since=0001-01-01T00:00:00-10:00",
        "since=2026-02-30",
        "surprise=1",
        "passage=%00",
    ],
)
def test_what_cannot_be_asked_is_said_by_name(consultation, program, query):
    answer = program.get(f"consultations/{consultation.slug}/comments/?{query}")
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == [query.partition("=")[0]]


def test_every_refusal_is_a_problem_that_a_program_reads(consultation, program):
    for address, status in {
        "consultations/none-such/": 404,
        "surprise/": 404,
        "consultations": 404,
        f"consultations/{consultation.slug}/passages/none/": 404,
        f"consultations/{consultation.slug}/comments/?passage=none": 404,
    }.items():
        answer = program.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
        assert answer.json()["status"] == status
    answer = program.post("consultations/", {})
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")


def test_what_has_not_changed_is_not_sent_again(consultation, contributor, moderator, program, turn):
    address = f"consultations/{consultation.slug}/"
    for part in PARTS:
        etag = program.get(address + part)["ETag"]
        turn(timedelta(seconds=5))
        # What waits for a moderator, and a draft, change no ETag.
        comment = factories.submitted(contributor, consultation, body=CANARY)
        again = program.get(address + part, **{"if-none-match": etag})
        assert (again.status_code, again.content) == (304, b"")
        assert comment.state == "pending"
    etag = program.get(f"{address}comments/")["ETag"]
    factories.published(contributor, consultation, moderator)
    assert program.get(f"{address}comments/", **{"if-none-match": etag}).status_code == 200


def test_nothing_unpublished_is_read(consultation, contributor, focal_point, moderator, program):
    factories.submitted(contributor, consultation, body=f"Waits {CANARY}")
    passage = factories.passage(consultation, "p8")
    discussion.write_comment(contributor, consultation, passage, Words(f"Draft {CANARY}"), uuid4(), submit=False)
    factories.decided(moderator, factories.submitted(contributor, consultation, body=f"Returned {CANARY}"), "return")
    gone = factories.published(contributor, consultation, moderator, body=f"Withdrawn {CANARY}")
    discussion.withdraw_comment(contributor, gone)
    removed = factories.published(contributor, consultation, moderator, body=f"Removed {CANARY}")
    factories.decided(moderator, removed, "remove")
    edited = factories.published(contributor, consultation, moderator, body="As published")
    discussion.revise_comment(contributor, edited, Words(f"Edited {CANARY}"))
    redacted = factories.published(contributor, consultation, moderator, body=f"It was {CANARY} who said it")
    factories.redacted(moderator, redacted, CANARY)
    pol3 = factories.passage(consultation, "pol3")
    positions.draft_position(contributor, consultation, pol3, Answer("reservation", CANARY), uuid4())
    factories.signed(focal_point, consultation, "pol4", "reservation", f"Waits {CANARY}")
    said = everything(program, consultation)
    assert CANARY not in said
    assert "As published" in said
    assert program.get(f"consultations/{consultation.slug}/passages/p8/").json()["comments"] == 2


def test_what_is_in_preparation_is_not_there_even_for_a_signed_in_secretariat(consultation, as_user):
    consultation.announced = False
    consultation.save()
    browser = as_user(factories.secretariat())
    assert browser.get("/api/v1/consultations/").json()["consultations"] == []
    for part in PARTS:
        assert browser.get(f"/api/v1/consultations/{consultation.slug}/{part}").status_code == 404


@pytest.mark.parametrize("rule", Consultation.SummaryAccess.values)
def test_positions_are_read_by_the_one_rule(consultation, focal_point, moderator, program, with_token, as_user, rule):
    consultation.summary_access = rule
    consultation.save()
    factories.statement(focal_point, consultation, moderator, explanation=f"The {CANARY}.")
    for part in ("summary/", "positions/"):
        address = f"consultations/{consultation.slug}/{part}"
        # Neither a token nor a session of somebody who may see the page sees more.
        answers = [program.get(address), with_token().get(address), as_user(moderator).get(f"/api/v1/{address}")]
        assert {a.status_code for a in answers} == ({200} if rule == "everybody" else {403})
        assert all((CANARY in a.content.decode()) is (rule == "everybody" and part == "positions/") for a in answers)
    factories.close(consultation)
    assert CANARY in program.get(f"consultations/{consultation.slug}/positions/").content.decode()


def test_a_position_is_a_line_of_the_file(consultation, focal_point, moderator, program):
    version = factories.statement(focal_point, consultation, moderator)
    found = program.get(f"consultations/{consultation.slug}/positions/?stance=reservation&ref=pol3")
    (said,) = found.json()["positions"]
    assert said["organisation"] == factories.organisation_of(focal_point).name
    assert (said["stance"], said["explanation"], said["version"]) == ("reservation", version.explanation, "1")
    assert program.get(f"consultations/{consultation.slug}/positions/?stance=endorse").json()["positions"] == []


def test_a_nameless_position_tells_no_name_time_or_version(consultation, program):
    consultation.attribution_choice = True
    consultation.save()
    people = [factories.focal_point(consultation) for _n in range(4)]
    pol3 = factories.passage(consultation, "pol3")
    positions.sign_position(people[0], consultation, pol3, Answer("endorse", attribution="group"), uuid4())
    (said,) = program.get(f"consultations/{consultation.slug}/positions/").json()["positions"]
    assert (said["organisation"], said["organisation_slug"], said["version"], said["signed_at"]) == ("", "", "", "")
    assert (said["group"], said["attribution"]) == ("states", "group")


def test_pages_of_positions_hold_each_once(consultation, program):
    for ref in ("pol3", "pol4"):
        for _n in range(3):
            factories.signed(factories.focal_point(consultation), consultation, ref)
    read, address = [], f"http://testserver/api/v1/consultations/{consultation.slug}/positions/?limit=2"
    while address:
        page = program.client.get(address).json()
        read += [(p["ref"], p["organisation"]) for p in page["positions"]]
        address = page["next"]
    assert len(read) == len(set(read)) == 6
    assert [ref for ref, _who in read] == ["pol3"] * 3 + ["pol4"] * 3


@pytest.fixture
def nameless(consultation, contributor, moderator):
    """The only comment, published without a name."""
    consultation.attribution_choice = True
    consultation.save()
    for _n in range(3):
        factories.delegate(consultation)
    passage = factories.passage(consultation, "p8")
    written = discussion.write_comment(
        contributor, consultation, passage, Words("Nobody signs."), uuid4(), attribution="secretariat"
    )
    factories.decided(moderator, written)


@pytest.mark.usefixtures("nameless")
def test_a_nameless_comment_is_found_by_its_day_alone(consultation, program):
    noon = clock.now().replace(hour=12, minute=0, second=0, microsecond=0)
    CommentRevision.objects.update(published_at=noon)
    for hour in (1, 11, 13, 23):
        since = noon.replace(hour=hour).strftime("%Y-%m-%dT%H:%M:%SZ")
        answer = program.get(f"consultations/{consultation.slug}/comments/?since={since}")
        (said,) = answer.json()["comments"]
        assert said["published_at"] == f"{noon:%Y-%m-%d}"
        assert said["organisation"] == said["author"] == ""


@pytest.mark.parametrize("zone", ["Z", "-14:37", "-14:38", "+09:23", "+09:22", "-23:59", "+00:01"])
@pytest.mark.usefixtures("nameless")
def test_in_whatever_zone_one_asks_a_nameless_comment_is_found_by_the_same_day(consultation, program, zone):
    """Days that begin at any minute would tell the minute, one question after the other."""
    CommentRevision.objects.update(published_at=datetime(2026, 11, 24, 14, 37, 12, tzinfo=UTC))
    for day in range(23, 27):
        since = f"2026-11-{day}T00:00:00{zone}"
        asked = urlencode({"since": since})
        comments = program.get(f"consultations/{consultation.slug}/comments/?{asked}").json()["comments"]
        assert bool(comments) is (datetime.fromisoformat(since).astimezone(UTC).day <= 24)


def test_too_many_requests_are_told_when_to_come_back(consultation, program, settings, turn):
    settings.LIMITS = settings.LIMITS | {"api": Limit(5, 60)}
    turn(timedelta(minutes=1))
    answers = [program.get("consultations/") for _n in range(7)]
    assert [a.status_code for a in answers] == [200] * 5 + [429] * 2
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60
    assert answers[-1]["Content-Type"] == "application/problem+json"
    COUNTS.clear()  # as another process, which lets a quarter through before it asks the others
    assert [program.get("consultations/").status_code for _n in range(2)] == [200, 429]
    turn(timedelta(minutes=1))
    assert program.get("consultations/").status_code == 200


def test_an_address_of_the_newer_kind_counts_as_its_network(consultation, program, settings, turn):
    settings.LIMITS = settings.LIMITS | {"api": Limit(2, 60)}
    turn(timedelta(minutes=2))
    seen = [program.client.get("/api/v1/consultations/", REMOTE_ADDR=f"2001:db8::{n}").status_code for n in range(1, 4)]
    assert seen == [200, 200, 429]
    assert program.client.get("/api/v1/consultations/", REMOTE_ADDR="2001:db8:1::1").status_code == 200


@pytest.mark.parametrize("part", PARTS)
def test_few_and_many_cost_as_many_queries(consultation, contributor, moderator, program, turn, part):
    turn(timedelta())  # one minute, however long it takes here
    address = (
        f"consultations/{consultation.slug}/{part}?limit=100"
        if part in {"comments/", "positions/"}
        else (f"consultations/{consultation.slug}/{part}")
    )

    def queries():
        program.get(address)  # takes its share of the minute
        with CaptureQueriesContext(connection) as captured:
            assert program.get(address).status_code == 200
        return len(captured)

    made_up(consultation, contributor, moderator, 10)
    few = queries()
    made_up(consultation, contributor, moderator, 1_000)
    assert queries() == few
    assert few <= 8


def made_up(consultation, contributor, moderator, number):
    """So many published comments and positions, written past the actions."""
    passage, organisation = factories.passage(consultation, "p8"), factories.organisation_of(contributor)
    now = clock.now()
    comments = Comment.objects.bulk_create(
        Comment(
            consultation=consultation,
            passage=passage,
            author=contributor,
            organisation=organisation,
            state="pending",
            created_at=now,
            state_at=now,
        )
        for _n in range(number)
    )
    revisions = CommentRevision.objects.bulk_create(
        CommentRevision(
            comment=comment,
            number=1,
            state="published",
            body="A remark.",
            quote="",
            created_by=contributor,
            created_at=now,
            published_at=now,
        )
        for comment in comments
    )
    for comment, revision in zip(comments, revisions, strict=True):
        comment.state, comment.published, comment.latest = "published", revision, revision
    Comment.objects.bulk_update(comments, ["state", "published", "latest"], batch_size=200)
    if number < 100:
        for _n in range(number // 5):
            factories.signed(factories.focal_point(consultation), consultation)
    else:
        for ref in ("pol1", "pol2", "pol4", "pol5"):
            for _n in range(5):
                factories.signed(factories.focal_point(consultation), consultation, ref)
