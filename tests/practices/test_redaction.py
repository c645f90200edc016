"""Words are blacked out of a practice, of all its parts and revisions, as of every contribution."""

from uuid import uuid4

import pytest

from consultation.moderation import actions
from consultation.moderation.models import Original
from consultation.notifications import reading
from consultation.notifications.models import Notification
from consultation.notifications.wording import Teller
from consultation.text.redaction import BLACKED, MARK
from tests import factories

pytestmark = pytest.mark.django_db
NAME = "Quetzal Canarinho"
HOW = {"reason": "personal_data", "statement": "Leave out who it was."}


@pytest.fixture
def practice(consultation, contributor, moderator):
    long = f"{'x' * 175} {NAME}"
    made = factories.practice(contributor, consultation, title=long, summary=f"{NAME} trained them.", partners=NAME)
    return factories.decided_practice(moderator, made)


def redact(moderator, practice):
    item = f"practice-{practice.public_id}"
    return actions.redact(moderator, item, practice.latest.number, [NAME], **HOW, submission_id=uuid4())


def test_no_part_holds_it_any_more_and_each_original_is_kept(consultation, moderator, practice, client):
    redact(moderator, practice)
    revision = practice.revisions.get()
    assert (revision.summary, revision.partners) == (f"{BLACKED} trained them.", BLACKED)
    assert NAME not in revision.text + revision.title
    assert len(revision.title) <= 200
    assert sorted(Original.objects.values_list("column", flat=True)) == ["partners", "summary", "title"]
    c = f"/consultations/{consultation.slug}"
    pages = [f"{c}/practices/", f"{c}/practices/{practice.public_id}/", f"{c}/practices.json", f"{c}/practices.csv"]
    for page in [*pages, "/search/?q=trained"]:
        told = client.get(page)
        assert told.status_code == 200
        assert "Canarinho" not in told.getvalue().decode()
    assert practice.public_id not in client.get("/search/?q=Canarinho").content.decode()


def test_the_moderator_sees_each_part_first_and_the_author_is_told(
    consultation, contributor, moderator, practice, as_user
):
    address = f"/moderation/practice-{practice.public_id}/redact/"
    page = as_user(moderator).post(address, {"words": NAME, **HOW, "revision": 1, "action": "preview"}).content.decode()
    assert page.count(MARK) >= 3
    redact(moderator, practice)
    while reading.read(100):
        pass
    told = Teller(contributor).worded(Notification.objects.visible_to(contributor).for_display().order_by("pk").last())
    assert told.sentence.startswith("A moderator blacked out a part of your good practice “x")
