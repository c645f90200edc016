"""A part of a text is blacked out everywhere, its length tells nothing, and each look at the original is recorded."""

import io
import json
import re
import zipfile
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from consultation.consultations.models import Consultation, Officer
from consultation.discussion import actions as discussion
from consultation.discussion.actions import Words
from consultation.dispositions import actions as dispositions
from consultation.dispositions import queries as disposition_queries
from consultation.dispositions.actions import Answer, Read
from consultation.moderation import actions
from consultation.moderation.actions import NotThere, Verdict
from consultation.moderation.models import Original, Redaction
from consultation.notifications import reading
from consultation.notifications.models import Notification
from consultation.notifications.wording import Teller
from consultation.outcome import actions as outcome
from consultation.outcome import documents
from consultation.outcome.composition import Choices, Texts
from consultation.record import clock, sealing
from consultation.record.errors import Changed, NotAllowed
from consultation.record.models import Entry, Part, Salt
from consultation.text.redaction import BLACKED, MARK, blacked
from tests import factories
from tests.outcome.reading import pdf_words

pytestmark = pytest.mark.django_db
CANARY = "Quetzal Canarinho, tel. +41 79 000 00 00"
QUOTED = CANARY.replace(", ", ",\n> ")
HOW = {"reason": "personal_data", "statement": "Leave out who it was."}


@pytest.fixture
def rapporteur(consultation):
    user = factories.UserFactory()
    Officer.objects.create(consultation=consultation, user=user, role=Officer.Role.RAPPORTEUR)
    return user


def close(consultation):
    now = clock.now()
    Consultation.objects.filter(pk=consultation.pk).update(
        opens_at=now - timedelta(days=2), closes_at=now - timedelta(minutes=1)
    )
    consultation.refresh_from_db()


def read(answer):
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"%PDF"):
        return pdf_words(content)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [archive.read(name).decode(errors="replace") for name in archive.namelist()]
        return re.sub(r"<[^>]*>", "", "\n".join(parts))
    return content.decode()


def everything(consultation, comment, position, browser):
    """All that this browser can get of the consultation, files opened."""
    c = f"/consultations/{consultation.slug}"
    pages = [
        f"{c}/{page}"
        for page in (
            "", "report/", "recommendations/", "passages/pol3/", "passages/pol3/proposals/", "passages/pol3/?quote=1",
            f"passages/pol3/?parent={comment.public_id}&quote=1", "summary/", "summary/?open=pol3", "summary.json",
            "summary.csv", "summary.xlsx", "summary.docx", "summary.pdf", "outcome/", "outcome/1/", "outcome/data.json",
            "outcome/1/outcome.docx", "outcome/1/outcome.pdf", "outcome/1/outcome.json", "outcome.docx", "outcome.pdf",
            "comments.json", "comments.csv", "comments.xlsx", "comments-table.docx", "comments-table.xlsx",
            "dispositions/", "dispositions.json", f"dispositions/{comment.public_id}/",
            f"comments/{comment.public_id}/replies/", f"comments/{comment.public_id}/history/",
            f"comments/{comment.public_id}/edit/", "passages/pol3/position/", "moderation/",
        )
    ]  # fmt: skip
    pages += [
        "/search/?q=Quetzal", f"/organisations/{comment.organisation.slug}/", "/delegation/", "/notifications/",
        "/moderation/", f"/moderation/comment-{comment.public_id}/", f"/moderation/explanation-{position.public_id}/",
        "/accounts/data.json",
    ]  # fmt: skip
    return {page: read(browser.get(page)) for page in pages}


def leaks(found):
    """The pages that hold the canary. The search page shows the word that was searched for."""
    return {
        page
        for page, text in found.items()
        if any(word in text for word in ("Canarinho", "CANARINHO", "79 000"))
        or (not page.startswith("/search/") and "quetzal" in text.lower())
    }


