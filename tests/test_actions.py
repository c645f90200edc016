"""Every action × every role × every state: done (an entry in the record says so) or refused (nothing is written).

The table is tests/actions.txt. A new address that takes forms and has no row fails; so does an action without a row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.db import transaction

from consultation.api import actions as programs
from consultation.discussion import actions as discussion
from consultation.discussion.actions import Words
from consultation.discussion.models import Comment
from consultation.moderation.models import Decision
from consultation.offline import actions as offline
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from consultation.record import clock
from consultation.record.models import Entry
from consultation.stakeholders import actions as stakeholders
from consultation.stakeholders.models import Membership
from tests import factories
from tests.test_addresses import READ

ROLES = ("nobody", "stranger", "observer", "contributor", "focal", "other-focal", "moderator")
STATES = ("open", "prepared", "closed", "applied", "suspended")
TABLE = {
    (action, state): cells
    for action, state, *cells in (
        line.split()
        for line in (Path(__file__).parent / "actions.txt").read_text().splitlines()
        if line.strip() and not line.startswith("#")
    )
}


@dataclass
class World:
    """One of everything that an action can be about; everything belongs to one contributor's organisation."""

    people: dict
    addresses: dict
    token: str
    version: int
    item: str
    code: str
    member: str
    shown: str
    pack: str
    letter: int
    breaking: int
    slug: str


@dataclass(frozen=True)
class Action:
    """Where a form goes, and what it says."""

    address: str
    form: Callable[[World], dict]


def form(**fields) -> Callable[[World], dict]:
    return lambda _world: fields


PRACTICE = {
    "title": "Another title",
    "summary": "Officials were trained.",
    "place": "Sample City",
    "year": 2015,
    "results": "40 officials.",
    "source": "Sample report.",
    "recommendations": ["pol3"],
}

