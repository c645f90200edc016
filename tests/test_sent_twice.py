"""Every form of tests/actions.txt sent twice is one effect, one entry in the record, and the same answer.

Sent again with other words (back, changed, sent), it never passes for what was sent before: nothing typed is lost.
"""

from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import CharField, JSONField, TextField

from consultation.api import actions as programs
from consultation.dispositions import actions as dispositions
from consultation.dispositions import queries
from consultation.offline import fields as f
from consultation.offline.models import Letter
from consultation.positions.models import PositionVersion
from consultation.record.models import Entry
from tests import factories
from tests.drafting import arranging
from tests.test_actions import ACTIONS, ROLES, STATES, TABLE, turn, world  # noqa: F401 - a fixture

# What a rapporteur does while the consultation is open.
CHAIRED = {"answer-comment", "answer-several", "draft-passage", "insert-passage", "silence-start", "silence-extend"}
# Each look at what was blacked out is an event of its own: it is meant to count twice (moderation/test_redaction.py).
EACH_COUNTS = {"look"}
# A secret is shown once: the second answer leads to the list.
SHOWN_ONCE = {"make-token", "register-webhook", "register-secretariat-webhook"}


def letter_enter(made, consultation):
    scan = SimpleUploadedFile("scan.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 100)
    line = {f"t0-{f.REF}": "pol1", f"t0-{f.STANCE}": "endorse"}
    return factories.secretariat(), made.addresses["enter_letter"], {"scan": scan, "note": "By post.", **line}


def letter_take_back(made, consultation):
    return Letter.objects.get().entered_by, made.addresses["letter"], {"action": "take_back"}


def pack_blank(made, consultation):
    return factories.secretariat(), made.addresses["blank_pack"], {"kind": "xlsx"}


def register_secretariat_webhook(made, consultation):
    fields = ACTIONS["register-webhook"].form(made)
    return factories.secretariat(), made.addresses["secretariat_webhooks"], fields


def stop_secretariat_webhook(made, consultation):
    target = programs.Target(None, "https://hooks.example.org/", ["comment.published"])
    secretariat = factories.secretariat()
    hook, _made = programs.register_webhook(secretariat, consultation, target, uuid4())
    return secretariat, f"{made.addresses['secretariat_webhooks']}{hook.pk}/stop/", {}


def publish_answers(made, consultation):
    rapporteur = factories.chair(consultation)
    for pending in consultation.comments.filter(latest__state="pending"):
        factories.decided(made.people["moderator"], pending)
    for comment in queries.answerable(consultation):
        read = dispositions.Read(comment.published.number, 0)
        dispositions.answer(rapporteur, comment, dispositions.Answer("accepted"), read, uuid4())
    arranging.close(consultation)
    return rapporteur, made.addresses["publish_dispositions"], {"seen": queries.newest_version(consultation)}


def draft_new_passage(made, consultation):
    rapporteur = factories.chair(consultation)
    place = arranging.added(rapporteur, consultation)
    fields = {"action": "save", "text": "Other words.", "why": "Why.", "version": 1}
    return rapporteur, f"/consultations/{consultation.slug}/next-text/draft/new/{place.public_id}/", fields


def publish_next_text(made, consultation):
    rapporteur = factories.chair(consultation)
    arranging.changed(rapporteur, consultation)
    arranging.close(consultation)
    return rapporteur, made.addresses["publish_next_text"], {"title": "Second version", "version": 1}


def position_reconfirm(made, consultation):
    rapporteur, focal_point = factories.chair(consultation), made.people["focal"]
    signed = PositionVersion.objects.get(position__recommendation__ref="pol4", signed_by=focal_point)
    arranging.changed(rapporteur, consultation)
    second = arranging.next_round(arranging.publish(rapporteur, consultation))
    organisation = factories.organisation_of(focal_point)
    factories.Participation.objects.create(consultation=second, organisation=organisation)
    fields = {"action": "reconfirm", "earlier": signed.name, "version": 0}
    return focal_point, f"/consultations/{second.slug}/passages/pol4/position/", fields


# What needs more than the world of all has: who sends what where.
ARRANGED = {
    "letter-enter": letter_enter,
    "letter-take-back": letter_take_back,
    "pack-blank": pack_blank,
    "register-secretariat-webhook": register_secretariat_webhook,
    "stop-secretariat-webhook": stop_secretariat_webhook,
    "publish-answers": publish_answers,
    "draft-new-passage": draft_new_passage,
    "publish-next-text": publish_next_text,
    "position-reconfirm": position_reconfirm,
}
# What takes something away makes nothing: the second time it is no longer there, or told already.
GONE = {"remove": 404, "withdraw": 404, "practice-withdraw": 404, "attribute": 403}


def doer(action: str) -> tuple[str, str]:
    """Who does this, and in which state of the consultation."""
    if action in CHAIRED:
        return "chair", "open"
    return next((r, s) for s in STATES for r, cell in zip(ROLES, TABLE[action, s], strict=True) if cell == "done")


def rows() -> dict[str, int]:
    """How many rows each table of ours has."""
    models = [m for m in apps.get_models() if m.__module__.startswith(tuple(settings.ROOMS))]
    return {m._meta.label: m._base_manager.count() for m in models}


OTHER = "Zyzzyva."
# What people write in forms, by the names of the fields that every form has them in.
WRITTEN = {
    *("body", "explanation", "note", "words", "title", "summary", "place", "results", "source", "text", "why"),
    *("statement", "introduction", "extension_reason", "objection", "name", "mandate"),
}
# What else is written, or can be and is not in the form of the table.
WRITTEN_TOO = {
    "answer-comment": ["reply"],
    "answer-several": ["reply"],
    "comment-draft": ["body"],
    "flag": ["statement"],
    "letter-refuse": ["reason"],
    "pack-save": ["r0-5"],
    "position-draft": ["explanation"],
    "position-sign": ["explanation"],
    "positions-draft": ["pol5-explanation"],
    "stop-thread": ["reason"],
}
# Who is invited, for what, and what is chosen: another choice is another form as well.
CHOSEN = {
    "answer-comment": ("value", "noted"),
    "comment": ("type", "question"),
    "invite": ("role", "contributor"),
    "make-token": ("days", "60"),
    "publish": ("decision", "remove"),
    "register-webhook": ("url", "https://other.example.org/"),
    "silence-extend": ("until_day", "2041-01-01"),
    "silence-start": ("passages", "pol8"),
    "statement-make": ("stance", "cannot_endorse"),
}


def arrange(action, world, consultation, contributor):  # noqa: F811
    """Who sends what where, with the consultation in the state for it."""
    if arranged := ARRANGED.get(action):
        return arranged(world, consultation)
    role, state = doer(action)
    turn(consultation, contributor, state)
    person = factories.chair(consultation) if role == "chair" else world.people[role]
    return person, world.addresses[ACTIONS[action].address], ACTIONS[action].form(world)


def post(browser, address, sent):
    for file in (field for field in sent.values() if isinstance(field, SimpleUploadedFile)):
        file.seek(0)
    return browser.post(address, sent)


def is_stored(words: str) -> bool:
    """Whether these words stand anywhere in a table of ours."""
    columns = (
        (model, column.name)
        for model in apps.get_models()
        if model.__module__.startswith(tuple(settings.ROOMS))
        for column in model._meta.concrete_fields
        if isinstance(column, CharField | TextField | JSONField)
    )
    return any(model._base_manager.filter(**{f"{name}__icontains": words}).exists() for model, name in columns)


@pytest.mark.parametrize("action", sorted(set(ACTIONS) - EACH_COUNTS))
def test_a_form_sent_twice_has_one_effect_and_the_same_answer(consultation, contributor, world, as_user, action):  # noqa: F811
    person, address, fields = arrange(action, world, consultation, contributor)
    browser, sent = as_user(person), {"submission_id": str(uuid4()), **fields}
    before = Entry.objects.count()
    answers, written = [], []
    for _ in range(2):
        answers.append(post(browser, address, sent))
        written.append((Entry.objects.count(), rows()))
    assert written[0][0] > before, answers[0].status_code
    assert written[1] == written[0], answers[1].status_code
    if action in GONE:
        assert answers[1].status_code == GONE[action]
    elif action in SHOWN_ONCE:
        assert [answer.status_code for answer in answers] == [200, 302]
        assert answers[1].url == address
    else:
        assert len({(answer.status_code, answer.headers.get("Location")) for answer in answers}) == 1
    for name in sorted(WRITTEN & set(sent) | set(WRITTEN_TOO.get(action, ()))):
        said_otherwise(browser, address, {**sent, name: OTHER})
    if action in CHOSEN:
        name, other = CHOSEN[action]
        with transaction.atomic():
            assert post(browser, address, {**sent, name: other}).status_code >= 400
            transaction.set_rollback(True)


def said_otherwise(browser, address, sent):
    """The words are kept as what was sent anew, or refused and given back. Taken back afterwards."""
    with transaction.atomic():
        answer = post(browser, address, sent)
        assert is_stored(OTHER) or (answer.status_code >= 400 and OTHER in answer.content.decode()), answer
        transaction.set_rollback(True)
