"""Webhooks to a real server on this machine: signed, tried again, given up; nothing inside is reached or told."""

import json
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import pytest
from django.core import mail
from django.core.management import call_command
from standardwebhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from consultation.api import actions, delivery, outlet, signing, telling
from consultation.api.actions import Target
from consultation.api.models import Delivery, Event, Token, Webhook
from consultation.discussion import actions as discussion
from consultation.moderation import actions as moderation
from consultation.moderation.models import Decision
from consultation.notifications import reading
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from consultation.record import clock
from consultation.record.models import Entry
from tests import factories
from tests.drafting import arranging

CANARY = "xanthocroix"
ALL = list(Event.values)


class Receiver:
    """What a program was sent; `answers` are what it says to the next requests instead of 204."""

    def __init__(self) -> None:
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.headers: dict[str, str] = {}
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_what: object) -> None:
                """Nothing on the screen."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def said(self) -> list[dict]:
        return [json.loads(body) for _headers, body in self.received]

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    running = Receiver()
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def _told_at_once(settings):
    settings.UNDO_SECONDS = 0
    settings.SITE_URL = "https://consultation.example"


@pytest.fixture
def hook(consultation, focal_point, receiver) -> Webhook:
    target = Target(factories.organisation_of(focal_point), receiver.url, ALL)
    return actions.register_webhook(focal_point, consultation, target, uuid4())[0]


def work():
    """One pass of the worker."""
    while reading.read(100):
        pass
    telling.tell_closings()
    return delivery.deliver(100)


def test_a_published_comment_is_told_signed_and_once(consultation, contributor, moderator, hook, receiver):
    comment = factories.published(contributor, consultation, moderator, body=f"Words {CANARY}")
    work()
    ((headers, body),) = receiver.received
    told = Verifier(signing.secret_of(hook)).verify(body, headers)
    assert told["type"] == "comment.published"
    assert told["data"]["id"] == comment.public_id
    assert (
        told["data"]["url"]
        == f"https://consultation.example/consultations/{consultation.slug}/comments/{comment.public_id}/"
    )
    assert CANARY not in body.decode()
    with pytest.raises(WebhookVerificationError):
        Verifier(signing.secret_of(hook)).verify(body + b" ", headers)
    discussion.revise_comment(contributor, comment, discussion.Words("Edited."))
    factories.decided(moderator, comment)
    work()
    assert len(receiver.received) == 1
    assert Delivery.objects.get().state == "sent"


def test_an_edit_after_an_undone_decision_is_told_no_more(
    consultation, contributor, moderator, hook, receiver, settings
):
    """What was published at once was published by no decision."""
    consultation.moderation_mode = "after"
    consultation.save()
    comment = factories.submitted(contributor, consultation)
    work()
    factories.decided(moderator, comment, "remove")
    settings.UNDO_SECONDS = 60
    moderation.undo(moderator, Decision.objects.get())
    settings.UNDO_SECONDS = 0
    discussion.revise_comment(contributor, comment, discussion.Words("Edited."))
    work()
    assert len(receiver.received) == 1


def test_the_worker_sends_them(consultation, contributor, moderator, hook, receiver):
    factories.published(contributor, consultation, moderator)
    call_command("work", "--once")
    assert [said["type"] for said in receiver.said] == ["comment.published"]


def test_each_event_is_told_to_who_asked_for_it(consultation, contributor, focal_point, receiver):
    hooks = {}
    for event in ALL:
        target = Target(None, receiver.url, [event])
        hooks[event] = actions.register_webhook(factories.secretariat(), consultation, target, uuid4())[0]
    factories.signed(focal_point, consultation)
    rapporteur = arranging.officer(consultation)
    arranging.changed(rapporteur, consultation, "p8", "New words of p8.")
    arranging.close(consultation)
    Webhook.objects.update(made_at=clock.now() - timedelta(days=30))
    arranging.publish(rapporteur, consultation)
    work()
    work()
    assert sorted(said["type"] for said in receiver.said) == [
        "consultation.closed",
        "position.signed",
        "text.published",
    ]
    for headers, body in receiver.received:
        assert Verifier(signing.secret_of(hooks[json.loads(body)["type"]])).verify(body, headers)


def test_nothing_is_told_that_not_everybody_reads(consultation, contributor, focal_point, moderator, hook, receiver):
    consultation.summary_access, consultation.attribution_choice = "officers", True
    consultation.save()
    for _n in range(3):
        factories.focal_point(consultation)
    factories.submitted(contributor, consultation)
    factories.decided(moderator, factories.submitted(contributor, consultation), "return")
    factories.signed(focal_point, consultation)
    pol4 = factories.passage(consultation, "pol4")
    positions.sign_position(focal_point, consultation, pol4, Answer("endorse", attribution="secretariat"), uuid4())
    withdrawn = factories.published(contributor, consultation, moderator)
    discussion.withdraw_comment(contributor, withdrawn)
    work()
    consultation.summary_access = "everybody"
    consultation.save()
    positions.sign_position(focal_point, consultation, pol4, Answer("cannot_endorse", attribution="group"), uuid4())
    work()
    assert receiver.received == []
    # Not even the list of what was sent tells that a position was signed.
    assert not Delivery.objects.filter(event="position.signed").exists()


def test_what_is_withdrawn_while_it_waits_is_dropped(consultation, contributor, moderator, hook, receiver):
    receiver.answers = [503]
    comment = factories.published(contributor, consultation, moderator)
    work()
    discussion.withdraw_comment(contributor, comment)
    Delivery.objects.update(next_try_at=clock.now())
    work()
    assert len(receiver.received) == 1
    assert Delivery.objects.get().state == "dropped"


def test_a_nameless_comment_is_told_without_its_minute_or_name(consultation, contributor, moderator, hook, receiver):
    consultation.attribution_choice = True
    consultation.save()
    for _n in range(3):
        factories.delegate(consultation)
    p8 = factories.passage(consultation, "p8")
    made = discussion.write_comment(
        contributor, consultation, p8, discussion.Words("x"), uuid4(), attribution="secretariat"
    )
    factories.decided(moderator, made)
    work()
    (said,) = receiver.said
    assert said["timestamp"] == f"{clock.now():%Y-%m-%d}"
    organisation = factories.organisation_of(contributor)
    assert organisation.slug not in json.dumps(said)
    assert organisation.name not in json.dumps(said)


def test_it_is_tried_again_with_the_same_id_and_words(consultation, contributor, moderator, hook, receiver, turn):
    receiver.answers = [500, 302]
    receiver.headers = {"Location": receiver.url + "/elsewhere"}
    factories.published(contributor, consultation, moderator)
    for pause in (timedelta(), timedelta(seconds=5), timedelta(minutes=5)):
        assert delivery.deliver(100) == 0 or pause == timedelta()
        turn(pause)
        work()
    assert len(receiver.received) == 3  # a redirect is no answer, and is not followed
    assert len({headers["webhook-id"] for headers, _body in receiver.received}) == 1
    assert len({body for _headers, body in receiver.received}) == 1
    assert (Delivery.objects.get().state, Delivery.objects.get().tries) == ("sent", 3)


def test_it_is_given_up_and_its_owner_told_once(
    consultation, contributor, focal_point, moderator, hook, receiver, turn
):
    consultation.closes_at = clock.now() + timedelta(days=9)
    consultation.save()
    receiver.stop()
    for n in range(2):
        factories.published(contributor, consultation, moderator, body=str(n))
    for _try in range(delivery.TRIES):
        work()
        turn(timedelta(hours=6))
    hook.refresh_from_db()
    assert hook.stopped_at is not None
    assert "refused" in hook.problem
    assert {d.state for d in Delivery.objects.all()} == {"given_up", "dropped"}
    assert [m.to for m in mail.outbox] == [[focal_point.email]]
    assert hook.url in mail.outbox[0].body
    assert Entry.objects.filter(kind="webhook.stopped").count() == 1
    factories.published(contributor, consultation, moderator, body="later")
    work()
    assert not Delivery.objects.filter(state="waiting").exists()


def test_who_answers_gone_is_told_nothing_more(consultation, contributor, moderator, hook, receiver):
    receiver.answers = [410]
    factories.published(contributor, consultation, moderator)
    work()
    hook.refresh_from_db()
    assert hook.stopped_at is not None
    assert Delivery.objects.get().tries == 1


def test_a_worker_that_ended_meanwhile_loses_nothing(consultation, contributor, moderator, hook, receiver, turn):
    factories.published(contributor, consultation, moderator)
    while reading.read(100):
        pass
    delivery._take()  # and then its worker is killed
    assert delivery.deliver(100) == 0
    turn(delivery.LEASE)
    assert delivery.deliver(100) == 1
    assert len(receiver.received) == 1


def test_the_delegation_sees_what_was_sent_and_the_secret_once(
    consultation, contributor, focal_point, moderator, receiver, as_user
):
    address = f"/delegation/{factories.organisation_of(focal_point).slug}/webhooks/"
    browser = as_user(focal_point)
    sent = {"consultation": consultation.slug, "url": receiver.url, "events": ALL, "submission_id": str(uuid4())}
    page = browser.post(address, sent)
    secret = page.context["secret"]
    assert secret.startswith("whsec_")
    assert secret in page.content.decode()
    assert secret not in browser.post(address, sent, follow=True).content.decode()
    hook = Webhook.objects.get()
    factories.published(contributor, consultation, moderator)
    work()
    shown = browser.get(address).content.decode()
    assert secret not in shown
    assert "comment.published" in shown
    assert "204" in shown
    assert browser.post(f"{address}{hook.pk}/stop/").url == address
    hook.refresh_from_db()
    assert hook.stopped_at is not None
    stranger = as_user(factories.focal_point(consultation))
    assert stranger.post(f"{address}{hook.pk}/stop/").status_code == 404


def test_few_and_many_cost_as_many_queries(consultation, focal_point, hook, as_user, django_assert_max_num_queries):
    organisation, browser, now = factories.organisation_of(focal_point), as_user(focal_point), clock.now()

    def queries_of(page):
        address = f"/delegation/{organisation.slug}/{page}/"
        with django_assert_max_num_queries(15) as captured:
            assert browser.get(address).status_code == 200
        return len(captured)

    few = [queries_of(page) for page in ("webhooks", "tokens")]
    for n in range(10):
        Token.objects.create(
            organisation=organisation,
            made_by=focal_point,
            name=str(n),
            digest=str(n),
            scopes=["read"],
            made_at=now,
            expires_at=now + timedelta(days=1 if n % 2 else 0, seconds=1),
        )
        other = Webhook.objects.create(
            organisation=organisation, consultation=consultation, made_by=focal_point, url=hook.url, made_at=now
        )
        Delivery.objects.bulk_create(
            Delivery(webhook=other, event="comment.published", occasion=str(k), next_try_at=now, made_at=now)
            for k in range(100)
        )
    assert [queries_of(page) for page in ("webhooks", "tokens")] == few


def test_the_secretariat_has_its_own(consultation, receiver, as_user, contributor, moderator):
    address = f"/consultations/{consultation.slug}/webhooks/"
    sent = {"consultation": consultation.slug, "url": receiver.url, "events": ["comment.published"]}
    browser = as_user(factories.secretariat())
    assert browser.post(address, sent).status_code == 200
    factories.published(contributor, consultation, moderator)
    work()
    assert len(receiver.received) == 1
    assert browser.post(f"{address}{Webhook.objects.get().pk}/stop/").url == address
    assert browser.get("/admin/api/delivery/").status_code == 200
    assert browser.get(f"/admin/api/webhook/{Webhook.objects.get().pk}/change/").status_code == 200


INSIDE = [
    "http://example.org/",
    "https://localhost/",
    "https://intranet/",
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://10.0.0.1/",
    "https://192.168.1.1:8443/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[fd00::1]/",
    "https://user:password@example.org/",
    "https://example.org\\@10.0.0.1/",
    "https://exämple.org/",
    "ftp://example.org/",
    "https://example.org:99999/",
    "https://",
    "example.org",
    "https://example.org/ x",
]


@pytest.mark.parametrize("url", INSIDE)
def test_an_address_inside_is_not_registered(consultation, focal_point, as_user, settings, url):
    settings.WEBHOOKS_TO_LOOPBACK = False
    address = f"/delegation/{factories.organisation_of(focal_point).slug}/webhooks/"
    sent = {"consultation": consultation.slug, "url": url, "events": ALL}
    answer = as_user(focal_point).post(address, sent)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["url"])
    assert not Webhook.objects.exists()


LEADING_INSIDE = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"),  # noqa: S104
    *("::1", "::", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "ff02::1"),
    *("::10.0.0.1", "::ffff:0:a00:1", "fec0::1"),
]


@pytest.mark.parametrize("address", LEADING_INSIDE)
def test_a_name_that_leads_inside_is_not_followed_when_it_is_sent(settings, monkeypatch, address):
    settings.WEBHOOKS_TO_LOOPBACK = False
    asked = []
    monkeypatch.setattr(socket, "create_connection", lambda *a, **_k: asked.append(a))
    for others in ([], ["93.184.216.34"]):
        found = [(0, 0, 0, "", (one, 443)) for one in (*others, address)]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, found=found, **_k: found)
        with pytest.raises(outlet.Unreachable, match="not on the public internet"):
            outlet.post("https://hooks.example.org/", b"{}", {})
    assert asked == []
    assert outlet.is_outside("93.184.216.34")
    assert outlet.is_outside("2606:2800:220:1:248:1893:25c8:1946")


def test_the_real_loopback_is_refused_in_production(settings, receiver):
    settings.WEBHOOKS_TO_LOOPBACK = False
    for url in (receiver.url, receiver.url.replace("http", "https")):
        with pytest.raises(outlet.Unreachable):
            outlet.post(url, b"{}", {})
    assert receiver.received == []


def test_an_answer_that_drips_is_cut_off(settings, monkeypatch):
    monkeypatch.setattr(outlet, "WHOLE_SECONDS", 0.5)
    listening = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def drip():
        channel, _from = listening.accept()
        with channel:
            try:
                while not done.wait(0.05):
                    channel.sendall(b"H")
            except OSError:
                return

    threading.Thread(target=drip, daemon=True).start()
    with pytest.raises(outlet.Unreachable):
        outlet.post(f"http://127.0.0.1:{listening.getsockname()[1]}/", b"{}", {})
    done.set()
    listening.close()