@pytest.fixture
def spoken(consultation, contributor, focal_point, moderator, rapporteur):
    """The canary in a comment with wording and an earlier version, a quotation of it, an explanation, an answer, and a
    published outcome.
    """
    pol3 = factories.passage(consultation, "pol3")
    first = Words(f"Ask {CANARY} about it.", "substantive", f"States ask {CANARY}.")
    comment = factories.decided(moderator, discussion.write_comment(contributor, consultation, pol3, first, uuid4()))
    other = factories.focal_point(consultation)
    reply = discussion.write_comment(
        other,
        consultation,
        pol3,
        Words(f"> Ask {QUOTED} about it.\n\nNo."),
        uuid4(),
        parent=comment,
    )
    factories.decided(moderator, reply)
    discussion.write_comment(
        other, consultation, pol3, Words(f"> {CANARY.upper()}"), uuid4(), submit=False, parent=comment
    )
    discussion.revise_comment(
        contributor, comment, Words(f"Better: ask {CANARY}.", "substantive", f"States may ask {CANARY}.")
    )
    factories.decided(moderator, comment)
    version = factories.statement(focal_point, consultation, moderator, explanation=f"Said by {CANARY}, our expert.")
    close(consultation)
    answer = Answer("in_part", f"We asked {CANARY}.")
    dispositions.answer(rapporteur, comment, answer, Read(2), uuid4())
    dispositions.answer(rapporteur, reply, Answer("noted"), Read(1), uuid4())
    dispositions.publish(rapporteur, consultation, uuid4(), seen=disposition_queries.newest_version(consultation))
    outcome.save_outcome(rapporteur, consultation, Choices(), Texts("Words."), seen_version=0)
    seen = documents.draft_of(consultation, clock.now(), "x", Choices(), Texts("Words.")).fingerprint
    outcome.publish_outcome(rapporteur, consultation, uuid4(), lambda _n: "x", seen_version=1, seen_fingerprint=seen)
    comment.refresh_from_db()
    return comment, version.position


def redact_both(moderator, comment, position):
    item = f"comment-{comment.public_id}"
    actions.redact(moderator, item, comment.latest.number, [CANARY], **HOW, submission_id=uuid4())
    position.refresh_from_db()
    item = f"explanation-{position.public_id}"
    actions.redact(moderator, item, position.signed.number, [CANARY], **HOW, submission_id=uuid4())


def test_no_output_holds_what_is_blacked_out(
    consultation, contributor, focal_point, moderator, rapporteur, spoken, as_user
):
    comment, position = spoken
    people = {None, contributor, focal_point, moderator, rapporteur}
    seers = (None, moderator)
    before = {page for who in seers for page in leaks(everything(consultation, comment, position, as_user(who)))}
    assert len(before) > 25, sorted(before)  # the crawl sees what it looks for
    redact_both(moderator, comment, position)
    caches["files"].clear()
    while reading.read(100):
        pass
    for who in people:
        assert leaks(everything(consultation, comment, position, as_user(who))) == set()
    c = f"/consultations/{consultation.slug}"
    thread = as_user(None).get(f"{c}/passages/pol3/").content.decode()
    assert f'<span aria-hidden="true">{MARK}</span> (redacted by a moderator)' in thread
    assert as_user(None).get(f"{c}/outcome/1/outcome.docx").status_code == 409
    assert "no longer given out" in as_user(None).get(f"{c}/outcome.pdf").content.decode()
    assert MARK in as_user(None).get(f"{c}/outcome/1/").content.decode()
    assert BLACKED in str(json.loads(read(as_user(None).get(f"{c}/comments.json"))))
    assert not Entry.objects.filter(content__icontains="Canarinho").exists()


def test_each_look_at_the_original_is_asked_for_and_recorded(consultation, contributor, moderator, rapporteur, as_user):
    comment = factories.published(contributor, consultation, moderator, body=f"Ask {CANARY}.")
    kept = factories.redacted(moderator, comment, CANARY)
    address = f"/moderation/redactions/{kept.pk}/"
    assert CANARY not in as_user(moderator).get(address).content.decode()
    assert not Entry.objects.filter(kind="redaction.looked").exists()
    assert f"Ask {CANARY}." in as_user(moderator).post(address).content.decode()
    assert Entry.objects.get(kind="redaction.looked").actor == moderator
    elsewhere = factories.moderator(factories.ConsultationFactory())
    administrator = factories.UserFactory(is_staff=True, is_superuser=True)
    for person in (contributor, rapporteur, elsewhere, administrator):
        assert as_user(person).post(address).status_code == 404
        assert as_user(person).get(address).status_code == 404
        with pytest.raises(NotAllowed):
            actions.look(person, kept)
    assert as_user(None).post(address).status_code == 302
    assert Entry.objects.filter(kind="redaction.looked").count() == 1


