"""What nobody needs any more goes after its period; what stands on the record stays."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import call_command

from consultation.discussion import actions as discussion
from consultation.discussion.models import Comment, CommentRevision, Visit
from consultation.keeping import retention
from consultation.notifications.models import Mail
from consultation.notifications.outbox import Backend
from consultation.record import clock
from consultation.record.models import Entry
from consultation.stakeholders import actions as stakeholders
from consultation.stakeholders.models import Invitation
from tests import factories

DAY = timedelta(days=1)


@pytest.fixture
def kept(consultation, contributor, focal_point, moderator, as_user):
    """One of each kind that is let go one day, and a published comment beside them."""
    factories.published(contributor, consultation, moderator, body="It stands.")
    p8 = factories.passage(consultation, "p8")
    discussion.write_comment(contributor, consultation, p8, discussion.Words("A draft."), "0" * 32, submit=False)
    stakeholders.invite(focal_point, factories.organisation_of(contributor), "x@example.org", "observer", "1" * 32)
    discussion.visit(contributor, consultation, p8)
    Backend().send_messages([mail.EmailMessage("Told", "text", "a@example.org", ["b@example.org"])])
    Mail.objects.update(state=Mail.State.SENT, ended_at=clock.now())
    as_user(contributor)
    return consultation


def later(monkeypatch, days):
    at = clock.now() + days * DAY
    monkeypatch.setattr(clock, "now", lambda: at)


def numbers():
    return {name: n for name, n in retention.due().items() if n}


def test_each_kind_is_due_after_its_period_and_not_before(kept, monkeypatch):
    assert numbers() == {}
    later(monkeypatch, 2)
    assert numbers() == {"sessions": 1}
    later(monkeypatch, 100)
    assert numbers() == {"sessions": 1, "mails": 1}
    later(monkeypatch, 20)
    assert numbers() == {"sessions": 1, "mails": 1, "invitations": 1}
    later(monkeypatch, 300)
    assert numbers() == {"sessions": 1, "mails": 1, "invitations": 1, "visits": 1, "drafts": 1}


def test_without_apply_nothing_is_changed(kept, monkeypatch, capsys):
    later(monkeypatch, 500)
    entries = Entry.objects.count()
    call_command("apply_retention")
    assert "drafts: 1 after 365 days" in capsys.readouterr().out
    assert len(numbers()) == 5
    assert Entry.objects.count() == entries


def test_what_is_due_goes_once_and_the_record_says_so(kept, monkeypatch):
    later(monkeypatch, 500)
    call_command("apply_retention", "--apply")
    assert numbers() == {}
    assert not Session.objects.exists()
    assert not Mail.objects.exists()
    assert not Visit.objects.exists()
    assert Invitation.objects.get().email == ""
    assert sorted(CommentRevision.objects.values_list("body", flat=True)) == ["", "It stands."]
    assert Comment.objects.filter(state="published").count() == 1
    entry = Entry.objects.get(kind="retention.applied")
    assert entry.content == {"let_go": {"drafts": 1, "invitations": 1, "mails": 1, "sessions": 1, "visits": 1}}
    call_command("apply_retention", "--apply")
    assert Entry.objects.filter(kind="retention.applied").count() == 1
    call_command("verify_record")
