"""Who says what without a name: everything that is public is the same, whoever it was.

Two worlds differ only in who said it. Every address of ours, every file, filter, search and mail is read in both, as
nobody, as another delegation and as its observer: not one character may differ.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from http import HTTPStatus
from itertools import product
from random import Random
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import timezone

from consultation.discussion import actions as discussion
from consultation.discussion.actions import Words
from consultation.discussion.models import Comment
from consultation.dispositions import actions as dispositions
from consultation.dispositions import queries
from consultation.moderation import actions as moderation
from consultation.moderation.actions import Verdict
from consultation.notifications import reading
from consultation.notifications.models import Following, Notification
from consultation.notifications.post import composed
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from consultation.positions.models import Position
from consultation.record import clock, ids
from tests import factories
from tests.drafting import arranging
from tests.outcome.reading import pdf_words

# Tokens, and keys of rows in hidden fields: PostgreSQL never gives one twice, not even after a rollback.
CHANGING = re.compile(
    r'value="[A-Za-z0-9]{64}"|<input type="hidden" name="\w+" value="\d+"|'
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)
LEFT_OUT = {"unsubscribe", "healthz", "readyz", "account_data", "summary_schema", "report_json", "report_markdown"}


@dataclass
class Scene:
    """Four states, two of civil society and one of the private sector; all that they say by name; a moderator."""

    consultation: object
    moderator: object
    people: dict

    def comment(self, who, ref, body, attribution="named", wording="", parent=None):
        where = self.people[who], self.consultation, factories.passage(self.consultation, ref)
        words = Words(body, proposed_wording=wording)
        made = discussion.write_comment(*where, words, uuid4(), attribution=attribution, parent=parent)
        return factories.decided(self.moderator, made)

    def position(self, who, ref, stance, attribution="named", capacity="organisation"):
        answer = Answer(stance, f"Said of {ref}.", capacity=capacity, attribution=attribution)
        where = self.people[who], self.consultation, factories.passage(self.consultation, ref)
        version = positions.sign_position(*where, answer, uuid4())
        item = f"explanation-{version.position.public_id}"
        moderation.decide(self.moderator, item, version.number, Verdict("publish"), uuid4())
        return version

    def play(self, one, other):
        """What is said without a name by `one` and `other`, and what others say around it. Gives the ids of it all."""
        first = self.comment(one, "pol3", "A wish about POL.3.", "group", "Adhere to other words.")
        second = self.comment(other, "p8", "A remark that nobody signs.", "secretariat")
        discussion.revise_comment(
            self.people[one], first, Words("A wish, reworded.", proposed_wording="Adhere to more.")
        )
        factories.decided(self.moderator, first)
        revision = first.revisions.get(state="published").number
        discussion.support(self.people["civil 2"], first, revision)
        discussion.support(self.people["state 3"], first, revision)
        self.comment("state 4", "pol3", f"An answer to #{first.public_id}.", parent=first)
        returned = discussion.write_comment(
            self.people[other],
            self.consultation,
            factories.passage(self.consultation, "p9"),
            Words("Not for this place."),
            uuid4(),
            attribution="secretariat",
        )
        factories.decided(self.moderator, returned, "return")
        held = [
            self.position(one, "pol3", "reservation", "group"),
            self.position(other, "pol4", "cannot_endorse", "secretariat", "pending"),
            self.position(one, "pol5", "endorse", "group", "expert"),
            self.position(other, "pol6", "cannot_endorse", "secretariat"),
        ]
        return [first.public_id, second.public_id], [v.position.public_id for v in held]


@pytest.fixture
def scene(consultation, moderator):
    consultation.attribution_choice = True
    consultation.save()
    people = {}
    for name, slug, number in (("state", "states", 4), ("civil", "civil-society", 2), ("private", "private-sector", 1)):
        for n in range(1, number + 1):
            organisation = factories.OrganisationFactory(
                name=f"Sample {name} {n}", slug=f"sample-{name}-{n}", group=factories.group(slug)
            )
            people[f"{name} {n}"] = factories.focal_point(consultation, organisation)
    made = Scene(consultation, moderator, people)
    for who in people:
        made.comment(who, "p10", f"By name, from {who}.")
        made.position(who, "pol1", "endorse")
    made.position("state 3", "pol3", "endorse")
    return made


def public_addresses(scene, comments, held):
    """Every address of ours that can be made of what everybody knows."""
    slugs = [scene.consultation.slug, *(f"sample-{n}" for n in ("state-1", "state-2", "civil-1", "private-1"))]
    values = {
        "organisation": slugs[1:3],
        "ref": ["pol3", "pol4", "pol5", "pol6", "p8"],
        "item_id": [f"comment-{c}" for c in comments] + [f"explanation-{p}" for p in held],
        "number": [1],
    }
    own = dict(Comment.objects.filter(public_id__in=comments).values_list("public_id", "passage__ref"))
    own |= Position.objects.filter(public_id__in=held).values_list("public_id", "recommendation__ref")
    where = {one: {own.get(one, "p8"), "pol4" if own.get(one) == "pol3" else "pol3"} for one in (*comments, *held)}
    for include in get_resolver().url_patterns:
        for pattern in getattr(include, "url_patterns", []):
            callback = getattr(pattern, "callback", None)
            if not callback or not callback.__module__.startswith("consultation.") or pattern.name in LEFT_OUT:
                continue
            wanted = list(pattern.pattern.converters)
            values["slug"] = slugs[:1] if "consultations/" in str(pattern.pattern) else slugs[1:]
            # What is neither a comment nor a position has no such id: one of each is enough to be told so.
            is_of_these = re.search("comments/|positions/|explanations/|dispositions/", str(pattern.pattern))
            values["public_id"] = [*comments, *held] if is_of_these else [comments[0], held[0]]
            if not set(wanted) <= values.keys():
                continue
            for chosen in product(*(values[name] for name in wanted)):
                named = dict(zip(wanted, chosen, strict=True))
                # Of what stands at a passage, two passages: its own, and one where it is not.
                if {"ref", "public_id"} <= named.keys() and named["ref"] not in where[named["public_id"]]:
                    continue
                try:
                    yield reverse(pattern.name, kwargs=named)
                except NoReverseMatch:
                    continue


def questions(scene, comments):
    """What one can ask that tells organisations and groups apart."""
    c = f"/consultations/{scene.consultation.slug}"
    for name in ("Sample state 1", "Sample state 2", "Sample civil 1", "Sample private 1"):
        yield f"{c}/passages/pol3/?organisation={name}"
        yield f"{c}/passages/p8/?organisation={name}"
        yield f"/search/?q=said&organisation={name}"
        yield f"/search/?q=wish&organisation={name}"
    for group in ("states", "civil-society", "private-sector"):
        yield f"{c}/passages/p8/?group={group}"
        yield f"{c}/passages/pol3/?group={group}"
        yield f"/search/?q=said&group={group}"
        yield f"/search/?q=wish&group={group}"
        for stance in ("", "endorse", "reservation", "cannot_endorse"):
            yield f"{c}/recommendations/?group={group}&stance={stance}"
    for n, comment in product(("state-1", "state-2", "civil-1", "private-1"), comments):
        yield f"/organisations/sample-{n}/?before={comment}"
    for ref in ("pol3", "pol4", "pol5", "pol6"):
        yield f"{c}/summary/?open={ref}"
    yield f"{c}/summary/?since={timezone.now().date()}"
    yield f"{c}/passages/pol3/?parent={comments[0]}&quote=1"


def words(answer):
    """What a person or a program can read of an answer; what changes at every request is left out."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = [n for n in sorted(package.namelist()) if not n.startswith("docProps/")]
            text = "\n".join(package.read(name).decode("utf-8", "replace") for name in parts)
    elif content.startswith(b"%PDF"):
        text = pdf_words(content)
    else:
        text = content.decode("utf-8", "replace")
    kept = {name: answer.headers.get(name) for name in ("ETag", "Last-Modified", "Location")}
    return answer.status_code, CHANGING.sub("…", text), kept


