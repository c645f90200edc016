"""What was typed while the session ended is there after signing in, whatever form it was."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from consultation.stakeholders.models import User
from consultation.throttling import limits
from consultation.throttling.limit import Limit
from tests import factories

WORDS = "It was said with care."


@pytest.fixture
def forms(consultation, focal_point, moderator):
    """Who sends which form where, and what of it they typed themselves."""
    own = f"/organisations/{factories.organisation_of(focal_point).slug}/delegation/"
    c, passage = f"/consultations/{consultation.slug}", factories.passage(consultation, "p8")
    secretariat = User.objects.create_superuser("secretariat@example.org", "a-sample-of-a-long-password")
    return {
        "an invitation": (focal_point, own, {"email": "new@example.org", "role": "observer"}, "new@example.org"),
        "a closed thread": (moderator, f"{c}/passages/{passage.ref}/stop/", {"reason": WORDS, "action": "stop"}, WORDS),
        "an application": (focal_point, "/organisations/apply/", {"mandate": WORDS}, WORDS),
        "a window": (
            secretariat,
            f"/admin/consultations/consultation/{consultation.pk}/window/",
            {"reason": WORDS, "closes": "2040-01-01 18:00"},
            WORDS,
        ),
    }


@pytest.mark.parametrize("name", ["an invitation", "a closed thread", "an application", "a window"])
def test_it_is_kept_over_signing_in(forms, client, name):
    person, address, sent, typed = forms[name]
    answer = client.post(address, sent)
    while answer.status_code == 302 and not answer.url.startswith("/accounts/login/"):
        answer = client.get(answer.url)
    assert parse_qs(urlsplit(answer.url).query)["next"] == [address]
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(address).content.decode()
    assert "You wrote this before you signed in." in page
    assert typed in page
    assert typed not in client.get(address).content.decode()


@pytest.mark.parametrize("name", ["an invitation", "a closed thread", "an application", "a window"])
def test_it_is_on_the_page_that_refuses_an_old_form(forms, name):
    person, address, sent, typed = forms[name]
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    assert typed not in browser.post(address, sent, headers={"Origin": "https://evil.example"}).content.decode()
    answer = browser.post(address, sent, headers={"Origin": "http://testserver"})
    assert answer.status_code == 403
    assert typed in answer.content.decode()


def test_what_was_chosen_or_is_secret_is_not_shown_as_typed(consultation, moderator):
    browser = Client(enforce_csrf_checks=True)
    item = factories.submitted(factories.delegate(consultation), consultation).public_id
    sent = {"decision": "return", "reason": "off_topic", "password": "a-sample-of-a-long-password", "code": "1234"}
    page = browser.post(f"/moderation/{item}/", sent, headers={"Origin": "http://testserver"}).content.decode()
    assert "Your text" not in page


NOT_KEPT = "What you typed is not kept while you sign in"


def kept(client):
    """How much the session of this browser holds, and the page that it is sent to."""
    return len(str(dict(client.session))), client.get("/accounts/login/").content.decode()


def test_an_address_without_an_account_fills_no_disk(client, db):
    sent = {f"r{n}-body": "x" * 95_000 for n in range(24)} | {f"finding_r{n}": "y" * 50_000 for n in range(2)}
    assert client.post("/organisations/apply/", sent).status_code == 302
    size, page = kept(client)
    assert size < 1_000
    assert NOT_KEPT not in page


def test_what_is_too_long_together_is_not_kept_and_the_page_says_so(client, db):
    client.post("/organisations/apply/", {"mandate": "x" * 60_000, "name": "y" * 60_000})
    size, page = kept(client)
    assert size < 1_000
    assert NOT_KEPT in page
    assert NOT_KEPT not in client.get("/accounts/login/").content.decode()


def test_a_form_that_fills_itself_again_has_the_same_cap(client, consultation):
    address = f"/consultations/{consultation.slug}/passages/p8/comments/"
    client.post(address, {"body": "x" * 60_000, "proposed_wording": "y" * 60_000})
    size, page = kept(client)
    assert size < 1_000
    assert NOT_KEPT in page
    client.post(address, {"body": "x" * 60_000, "mandate": "y" * 60_000})
    size, page = kept(client)
    assert 60_000 < size < 61_000
    assert NOT_KEPT in page


def test_the_outcome_keeps_the_findings_that_it_has(client, consultation):
    ref = consultation.named("pol3").get().ref
    sent = {f"finding_{ref}": "Found.", "finding_none-such": "Not here.", "introduction": "In short."}
    client.post(f"/consultations/{consultation.slug}/outcome/edit/", sent)
    assert "Found." in str(dict(client.session))
    assert "Not here." not in str(dict(client.session))


def test_so_many_forms_an_hour_are_kept_for_an_address(client, db, settings):
    settings.LIMITS = {**settings.LIMITS, "kept": Limit(2, 3600)}
    limits.COUNTS.clear()
    pages = []
    for _ in range(3):
        browser = Client()
        browser.post("/organisations/apply/", {"mandate": WORDS})
        pages.append((WORDS in str(dict(browser.session)), NOT_KEPT in kept(browser)[1]))
    limits.COUNTS.clear()
    assert pages == [(True, False), (True, False), (False, True)]
