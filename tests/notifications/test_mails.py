"""What stands in a mail's headers, and the link that stops it."""

import re

import pytest
from django.test import Client

from consultation.notifications import actions, reading, unsubscribing
from consultation.notifications.models import Preferences, preferences_of
from consultation.record import clock
from tests import factories
from tests.notifications.conftest import html, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail(consultation, contributor, moderator, server, work):
    """A mail of the kind “decision” to the contributor."""
    factories.published(contributor, consultation, moderator)
    work()
    (sent,) = server.to(contributor.email)
    return sent


def link_in(mail):
    return re.fullmatch(r"<https://consultation\.example(/\S+)>", mail["List-Unsubscribe"].strip()).group(1)


def test_mails_of_a_thread_belong_together_and_to_their_consultation(
    consultation, contributor, moderator, server, work
):
    root = factories.published(contributor, consultation, moderator)
    reader = factories.UserFactory()
    Preferences.objects.create(person=reader, comment="at_once")
    work()
    actions.follow(reader, consultation)
    other = factories.delegate(consultation)
    for _reply in range(2):
        factories.published(other, consultation, moderator, parent=root)
    factories.published(other, consultation, moderator, ref="p9")
    work()
    first, second, elsewhere = server.to(reader.email)
    assert first["References"] == first["In-Reply-To"] == second["References"] != elsewhere["References"]
    assert first["Subject"] == second["Subject"] != elsewhere["Subject"]
    assert len({m["Message-ID"] for m in (first, second, elsewhere)}) == 3
    assert first["List-Id"].startswith(f"<{consultation.slug}.")
    assert first["Auto-Submitted"] == "auto-generated"


def test_text_and_html_say_the_same(mail, consultation):
    for part in (text(mail), html(mail)):
        assert "Your comment on ¶ 8 is published." in part
        assert consultation.title in part
        assert f"https://consultation.example/consultations/{consultation.slug}/comments/" in part
        assert "https://consultation.example/notifications/unsubscribe/" in part


def test_a_mail_program_unsubscribes_with_one_post_without_session(mail, contributor):
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    program = Client(enforce_csrf_checks=True)
    answer = program.post(link_in(mail), "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert not answer.cookies
    assert preferences_of(contributor).decision == "never"
    assert preferences_of(contributor).sent_back == "at_once"
    assert program.post(link_in(mail)).status_code == 200


def test_the_links_header_is_plain_ascii_as_mail_programs_expect(mail, server):
    for raw in server.raw:
        header = re.search(rb"\nList-Unsubscribe:([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)", raw).group(1)
        assert re.fullmatch(rb"\s*<https://consultation\.example/notifications/unsubscribe/[\w:-]+/>\s*", header)


def test_opening_the_link_changes_nothing(mail, contributor):
    for method in ("get", "head"):
        assert getattr(Client(), method)(link_in(mail)).status_code == 200
    assert preferences_of(contributor).decision == "at_once"


def test_the_link_signs_nobody_in_and_names_nobody(mail, contributor):
    client = Client()
    page = client.get(link_in(mail)).content.decode()
    client.post(link_in(mail))
    assert contributor.name not in page
    assert contributor.email not in page
    assert client.get("/notifications/").status_code == 302
    assert client.get("/accounts/").status_code == 302


@pytest.mark.parametrize("change", ["cut", "other", "kind", "empty", "long"])
def test_a_token_that_is_not_ours_is_not_there(mail, contributor, change):
    token = link_in(mail).split("/")[-2]
    tokens = {
        "cut": token[:-1],
        "other": "A" + token[1:],
        "kind": unsubscribing.address(contributor.pk, "password").split("/")[-2],
        "empty": "x",
        "long": "x" * 5000,
    }
    assert Client().post(f"/notifications/unsubscribe/{tokens[change]}/").status_code == 404
    assert preferences_of(contributor).decision == "at_once"


def test_the_link_of_a_person_who_is_gone_answers_quietly():
    assert Client().post(unsubscribing.address(999_999, "comment")).status_code == 200


def test_the_daily_mails_link_stops_what_comes_daily(contributor):
    Preferences.objects.create(person=contributor, position="at_once")
    Client().post(unsubscribing.address(contributor.pk, unsubscribing.DAILY))
    preferences = preferences_of(contributor)
    assert (preferences.comment, preferences.moderation, preferences.position) == ("never", "never", "at_once")
    assert preferences.decision == "at_once"


def test_after_unsubscribing_it_is_told_only_in_the_application(
    consultation, contributor, moderator, server, work, mail, as_user
):
    Client().post(link_in(mail))
    factories.published(contributor, consultation, moderator, ref="p9")
    work()
    assert len(server.to(contributor.email)) == 1
    assert "Your comment on ¶ 9 is published." in as_user(contributor).get("/notifications/").content.decode()


def test_a_mail_that_waited_while_the_person_unsubscribed_is_not_sent(
    consultation, contributor, moderator, server, work
):
    factories.published(contributor, consultation, moderator)
    reading.read(100)
    Client().post(unsubscribing.address(contributor.pk, "decision"))
    work()
    assert server.received == []


def test_the_mail_goes_to_the_address_that_the_person_has_now(consultation, contributor, moderator, server, work):
    factories.published(contributor, consultation, moderator)
    reading.read(100)
    contributor.email = "new@example.org"
    contributor.save()
    work()
    assert len(server.to("new@example.org")) == 1
    assert clock.now()