# name of the row: the form that is sent
ACTIONS = {
    "apply": Action(
        "apply",
        form(name="Sample Union", group="states", country="CH", mandate="Its members.", official_email="a@b.example"),
    ),
    "invite": Action("members", form(email="new@example.org", role="observer")),
    "set-role": Action("member", form(action="role", role="observer")),
    "hand-over": Action("member", form(action="hand_over")),
    "remove": Action("member", form(action="remove")),
    "take-over": Action("take_over", form()),
    "take-back-invitation": Action("take_back_invitation", form()),
    "accept-invitation": Action("invitation", form()),
    "comment": Action("add_comment", form(action="submit", body="A remark.")),
    "comment-draft": Action("add_comment", form(action="draft", body="A remark.")),
    "enter-code": Action("access_code", lambda w: {"code": w.code}),
    "revise": Action("edit_comment", form(action="submit", body="Revised.")),
    "withdraw": Action("withdraw_comment", form()),
    "position-draft": Action(
        "position", lambda w: {"action": "draft", "stance": "cannot_endorse", "version": w.version}
    ),
    "position-sign": Action(
        "position", lambda w: {"action": "sign", "confirm": 1, "stance": "endorse", "version": w.version}
    ),
    "position-send-back": Action("position", lambda w: {"action": "send_back", "note": "Why.", "version": w.version}),
    "position-confirm": Action("position_pending", form(action="confirm_capacity")),
    "attribute": Action("attribute_comment", form(attribution="named")),
    "position-withdraw": Action("position_signed", form(action="withdraw")),
    # The contributor's organisation speaks for one grouping and is a member of another.
    "statement-make": Action(
        "make_statement",
        lambda w: {"confirm": 1, "stance": "endorse", "explanation": "We all.", "members": [w.member]},
    ),
    "statement-confirm": Action("confirm_statement", form()),
    "statement-dissociate": Action("dissociate", form(words="")),
    "sign-several": Action("sign_several", lambda w: {"sign": [f"pol3:{w.version}"]}),
    "support": Action("support_proposal", form(action="support", revision=1)),
    "pack-make": Action("offline", form(kind="xlsx")),
    "pack-save": Action(
        "offline_save",
        lambda w: {
            "pack": w.pack,
            "r0-kind": "position",
            "r0-1": "pol10",
            "r0-4": "endorse",
            "r0-seen": 0,
            "r0-take": "file",
        },
    ),
    # The secretariat enters a letter; it is none of these people. A focal point confirms it or not.
    "letter-enter": Action("enter_letter", form(note="")),
    "pack-blank": Action("blank_pack", form(kind="xlsx")),
    "letter-confirm": Action("letter", lambda w: {"action": "confirm", f"seen-{w.letter}": 0}),
    "letter-refuse": Action("letter", form(action="refuse", reason="It is not ours.")),
    "letter-take-back": Action("letter", form(action="take_back")),
    "positions-draft": Action("positions", lambda _w: {"pol5-stance": "endorse", "pol5-version": 0, "action": "draft"}),
    "practice": Action("add_practice", lambda _w: {"action": "submit", **PRACTICE}),
    "practice-draft": Action("add_practice", form(action="draft", title="A practice")),
    "practice-revise": Action("edit_practice", lambda _w: {"action": "submit", **PRACTICE}),
    "practice-withdraw": Action("withdraw_practice", form()),
    # A rapporteur's forms; a rapporteur is none of these people.
    "draft-passage": Action("draft_passage", form(action="save", text="New.", why="Why.", version=0)),
    "insert-passage": Action("insert_passage", form(action="save", text="New.", why="Why.", version=0)),
    "draft-new-passage": Action("draft_new_passage", form(action="save", text="New.", why="Why.", version=0)),
    "publish-next-text": Action("publish_next_text", form(title="Second", version=1)),
    "position-reconfirm": Action("position", form(action="reconfirm", earlier="x.1", version=1)),
    "publish": Action("moderation_item", form(decision="publish", revision=1)),
    "return": Action("moderation_item", form(decision="return", revision=1, reason="other", statement="Why.")),
    "redact": Action(
        "redact",
        form(
            action="redact",
            words="A remark",
            previewed="A remark",
            reason="personal_data",
            statement="Why.",
            revision=1,
        ),
    ),
    "look": Action("redaction", form()),
    "publish-several": Action("moderation_several", lambda w: {"decision": "publish", "item": [f"{w.item}:1"]}),
    "undo": Action("undo_decision", form()),
    "flag": Action("flag", form(reason="abusive")),
    "appeal": Action("appeal", form(statement="It is on the subject.")),
    # A rapporteur or the secretariat chairs: none of these.
    "silence-start": Action(
        "start_silence", form(passages="pol7", until_day="2040-01-01", until_time="18:00", introduction="")
    ),
    "silence-extend": Action(
        "chair_silence", form(action="extend", until_day="2040-01-01", until_time="18:00", extension_reason="Why.")
    ),
    "silence-break": Action("break_silence", form(objection="Why.", disclosure="fact")),
    "silence-withdraw": Action("withdraw_breaking", lambda w: {"breaking": w.breaking}),
    "answer-comment": Action("edit_disposition", form(value="accepted", revision=1, version=0)),
    "answer-several": Action("edit_dispositions", lambda w: {"value": "noted", "item": [f"{w.shown}:1:0"]}),
    "publish-answers": Action("publish_dispositions", form(seen=0)),
    "make-token": Action("tokens", form(name="A program", scopes=["read"], days=30)),
    "revoke-token": Action("revoke_token", form()),
    "register-webhook": Action(
        "webhooks",
        lambda w: {"consultation": w.slug, "url": "https://hooks.example.org/", "events": ["comment.published"]},
    ),
    "stop-webhook": Action("stop_webhook", form()),
    # The secretariat is none of these.
    "register-secretariat-webhook": Action("secretariat_webhooks", form()),
    "stop-secretariat-webhook": Action("stop_secretariat_webhook", form()),
    "stop-thread": Action("stop_thread", form(action="stop", reason="It repeats itself.")),
}


