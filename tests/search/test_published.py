"""What an organisation published, and all published comments as JSON, CSV and XLSX."""

import csv
import io
import json
import tracemalloc

import openpyxl
import pytest
from django.utils import timezone

from consultation.discussion import actions as discussion
from consultation.discussion.models import Comment, CommentRevision
from consultation.search import exports
from tests import factories

CANARY = "xanthocroix"


@pytest.fixture
def c(consultation):
    return f"/consultations/{consultation.slug}"


def content(answer):
    return b"".join(answer)


def test_quotes_commas_semicolons_and_line_ends_come_back_from_csv(client, c, consultation, contributor, moderator):
    said = 'He said "no", then; again\nand "",\t\'so\' – é 中'
    factories.published(contributor, consultation, moderator, body=said)
    lines = content(client.get(f"{c}/comments.csv")).decode()
    (row,) = csv.DictReader(io.StringIO(lines, newline=""))
    assert row["body"] == said


def test_what_is_published_is_in_every_export_and_nothing_else(client, c, consultation, contributor, moderator):
    factories.published(contributor, consultation, moderator, body='=HYPERLINK("x")')
    factories.submitted(contributor, consultation, body=CANARY)
    factories.decided(moderator, factories.submitted(contributor, consultation, body=CANARY), "return")
    gone = factories.published(contributor, consultation, moderator, body=CANARY)
    discussion.withdraw_comment(contributor, gone)
    removed = factories.published(contributor, consultation, moderator, body=CANARY)
    factories.decided(moderator, removed, "remove")
    held = json.loads(content(client.get(f"{c}/comments.json")))
    assert [row["body"] for row in held["comments"]] == ['=HYPERLINK("x")']
    lines = content(client.get(f"{c}/comments.csv")).decode()
    assert [row["body"] for row in csv.DictReader(io.StringIO(lines))] == ['\'=HYPERLINK("x")']
    book = content(client.get(f"{c}/comments.xlsx"))
    sheet = openpyxl.load_workbook(io.BytesIO(book)).active
    column = next(cell.column for cell in sheet[1] if cell.value == "body")
    assert [(row[column - 1].value, row[column - 1].data_type) for row in sheet.iter_rows(min_row=2)] == [
        ('\'=HYPERLINK("x")', "s")
    ]
    assert CANARY not in lines + json.dumps(held)


def test_the_exports_hold_every_comment_once_whatever_the_size_of_a_chunk(
    client, c, consultation, contributor, moderator, monkeypatch
):
    monkeypatch.setattr(exports, "CHUNK", 2)
    for n in range(5):
        factories.published(contributor, consultation, moderator, body=f"Remark {n}")
    held = json.loads(content(client.get(f"{c}/comments.json")))
    assert [row["body"] for row in held["comments"]] == [f"Remark {n}" for n in range(5)]


def test_a_long_export_takes_no_more_memory_than_a_short_one(consultation, contributor):
    organisation, passage = factories.organisation_of(contributor), factories.passage(consultation, "p8")

    def add(number):
        now = timezone.now()
        comments = Comment.objects.bulk_create(
            Comment(
                consultation=consultation,
                passage=passage,
                author=contributor,
                organisation=organisation,
                created_at=now,
                state_at=now,
            )
            for _ in range(number)
        )
        revisions = CommentRevision.objects.bulk_create(
            CommentRevision(
                comment=x, number=1, state="published", body="x" * 200, created_by=contributor, created_at=now
            )
            for x in comments
        )
        for comment, revision in zip(comments, revisions, strict=True):
            comment.state, comment.published = "published", revision
        Comment.objects.bulk_update(comments, ["state", "published"], batch_size=500)

    def peak():
        tracemalloc.start()
        length = sum(len(piece) for piece in exports.as_csv(consultation))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return length, most

    add(1_000)
    short, little = peak()
    add(5_000)
    long, much = peak()
    assert long > 5 * short
    assert much < 2 * little


def test_an_organisations_page_holds_what_it_published(client, c, consultation, moderator):
    signer = factories.focal_point(consultation)
    organisation = factories.organisation_of(signer)
    factories.published(signer, consultation, moderator, body="Said in public")
    factories.submitted(signer, consultation, body=CANARY)
    factories.signed(signer, consultation, "pol3", "reservation", f"Words that wait: {CANARY}")
    page = client.get(f"/organisations/{organisation.slug}/").content.decode()
    assert "Said in public" in page
    assert "POL.3" in page
    assert "Endorse with reservation" in page
    assert CANARY not in page


def test_its_pages_hold_every_comment_once(client, consultation, contributor, moderator):
    for n in range(23):
        factories.published(contributor, consultation, moderator, body=f"Remark number {n}.")
    address = f"/organisations/{factories.organisation_of(contributor).slug}/"
    first = client.get(address)
    following = first.context["following"]
    second = client.get(f"{address}?before={following.public_id}")
    shown = [c.published.body for page in (first, second) for c in page.context["comments"]]
    assert len(shown) == len(set(shown)) == 23


@pytest.mark.parametrize(("state", "status"), [("applied", 404), ("refused", 404), ("suspended", 200)])
def test_an_organisation_that_was_never_approved_has_no_page(client, db, state, status):
    organisation = factories.OrganisationFactory(state=state)
    assert client.get(f"/organisations/{organisation.slug}/").status_code == status


def test_a_merged_organisation_leads_to_the_one_it_became(client, db):
    stays = factories.OrganisationFactory()
    merged = factories.OrganisationFactory(state="merged", merged_into=stays)
    assert client.get(f"/organisations/{merged.slug}/").url == f"/organisations/{stays.slug}/"
