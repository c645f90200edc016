"""What is not published leaks nowhere: a world with it reads like one without, for all who may not see it.

Everything that an organisation, a moderator or a rapporteur has in hand holds one word. All our addresses are read as
nobody, as another delegation and as its observer, once with it and once without: not one character, status, header or
number of queries differs, and the word is nowhere. Whatever names a hidden thing is answered as if it were not there.
"""

import os
import re
from uuid import uuid4

from django.core.cache import caches
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from consultation.discussion import actions as discussion
from consultation.discussion.actions import Words
from consultation.dispositions import actions as dispositions
from consultation.moderation import actions as moderation
from consultation.moderation.actions import Verdict
from consultation.moderation.models import Decision
from consultation.notifications import reading
from consultation.notifications.models import Following, Mail, Notification
from consultation.notifications.post import composed
from consultation.outcome import actions as outcome
from consultation.outcome.documents import Choices, Texts
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from consultation.practices import actions as practices
from consultation.record import clock
from consultation.stakeholders import actions as stakeholders
from consultation.stakeholders.models import Organisation
from tests import factories
from tests.drafting import arranging
from tests.test_attribution import Scene, public_addresses, scene, words  # noqa: F401 - scene is a fixture

WORD = "xanthocroix"
HIDER, READER = "state 4", "civil 2"
NOT_SHOWN_AT = ("q=",)  # a search says what was searched for
# One passage of each kind is read with all that is below it; of the others the passage alone.
SAID_ELSEWHERE = re.compile(r"/passages/(pol4|pol5|pol6)/.+")
WHOLE = bool(os.environ.get("LEAKS"))
NEAR = re.compile(r"/passages/(p8|pol3)/$|/(practices|comments|delegation|recommendations|summary)/|round-0/$|^/$")
COUNTED = ("/", "passages/p8/", "summary/", "recommendations/", "practices/", "search/?q=remark", "organisations/")
QUERY = (
    "search/?q=xanthocroix",
    "passages/p8/?page=2",
    "recommendations/?stance=endorse",
    "search/?q=said&group=states",
)


def said_in_both(scene):  # noqa: F811
    """What shows by itself that it is there, in both worlds: words blacked out, removed, signed but not yet read."""
    hider = scene.people[HIDER]
    comment = scene.comment(HIDER, "p8", f"Told by {WORD}, a person.")
    factories.redacted(scene.moderator, comment, WORD)
    removed = scene.comment(HIDER, "p9", f"Rude {WORD}.")
    factories.decided(scene.moderator, removed, "remove")
    factories.signed(hider, scene.consultation, "pol5", "reservation", f"Because {WORD}.")
    procedure = factories.under_silence(scene.consultation, "pol6")
    shown = factories.practice(hider, scene.consultation, "pol3")
    factories.decided_practice(scene.moderator, shown)
    # How many serve the consultation everybody reads.
    return arranging.officer(scene.consultation), procedure, shown


def comments_in_hand(scene):  # noqa: F811
    """A comment in each state that is not published, and an edit of one that is. Gives the ids of some."""
    hider, consultation = scene.people[HIDER], scene.consultation
    p8, pol3 = (factories.passage(consultation, ref) for ref in ("p8", "pol3"))
    written = [
        discussion.write_comment(hider, consultation, p8, Words(f"Waits {WORD}."), uuid4()),
        discussion.write_comment(hider, consultation, pol3, Words("New", proposed_wording=f"To {WORD}."), uuid4()),
        discussion.write_comment(hider, consultation, p8, Words(f"Draft {WORD}."), uuid4(), submit=False),
        discussion.write_comment(hider, consultation, p8, Words(f"Ours {WORD}."), uuid4(), submit=False, shared=True),
        discussion.write_comment(hider, consultation, p8, Words(f"Returned {WORD}."), uuid4()),
        discussion.write_comment(hider, consultation, p8, Words(f"Withdrawn {WORD}."), uuid4()),
    ]
    returned, withdrawn = written[4:]
    verdict = Verdict("return", reason="other", statement=f"Not so, {WORD}.")
    moderation.decide(scene.moderator, f"comment-{returned.public_id}", 1, verdict, uuid4())
    moderation.appeal(hider, Decision.objects.get(revision__comment=returned), f"But {WORD}.", uuid4())
    discussion.withdraw_comment(hider, withdrawn)
    mine = consultation.comments.get(organisation=factories.organisation_of(hider), passage__ref="p10")
    discussion.revise_comment(hider, mine, Words(f"Edited {WORD}."))
    other = consultation.comments.exclude(organisation=mine.organisation).filter(state="published").first()
    item = f"comment-{other.public_id}"
    moderation.flag(hider, consultation, item, uuid4(), reason="off_topic", statement=f"See {WORD}.")
    return [written[n].public_id for n in (0, 2, 5)]