@pytest.fixture
def world(consultation, contributor, focal_point, moderator, request):
    organisation = factories.organisation_of(contributor)
    observer = factories.delegate(consultation, "observer", organisation)
    comment = factories.submitted(contributor, consultation)
    shown = factories.decided(
        moderator,
        discussion.write_comment(
            contributor,
            consultation,
            factories.passage(consultation, "p9"),
            Words("Better.", proposed_wording="Other."),
            uuid4(),
        ),
    )
    returned = factories.decided(moderator, factories.submitted(contributor, consultation, ref="p10"), "return")
    practice = factories.practice(contributor, consultation)
    last = Decision.objects.get(revision__comment=shown)
    redaction = factories.redacted(moderator, factories.published(contributor, consultation, moderator), "remark")
    nameless = factories.submitted(contributor, consultation, ref="p11")
    Comment.objects.filter(pk=nameless.pk).update(attribution="secretariat")
    waits_for_the_capital = Answer("endorse", capacity="pending")
    pol6 = factories.passage(consultation, "pol6")
    positions.sign_position(focal_point, consultation, pol6, waits_for_the_capital, uuid4())
    pol3, pol4 = (factories.passage(consultation, ref) for ref in ("pol3", "pol4"))
    version = positions.draft_position(contributor, consultation, pol3, Answer("endorse"), uuid4())
    positions.sign_position(focal_point, consultation, pol4, Answer("endorse"), uuid4())
    invitation, token = stakeholders.invite(focal_point, organisation, "x@example.org", "observer", uuid4())
    silent, broken = (factories.under_silence(consultation, ref) for ref in ("pol5", "pol6"))
    breaking = factories.broken(focal_point, broken)
    other, speaker = factories.focal_point(consultation), factories.focal_point(consultation)
    spoken_for = factories.grouping(organisation, factories.organisation_of(other))
    theirs = factories.grouping(factories.organisation_of(speaker), organisation)
    said = factories.group_statement(speaker, theirs, consultation, moderator, ref="pol8")
    pack = offline.make_pack(contributor, consultation, organisation, "xlsx", uuid4()).pack
    letter = factories.letter(organisation, consultation, pra5="endorse")
    member = Membership.objects.get(user=contributor)
    of_program, _secret = programs.make_token(
        focal_point, organisation, programs.Wanted("A program", ["read"], 30), uuid4()
    )
    target = programs.Target(organisation, "https://hooks.example.org/", ["comment.published"])
    hook, _made = programs.register_webhook(focal_point, consultation, target, uuid4())
    Membership.objects.filter(user=observer).update(offered_at=clock.now())
    stranger = factories.UserFactory(email="x@example.org")
    EmailAddress.objects.create(user=stranger, email=stranger.email, verified=True, primary=True)
    c, o = f"/consultations/{consultation.slug}", f"/organisations/{organisation.slug}/delegation"
    return World(
        people={
            "nobody": None,
            "stranger": stranger,
            "observer": observer,
            "contributor": contributor,
            "focal": focal_point,
            "other-focal": other,
            "moderator": moderator,
        },
        addresses={
            "apply": "/organisations/apply/",
            "members": f"{o}/",
            "member": f"{o}/{member.pk}/",
            "take_over": f"{o}/take-over/",
            "take_back_invitation": f"{o}/invitations/{invitation.pk}/take-back/",
            "invitation": f"/invitations/{token}/",
            "access_code": f"{c}/code/",
            "add_comment": f"{c}/passages/p8/comments/",
            "edit_comment": f"{c}/comments/{comment.public_id}/edit/",
            "withdraw_comment": f"{c}/comments/{comment.public_id}/withdraw/",
            "add_practice": f"{c}/practices/new/",
            "edit_practice": f"{c}/practices/{practice.public_id}/edit/",
            "withdraw_practice": f"{c}/practices/{practice.public_id}/withdraw/",
            "attribute_comment": f"{c}/comments/{nameless.public_id}/attribution/",
            "position_pending": f"{c}/passages/pol6/position/",
            "position": f"{c}/passages/pol3/position/",
            "position_signed": f"{c}/passages/pol4/position/",
            "sign_several": f"/delegation/{organisation.slug}/{consultation.slug}/sign/",
            "draft_passage": f"{c}/next-text/draft/passages/pol3/",
            "insert_passage": f"{c}/next-text/draft/passages/pol3/after/",
            "draft_new_passage": f"{c}/next-text/draft/new/000000000000/",
            "publish_next_text": f"{c}/next-text/publish/",
            "moderation_item": f"/moderation/comment-{comment.public_id}/",
            "edit_disposition": f"{c}/dispositions/edit/{shown.public_id}/",
            "edit_dispositions": f"{c}/dispositions/edit/",
            "publish_dispositions": f"{c}/dispositions/publish/",
            "support_proposal": f"{c}/comments/{shown.public_id}/support/",
            "positions": f"/delegation/{organisation.slug}/{consultation.slug}/positions/",
            "offline": f"/delegation/{organisation.slug}/{consultation.slug}/offline/",
            "offline_save": f"/delegation/{organisation.slug}/{consultation.slug}/offline/save/",
            "enter_letter": f"{c}/letters/for/{organisation.slug}/",
            "blank_pack": f"{c}/letters/for/{organisation.slug}/pack/",
            "letter": f"{c}/letters/{letter.public_id}/",
            "redact": f"/moderation/comment-{comment.public_id}/redact/",
            "redaction": f"/moderation/redactions/{redaction.pk}/",
            "moderation_several": "/moderation/several/",
            "undo_decision": f"/moderation/decisions/{last.pk}/undo/",
            "claim_item": f"/moderation/comment-{comment.public_id}/claim/",
            "flag": f"{c}/flag/comment-{shown.public_id}/",
            "appeal": f"{c}/appeal/comment-{returned.public_id}/",
            "stop_thread": f"{c}/passages/p8/stop/",
            "make_statement": f"{c}/passages/pol9/statements/in-the-name-of/{spoken_for.slug}/",
            "confirm_statement": f"{c}/passages/pol8/statements/{said.public_id}/confirm/",
            "dissociate": f"{c}/passages/pol8/statements/{said.public_id}/dissociate/",
            "start_silence": f"{c}/silence/start/",
            "break_silence": f"{c}/silence/{silent.public_id}/break/",
            "withdraw_breaking": f"{c}/silence/{broken.public_id}/withdraw/",
            "chair_silence": f"{c}/silence/{silent.public_id}/chair/",
            "tokens": f"/delegation/{organisation.slug}/tokens/",
            "revoke_token": f"/delegation/{organisation.slug}/tokens/{of_program.pk}/revoke/",
            "webhooks": f"/delegation/{organisation.slug}/webhooks/",
            "stop_webhook": f"/delegation/{organisation.slug}/webhooks/{hook.pk}/stop/",
            "secretariat_webhooks": f"{c}/webhooks/",
            "stop_secretariat_webhook": f"{c}/webhooks/{hook.pk}/stop/",
        },
        token=token,
        version=version.number,
        item=f"comment-{comment.public_id}",
        code=factories.code_for(organisation, consultation).code,
        member=factories.organisation_of(other).slug,
        shown=shown.public_id,
        pack=pack.number,
        letter=letter.lines.get().pk,
        breaking=breaking.pk,
        slug=consultation.slug,
    )


