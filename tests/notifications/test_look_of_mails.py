"""How mails look: text and HTML of one look, for every mail that the application writes."""

import re

import pytest
from django.core.mail import send_mail
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from consultation.notifications import outbox
from consultation.notifications.models import Mail
from tests import factories
from tests.notifications.conftest import html, text

ADDRESS = "https://consultation.example/accounts/confirm-email/" + "MQ:1abc" * 15 + "/"


@pytest.mark.django_db
def test_a_mail_of_text_alone_gets_the_same_look_with_its_links(server):
    send_mail("Confirm your address", f"Open this <link>:\n{ADDRESS}", None, ["a@example.org"])
    mail = Mail.objects.get()
    assert ADDRESS in mail.text
    assert f'<a href="{ADDRESS}" rel="nofollow">' in mail.html
    assert "Open this &lt;link&gt;:" in mail.html
    assert 'name="color-scheme" content="light dark"' in mail.html


@pytest.mark.django_db
def test_a_mail_says_its_language_and_direction_in_its_body_too(server):
    """Mail programs drop the `html` element."""
    with override("ar"):
        send_mail("Subject", "Text", None, ["a@example.org"])
    body = Mail.objects.get().html.partition("<body")[2]
    assert '<div class="card" dir="rtl" lang="ar"' in body


@pytest.mark.django_db
def test_a_mail_loads_nothing_and_its_text_is_72_wide(consultation, contributor, moderator, server, work):
    factories.decided(moderator, factories.submitted(contributor, consultation), "return")
    work()
    (sent,) = server.to(contributor.email)
    assert not re.search(r"<(img|link|script|iframe)|url\(", html(sent))
    assert all(len(line) <= 72 or " " not in line.strip() for line in text(sent).splitlines())


def test_what_continues_a_quotation_is_quoted_too():
    lines = outbox.wrapped("  > " + "word " * 40).splitlines()
    assert len(lines) > 1
    assert all(line.startswith("  > word") for line in lines)


@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=300))
def test_wrapping_loses_no_word(words):
    assert outbox.wrapped(words).replace(">", "").split() == words.replace(">", "").split()
