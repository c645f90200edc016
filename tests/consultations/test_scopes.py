"""Which passages can be commented on, and on which recommendations positions are taken."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultation.consultations.models import Consultation
from consultation.discussion import actions as discussion
from consultation.discussion.actions import Words
from consultation.discussion.models import Comment
from consultation.positions import actions as positions
from consultation.positions.actions import Answer, Row
from consultation.positions.models import Position
from consultation.record.errors import NotAllowed
from consultation.reports.models import Passage
from consultation.summaries.queries import summary_of
from tests import factories

pytestmark = pytest.mark.django_db


def narrow(consultation, **fields):
    Consultation.objects.filter(pk=consultation.pk).update(**fields)
    consultation.refresh_from_db()


def comment(author, consultation, ref, *, submit=True):
    place = factories.passage(consultation, ref)
    return discussion.write_comment(author, consultation, place, Words("A remark."), uuid4(), submit=submit)


@pytest.mark.parametrize(
    ("scope", "chosen", "taken", "refused"),
    [
        ("all", [], ["p8", "h1", "pol3"], []),
        ("kinds", ["recommendation"], ["pol3", "pra7a"], ["p8", "h1"]),
        ("passages", ["p8", "pol3"], ["p8", "pol3"], ["p9", "pol4"]),
        ("none", [], [], ["p8", "h1", "pol3"]),
    ],
)
def test_a_comment_is_taken_or_refused_with_a_sentence(consultation, contributor, scope, chosen, taken, refused):
    narrow(consultation, comment_scope=scope, comment_on=chosen)
    for ref in taken:
        assert comment(contributor, consultation, ref).state == "pending"
    for ref in refused:
        for submit in (True, False):
            with pytest.raises(NotAllowed, match="takes no comments on this passage"):
                comment(contributor, consultation, ref, submit=submit)
    assert Comment.objects.count() == len(taken)


@pytest.mark.parametrize(
    ("scope", "chosen", "taken", "refused"),
    [
        ("all", [], ["pol3", "pra1"], ["p8"]),
        ("kinds", ["political"], ["pol3"], ["pra1"]),
        ("passages", ["pra1"], ["pra1"], ["pol3"]),
        ("none", [], [], ["pol3", "pra1"]),
    ],
)
def test_a_position_is_taken_or_refused_with_a_sentence(consultation, focal_point, scope, chosen, taken, refused):
    narrow(consultation, position_scope=scope, position_on=chosen)
    for ref in taken:
        factories.signed(focal_point, consultation, ref)
    organisation = factories.organisation_of(focal_point)
    for ref in refused:
        place = factories.passage(consultation, ref)
        for act in (
            lambda ref=ref: factories.signed(focal_point, consultation, ref),
            lambda place=place: positions.draft_position(focal_point, consultation, place, Answer("endorse"), uuid4()),
            lambda place=place: positions.draft_several(
                focal_point, consultation, organisation, [Row(place, Answer("endorse"))], uuid4()
            ),
        ):
            with pytest.raises(NotAllowed, match="takes no positions on this passage"):
                act()
    assert Position.objects.filter(signed__isnull=False).count() == len(taken)


def test_the_summary_the_form_and_the_progress_count_what_is_asked_for_only(consultation, focal_point, as_user, client):
    narrow(consultation, position_scope="kinds", position_on=["political"])
    c = f"/consultations/{consultation.slug}"
    political = consultation.recommendations().filter(strand="political").count()
    assert [row.recommendation.strand for row in summary_of(consultation).rows] == ["political"] * political
    assert len(client.get(f"{c}/summary.json").json()["recommendations"]) == political
    organisation = factories.organisation_of(focal_point)
    grid = as_user(focal_point).get(f"/delegation/{organisation.slug}/{consultation.slug}/positions/")
    assert len(grid.context["grid"].rows) == political
    shown = as_user(focal_point).get("/delegation/").content.decode()
    assert f"0 of {political}" in shown
    assert "PRA.1</a>" not in shown


def test_pages_say_so_in_place_of_the_form(consultation, contributor, as_user):
    narrow(consultation, comment_scope="kinds", comment_on=["recommendation"], position_scope="none", position_on=[])
    browser, c = as_user(contributor), f"/consultations/{consultation.slug}"
    closed = browser.get(f"{c}/passages/p8/").content.decode()
    assert "takes no comments on this passage" in closed
    assert 'name="body"' not in closed
    recommendation = browser.get(f"{c}/passages/pol3/").content.decode()
    assert 'name="body"' in recommendation
    assert "takes no positions on this recommendation" in recommendation
    assert "Take a position" not in recommendation
    assert browser.get(f"{c}/passages/pol3/position/").status_code == 403
    assert browser.get(f"{c}/passages/p8/comments/").status_code == 403
    refused = browser.post(f"{c}/passages/p8/comments/", {"body": "Kept words", "action": "submit"})
    assert refused.status_code == 403
    assert "Kept words" in refused.content.decode()
    assert "No positions are taken on this one." in browser.get(f"{c}/recommendations/").content.decode()
    overview = browser.get(f"{c}/").content.decode()
    assert "Comments on these kinds of passage: recommendation." in overview
    assert "No positions." in overview


@given(
    scope=st.sampled_from(Consultation.Scope.values),
    chosen=st.lists(st.sampled_from(["heading", "paragraph", "recommendation", "political", "p1", "pol1"])),
    kind=st.sampled_from([kind for kind, _ in Passage.REPORT_KINDS]),
    ref=st.sampled_from(["p1", "pol1", "h1"]),
)
def test_what_is_taken_follows_from_scope_kind_and_ref(scope, chosen, kind, ref):
    strand = "political" if kind == "recommendation" else ""
    asked = Consultation(comment_scope=scope, comment_on=chosen, position_scope=scope, position_on=chosen)
    place = Passage(kind=kind, ref=ref, strand=strand)
    expected = {"all": True, "none": False, "kinds": kind in chosen, "passages": ref in chosen}[scope]
    assert asked.takes_comments_on(place) is expected
    on_strand = {"all": True, "none": False, "kinds": strand in chosen, "passages": ref in chosen}[scope]
    assert asked.takes_positions_on(place) is (kind == "recommendation" and on_strand)
    assert asked.takes_comments_on(Passage(kind="question", ref="question-1"))
