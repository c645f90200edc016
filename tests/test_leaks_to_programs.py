"""What is not published leaks to no program either: API, feeds, webhooks, and the packs that one takes home.

The two worlds of test_leaks.py, read by programs without a token, with tokens of several organisations (the one that
hides something among them: its token reads what everybody reads), as feeds, as webhooks and as packs to fill in.
"""

import json
import random
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consultation.api import actions as api
from consultation.api import telling
from consultation.api.actions import Target, Wanted
from consultation.api.models import Delivery, Event, Scope
from consultation.notifications import reading
from consultation.offline import models as packs
from consultation.positions.actions import Answer
from consultation.record import clock
from consultation.throttling.limits import COUNTS
from tests import factories
from tests.test_attribution import scene, words  # noqa: F401 - scene is a fixture
from tests.test_leaks import HIDER, READER, WHOLE, WORD, comments_in_hand, in_hand, said_in_both

THIRD = "state 3"
ASKED = {
    "": ("", "passages/?limit=100", "passages/p8/", "passages/pol3/", "passages/question-1/"),
    "comments/": ("", "?limit=2", "?passage=p8", "?passage=pol3", "?group=states", "?group=civil-society"),
    "positions/": ("", "?ref=pol1", "?ref=pol4", "?ref=pol7", "?group=states", "?stance=cannot_endorse"),
    "summary/": ("", "?framework=sdg"),
}
FEEDS = ("feed.atom", *(f"passages/{ref}/feed.atom" for ref in ("p8", "p9", "p10", "pol1", "pol3", "pol4", "pol7")))
OF_A_PROGRAM = {"X-Request-ID", "Date", "Content-Length"}


@pytest.fixture
def programs(scene):  # noqa: F811
    """What is sent as a token, by who sends it."""

    def token(who, *scopes):
        signer = scene.people[who]
        wanted = Wanted(f"Program of {who}", [scope.value for scope in scopes], 30)
        return api.make_token(signer, factories.organisation_of(signer), wanted, uuid4())[1]

    few = {
        "no token": "",
        "another, to read and draft": token(READER, Scope.READ, Scope.DRAFTS),
        "the one that hides": token(HIDER, Scope.READ),
    }
    more = {"another, to read": token(READER, Scope.READ), "a third, to draft alone": token(THIRD, Scope.DRAFTS)}
    return few | more if WHOLE else few


def spoken_in_both(scene):  # noqa: F811
    """A statement in the name of others whose words wait for a moderator: the stance is there, the words are not."""
    hider, others = scene.people[HIDER], factories.organisation_of(scene.people["state 2"])
    grouping = factories.grouping(factories.organisation_of(hider), others)
    answer = Answer("reservation", f"Together {WORD}.")
    return factories.group_statement(hider, grouping, scene.consultation, ref="pol7", answer=answer).public_id


def more_in_hand(scene):  # noqa: F811
    """What only programs and letters could tell of besides. Gives the name of the letter."""
    hider, consultation = scene.people[HIDER], scene.consultation
    ours = factories.organisation_of(hider)
    letter = factories.letter(ours, consultation, p11=f"By letter, {WORD}.", pra5="endorse")
    wanted = Wanted(f"Program {WORD}", [Scope.DRAFTS.value], 30)
    api.make_token(hider, ours, wanted, uuid4())
    api.register_webhook(hider, consultation, Target(ours, f"https://{WORD}.example.org/", list(Event.values)), uuid4())
    return letter.public_id


def of_the_api(scene, comments, held):  # noqa: F811
    base = f"/api/v1/consultations/{scene.consultation.slug}/"
    for place, questions in ASKED.items():
        yield from (f"{base}{place}{question}" for question in questions)
    yield from (f"{base}comments/?after={name}" for name in comments)
    yield from (f"{base}positions/?after={name}" for name in held)
    yield f"{base}comments/?since={clock.now():%Y-%m-%d}"
    yield from ("/api/v1/consultations/", f"/api/v1/consultations/round-{WORD}/", "/api/v1/openapi.json")


