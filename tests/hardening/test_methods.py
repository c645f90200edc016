"""What an address answers to methods other than those that its page uses."""

from http import HTTPStatus

import pytest
from django.db import connection

from tests import factories

# Pages that are read and take a form at the same address.
READ_AND_SENT = [
    "passages/p8/comments/",
    "passages/pol3/position/",
    "flag/comment-000000000000/",
    "practices/new/",
    "code/",
]


@pytest.mark.parametrize("page", READ_AND_SENT)
def test_the_head_of_a_page_is_answered_as_the_page_is(consultation, contributor, as_user, page):
    browser, address = as_user(contributor), f"/consultations/{consultation.slug}/{page}"
    assert browser.head(address).status_code == browser.get(address).status_code != 405


def test_who_signed_in_on_the_way_to_what_only_takes_a_form_is_told_so(consultation, contributor, as_user):
    address = f"/consultations/{consultation.slug}/comments/000000000000/withdraw/"
    answer = as_user(contributor).get(address)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    page = answer.content.decode()
    assert "Nothing was done." in page
    assert f'href="/consultations/{consultation.slug}/comments/000000000000/"' in page


def test_programs_that_use_another_method_get_the_bare_answer(consultation, contributor, as_user):
    answer = as_user(contributor).put(f"/consultations/{consultation.slug}/passages/p8/comments/")
    assert (answer.status_code, answer.content) == (405, b"")


def test_an_empty_form_is_an_invalid_one(consultation, moderator, contributor, as_user):
    comment = factories.submitted(contributor, consultation)
    assert as_user(moderator).post(f"/moderation/comment-{comment.public_id}/").status_code == 422


@pytest.mark.parametrize("name", ["passage", "thread"])
def test_what_names_a_thing_with_a_character_that_no_database_stores_is_nothing(
    consultation, contributor, as_user, name
):
    answer = as_user(contributor).post(f"/consultations/{consultation.slug}/follow/", {name: "p8\x00"})
    assert answer.status_code == (HTTPStatus.BAD_REQUEST if connection.vendor == "postgresql" else HTTPStatus.NOT_FOUND)


@pytest.mark.parametrize(
    ("referer", "leads"),
    [
        (
            "http://testserver/consultations/sample/passages/p8/?order=newest",
            "/consultations/sample/passages/p8/?order",
        ),
        ("http://elsewhere.example/consultations/", "/consultations/{}/passages/p8/comments/"),
        ("http://testserver//elsewhere.example/", "/elsewhere.example/"),
        ("", "/consultations/{}/passages/p8/comments/"),
    ],
    ids=["a page of ours", "elsewhere", "elsewhere in disguise", "not told"],
)
def test_a_refused_form_leads_to_the_page_that_it_stood_on(consultation, contributor, as_user, referer, leads):
    address = f"/consultations/{consultation.slug}/passages/p8/comments/"
    browser = as_user(contributor)
    sent = {"body": "Words.", "action": "submit", "submission_id": "00000000-0000-4000-8000-000000000000"}
    browser.post(address, sent)
    answer = browser.post(address, {**sent, "body": "Other words."}, headers={"Referer": referer})
    assert answer.status_code == HTTPStatus.CONFLICT
    assert f'href="{leads.format(consultation.slug)}' in answer.content.decode()
