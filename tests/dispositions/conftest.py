from datetime import timedelta
from uuid import uuid4

import pytest

from consultation.consultations.models import Consultation, Officer
from consultation.discussion import actions as discussion
from consultation.discussion.actions import Words
from consultation.dispositions import actions, queries
from consultation.dispositions.actions import Answer, Read
from consultation.record import clock
from tests import factories


def officer(consultation, role):
    user = factories.UserFactory()
    Officer.objects.create(consultation=consultation, user=user, role=role)
    return user


@pytest.fixture
def rapporteur(consultation):
    return officer(consultation, Officer.Role.RAPPORTEUR)


@pytest.fixture
def secretariat(consultation):
    return officer(consultation, Officer.Role.SECRETARIAT)


@pytest.fixture
def civil(consultation):
    """A focal point of a civil society organisation."""
    organisation = factories.OrganisationFactory(group=factories.group("civil-society"), name="Sample Network")
    return factories.focal_point(consultation, organisation)


@pytest.fixture
def said(consultation, moderator):
    """A published comment with these words."""

    def saying(author, body="A remark.", ref="pol3", type="substantive", wording="", parent=None):  # noqa: A002
        words = Words(body, type, wording)
        passage = factories.passage(consultation, ref)
        written = discussion.write_comment(author, consultation, passage, words, uuid4(), parent=parent)
        return factories.decided(moderator, written)

    return saying


@pytest.fixture
def close(consultation):
    """Close the consultation now."""

    def closing():
        now = clock.now()
        Consultation.objects.filter(pk=consultation.pk).update(
            opens_at=now - timedelta(days=2), closes_at=now - timedelta(minutes=1)
        )
        consultation.refresh_from_db()

    return closing


@pytest.fixture
def answered(rapporteur):
    """Answer a comment as it stands now."""

    def answering(comment, value="accepted", reason="", note="", who=None):
        comment.refresh_from_db()
        current = getattr(comment, "disposition", None)
        if current:
            current.refresh_from_db()
        read = Read(comment.published.number, current.latest.number if current else 0)
        return actions.answer(who or rapporteur, comment, Answer(value, reason, note), read, uuid4())

    return answering


@pytest.fixture
def publish(consultation, rapporteur, close):
    """Close the consultation and publish the dispositions."""

    def publishing():
        close()
        return actions.publish(rapporteur, consultation, uuid4(), seen=queries.newest_version(consultation))

    return publishing