def read_everything(scene, as_user, readers, comments, held):
    found = {}
    for name, reader in readers.items():
        browser = as_user(reader)
        for address in (*public_addresses(scene, comments, held), *questions(scene, comments)):
            # What a member of the delegation is refused its observer is refused.
            wanted = name != "observer" or found.get(("another", address), (200,))[0] == HTTPStatus.OK
            if wanted and (name == "nobody" or "/passages/" in address or address.endswith("/")):
                found[name, address] = words(browser.get(address))
    while reading.read(100):
        pass
    for name, reader in readers.items():
        if reader:
            found[name, "/notifications/"] = words(as_user(reader).get("/notifications/"))
            told = list(Notification.objects.visible_to(reader).for_display().order_by("pk"))
            mail = composed(reader, told, is_digest=True)
            found[name, "mail"] = [
                re.sub(r"/unsubscribe/\S*", "", part) for part in (mail.subject, mail.text, mail.html)
            ]
    return found


@pytest.mark.parametrize(
    ("one", "another", "by"),
    [
        (("state 1", "state 2"), ("state 2", "state 1"), ("nobody", "another", "observer")),
        # Who is told to nobody could be of any group, and two of civil society are too few for theirs.
        (("state 1", "private 1"), ("state 1", "state 2"), ("nobody",)),
        (("civil 1", "private 1"), ("private 1", "civil 1"), ("nobody",)),
    ],
)
def test_nothing_that_is_public_differs_by_who_said_it(scene, as_user, monkeypatch, settings, one, another, by):
    settings.UNDO_SECONDS = 0
    reader = scene.people["civil 2"]
    organisation = factories.organisation_of(reader)
    readers = {
        "nobody": None,
        "another": reader,
        "observer": factories.delegate(scene.consultation, "observer", organisation),
    }
    for person in (readers["another"], readers["observer"]):
        Following.objects.create(person=person, consultation=scene.consultation, active=True)
    while reading.read(100):
        pass
    # On POL.6 all are named but these: what one of them holds is held back.
    for who in scene.people.keys() - {one[1], another[1]}:
        scene.position(who, "pol6", "endorse")
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    readers, seen = {name: readers[name] for name in by}, []
    for cast in (one, another):
        caches["pages"].clear()  # one world's page is no answer in the other
        monkeypatch.setattr(ids, "secrets", Random(7))  # noqa: S311 - the same ids in both worlds
        with transaction.atomic():
            comments, held = scene.play(*cast)
            seen.append(read_everything(scene, as_user, readers, comments, held))
            transaction.set_rollback(True)
    assert seen[0].keys() == seen[1].keys()
    assert len(seen[0]) > 100
    for address, answer in seen[0].items():
        assert answer == seen[1][address], address
    everything = str(seen[0])
    assert "A wish, reworded." in everything
    assert "Said of pol4." in everything
    assert "Said of pol5." in everything
    assert "Said of pol6." in everything  # by name