def said_to_programs(scene, programs, comments, held):  # noqa: F811
    """Every answer of the API with its headers and the number of its queries; and what a draft is answered."""
    found = {}
    for name, secret in programs.items():
        browser = Client(headers={"authorization": f"Bearer {secret}"} if secret else {})
        for address in of_the_api(scene, comments, held):
            found[name, address] = _answer(browser.get, address)
        for parent in comments:
            address = f"/api/v1/consultations/{scene.consultation.slug}/passages/p8/comments/"
            draft = json.dumps({"body": "In answer.", "parent": parent})
            how = {"content_type": "application/json", "headers": {"idempotency-key": str(uuid4())}}
            found[name, "a reply to", parent] = _answer(browser.post, address, draft, **how)
    return found


def said_to_readers(scene, browsers, named):  # noqa: F811
    """Feeds to everybody, pages of others' packs and letters by every reading method, and one's own pack."""
    c, found = f"/consultations/{scene.consultation.slug}/", {}
    theirs = factories.organisation_of(scene.people[HIDER]).slug
    private = [f"{c}letters/", f"{c}letters/for/{theirs}/", f"/delegation/{theirs}{c[14:]}offline/"]
    private += [f"/delegation/{theirs}/{page}/" for page in ("tokens", "webhooks", "receipts")]
    private += [a for name in named for a in (f"{c}letters/{name}/", f"{c}letters/{name}/scan/")]
    private += [f"{c}passages/pol7/statements/{name}/" for name in named]
    for name, browser in browsers.items():
        for address in FEEDS:
            found[name, address] = _answer(browser.get, f"{c}{address}")
        for address in private:
            for method in ("get", "head", "options"):
                found[name, method, address] = _answer(getattr(browser, method), address)
                assert found[name, method, address][0] in {302, 403, 404, 405}, (name, method, address)
    own = factories.organisation_of(scene.people[READER]).slug
    for kind in ("xlsx", "docx", "odt"):
        sent = {"kind": kind, "submission_id": "0" * 31 + "1"}
        address = f"/delegation/{own}{c[14:]}offline/"
        with transaction.atomic():
            found["own pack", kind] = words(browsers["another"].post(address, sent))
            transaction.set_rollback(True)
        assert found["own pack", kind][0] == 200
    found["webhooks", "page"] = words(browsers["another"].get(f"/delegation/{own}/webhooks/"))
    return found


def told_by_webhooks(hooks):
    """What is sent to those who listen, word by word."""
    while reading.read(100):
        pass
    telling.tell_closings()
    waiting = Delivery.objects.filter(webhook__in=hooks).order_by("webhook", "occasion", "event")
    return [(d.event, d.about, telling.message(d)) for d in waiting]


def _answer(ask, *sent, **how):
    COUNTS.clear()
    with CaptureQueriesContext(connection) as asked:
        answer = ask(*sent, **how)
        read = words(answer)
    headers = {k: v for k, v in answer.headers.items() if k not in {*OF_A_PROGRAM, "Set-Cookie", "Expires"}}
    return (*read, headers, len(asked))


def test_what_is_not_published_is_told_to_no_program(scene, programs, as_user, monkeypatch, settings):  # noqa: F811
    settings.UNDO_SECONDS = 0
    reader, consultation = scene.people[READER], scene.consultation
    there = said_in_both(scene)
    organisation = factories.organisation_of(reader)
    spoken = spoken_in_both(scene)
    listening = [(reader, organisation), (factories.secretariat(), None)]
    hooks = [
        api.register_webhook(
            who, consultation, Target(whose, "https://hooks.example.org/", list(Event.values)), uuid4()
        )
        for who, whose in listening
    ]
    hooks = [hook for hook, _made in hooks]
    browsers = {"nobody": as_user(None), "another": as_user(reader), "third": as_user(scene.people[THIRD])}
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    while reading.read(100):
        pass
    worlds = []
    for hidden in (True, False):
        caches["pages"].clear()
        with transaction.atomic():
            if hidden:
                comments, held = comments_in_hand(scene), in_hand(scene, *there)
                named = (spoken, more_in_hand(scene))
            monkeypatch.setattr(packs, "secrets", random.Random(7))  # noqa: S311 - the same number in both
            read = said_to_programs(scene, programs, comments, held)
            read |= said_to_readers(scene, browsers, named)
            read["told by webhooks"] = told_by_webhooks(hooks)
            worlds.append(read)
            transaction.set_rollback(True)
    with_it, without = worlds
    assert len(without) > 150
    leaks = [("the word", place) for place, said in with_it.items() if WORD in str(said) and WORD not in str(place)]
    leaks += [("a difference", place) for place, said in with_it.items() if said != without[place]]
    assert leaks == []
