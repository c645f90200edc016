"""A form goes out in the name of the organisation that it was made for, or not at all."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from consultation.commitments.models import Commitment
from consultation.consultations.models import Consultation
from consultation.discussion.actions import Words, write_comment
from consultation.discussion.models import Comment, Support
from consultation.moderation.models import Flag
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from consultation.positions.models import PositionVersion
from consultation.practices.models import Practice
from consultation.record import clock
from consultation.silence.models import Breaking
from consultation.stakeholders.models import GroupingSpeaker, Membership, Organisation
from consultation.statements.models import GroupStatement
from tests import factories
from tests.commitments.test_commitments import promise

WRITTEN = (Comment, PositionVersion, Practice, Commitment, Breaking, GroupStatement, Support, Flag)
NAMED = re.compile(r'name="organisation" value="([^"]*)"')


@pytest.fixture
def left(db) -> Organisation:
    return factories.OrganisationFactory(name="Sample Left", slug="sample-left")


@pytest.fixture
def kept(db) -> Organisation:
    return factories.OrganisationFactory(name="Sample Kept", slug="sample-kept")


@pytest.fixture
def person(consultation, left, kept):
    """A focal point of two organisations."""
    person = factories.focal_point(consultation, left)
    factories.focal_point(consultation, kept)
    Membership.objects.create(user=person, organisation=kept, role="focal_point")
    return person


def leave(person, organisation):
    Membership.objects.filter(user=person, organisation=organisation).update(ended_at=clock.now())


def comment(consultation, person, moderator):
    return "passages/p8/comments/", {"action": "submit", "body": "Typed words."}


def draft_comment(consultation, person, moderator):
    return "passages/p8/comments/", {"action": "draft", "body": "Typed words."}


def preview(consultation, person, moderator):
    return "passages/p8/comments/", {"action": "preview", "body": "Typed words."}


def position(consultation, person, moderator):
    return "passages/pol3/position/", {"action": "draft", "stance": "reservation", "explanation": "Typed words."}


def signature(consultation, person, moderator):
    answer = {"stance": "reservation", "explanation": "Typed words.", "version": 1}
    return "passages/pol3/position/", {"action": "sign", "confirm": "1", **answer}


def withdrawal(consultation, person, moderator):
    return "passages/pol3/position/", {"action": "withdraw"}


def practice(consultation, person, moderator):
    return "practices/new/", {"action": "draft", "title": "A practice", "summary": "Typed words."}


def support(consultation, person, moderator):
    author, words = factories.delegate(consultation), Words("Other words.", proposed_wording="Other wording.")
    made = write_comment(author, consultation, factories.passage(consultation, "p8"), words, uuid4())
    factories.decided(moderator, made)
    return f"comments/{made.public_id}/support/", {"revision": 1, "action": "support"}


def flag(consultation, person, moderator):
    made = factories.published(factories.delegate(consultation), consultation, moderator)
    return f"flag/comment-{made.public_id}/", {"reason": "abusive", "statement": "Typed words."}


def breaking(consultation, person, moderator):
    procedure = factories.under_silence(consultation, "pra2")
    return f"silence/{procedure.public_id}/break/", {"objection": "Typed words.", "disclosure": "fact"}


def dissociation(consultation, person, moderator):
    speaker = factories.focal_point(consultation)
    members = Organisation.objects.filter(slug__startswith="sample-").exclude(slug__startswith="sample-organisation")
    grouping = factories.grouping(factories.organisation_of(speaker), *members)
    made = factories.group_statement(speaker, grouping, consultation, moderator, ref="pol5")
    return f"passages/pol5/statements/{made.public_id}/dissociate/", {"words": "Typed words."}


def statement(consultation, person, moderator):
    """Both have spoken for the grouping, one after the other."""
    left, now = Organisation.objects.get(slug="sample-left"), Organisation.objects.get(slug="sample-kept")
    member = factories.organisation_of(factories.delegate(consultation))
    grouping = factories.grouping(left, member)
    GroupingSpeaker.objects.update(ends_at=clock.now() - timedelta(days=1))
    GroupingSpeaker.objects.create(grouping=grouping, organisation=now, starts_at=clock.now() - timedelta(days=1))
    said = {"stance": "endorse", "explanation": "Typed words.", "members": member.slug, "confirm": "1"}
    return f"passages/pol4/statements/in-the-name-of/{grouping.slug}/", said


def pledge(consultation, person, moderator):
    now = clock.now()
    Consultation.objects.filter(pk=consultation.pk).update(
        opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=2), outcome_published_at=now
    )
    words = promise("Typed words.")
    said = {name: getattr(words, name) for name in ("what", "by_when", "indicator", "responsible")}
    return "commitments/pledge/", {"recommendation": "pol3", **said}


FORMS = [
    *(comment, draft_comment, preview, position, signature, withdrawal),
    *(practice, support, flag, breaking, dissociation, statement, pledge),
]


def drafted(consultation, person, *organisations):
    """Each of them has a draft of its own, of the same number."""
    for organisation in organisations:
        answer = Answer("cannot_endorse", f"Of {organisation.name}.")
        recommendation = factories.passage(consultation, "pol3")
        positions.draft_position(
            person, consultation, recommendation, answer, uuid4(), organisation_id=organisation.pk, seen_version=0
        )


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_what_was_made_for_an_organisation_one_has_left_goes_out_in_no_other_name(
    consultation, moderator, person, left, kept, as_user, form
):
    drafted(consultation, person, left, kept)
    if form is withdrawal:
        positions.sign_position(
            person, consultation, factories.passage(consultation, "pol3"), Answer("endorse"), uuid4(),
            organisation_id=kept.pk, seen_version=1,
        )  # fmt: skip
    address, sent = form(consultation, person, moderator)
    leave(person, left)
    before = [list(model.objects.order_by("pk").values()) for model in WRITTEN]
    answer = as_user(person).post(
        f"/consultations/{consultation.slug}/{address}",
        {**sent, "organisation": left.slug, "submission_id": str(uuid4())},
    )
    assert answer.status_code == 409
    assert "You no longer speak for Sample Left." in answer.content.decode()
    assert ("Typed words." in answer.content.decode()) == ("Typed words." in sent.values())
    assert [list(model.objects.order_by("pk").values()) for model in WRITTEN] == before


def test_what_is_saved_while_it_is_typed_says_so_in_its_line(consultation, person, left, kept, as_user):
    """The line beside the form holds the sentence, not a page."""
    leave(person, left)
    address, sent = draft_comment(consultation, person, None)
    for named, status in (({"organisation": left.slug}, 409), ({}, 200)):
        answer = as_user(person).post(
            f"/consultations/{consultation.slug}/{address}", {**sent, **named}, headers={"HX-Request": "true"}
        )
        assert answer.status_code == status
        assert ("no longer speak for Sample Left" in answer.content.decode()) is (status == 409)
        assert "<html" not in answer.content.decode()
    assert Comment.objects.get().organisation == kept


def test_the_form_of_all_positions_of_who_has_left_gives_the_words_back(consultation, person, left, kept, as_user):
    sent = {"submission_id": str(uuid4()), "pol3-stance": "reservation", "pol3-explanation": "Typed words."}
    address = f"/delegation/{left.slug}/{consultation.slug}/positions/"
    for organisation, status in ((left, 409), (kept, 403)):
        leave(person, organisation)
        answer = as_user(person).post(address, sent)
        assert answer.status_code == status
        assert "Typed words." in answer.content.decode()
    assert as_user(person).get(address).status_code == 404
    assert as_user(factories.focal_point(consultation)).post(address, sent).status_code == 404
    assert not PositionVersion.objects.exists()


@pytest.mark.parametrize("slug", ["sample-stranger", "nobody", "1", "sample-left\x00", "%00"])
def test_an_organisation_that_one_never_spoke_for_is_not_named(consultation, person, left, kept, as_user, slug):
    factories.OrganisationFactory(name="Sample Stranger", slug="sample-stranger", state="applied")
    leave(person, left)
    for address, sent in (comment(consultation, person, None), position(consultation, person, None)):
        answer = as_user(person).post(f"/consultations/{consultation.slug}/{address}", {**sent, "organisation": slug})
        assert answer.status_code in {400, 403}
        assert "Sample Stranger" not in answer.content.decode()
    assert not Comment.objects.exists()
    assert not PositionVersion.objects.exists()


def test_a_suspended_organisation_is_not_replaced_by_another_of_the_same_person(
    consultation, person, left, kept, as_user
):
    drafted(consultation, person, left, kept)
    Organisation.objects.filter(pk=left.pk).update(state="suspended")
    for form in (comment, draft_comment, preview, signature, practice):
        address, sent = form(consultation, person, None)
        answer = as_user(person).post(
            f"/consultations/{consultation.slug}/{address}", {**sent, "organisation": left.slug}
        )
        assert answer.status_code == 403
        assert "Sample Left is not approved (suspended)" in answer.content.decode()
        assert "Typed words." in answer.content.decode()
    assert not Comment.objects.exists()
    assert not PositionVersion.objects.filter(state="signed").exists()


PAGES = ("passages/p8/", "passages/p8/comments/", "passages/pol3/position/", "passages/pol3/", "practices/new/")


@pytest.mark.parametrize("page", [*PAGES, "commitments/pledge/"])
def test_a_form_says_whom_it_is_made_for_also_where_there_is_one(consultation, person, left, kept, as_user, page):
    if page == "commitments/pledge/":
        pledge(consultation, person, None)
    leave(person, left)
    shown = as_user(person).get(f"/consultations/{consultation.slug}/{page}").content.decode()
    assert set(NAMED.findall(shown)) == {kept.slug}
    assert "In the name of <strong><bdi>Sample Kept" in shown or "comments" not in page


def test_a_form_that_is_shown_again_is_made_for_the_same(consultation, person, left, kept, as_user):
    leave(person, left)
    for named in ({}, {"organisation": kept.slug}):
        address, sent = comment(consultation, person, None)
        page = as_user(person).post(f"/consultations/{consultation.slug}/{address}", {**sent, **named, "body": ""})
        assert page.status_code == 422
        assert NAMED.findall(page.content.decode()) == [kept.slug]


@pytest.mark.parametrize("form", [comment, position, practice, breaking, pledge], ids=lambda form: form.__name__)
def test_a_program_of_somebody_who_speaks_for_one_organisation_need_not_name_it(
    consultation, moderator, person, left, kept, as_user, form
):
    address, sent = form(consultation, person, moderator)
    leave(person, left)
    answer = as_user(person).post(
        f"/consultations/{consultation.slug}/{address}", {**sent, "submission_id": str(uuid4())}
    )
    assert answer.status_code == 302
    written = [thing for model in (Comment, Practice, Commitment, Breaking) for thing in model.objects.all()]
    written += [version.position for version in PositionVersion.objects.all()]
    assert [thing.organisation for thing in written] == [kept]


def test_who_speaks_for_nobody_is_told_so(consultation, person, left, kept, as_user):
    for organisation in (left, kept):
        leave(person, organisation)
    address, sent = comment(consultation, person, None)
    sent["organisation"] = left.slug
    answer = as_user(person).post(f"/consultations/{consultation.slug}/{address}", sent)
    assert answer.status_code == 403
    assert "Typed words." in answer.content.decode()


def test_a_page_of_a_position_is_not_another_organisations(consultation, person, left, kept, as_user):
    """The link to the check of what was drafted for the one that the person has left."""
    drafted(consultation, person, left, kept)
    leave(person, left)
    address = f"/consultations/{consultation.slug}/passages/pol3/position/?step=check&organisation={left.slug}"
    answer = as_user(person).get(address)
    assert answer.status_code == 409
    assert "Of Sample" not in answer.content.decode()
