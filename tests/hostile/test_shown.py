"""What harmful words come to where they are shown, and what a stranger gets of what is being prepared.

Given cases whose answer is no status: X01, XS01, XS02, EX05, EX06, X12, ED15, EX10, A02.
"""

import io
import json
import re
from uuid import uuid4
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest
from django.core import mail

from consultation.discussion import actions as discussion
from consultation.discussion.actions import Words
from consultation.moderation import actions as moderation
from consultation.moderation.actions import Verdict
from consultation.notifications import reading as telling
from consultation.notifications.models import Following, Mail, Notification
from consultation.notifications.post import composed
from consultation.outcome import actions as outcome
from consultation.outcome.documents import Choices, Texts
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from tests import factories
from tests.discussion.test_visibility import in_state
from tests.drafting import arranging
from tests.outcome import reading

# Each as it is written, and what of it may stand on no page.
PAYLOADS = {
    "<script>alert(1)</script>": "<script>alert(1)",
    "</textarea></title></script><script>alert(2)</script>": "<script>alert(2)",
    "<svg onload=alert(3)>": "<svg onload=alert",
    "<img src=x onerror=alert(4)>": "<img src=x",
    '<img src="file:///etc/passwd">': '<img src="file',
    '"><b onmouseover=alert(5)>': "<b onmouseover",
    "[a](javascript:alert(6))": 'href="javascript',
    "[b](data:text/html;base64,AAAA)": 'href="data',
    "![c](https://evil.example/p.png)": '<img src="https://evil',
    "[d](//evil.example)": 'href="//evil',
    "<ins>e</ins><del>f</del> <iframe src=//evil.example>": "<iframe",
    "{{ settings.SECRET_KEY }} {% debug %}": "xxxxxxxxxxxxxxxx",
    '#read("/etc/passwd") #image("/etc/passwd") #import "/etc/passwd"': "root:x:",
    "]]> & <!-- <?php": "<?php",
}
WRITTEN = "\n\n".join(PAYLOADS)
PLAIN = "alert(1)"  # by which one sees that the words were shown at all


@pytest.fixture
def said(consultation, contributor, focal_point, moderator, settings):
    """The words as a comment, a reply, a proposed wording, an explanation, a practice, a statement of a moderator."""
    settings.UNDO_SECONDS = 0
    reader = factories.delegate(consultation)
    Following.objects.create(person=reader, consultation=consultation, active=True)
    while telling.read(100):
        pass
    comment = factories.published(contributor, consultation, moderator, body=WRITTEN)
    factories.published(reader, consultation, moderator, body=WRITTEN, parent=comment)
    pol3 = factories.passage(consultation, "pol3")
    wording = discussion.write_comment(
        contributor, consultation, pol3, Words(WRITTEN, proposed_wording=WRITTEN), uuid4()
    )
    factories.decided(moderator, wording)
    version = positions.sign_position(focal_point, consultation, pol3, Answer("reservation", WRITTEN), uuid4())
    moderation.decide(
        moderator, f"explanation-{version.position.public_id}", version.number, Verdict("publish"), uuid4()
    )
    practice = factories.practice(contributor, consultation, "pol3", summary=WRITTEN)
    factories.decided_practice(moderator, practice)
    returned = factories.submitted(contributor, consultation, "p9")
    verdict = Verdict("return", reason="other", statement=WRITTEN)
    moderation.decide(moderator, f"comment-{returned.public_id}", 1, verdict, uuid4())
    waits = factories.submitted(contributor, consultation, "p9", body=WRITTEN)
    return {"comment": comment, "wording": wording, "practice": practice, "waits": waits, "reader": reader}


def harmful_in(page):
    return [bad for bad in PAYLOADS.values() if bad in page]


def test_what_is_written_is_inert_on_every_page(consultation, contributor, moderator, said, as_user):
    c, slug = f"/consultations/{consultation.slug}", factories.organisation_of(contributor).slug
    shown = [f"{c}/passages/{ref}/" for ref in ("p8", "pol3")]
    shown += [f"{c}/comments/{said['comment'].public_id}/{page}/" for page in ("replies", "history")]
    shown += [f"{c}/passages/pol3/proposals/", f"{c}/passages/pol3/explanations/", f"/organisations/{slug}/"]
    shown += [f"{c}/practices/{said['practice'].public_id}/", f"{c}/passages/p8/?parent={said['comment'].public_id}"]
    pages = [(person, page) for page in shown for person in (None, contributor, moderator)]
    pages += [(moderator, "/moderation/"), (moderator, f"/moderation/comment-{said['waits'].public_id}/")]
    pages += [(contributor, f"{c}/passages/p9/"), (contributor, f"{c}/comments/{said['waits'].public_id}/edit/")]
    pages += [(None, f"{c}/{page}") for page in ("", "practices/", "summary/?open=pol3", "recommendations/")]
    pages += [(None, f"/search/?q={word}") for word in ("alert", "<script>alert(1)</script>", "passwd")]
    for person, address in pages:
        answer = as_user(person).get(address)
        page = answer.content.decode()
        assert answer.status_code == 200, address
        assert harmful_in(page) == [], (address, person)
        if address in shown or "moderation" in address or "/p9/" in address:
            assert PLAIN in page, address


