"""A mail server that is down delays mails; none is lost, none is sent twice."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, send_mail
from django.db import transaction

from consultation.notifications import delivery, reading
from consultation.notifications.models import Mail
from consultation.record import clock
from tests import factories
from tests.notifications.conftest import html, text

pytestmark = pytest.mark.django_db


def states():
    return list(Mail.objects.order_by("pk").values_list("state", "tries"))


def test_a_mail_waits_in_the_outbox_and_goes_by_the_worker(server, work):
    send_mail("Subject", "Text", None, ["a@example.org"], html_message="<p>Text</p>")
    assert server.received == []
    work()
    (sent,) = server.received
    assert (sent["Subject"], sent["To"]) == ("Subject", "a@example.org")
    assert (text(sent).strip(), html(sent).strip()) == ("Text", "<p>Text</p>")
    work()
    assert len(server.received) == 1


def test_a_mail_of_the_accounts_does_not_wait_behind_notifications(consultation, contributor, moderator, server, work):
    for ref in ("p8", "p9"):
        factories.published(contributor, consultation, moderator, ref=ref)
    reading.read(10)
    send_mail("Reset your password", "Text", None, ["waits@example.org"])
    work()
    assert [m["X-Envelope-To"] for m in server.received] == ["waits@example.org", contributor.email, contributor.email]


def test_each_recipient_gets_a_mail_of_their_own(server, work):
    send_mail("Subject", "Text", None, ["a@example.org", "B <b@example.org>"])
    work()
    assert sorted(m["To"] for m in server.received) == ["a@example.org", "b@example.org"]
    assert len({m["Message-ID"] for m in server.received}) == 2


def test_a_change_that_fails_leaves_no_mail(server, work):
    @transaction.atomic
    def change():
        send_mail("Subject", "Text", None, ["a@example.org"])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change()
    work()
    assert server.received == []


def test_a_mail_server_that_is_down_costs_no_try(server, work):
    send_mail("Subject", "Text", None, ["a@example.org"])
    server.stop()
    for _attempt in range(8):
        with pytest.raises(delivery.ServerDown):
            work()
    assert states() == [("waiting", 0)]
    server.start()
    work()
    assert len(server.received) == 1


def test_a_poison_mail_is_parked_after_five_tries_with_ever_longer_pauses(server, work, turn):
    send_mail("Subject", "Poison", None, ["poison@example.org"])
    send_mail("Subject", "Good", None, ["good@example.org"])
    pauses = []
    for _try in range(5):
        server.answers = ["554 No"]
        work()
        mail = Mail.objects.get(recipient="poison@example.org")
        pauses.append(mail.next_try_at - clock.now())
        turn(timedelta(days=1))
    assert pauses[:4] == sorted(pauses[:4])
    assert (mail.state, mail.tries) == ("parked", 5)
    assert "No" in mail.problem
    assert len(server.to("good@example.org")) == 1
    work()
    assert not server.to("poison@example.org")


def test_not_now_is_asked_again_for_days_and_keeps_the_message_id(server, work, turn):
    send_mail("Subject", "Text", None, ["a@example.org"])
    before = Mail.objects.get().message_id
    for _try in range(20):
        server.answers = ["451 Greylisted"]
        work()
        turn(timedelta(hours=1))
    work()
    assert [m["Message-ID"] for m in server.received] == [before]


def test_not_now_for_four_days_is_parked(server, work, turn):
    send_mail("Subject", "Text", None, ["a@example.org"])
    for _try in range(7):
        server.answers = ["451 Full"]
        work()
        turn(timedelta(days=1))
    assert Mail.objects.get().state == "parked"


def test_a_parked_mail_is_sent_again_from_the_admin(server, work, turn, as_user):
    send_mail("Subject", "Text", None, ["a@example.org"])
    Mail.objects.update(state="parked", tries=5)
    secretariat = factories.UserFactory(is_staff=True, is_superuser=True)
    key = Mail.objects.get().pk
    as_user(secretariat).post(
        "/admin/notifications/mail/", {"action": "send_again", "_selected_action": [key], "index": 0}
    )
    work()
    assert len(server.received) == 1


def test_what_was_sent_is_not_kept(server, work, turn):
    send_mail("Subject", "https://consultation.example/secret-link/", None, ["a@example.org"])
    work()
    assert "secret-link" not in str(Mail.objects.values())
    turn(timedelta(days=31))
    delivery.prune()
    assert not Mail.objects.exists()


def test_a_line_end_in_a_subject_makes_no_header(server, work):
    send_mail("Round\r\nBcc: x@example.org", "Text", None, ["a@example.org"])
    work()
    (sent,) = server.received
    assert sent["Bcc"] is None
    assert sent["Subject"] == "Round Bcc: x@example.org"


def test_only_a_line_feed_begins_a_line(server, work):
    send_mail("Round", "One\u2028two\u2029three\x85four\x0bfive\x0csix\x1cseven\nEight", None, ["a@example.org"])
    assert Mail.objects.get().text == "One two three four five six seven\nEight"


def test_a_mail_with_an_attachment_is_refused_at_once(server):
    mail = EmailMessage("Subject", "Text", None, ["a@example.org"])
    mail.attach("a.txt", "x")
    with pytest.raises(ValueError, match="attachments"):
        mail.send()


def test_a_mail_that_cannot_be_put_together_does_not_stop_the_others(server, work):
    EmailMultiAlternatives("Subject", "Text", "a b c", ["not an address\x00"]).send()
    send_mail("Subject", "Text", None, ["good@example.org"])
    work()
    assert len(server.to("good@example.org")) == 1