def test_the_moderator_sees_the_public_text_before_it_is_done(consultation, contributor, moderator, as_user):
    comment = factories.published(contributor, consultation, moderator, body=f"Ask {CANARY} soon.")
    address, browser = f"/moderation/comment-{comment.public_id}/redact/", as_user(moderator)
    sent = {"words": CANARY, **HOW, "revision": 1}
    page = browser.post(address, {**sent, "action": "redact"})
    assert not Redaction.objects.exists()  # not without the preview
    assert f"Ask {BLACKED} soon." in page.content.decode().replace('<span aria-hidden="true">', "").replace(
        "</span>", ""
    )
    assert browser.post(address, {**sent, "action": "redact", "previewed": "tel."}).status_code == 200
    assert not Redaction.objects.exists()
    assert browser.post(address, {**sent, "action": "redact", "previewed": CANARY}).status_code == 302
    comment.refresh_from_db()
    assert comment.published.body == f"Ask {BLACKED} soon."
    assert Original.objects.get().text == f"Ask {CANARY} soon."


def test_what_cannot_be_done_is_said_beside_its_field(consultation, contributor, moderator, as_user):
    comment = factories.published(contributor, consultation, moderator, body=f"Ask {CANARY}.")
    address, browser = f"/moderation/comment-{comment.public_id}/redact/", as_user(moderator)
    for wrong, sentence in (
        ({"words": "Somebody else"}, "These words do not stand in the text: Somebody else"),
        ({"words": ""}, "Enter the words to black out"),
        ({"reason": ""}, "Select a reason"),
        ({"reason": "off_topic"}, "Select a valid choice"),
        ({"statement": ""}, "Enter a statement to the author"),
        ({"statement": f"Leave out {CANARY}"}, "Remove the words that are blacked out"),
    ):
        answer = browser.post(address, {"words": CANARY, **HOW, "revision": 1, "action": "preview", **wrong})
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    sent = {"words": CANARY, "previewed": CANARY, **HOW, "revision": 2, "action": "redact"}
    assert browser.post(address, sent).status_code == 409
    assert not Redaction.objects.exists()


def test_who_may_black_out(consultation, contributor, moderator):
    comment = factories.published(contributor, consultation, moderator, body=f"Ask {CANARY}.")
    own = factories.delegate(consultation, organisation=factories.organisation_of(contributor))
    Officer.objects.create(consultation=consultation, user=own, role=Officer.Role.MODERATOR)
    for person in (contributor, own):
        with pytest.raises((NotAllowed, Changed)):
            factories.redacted(person, comment, CANARY)
    assert not Redaction.objects.exists()


def test_it_waits_blacked_out_and_is_then_published_so(consultation, contributor, moderator):
    comment = factories.submitted(contributor, consultation, body=f"Ask {CANARY}.")
    factories.redacted(moderator, comment, CANARY)
    factories.decided(moderator, comment)
    assert comment.published.body == f"Ask {BLACKED}."


def test_what_is_not_there_or_not_public_is_not_blacked_out(consultation, contributor, moderator):
    comment = factories.published(contributor, consultation, moderator, body="A remark.")
    with pytest.raises(NotThere):
        factories.redacted(moderator, comment, "rem")
    factories.decided(moderator, comment, "remove")
    with pytest.raises(Changed):
        factories.redacted(moderator, comment, "remark")


def test_it_is_done_once_and_cannot_be_undone(consultation, contributor, moderator):
    comment = factories.published(contributor, consultation, moderator, body=f"Ask {CANARY}.")
    once, item = uuid4(), f"comment-{comment.public_id}"
    first = actions.redact(moderator, item, 1, [CANARY], **HOW, submission_id=once)
    assert actions.redact(moderator, item, 1, [CANARY], **HOW, submission_id=once) == first
    with pytest.raises(Changed, match="blacked out stays so"):
        actions.undo(moderator, first)