def turn(consultation, contributor, state):
    """Bring the consultation or the organisation into this state."""
    day = timedelta(days=1)
    if state == "prepared":
        consultation.opens_at, consultation.closes_at = clock.now() + day, clock.now() + 2 * day
    elif state == "closed":
        consultation.opens_at, consultation.closes_at = clock.now() - 2 * day, clock.now() - day
    consultation.save()
    if state in {"applied", "suspended"}:
        organisation = factories.organisation_of(contributor)
        organisation.state = state
        organisation.save()


def test_every_action_has_a_row_for_every_state():
    assert set(TABLE) == {(action, state) for action in ACTIONS for state in STATES}
    assert all(len(cells) == len(ROLES) for cells in TABLE.values())


def test_every_address_that_takes_forms_has_an_action(world, as_user):
    """Whoever is signed in gets 405 from an address that is only read."""
    taking = set()
    for name in set(READ) & set(world.addresses):
        if as_user(world.people["focal"]).post(world.addresses[name]).status_code != 405:
            taking.add(name)
    # Having an item open is no change of the consultation: it leaves no entry and lapses by itself.
    assert taking <= {action.address for action in ACTIONS.values()} | {"claim_item"}


@pytest.mark.parametrize("state", STATES)
def test_who_may_do_what_in_which_state(consultation, contributor, world, as_user, settings, state):
    settings.UNDO_SECONDS = 3600  # one world for all that is tried, each on its own and taken back
    turn(consultation, contributor, state)
    browsers = {role: as_user(world.people[role]) for role in ROLES}
    found = {name: [outcome(browsers[role], world, action) for role in ROLES] for name, action in ACTIONS.items()}
    asked = {name: TABLE[name, state] for name in ACTIONS}
    wrong = {name: cells for name, cells in found.items() if cells != asked[name]}
    assert not wrong, "\n".join(f"{name} {state} {' '.join(cells)}" for name, cells in wrong.items())


def outcome(browser, world, action) -> str:
    """What becomes of the form: done, login, or the status of the refusal. Taken back afterwards."""
    with transaction.atomic():
        before = Entry.objects.count()
        sent = {"submission_id": str(uuid4()), **action.form(world)}
        answer = browser.post(world.addresses[action.address], sent)
        written = Entry.objects.count() - before
        assert written == 0 or answer.status_code < 500
        transaction.set_rollback(True)
    signing_in = answer.status_code == 302 and answer.url.startswith("/accounts/")
    return "login" if signing_in else "done" if written else str(answer.status_code)
