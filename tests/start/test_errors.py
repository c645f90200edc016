"""What a person sees when something is wrong on our side: a page, never a trace; the typed text is on it."""

import logging

import pytest
from django.core.management import call_command
from django.db import OperationalError

from consultation.discussion import actions
from consultation.practices.models import Practice
from tests import factories

BODY = "A remark that took an hour."


@pytest.fixture
def browser(as_user, contributor, caplog):
    caplog.set_level(logging.CRITICAL, logger="django.request")
    client = as_user(contributor)
    client.raise_request_exception = False
    return client


def broken(monkeypatch, error):
    def fail(*_args, **_named):
        raise error

    monkeypatch.setattr(actions, "write_comment", fail)


def send(browser, consultation, **headers):
    form = {"body": BODY, "action": "submit", "type": "substantive"}
    return browser.post(f"/consultations/{consultation.slug}/passages/p8/comments/", form, headers=headers)


@pytest.mark.parametrize("words", ["server closed the connection", "database is locked", "database or disk is full"])
def test_while_the_database_is_away_the_page_says_when_to_come_back_and_keeps_the_text(
    browser, consultation, monkeypatch, words
):
    broken(monkeypatch, OperationalError(words))
    answer = send(browser, consultation, origin="http://testserver")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert BODY in answer.content.decode()
    assert words not in answer.content.decode()
    # It may have ended while it committed: nobody can say that nothing was recorded.
    assert "What you sent may have been recorded, or not." in answer.content.decode()
    assert "not submitted" not in answer.content.decode()


def test_an_unknown_error_shows_a_reference_and_no_details(browser, consultation, monkeypatch):
    broken(monkeypatch, ValueError("inner workings"))
    answer = send(browser, consultation, origin="http://testserver")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert answer["X-Request-ID"] in page
    assert BODY in page
    assert "inner workings" not in page
    assert "Traceback" not in page


@pytest.mark.parametrize("collected", [False, True])
def test_where_the_static_files_were_never_collected_the_page_is_there_and_the_log_says_what_to_do(
    browser, consultation, monkeypatch, settings, tmp_path, caplog, collected
):
    caplog.set_level(logging.ERROR)
    storage = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": storage}}
    if collected:
        call_command("collectstatic", interactive=False, verbosity=0)
        broken(monkeypatch, ValueError("inner workings"))
    answer = send(browser, consultation, origin="http://testserver") if collected else browser.get("/")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "Something went wrong" in page
    assert answer["X-Request-ID"] in page
    # No link to a file that is not there, and nothing about it that is the operator's alone.
    assert ("stylesheet" in page) is ("icon" in page) is collected
    assert "collectstatic" not in page
    assert ("manage.py collectstatic" in caplog.text) is not collected


def test_the_text_of_a_form_that_another_site_sent_is_not_shown(browser, consultation, monkeypatch):
    broken(monkeypatch, OperationalError("away"))
    assert BODY not in send(browser, consultation, origin="https://evil.test").content.decode()


def test_each_answer_names_its_request_and_believes_nobody_elses_name(client, db):
    first, second = (client.get("/", headers={"X-Request-ID": "forged"})["X-Request-ID"] for _ in range(2))
    assert first != second
    assert "forged" not in {first, second}


def test_what_was_typed_when_the_session_had_ended_is_there_after_signing_in(
    consultation, contributor, moderator, focal_point, as_user, client
):
    """Of the forms that do not fill themselves again."""
    comment = factories.submitted(contributor, consultation)
    c = f"/consultations/{consultation.slug}"
    forms = [
        (contributor, f"{c}/comments/{comment.public_id}/edit/", {"body": BODY}),
        (moderator, f"/moderation/comment-{comment.public_id}/", {"decision": "return", "statement": BODY}),
        (focal_point, f"{c}/passages/pol3/position/", {"action": "send_back", "note": BODY}),
        (contributor, f"{c}/practices/new/", {"summary": BODY}),
        # It only takes a form: the page says so, and shows the text.
        (contributor, f"{c}/comments/{comment.public_id}/withdraw/", {"note": BODY}),
    ]
    for person, address, sent in forms:
        assert client.post(address, sent).status_code == 302
        assert BODY not in client.get(address, follow=True).content.decode()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        assert BODY in client.get(address).content.decode(), address
        assert BODY not in client.get(address).content.decode(), "once"
        client.logout()


def test_what_was_typed_is_shown_at_its_own_address_only(consultation, contributor, client):
    client.post(f"/consultations/{consultation.slug}/practices/new/", {"summary": BODY})
    client.force_login(contributor, backend="django.contrib.auth.backends.ModelBackend")
    for page in ("", "passages/p8/", "passages/p8/comments/"):
        assert BODY not in client.get(f"/consultations/{consultation.slug}/{page}").content.decode()
    assert not Practice.objects.exists()