def in_hand(scene, rapporteur, procedure, shown):  # noqa: F811
    """All else that is not published: drafts, what waits, what only few may know. Gives the ids of the things."""
    hider, consultation = scene.people[HIDER], scene.consultation
    drafts = [
        positions.draft_position(hider, consultation, factories.passage(consultation, ref), answer, uuid4())
        for ref, answer in (("pol1", Answer("cannot_endorse", f"No {WORD}.")), ("pol4", Answer("endorse", WORD)))
    ]
    held = [
        factories.practice(hider, consultation, title=f"Waiting {WORD}"),
        factories.practice(hider, consultation, title=f"Draft {WORD}", submit=False),
    ]
    practices.revise_practice(hider, shown, factories.description(consultation, title=f"Edited {WORD}"))
    factories.broken(hider, procedure, f"It hurts {WORD}.", "fact")
    answered = consultation.comments.filter(state="published").first()
    read = dispositions.Read(answered.published.number)
    dispositions.answer(rapporteur, answered, dispositions.Answer("not_accepted", f"Never {WORD}."), read, uuid4())
    arranging.changed(rapporteur, consultation, "p9", f"Next {WORD}.")
    arranging.added(rapporteur, consultation, text=f"Added {WORD}.")
    texts = Texts(introduction=f"In sum, {WORD}.")
    outcome.save_outcome(rapporteur, consultation, Choices(), texts, seen_version=0)
    stakeholders.invite(hider, factories.organisation_of(hider), f"{WORD}@example.org", "observer", uuid4())
    waiting = Organisation.State.APPLIED
    factories.OrganisationFactory(name=f"Sample {WORD}", slug=WORD, state=waiting, group=factories.group("states"))
    factories.ConsultationFactory(title=f"Round {WORD}", slug=f"round-{WORD}", announced=False)
    return [drafts[1].position.public_id, held[0].public_id]


def addresses_of(scene, comments, held):  # noqa: F811
    c = f"/consultations/{scene.consultation.slug}/"
    fixed = [f"/{q}" if q.startswith("search") else f"{c}{q}" for q in QUERY]
    named = [f"{c}practices/{p}/" for p in held] + [f"/organisations/{WORD}/", f"/consultations/round-{WORD}/"]
    walked = [a for a in public_addresses(scene, comments, held) if not SAID_ELSEWHERE.search(a)]
    return list(dict.fromkeys([*walked, *fixed, *named]))


def left_out(address, person):
    """Files are for nobody as for everybody; `make leaks` reads them all, and every page as everybody."""
    if person and not address.endswith("/"):
        return True
    return not WHOLE and (address.endswith((".pdf", ".docx")) or (person is not None and not NEAR.search(address)))


def told(person):
    """What was told to this person, on the page and by mail."""
    waiting = list(Notification.objects.visible_to(person).for_display().order_by("pk"))
    mail = composed(person, waiting, is_digest=True)
    return [re.sub(r"/unsubscribe/\S*", "", part) for part in (mail.subject, mail.text, mail.html)]


def read_as(scene, browsers, comments, held):  # noqa: F811
    """Every answer to every reader, with its headers and how many queries it took."""
    found = {}
    caches["files"].clear()
    for name, (person, browser) in browsers.items():
        for address in addresses_of(scene, comments, held):
            if left_out(address, person):
                continue
            with CaptureQueriesContext(connection) as asked:
                answer = browser.get(address)
                read = words(answer)
            headers = {
                k: v for k, v in answer.headers.items() if k not in {"X-Request-ID", "Set-Cookie", "Date", "Expires"}
            }
            headers.pop("Content-Length", None)
            found[name, address] = (*read, headers, len(asked) if address.endswith(COUNTED) else 0)
    while reading.read(100):
        pass
    for name, (person, browser) in browsers.items():
        if person:
            found[name, "told"] = (told(person), words(browser.get("/notifications/")))
    theirs = [person.email for person, _browser in browsers.values() if person]
    found["mails"] = sorted(Mail.objects.filter(recipient__in=theirs).values_list("subject", "text"))
    return found


def test_what_is_not_published_leaks_nowhere(scene, as_user, monkeypatch, settings):  # noqa: F811
    settings.UNDO_SECONDS = 0
    now = clock.now()
    reader = scene.people[READER]
    observer = factories.delegate(scene.consultation, "observer", factories.organisation_of(reader))
    there = said_in_both(scene)
    for person in (reader, observer):
        Following.objects.create(person=person, consultation=scene.consultation, active=True)
    while reading.read(100):
        pass
    browsers = {"nobody": (None, as_user(None)), "another": (reader, as_user(reader))}
    browsers["observer"] = (observer, as_user(observer))
    monkeypatch.setattr(clock, "now", lambda: now)
    with transaction.atomic():
        comments = comments_in_hand(scene)
        held = in_hand(scene, *there)
        with_it = read_as(scene, browsers, comments, held)
        transaction.set_rollback(True)
    caches["pages"].clear()
    with transaction.atomic():
        without = read_as(scene, browsers, comments, held)
        transaction.set_rollback(True)
    assert len(without) > 100
    leaks = []
    for place, answer in with_it.items():
        if WORD in str(answer) and not any(part in str(place) for part in (*NOT_SHOWN_AT, WORD)):
            leaks.append(("the word", place))
        if answer != without[place] and "/moderation/" not in str(place):  # its figures count what was returned
            leaks.append(("a difference", place))
    assert leaks == []