def close_and_answer(scene, rapporteur, comments):
    """The consultation closes; all that is without a name is answered, and taken up in the next text. All published."""
    values = dict(zip(comments, ("accepted", "in_part"), strict=True))
    for comment in queries.answerable(scene.consultation).order_by("pk"):
        value = values.get(comment.public_id, "noted")
        given = dispositions.Answer(value, f"An answer: {value}.")
        read = dispositions.Read(comment.published.number)
        dispositions.answer(rapporteur, comment, given, read, uuid4())
    for ref, behind in zip(("pol3", "p8"), comments, strict=True):
        arranging.changed(rapporteur, scene.consultation, ref, f"New words of {ref}.", whole=frozenset({behind}))
    arranging.close(scene.consultation)
    yield
    newest = queries.newest_version(scene.consultation)
    dispositions.publish(rapporteur, scene.consultation, uuid4(), seen=newest)
    arranging.publish(rapporteur, scene.consultation)


def closed_addresses(scene, comments, *, prepared):
    """What is read of dispositions and the next text; before they are published, by the rapporteur."""
    c = f"/consultations/{scene.consultation.slug}"
    if prepared:
        pages = [f"{c}/dispositions/edit/", f"{c}/next-text/draft/", f"{c}/dispositions/publish/"]
        pages += [f"{c}/dispositions/edit/{comment}/" for comment in comments]
        pages += [f"{c}/next-text/draft/passages/pol3/?from={comments[0]}"]
    else:
        pages = [f"{c}/dispositions/", f"{c}/dispositions.json", f"{c}/next-text/"]
        pages += [f"{c}/dispositions/{comment}/" for comment in comments]
        pages += [
            f"{c}/comments-table.{kind}?by={by}" for kind in ("xlsx", "docx") for by in ("passage", "organisation")
        ]
        pages += [f"{c}/passages/{ref}/" for ref in ("pol3", "p8")]
        pages += [
            f"{c}/dispositions/?organisation=Sample {name}" for name in ("state 1", "state 2", "civil 1", "private 1")
        ]
    listed = pages[0]
    return [*pages, *(f"{listed}?group={group}" for group in ("states", "civil-society", "private-sector"))]


@pytest.mark.parametrize(
    ("one", "another"),
    [
        (("state 1", "state 2"), ("state 2", "state 1")),
        (("state 1", "private 1"), ("state 1", "state 2")),
        (("civil 1", "private 1"), ("private 1", "civil 1")),
    ],
)
def test_nor_does_what_the_rapporteur_makes_of_it(scene, as_user, monkeypatch, settings, one, another):
    """The rapporteur is told no more than the public: what they write is published."""
    settings.UNDO_SECONDS = 0
    rapporteur = arranging.officer(scene.consultation)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    seen = []
    for cast in (one, another):
        caches["pages"].clear()  # one world's page is no answer in the other
        monkeypatch.setattr(ids, "secrets", Random(7))  # noqa: S311 - the same ids in both worlds
        with transaction.atomic():
            comments, _held = scene.play(*cast)
            found = {}
            steps = close_and_answer(scene, rapporteur, comments)
            for prepared in (True, False):
                next(steps, None)
                browser = as_user(rapporteur if prepared else None)
                for address in closed_addresses(scene, comments, prepared=prepared):
                    found[address] = words(browser.get(address))
            seen.append(found)
            transaction.set_rollback(True)
        scene.consultation.refresh_from_db()
    for address, answer in seen[0].items():
        assert answer[0] == 200, address
        assert answer == seen[1][address], address
    everything = str(seen[0])
    assert "An answer: accepted." in everything
    assert "New words of p8." in everything


# Where a template may name the organisation of a comment itself: only moderators and the own delegation read these.
KNOW_THE_NAME = {
    "moderation/item.html",
    "moderation/queue.html",
    "moderation/kinds/passage.html",
    "moderation/redact.html",
}


def test_no_page_names_the_organisation_of_a_comment_past_its_attribution():
    """`{% origin comment as who %}` is the only way; see docs/decisions/088."""
    naming = re.compile(r"\b(comment|parent|thread|root|reply)\.(organisation|author)\.\w+")
    folder = settings.BASE_DIR / "templates"
    found = {
        str(page.relative_to(folder))
        for page in folder.rglob("*.html")
        if naming.search(page.read_text(encoding="utf-8"))
    }
    assert found <= KNOW_THE_NAME
