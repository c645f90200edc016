"""A letter: entered by the secretariat with its scan, standing only after the focal point confirms it."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from consultation.discussion import actions as discussion
from consultation.discussion.models import Comment
from consultation.notifications import delivery, reading
from consultation.notifications.models import Mail, Notification
from consultation.offline import actions
from consultation.offline import fields as f
from consultation.offline.models import Letter, LetterLine, ScanContent
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from consultation.positions.models import Position
from consultation.record.errors import Changed, NotAllowed
from consultation.record.models import Entry
from consultation.stakeholders.models import Membership
from tests import factories
from tests.offline import filling

CANARY = "Canary of the letter"


@pytest.fixture
def letter(consultation, contributor, focal_point):
    organisation = factories.organisation_of(contributor)
    return factories.letter(organisation, consultation, pol1="endorse", p8=CANARY)


@pytest.fixture
def page(letter, letters):
    return f"{letters}{letter.public_id}/"


def enter(browser, letters, organisation, png, name="scan.png", **fields):
    sent = {"scan": SimpleUploadedFile(name, png), "submission_id": str(uuid4()), **fields}
    return browser.post(f"{letters}for/{organisation.slug}/", sent)


def confirmation(letter):
    return {"action": "confirm", **{f"seen-{line.pk}": 0 for line in letter.lines.all()}}


def test_what_came_on_paper_counts_nowhere_until_the_focal_point_confirms(
    consultation, letter, page, focal_point, as_user
):
    summary = f"/consultations/{consultation.slug}/summary.json"

    def endorsing():
        rows = as_user(None).get(summary).json()["recommendations"]
        return next(r for r in rows if r["ref"] == "pol1")["totals"]["endorse"]

    assert (endorsing(), Position.objects.count(), Comment.objects.count()) == (0, 0, 0)
    assert as_user(focal_point).post(page, confirmation(letter)).status_code == 302
    assert endorsing() == 1
    version = Position.objects.get().signed
    comment = Comment.objects.get()
    assert (version.signed_by, version.explanation) == (focal_point, "As our letter says.")
    assert (comment.author, comment.state, comment.latest.body) == (focal_point, "pending", CANARY)
    told = Entry.objects.get(kind="letter.confirmed").content
    assert (told["positions"], told["comments"]) == ([version.name], [comment.public_id])
    assert set(LetterLine.objects.values_list("words", flat=True)) == {""}
    shown = as_user(focal_point).get(page).content.decode()
    assert shown.count("entered from paper") == 2
    assert CANARY in shown


def test_a_letter_shows_of_a_comment_no_more_than_its_reader_may_read(
    consultation, contributor, focal_point, moderator, secretariat, letter, page, as_user
):
    """A draft is its author's alone; what waits or was returned is the delegation's; the rest goes with the comment."""
    as_user(focal_point).post(page, confirmation(letter))
    comment = Comment.objects.get()
    gone = "cannot be read here"

    def seen(who):
        shown = as_user(who).get(page).content.decode()
        return CANARY in shown, "A private draft" in shown, gone in shown

    readers = (focal_point, contributor, secretariat)
    assert [seen(who) for who in readers] == [(True, False, False), (True, False, False), (False, False, True)]
    comment = factories.decided(moderator, comment, "return")
    words = discussion.Words("A private draft")
    discussion.revise_comment(focal_point, comment, words, submit=False, seen=comment.latest.saves)
    assert [seen(who) for who in readers] == [(True, False, False), (True, False, False), (False, False, True)]
    comment.refresh_from_db()
    discussion.withdraw_comment(focal_point, comment)
    assert [seen(who) for who in readers] == [(False, False, True)] * 3


def test_of_a_published_comment_a_letter_shows_what_everybody_reads(
    consultation, focal_point, moderator, secretariat, letter, page, as_user
):
    as_user(focal_point).post(page, confirmation(letter))
    comment = factories.decided(moderator, Comment.objects.get())
    discussion.revise_comment(
        focal_point, comment, discussion.Words("Waits now"), submit=True, seen=comment.latest.saves
    )
    for who in (focal_point, secretariat):
        shown = as_user(who).get(page).content.decode()
        assert (CANARY in shown, "Waits now" in shown) == (True, False)
    factories.decided(moderator, comment, "remove")
    assert CANARY not in as_user(secretariat).get(page).content.decode()


def test_confirmed_twice_it_stands_once_and_nobody_refuses_it_then(letter, page, focal_point, as_user):
    for _n in range(2):
        assert as_user(focal_point).post(page, confirmation(letter)).status_code == 302
    assert (Position.objects.get().versions.count(), Comment.objects.count()) == (1, 1)
    refused = as_user(focal_point).post(page, {"action": "refuse", "reason": "Too late."})
    assert refused.status_code == 409
    assert "is now “confirmed”" in refused.content.decode()


def test_a_position_that_changed_since_the_page_was_read_is_not_replaced(
    consultation, contributor, letter, page, focal_point, as_user
):
    pol1 = factories.passage(consultation, "pol1")
    positions.draft_position(contributor, consultation, pol1, Answer("cannot_endorse", "Ours."), uuid4())
    answer = as_user(focal_point).post(page, confirmation(letter))
    assert answer.status_code == 409
    assert (Position.objects.get().signed, Comment.objects.count(), Letter.objects.get().state) == (None, 0, "waiting")
    shown = as_user(focal_point).get(page).content.decode()
    assert "Confirming replaces it." in shown
    assert "Ours." in shown


def test_one_line_that_cannot_stand_lets_none_stand(consultation, letter, page, focal_point, as_user):
    consultation.comment_scope = "none"
    consultation.save()
    assert as_user(focal_point).post(page, confirmation(letter)).status_code == 403
    assert (Position.objects.count(), Letter.objects.get().state) == (0, "waiting")


def test_the_focal_point_refuses_with_a_reason_that_the_secretariat_reads(
    letter, page, focal_point, secretariat, as_user
):
    assert as_user(focal_point).post(page, {"action": "refuse", "reason": " "}).status_code == 422
    as_user(focal_point).post(page, {"action": "refuse", "reason": "It is a draft of ours."})
    assert "It is a draft of ours." in as_user(secretariat).get(page).content.decode()
    assert Position.objects.count() == 0
    with pytest.raises(Changed):
        actions.take_back_letter(secretariat, letter)


def test_the_secretariat_takes_back_what_it_entered_and_confirms_nothing(letter, page, secretariat, as_user):
    assert as_user(secretariat).post(page, confirmation(letter)).status_code == 403
    as_user(secretariat).post(page, {"action": "take_back"})
    assert Letter.objects.get().state == "taken_back"


def test_the_focal_point_is_told_by_mail_without_what_it_says(letter, focal_point, contributor, as_user):
    reading.read(100)
    assert list(Notification.objects.values_list("person", "kind")) == [(focal_point.pk, "letter")]
    delivery.deliver(10)
    assert Mail.objects.get().state == "sent"
    notice = as_user(focal_point).get("/notifications/").content.decode()
    assert letter.public_id in notice
    assert CANARY not in notice
    waiting = as_user(focal_point).get("/delegation/").content.decode()
    assert f"/letters/{letter.public_id}/" in waiting
    actions.refuse_letter(focal_point, letter, "Not ours.")
    reading.read(100)
    assert not Notification.objects.visible_to(focal_point).exists()


@pytest.mark.parametrize("address", ["", "scan/"])
def test_only_the_delegation_and_the_secretariat_know_of_a_letter(
    consultation, contributor, letter, page, moderator, secretariat, as_user, address
):
    observer = factories.delegate(consultation, "observer", factories.organisation_of(contributor))
    for person in (contributor, observer, secretariat):
        assert as_user(person).get(page + address).status_code == 200
    for person in (moderator, factories.focal_point(consultation), factories.chair(consultation)):
        assert as_user(person).get(page + address).status_code == 404
    Membership.objects.filter(user=contributor).update(ended_at=consultation.opens_at)
    assert as_user(contributor).get(page + address).status_code == 404


def test_nothing_of_a_waiting_letter_is_in_any_public_page(consultation, letter, as_user):
    c = f"/consultations/{consultation.slug}"
    pages = ["", "report/", "recommendations/", "passages/pol1/", "passages/p8/", "summary/", "summary.csv", "letters/"]
    for name in [*pages, "comments.json", "comments.csv", "moderation/"]:
        content = b"".join(as_user(None).get(f"{c}/{name}", follow=True))
        assert CANARY.encode() not in content
        assert letter.public_id.encode() not in content
    for address in (f"/organisations/{letter.organisation.slug}/", "/search/?q=Canary", "/record/"):
        assert b"Canary of" not in as_user(None).get(address).content


def test_the_scan_comes_back_byte_by_byte_as_what_it_is(letter, page, contributor, as_user):
    answer = as_user(contributor).get(f"{page}scan/")
    assert answer.content == bytes(ScanContent.objects.get().content)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "no-store" in answer["Cache-Control"]


# Entering --------------------------------------------------------------------------------------------------------


def test_the_secretariat_types_what_a_letter_says(consultation, contributor, secretariat, letters, png, as_user):
    organisation = factories.organisation_of(contributor)
    lines = {f"t0-{f.REF}": "pol1", f"t0-{f.STANCE}": "reservation", f"t0-{f.EXPLANATION}": "Within our law."}
    lines |= {f"t3-{f.REF}": "p8", f"t3-{f.COMMENT}": "A remark.", f"t3-{f.TYPE}": "editorial"}
    answer = enter(as_user(secretariat), letters, organisation, png, note="By post.", **lines)
    assert answer.status_code == 302
    made = Letter.objects.get()
    assert (made.entered_by, made.note, made.scan.media_type) == (secretariat, "By post.", "image/png")
    rows = made.lines.values_list("kind", "passage__ref", "stance", "type", "words")
    assert list(rows) == [
        ("position", "pol1", "reservation", "", "Within our law."),
        ("comment", "p8", "", "editorial", "A remark."),
    ]


def test_the_secretariat_enters_a_filled_pack_that_it_made_without_any_draft(
    consultation, contributor, secretariat, letters, png, as_user
):
    organisation = factories.organisation_of(contributor)
    pol1 = factories.passage(consultation, "pol1")
    positions.draft_position(contributor, consultation, pol1, Answer("cannot_endorse", CANARY), uuid4())
    made = as_user(secretariat).post(f"{letters}for/{organisation.slug}/pack/", {"kind": "docx"})
    assert CANARY not in filling.whole_text(made.content)
    pack = filling.fill(made.content, "docx", "pol1", {f.STANCE: "Endorse"})
    answer = enter(as_user(secretariat), letters, organisation, png, file=SimpleUploadedFile("p.docx", pack))
    assert answer.status_code == 302
    assert CANARY not in as_user(secretariat).get(answer.url).content.decode()
    assert Letter.objects.get().lines.get().stance == "endorse"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Send the scan as PDF, PNG or JPEG"),
        (b"MZ program", "whatever its name says"),
        (b"", "The file is empty"),
        (b"%PDF-" + b"0" * (10 * 1024 * 1024), "The scan is too large"),
    ],
)
def test_what_is_no_scan_is_refused_and_what_was_typed_stays(
    consultation, contributor, secretariat, letters, as_user, content, said
):
    organisation = factories.organisation_of(contributor)
    lines = {f"t0-{f.REF}": "pol1", f"t0-{f.STANCE}": "endorse", f"t0-{f.EXPLANATION}": "Typed with care."}
    answer = enter(as_user(secretariat), letters, organisation, content, name="scan.pdf", **lines)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert "Typed with care." in page
    assert Letter.objects.count() == 0


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ({}, "The letter has no position and no comment"),
        (
            {f"t0-{f.REF}": "pol1", f"t0-{f.STANCE}": "reservation"},
            "5 Explanation of position: Enter an explanation of the reservation",
        ),
        ({f"t0-{f.REF}": "", f"t0-{f.COMMENT}": "Where?"}, "1 Ref: The form has no such ref"),
        ({f"t0-{f.REF}": "p8", f"t0-{f.STANCE}": "endorse"}, "This consultation takes no positions"),
    ],
)
def test_lines_that_cannot_stand_are_said_and_nothing_is_entered(
    contributor, secretariat, letters, png, as_user, lines, said
):
    answer = enter(as_user(secretariat), letters, factories.organisation_of(contributor), png, **lines)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Letter.objects.count() == 0


def test_nobody_enters_a_letter_of_their_own_organisation(consultation, contributor, secretariat):
    organisation = factories.organisation_of(contributor)
    Membership.objects.create(user=secretariat, organisation=organisation, role="focal_point")
    with pytest.raises(NotAllowed):
        factories.letter(organisation, consultation, by=secretariat, pol1="endorse")


def test_the_pages_of_letters_ask_as_much_for_many_lines_as_for_few(
    consultation, contributor, letter, page, focal_point, secretariat, letters, as_user, django_assert_max_num_queries
):
    organisation = factories.organisation_of(contributor)
    many = {f"pra{n}": "endorse" for n in range(1, 13)} | {f"p{n}": "A remark." for n in range(1, 20)}
    large = factories.letter(organisation, consultation, **many)
    browser, officer = as_user(focal_point), as_user(secretariat)
    for address in (page, f"{letters}{large.public_id}/"):
        with django_assert_max_num_queries(24):
            browser.get(address)
    with django_assert_max_num_queries(16):
        officer.get(letters)
    with django_assert_max_num_queries(16):
        officer.get(f"{letters}for/{organisation.slug}/")
