"""The cases that were given (given.tsv): each is tried by the test that answers.tsv names, those without one here."""

import ast
import json
from pathlib import Path
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client

from consultation.discussion.models import Comment
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from consultation.positions.models import PositionVersion
from consultation.record import clock
from consultation.stakeholders.models import Membership
from tests import factories
from tests.hostile.test_own import rows

TESTS = Path(__file__).parents[1]


def names_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_given_case_has_a_test_that_is_there():
    lines = (TESTS / "hostile" / "answers.tsv").read_text(encoding="utf-8").splitlines()
    answers = dict(line.split("\t") for line in lines)
    assert answers.keys() == {row["id"] for row in rows("given.tsv")}
    named = {answer for answer in answers.values() if not answer.startswith("- ")}
    missing = [answer for answer in named if answer.split("::")[1] not in names_of(TESTS / answer.split("::")[0])]
    assert missing == []
    assert len(answers) - sum(not answer.startswith("- ") for answer in answers.values()) <= 3


def test_what_a_form_may_not_set_is_not_set(consultation, contributor, moderator, as_user):
    browser, c = as_user(contributor), f"/consultations/{consultation.slug}"
    forged = {"state": "published", "moderated_by": moderator.pk, "created_at": "2001-01-01", "author": moderator.pk}
    browser.post(f"{c}/passages/p8/comments/", {"action": "submit", "body": "A remark.", **forged})
    comment = Comment.objects.get()
    assert (comment.state, comment.author, comment.created_at.year > 2001) == ("pending", contributor, True)
    forged = {"state": "signed", "signed_by": contributor.pk, "signed_at": "2001-01-01", "is_staff": "1"}
    browser.post(f"{c}/passages/pol3/position/", {"action": "draft", "stance": "endorse", "version": 0, **forged})
    version = PositionVersion.objects.get()
    assert (version.signed_by, version.signed_at) == (None, None)
    contributor.refresh_from_db()
    assert not contributor.is_staff


def test_a_form_rendered_for_the_organisation_one_has_left_writes_nothing(consultation, contributor, as_user):
    """The person acts for another organisation now; the page that is still open names the one before."""
    browser, left = as_user(contributor), factories.organisation_of(contributor)
    Membership.objects.filter(user=contributor).update(ended_at=clock.now())
    joined = factories.organisation_of(factories.delegate(consultation))
    Membership.objects.create(user=contributor, organisation=joined, role="contributor")
    for named, status in ((left.slug, 409), (left.pk, 403)):  # a name, and what never was one
        sent = {"action": "submit", "body": "A remark.", "organisation": named}
        answer = browser.post(f"/consultations/{consultation.slug}/passages/p8/comments/", sent)
        assert answer.status_code == status
    assert not Comment.objects.exists()


def test_a_foreign_host_gets_no_mail_with_its_name(client, db, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    factories.UserFactory(email="known@example.org")
    sent = {"email": "known@example.org"}
    assert client.post("/accounts/password/reset/", sent, headers={"host": "evil.example"}).status_code == 400
    assert mail.outbox == []
    client.post("/accounts/password/reset/", sent, headers={"x-forwarded-host": "evil.example"})
    assert len(mail.outbox) == 1
    assert "evil.example" not in mail.outbox[0].body


def test_a_password_of_a_megabyte_is_refused(client, db):
    sent = {"login": "known@example.org", "password": "a" * 1_000_000}
    assert client.post("/accounts/login/", sent).status_code in {400, 422}


def test_too_many_fields_are_refused(client, db):
    sent = "&".join(f"f{n}=1" for n in range(10_001))
    assert client.post("/accounts/login/", sent, "application/x-www-form-urlencoded").status_code == 400


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "application/json"])
def test_what_another_site_sends_is_refused_whatever_its_kind(consultation, contributor, kind):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(contributor, backend="django.contrib.auth.backends.ModelBackend")
    body = json.dumps({"body": "Typed elsewhere."}) if "json" in kind else "action=submit&body=Typed+elsewhere."
    address = f"/consultations/{consultation.slug}/passages/p8/comments/"
    answer = browser.post(address, body, kind, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "Typed elsewhere." not in answer.content.decode()
    assert not Comment.objects.exists()


def test_a_name_is_text_wherever_it_is_shown(consultation, contributor, focal_point, moderator, as_user):
    name = "<svg onload=alert(1)>"
    contributor.name = focal_point.name = name
    contributor.save()
    focal_point.save()
    organisation = factories.organisation_of(contributor)
    organisation.name = '"><script>alert(1)</script>'
    organisation.save()
    shown = factories.published(contributor, consultation, moderator)
    waits = factories.submitted(contributor, consultation)
    factories.signed(focal_point, consultation)
    c = f"/consultations/{consultation.slug}"
    of_theirs = (f"/organisations/{organisation.slug}/delegation/", "/delegation/", "/accounts/", "/")
    pages = [(focal_point, page) for page in of_theirs]
    pages += [(None, f"{c}/passages/p8/"), (None, f"{c}/summary/"), (None, f"/organisations/{organisation.slug}/")]
    pages += [(moderator, "/moderation/"), (moderator, f"/moderation/comment-{waits.public_id}/")]
    pages += [
        (factories.secretariat(), "/admin/stakeholders/user/"),
        (None, f"{c}/comments/{shown.public_id}/history/"),
    ]
    for person, page in pages:
        answer = as_user(person).get(page)
        assert answer.status_code == 200, page
        for harmful in ("<svg onload", "<script>alert(1)"):
            assert harmful not in answer.content.decode(), page


@pytest.mark.parametrize(
    "day", ["0001-01-01", "9999-12-31", "0001-01-01T00:00:00-14:00", "9999-12-31T23:59:59-12:00", "1899-12-31"]
)
def test_days_at_the_ends_of_time_are_refused_and_break_nothing(consultation, client, send, day):
    """Found by `make fuzz`: such a day has no instant in UTC, or none that a database can hold."""
    slug, chair = consultation.slug, factories.chair(consultation)
    client.raise_request_exception = False
    assert client.get(f"/consultations/{slug}/summary/?since={day}").status_code == 200
    assert client.get(f"/api/v1/consultations/{slug}/comments/?since={day}").status_code == 422
    sent = {"passages": ["pol6"], "until_day": day[:10], "until_time": "23:59"}
    assert send(chair).post(f"/consultations/{slug}/silence/start/", sent).status_code == 422


def test_a_confirmation_for_the_capital_that_names_no_form_confirms_nothing(consultation, focal_point, send):
    """Found by `make fuzz`."""
    answer = Answer("endorse", capacity="pending")
    pol3 = factories.passage(consultation, "pol3")
    positions.sign_position(focal_point, consultation, pol3, answer, uuid4())
    for wrong in ({"submission_id": "-1"}, {"version": "x"}, {"submission_id": "9" * 40, "version": -1}):
        sent = {"action": "confirm_capacity", "submission_id": str(uuid4()), "version": 1, **wrong}
        address = f"/consultations/{consultation.slug}/passages/pol3/position/"
        assert send(focal_point).post(address, sent).status_code == 409
    assert PositionVersion.objects.get().capacity == "pending"


@pytest.mark.parametrize("name", ["summary.json", "breakdown.json", "practices.json", "comments.json", "report.json"])
def test_data_are_data_and_call_nothing_back(client, consultation, name):
    answer = client.get(f"/consultations/{consultation.slug}/{name}?callback=alert")
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert answer["Content-Type"].startswith("application/json")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert json.loads(text) is not None
    assert not text.startswith(b"alert")
