"""Language and theme, chosen with or without an account."""

import pytest
from django.core import mail

from consultation.stakeholders.post import send_decision
from tests import factories


def test_a_reader_chooses_language_and_theme_without_an_account(client, db):
    answer = client.post("/settings/", {"language": "ar", "theme": "dark", "next": "/help/"})
    assert (answer.status_code, answer.url) == (302, "/help/")
    page = client.get("/help/").content.decode()
    assert '<html lang="ar" dir="rtl" data-bs-theme="dark">' in page
    assert "bootstrap.rtl.min.css" in page
    assert "theme.js" not in page


def test_as_on_the_device_is_the_default_and_needs_one_small_script(client, db):
    assert '<script src="/static/js/theme.js"></script>' in client.get("/").content.decode()


def test_a_link_in_ones_own_language_leads_to_a_page_in_it_and_changes_nothing(client, db):
    page = client.get("/settings/?language=fr")
    assert '<html lang="fr"' in page.content.decode()
    assert "django_language" not in page.cookies
    assert '<html lang="en-gb"' in client.get("/").content.decode()


def test_what_cannot_be_chosen_is_told_beside_its_field(client, db):
    page = client.post("/settings/", {"language": "tlh", "theme": "pink"})
    assert page.status_code == 422
    assert page.context["form"].errors.keys() == {"language", "theme"}
    assert "django_language" not in page.cookies


@pytest.mark.parametrize("target", ["//evil.test", "/\\evil.test", "https://evil.test/", "javascript:alert(1)", "é"])
def test_after_choosing_one_stays_on_this_site(client, db, target):
    assert client.post("/settings/", {"language": "fr", "theme": "light", "next": target}).url == "/"


def test_mails_are_in_the_language_that_their_reader_chose(consultation, focal_point, as_user, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    as_user(focal_point).post("/settings/", {"language": "fr", "theme": "device"})
    focal_point.refresh_from_db()
    assert focal_point.mail_language == "fr"
    send_decision(factories.organisation_of(focal_point))
    assert [m.to for m in mail.outbox] == [[focal_point.email]]