def test_the_author_is_told_why(consultation, contributor, moderator):
    comment = factories.published(contributor, consultation, moderator, body=f"Ask {CANARY}.")
    factories.redacted(moderator, comment, CANARY)
    while reading.read(100):
        pass
    told = Teller(contributor).worded(Notification.objects.visible_to(contributor).for_display().order_by("pk").last())
    assert told.sentence == "A moderator blacked out a part of your comment on ¶ 8."
    assert told.quote == "Personal data of a third person: Leave out who it was."


def test_a_form_that_was_open_does_not_bring_it_back(consultation, contributor, moderator, as_user):
    comment = factories.published(contributor, consultation, moderator, body=f"Ask {CANARY}.")
    address, browser = f"/consultations/{consultation.slug}/comments/{comment.public_id}/edit/", as_user(contributor)
    version = browser.get(address).context["form"]["version"].value()
    factories.redacted(moderator, comment, CANARY)
    sent = {"body": f"Ask {CANARY} again.", "type": "substantive", "version": version, "action": "submit"}
    assert browser.post(address, sent).status_code == 409
    assert browser.get(address).context["form"]["version"].value() != version
    assert f"Ask {BLACKED}." in browser.get(address).content.decode()


def test_an_edit_that_waits_is_blacked_out_with_what_is_published(consultation, contributor, moderator):
    comment = factories.published(contributor, consultation, moderator, body=f"Ask {CANARY}.")
    discussion.revise_comment(contributor, comment, Words(f"Do ask {CANARY}."))
    factories.redacted(moderator, comment, CANARY)
    assert [r.body for r in comment.revisions.order_by("number")] == [f"Ask {BLACKED}.", f"Do ask {BLACKED}."]
    item = f"comment-{comment.public_id}"
    actions.decide(moderator, item, 2, Verdict("publish"), uuid4())
    comment.refresh_from_db()
    assert comment.published.body == f"Do ask {BLACKED}."


@given(
    words=st.lists(st.sampled_from(["one", "two", "three", "four", "five"]), min_size=1, max_size=6),
    at=st.integers(0, 5),
)
def test_the_mark_tells_nothing_of_what_stood_there(words, at):
    secret = words[at % len(words)]
    made = blacked(" ".join(words), [secret])
    longer = blacked(" ".join("longer words" if word == secret else word for word in words), ["longer words"])
    assert made == longer
    assert secret not in made.replace(BLACKED, "").split()
    assert blacked(made, [secret]).replace(BLACKED, "") == made.replace(BLACKED, "") or secret in BLACKED


def test_whole_words_only_whatever_their_case_and_lines():
    assert blacked("Ann annexed it. ANN did.", ["Ann"]) == f"{BLACKED} annexed it. {BLACKED} did."
    assert blacked("> Ask Ann\n> Example now", ["Ann Example"]) == f"> Ask {BLACKED} now"
    assert blacked("+41 79, +41 79 1", ["+41 79 1"]) == f"+41 79, {BLACKED}"
    assert blacked("Nothing", []) == "Nothing"


@pytest.mark.parametrize("sealed", [True, False])
def test_after_a_redaction_the_record_still_verifies_and_no_longer_proves_the_words(
    consultation, contributor, focal_point, moderator, sealed
):
    comment = factories.published(contributor, consultation, moderator, body="Write to Ada Sample at once.")
    factories.statement(focal_point, consultation, moderator, explanation="As Ada Sample said.")
    if sealed:
        sealing.seal_all()
    factories.redacted(moderator, comment, "Ada Sample")
    sealing.seal_all()
    call_command("verify_record")
    kept = [salt.entry_id for salt in Salt.objects.filter(part=Part.WORDS)]
    about = Entry.objects.about(comment).exclude(kind="comment.redacted")
    assert not set(about.values_list("pk", flat=True)) & set(kept)
