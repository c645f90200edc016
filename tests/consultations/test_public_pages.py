"""Pages that are kept for everybody: never one person's page for another, never an old word after a change."""

from datetime import timedelta

import pytest
from django.contrib import messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import caches
from django.http import HttpResponse
from django.test import Client, RequestFactory

from consultation.consultations import public_pages
from consultation.consultations.models import Consultation
from consultation.record import clock
from consultation.record.models import Entry
from tests import factories
from tests.drafting import arranging

PAGES = ["", "report/", "recommendations/", "passages/p8/", "passages/pol3/", "summary/", "summary.json", "report.json"]
PAGES += ["breakdown/", "breakdown.json"]


@pytest.fixture(autouse=True)
def _keep_pages(settings):
    settings.PAGES_KEPT_SECONDS = 60
    caches["pages"].clear()
    yield
    caches["pages"].clear()


def address(consultation, page):
    return f"/consultations/{consultation.slug}/{page}"


@pytest.mark.parametrize("page", PAGES)
def test_between_changes_a_page_costs_one_query_and_is_told_to_be_the_same(
    client, consultation, django_assert_num_queries, page
):
    first = client.get(address(consultation, page))
    with django_assert_num_queries(1):
        again = client.get(address(consultation, page))
    assert again.content == first.content
    with django_assert_num_queries(1):
        unchanged = client.get(address(consultation, page), headers={"If-None-Match": first["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")


def test_a_published_comment_is_on_the_page_at_once_and_gone_at_once(client, consultation, contributor, moderator):
    page = address(consultation, "passages/p8/")
    client.get(page)
    comment = factories.published(contributor, consultation, moderator, body="A rare remark.")
    shown = client.get(page)
    assert "A rare remark." in shown.content.decode()
    factories.decided(moderator, comment, "remove")
    after = client.get(page, headers={"If-None-Match": shown["ETag"]})
    assert after.status_code == 200
    assert "A rare remark." not in after.content.decode()


def test_what_happens_unseen_does_not_change_what_everybody_gets(client, consultation, contributor):
    page = address(consultation, "passages/p8/")
    before = client.get(page)
    factories.submitted(contributor, consultation, body="Waits for a moderator.")
    after = client.get(page)
    assert (after["ETag"], after.content) == (before["ETag"], before.content)


def test_who_is_signed_in_gets_their_own_page_and_leaves_nothing_of_it(client, consultation, contributor, as_user):
    factories.submitted(contributor, consultation, body="Waits for a moderator.")
    page = address(consultation, "passages/p8/")
    own = as_user(contributor).get(page)
    assert "Waits for a moderator." in own.content.decode()
    assert "ETag" not in own
    everybody = client.get(page).content.decode()
    assert "Waits for a moderator." not in everybody
    assert str(contributor) not in everybody
    assert "Waits for a moderator." in as_user(contributor).get(page).content.decode()


@pytest.mark.parametrize("page", ["/", "report/"])
def test_what_is_said_to_one_person_is_not_kept_for_everybody(client, consultation, page):
    """A cookie of messages is signed for nobody in particular: whoever has one could write on everybody's page."""
    page = page if page == "/" else address(consultation, page)
    request = RequestFactory().get("/")
    said = CookieStorage(request)
    said.add(messages.SUCCESS, "You invited everybody@sample.example.")
    answer = HttpResponse()
    said.update(answer)
    told = Client()
    told.cookies["messages"] = answer.cookies["messages"].value
    assert "everybody@sample.example" in told.get(page).content.decode()
    assert "everybody@sample.example" not in client.get(page).content.decode()


def test_language_and_theme_have_pages_of_their_own(client, consultation):
    page = address(consultation, "report/")
    client.get(page)
    client.cookies["theme"] = "dark"
    assert 'data-bs-theme="dark"' in client.get(page).content.decode()
    client.cookies["django_language"] = "ar"
    assert 'dir="rtl"' in client.get(page).content.decode()


def test_a_page_is_not_kept_beyond_the_closing(client, consultation):
    consultation.closes_at = clock.now() + timedelta(seconds=5)
    consultation.save()
    assert 0 < public_pages._seconds([consultation.slug], clock.now()) <= 5


def test_a_page_that_was_begun_before_the_closing_is_not_kept_after_it(consultation):
    consultation.closes_at = clock.now() + timedelta(seconds=0.2)
    consultation.save()

    @public_pages.for_everybody
    def slow(_request, slug):
        said = Consultation.objects.get(slug=slug).state
        while clock.now() < consultation.closes_at:
            pass
        return HttpResponse(said)

    request = RequestFactory().get("/")
    assert [slow(request, slug=consultation.slug).content for _ in range(2)] == [b"open", b"closed"]


def test_a_page_is_not_kept_beyond_a_day_before_the_closing(consultation):
    consultation.closes_at = clock.now() + timedelta(days=3, seconds=5)
    consultation.save()
    assert consultation.days_left == 3
    assert 0 < public_pages._seconds([consultation.slug], clock.now()) <= 5


def test_what_is_taken_away_in_an_earlier_round_is_gone_from_the_page_of_the_next_one(
    client, consultation, contributor, moderator
):
    rapporteur = arranging.officer(consultation)
    comment = factories.published(contributor, consultation, moderator, ref="pol3", body="A rare remark.")
    arranging.changed(rapporteur, consultation, "pol3")
    second = arranging.next_round(arranging.publish(rapporteur, consultation))
    page = address(second, "passages/pol3/")
    assert "A rare remark." in client.get(page).content.decode()
    factories.decided(moderator, comment, "remove")
    assert "A rare remark." not in client.get(page).content.decode()


def test_between_changes_a_page_of_a_later_round_costs_one_query_for_each_round(
    client, consultation, contributor, moderator, django_assert_num_queries
):
    rapporteur = arranging.officer(consultation)
    arranging.changed(rapporteur, consultation, "pol3")
    page = address(arranging.next_round(arranging.publish(rapporteur, consultation)), "summary/")
    first = client.get(page)
    with django_assert_num_queries(2):
        assert client.get(page).content == first.content


def test_what_is_compressed_is_the_same_page(client, consultation):
    page = address(consultation, "report/")
    plain = client.get(page)
    zipped = client.get(page, headers={"Accept-Encoding": "gzip"})
    assert zipped["Content-Encoding"] == "gzip"
    assert len(zipped.content) < len(plain.content) / 2
    assert {"Cookie", "Accept-Language", "Accept-Encoding"} <= set(zipped["Vary"].split(", "))


def test_an_entry_that_ends_late_with_an_earlier_key_changes_the_version(consultation):
    def entry(key):
        return Entry(id=key, at=clock.now(), kind="test", subject="x", consultation=consultation.slug)

    Entry.objects.bulk_create([entry(key) for key in range(7000, 7300, 2)])
    before = Entry.objects.version(consultation.slug)
    Entry.objects.bulk_create([entry(7201)])
    assert Entry.objects.version(consultation.slug) != before
