"""What was typed while the session ended is there after signing in, whatever form it was."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from consultation.stakeholders.models import User
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