def test_what_is_written_is_inert_in_feeds_data_and_mails(consultation, said, client):
    c = f"/consultations/{consultation.slug}"
    for address in (f"{c}/feed.atom", f"{c}/passages/pol3/feed.atom"):
        feed = client.get(address).content
        said_there = " ".join(element.text or "" for element in ET.fromstring(feed).iter())  # noqa: S314 - our own
        assert PLAIN in said_there
        assert harmful_in(said_there) == []
    for address in (f"/api/v1{c}/comments/", f"{c}/comments.json", f"{c}/summary.json"):
        answer = client.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer["Content-Type"].startswith("application/json")
        json.loads(body)
        assert answer["X-Content-Type-Options"] == "nosniff"
    while telling.read(100):
        pass
    for person in (said["reader"], said["comment"].author):
        composing = composed(person, list(Notification.objects.visible_to(person).for_display()), is_digest=True)
        assert harmful_in(composing.html) == []
        assert "\n" not in composing.subject


def test_what_is_written_is_inert_in_documents(consultation, said, client):
    """And nothing of this machine is read into them: no file, no picture, no part of another template."""
    c = f"/consultations/{consultation.slug}"
    pdf, docx = (client.get(f"{c}/summary.{kind}") for kind in ("pdf", "docx"))
    for answer in (pdf, docx, client.get(f"{c}/comments-table.docx")):
        assert answer.status_code == 200
    words = reading.unbroken(reading.pdf_words(pdf.content))
    assert reading.unbroken('#read("/etc/passwd")') in words
    assert "root:x:" not in words
    for package in (docx, client.get(f"{c}/comments-table.docx"), client.get(f"{c}/comments-table.xlsx")):
        content = b"".join(package.streaming_content) if package.streaming else package.content
        with ZipFile(io.BytesIO(content)) as held:
            for name in held.namelist():
                if name.endswith((".xml", ".rels")):
                    part = held.read(name)
                    ET.fromstring(part)  # noqa: S314 - our own
                    assert not re.search(rb'Target="(javascript|data|file|//)|root:x:', part, re.IGNORECASE), name


@pytest.mark.parametrize("state", ["draft", "pending", "returned", "withdrawn"])
def test_what_is_hidden_is_answered_to_another_delegation_as_if_it_were_not_there(
    consultation, contributor, moderator, as_user, state
):
    hidden = in_state(state, consultation, contributor, moderator).public_id
    for person in (None, factories.focal_point(consultation)):
        browser, answers = as_user(person), []
        for name in (hidden, "aaaaaaaaaaaa"):
            for page in ("", "edit/", "history/", "replies/", "attribution/"):
                answer = browser.get(f"/consultations/{consultation.slug}/comments/{name}/{page}")
                answers.append(
                    (answer.status_code, _without(answer.content.decode() + answer.get("Location", ""), name))
                )
        assert answers[:5] == answers[5:]
        assert {status for status, _page in answers} <= {302, 404}


def _without(page, name):
    return re.sub(r'value="[A-Za-z0-9]{64}"|[0-9a-z]{12}(?=</)', "…", page.replace(name, "…"))


def test_an_outcome_in_preparation_is_not_there_for_others(consultation, contributor, focal_point, moderator, as_user):
    rapporteur = arranging.officer(consultation)
    outcome.save_outcome(
        rapporteur, consultation, Choices(), Texts(introduction="In sum, xanthocroix."), seen_version=0
    )
    arranging.close(consultation)
    c = f"/consultations/{consultation.slug}/outcome"
    named = ("/1/", "/1/outcome.docx", "/1/outcome.pdf", "/1/outcome.json", ".docx", ".pdf", ".docx?draft=1")
    for person in (None, contributor, focal_point, moderator):
        assert {as_user(person).get(f"{c}{address}").status_code for address in named} == {404}
        assert "xanthocroix" not in as_user(person).get(f"{c}/").content.decode()
    assert as_user(rapporteur).get(f"{c}.docx").status_code == 200


def test_line_ends_in_an_application_make_no_header(as_user, db, settings):
    person, evil = factories.UserFactory(), "Sample Union\r\nBcc: victim@example.net"
    sent = {"name": evil, "group": "trade-unions", "country": "CH", "mandate": evil, "submission_id": str(uuid4())}
    for field in ("official_email", "website"):
        official = {
            "official_email": "office@union.example",
            "website": "https://union.example",
            field: f"x@y.example{evil}",
        }
        assert as_user(person).post("/organisations/apply/", {**sent, **official}).status_code == 422
    good = {"official_email": "office@union.example", "website": "https://union.example"}
    assert as_user(person).post("/organisations/apply/", {**sent, **good}).status_code in {302, 422}
    for message in (*mail.outbox, *Mail.objects.all()):
        recipients = message.to if hasattr(message, "to") else [message.recipient]
        assert "victim" not in str(recipients) + message.subject
        assert "\n" not in message.subject
