"""A corrected text is a new version: passages are matched, a person confirms, nothing of anybody carries over."""

import re
from copy import deepcopy

import pytest

from consultation.record.errors import NotAllowed
from consultation.record.models import Entry
from consultation.reports import actions
from consultation.reports.contents import contents_of
from consultation.reports.errors import NotStored
from consultation.reports.matching import matches
from consultation.reports.models import Edition, PassageMatch, Report
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def earlier():
    return Report.objects.get(slug="gfmd-gcm-cluster-1")


@pytest.fixture
def newer(earlier):
    """The report with a word corrected in ¶ 8, ¶ 9 gone and a recommendation under another ref."""
    contents = deepcopy(contents_of(earlier))
    contents.report.slug, contents.roles = "second-version", []
    contents.passages = [p for p in contents.passages if p.ref != "p9"]
    by_ref = contents.by_ref
    by_ref["p8"].text = by_ref["p8"].text.replace("Participants reiterated", "The participants reiterated")
    by_ref["p8"].page_breaks = []
    by_ref["pol11"].ref = "pol12"
    for order, passage in enumerate(contents.passages, 1):
        passage.order = order
    return actions.store(None, contents, way=Edition.Way.FIXTURE)


def proposed(newer, earlier):
    return matches(contents_of(earlier).passages, contents_of(newer).passages)


def pairs(newer, earlier):
    return {m.new.ref: m.old.ref for m in proposed(newer, earlier)}


def test_passages_are_matched_by_ref_and_by_words(newer, earlier):
    found = {m.new.ref: m for m in proposed(newer, earlier)}
    assert len(found) == 57
    assert found["pol12"].old.ref == "pol11"
    assert found["p7"].same_words
    assert not found["p8"].same_words
    assert found["p8"].alike > 0.9
    assert [part.text for part in found["p8"].parts if part.kind != "same"] == ["Participants", "The participants"]
    assert "p9" not in {m.old.ref for m in found.values()}


def test_another_text_under_the_same_ref_is_not_the_same_passage(earlier):
    old = contents_of(earlier).passages
    new = deepcopy(old)
    new[7].text = "Quite another thing was said on this occasion by everybody."
    assert new[7].ref not in {m.new.ref for m in matches(old, new)}


def test_confirming_keeps_the_matches_and_is_recorded(newer, earlier):
    actions.confirm_version(None, newer, earlier, pairs(newer, earlier))
    match = PassageMatch.objects.get(passage__report=newer, passage__ref="pol12")
    assert (match.earlier.ref, match.earlier.report, match.same_words) == ("pol11", earlier, True)
    assert newer.previous == earlier
    actions.confirm_version(None, newer, earlier, pairs(newer, earlier))
    assert Entry.objects.filter(kind="report_version_confirmed").count() == 1


def test_comments_and_positions_stay_with_the_text_they_were_made_on(newer, earlier, consultation, contributor):
    comment = factories.submitted(contributor, consultation, ref="p8")
    actions.confirm_version(None, newer, earlier, pairs(newer, earlier))
    comment.refresh_from_db()
    assert comment.passage.report == earlier
    assert not newer.passages.filter(comments__isnull=False).exists()
    assert not newer.passages.filter(positions__isnull=False).exists()


def test_versions_make_one_line(newer, earlier):
    with pytest.raises(NotStored, match="of itself"):
        actions.confirm_version(None, newer, newer, {})
    actions.confirm_version(None, newer, earlier, {})
    with pytest.raises(NotStored, match="of itself"):
        actions.confirm_version(None, earlier, newer, {})


def test_a_matched_text_stays_as_it_was_confirmed(newer, earlier):
    actions.confirm_version(None, newer, earlier, pairs(newer, earlier))
    contents = contents_of(earlier)
    contents.by_ref["p8"].text = "Another text."
    contents.by_ref["p8"].page_breaks = []
    with pytest.raises(NotStored, match="p8"):
        actions.store(None, contents, way=Edition.Way.FIXTURE)


@pytest.mark.parametrize("wrong", [{"p8": "nowhere"}, {"nowhere": "p8"}, {"p7": "p8", "p8": "p8"}])
def test_a_match_that_cannot_be_is_refused(newer, earlier, wrong):
    with pytest.raises(NotStored, match="not there, or was matched twice"):
        actions.confirm_version(None, newer, earlier, wrong)
    assert newer.previous is None


def test_only_the_secretariat_confirms_versions(newer, earlier, contributor):
    with pytest.raises(NotAllowed):
        actions.confirm_version(contributor, newer, earlier, {})


def test_the_secretariat_confirms_matches_in_the_admin(newer, earlier, as_user):
    secretariat = as_user(factories.UserFactory(is_staff=True, is_superuser=True))
    address = f"/admin/reports/report/{newer.pk}/version/"
    page = secretariat.get(address, {"earlier": earlier.slug})
    assert page.status_code == 200
    assert "<ins>The participants</ins>" in page.content.decode()
    chosen = [f"{m.new.ref}:{m.old.ref}" for m in proposed(newer, earlier) if m.new.ref != "p1"]
    answer = secretariat.post(address, {"earlier": earlier.slug, "match": chosen})
    assert answer.status_code == 302
    assert PassageMatch.objects.filter(passage__report=newer).count() == 56
    assert as_user(factories.UserFactory()).get(address).status_code == 403


def test_what_was_unticked_stays_so_when_the_matches_are_refused(newer, earlier, as_user):
    secretariat = as_user(factories.UserFactory(is_staff=True, is_superuser=True))
    address = f"/admin/reports/report/{newer.pk}/version/"
    answer = secretariat.post(address, {"earlier": earlier.slug, "match": ["p1:p1", "p2:nowhere"]})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert re.findall(r'id="match-(\w+)" checked', page) == ["p1"]
    assert f"({earlier.slug})" in answer.content.decode()


def test_the_page_shows_the_matches_that_were_confirmed_and_refuses_to_undo_those_of_another_officer(
    newer, earlier, as_user
):
    one, other = (as_user(factories.UserFactory(is_staff=True, is_superuser=True)) for _ in range(2))
    address = f"/admin/reports/report/{newer.pk}/version/"

    def looked_at(browser):
        context = browser.get(address, {"earlier": earlier.slug}).context
        return {"earlier": earlier.slug, "match": list(context["ticked"]), "seen": context["seen"]}

    first, second = looked_at(one), looked_at(other)
    first["match"].remove("p8:p8")
    assert one.post(address, first).status_code == one.post(address, first).status_code == 302
    assert other.post(address, second).status_code == 409
    assert not PassageMatch.objects.filter(passage__report=newer, passage__ref="p8").exists()
    assert set(looked_at(other)["match"]) == set(first["match"])


def test_a_confirmed_match_that_nobody_would_propose_is_on_the_page(newer, earlier, as_user):
    secretariat = as_user(factories.UserFactory(is_staff=True, is_superuser=True))
    actions.confirm_version(None, newer, earlier, {"p8": "p9", "p1": "p1"})
    context = secretariat.get(f"/admin/reports/report/{newer.pk}/version/", {"earlier": earlier.slug}).context
    assert set(context["ticked"]) == {"p8:p9", "p1:p1"}
    assert {"p8:p9", "p1:p1", "p7:p7"} <= {row.name for row in context["pages"]}


@pytest.mark.parametrize("rows", [200, 10])
def test_a_long_comparison_is_looked_at_in_pages_and_what_was_unticked_goes_with_them(
    newer, earlier, as_user, monkeypatch, django_assert_max_num_queries, rows
):
    monkeypatch.setattr("consultation.reports.version_views.ROWS", rows)
    secretariat = as_user(factories.UserFactory(is_staff=True, is_superuser=True))
    address = f"/admin/reports/report/{newer.pk}/version/"

    def form(page):
        """What the page's form holds."""
        inputs = page.content.decode().partition('id="rows"')[2]
        fields = dict(re.findall(r'name="(earlier|page|seen)" value="([^"]+)"', inputs))
        lists = {name: re.findall(rf'name="{name}" value="([^"]+)"', inputs) for name in ("match", "apart")}
        return {**fields, **lists}

    with django_assert_max_num_queries(12):
        page = secretariat.get(address, {"earlier": earlier.slug})
    assert len(form(page)["match"]) == min(rows, 57)
    assert "57 of 57 proposed matches are ticked" in page.content.decode()
    sent, number = form(page), 1
    sent["match"].remove("p1:p1")
    shown = []
    while f'name="turn" value="{number + 1}"' in page.content.decode():
        number += 1
        with django_assert_max_num_queries(12):
            page = secretariat.post(address, {**sent, "turn": number})
        assert page.status_code == 200
        sent = form(page)
        shown += sent["match"]
        assert sent["apart"] == ["p1:p1"]
        assert "56 of 57 proposed matches are ticked" in page.content.decode()
    assert PassageMatch.objects.count() == 0
    assert secretariat.post(address, {**sent, "seen": "another"}).status_code == 409
    assert secretariat.post(address, sent).status_code == 302
    matched = PassageMatch.objects.filter(passage__report=newer)
    assert matched.count() == 56
    assert not matched.filter(passage__ref="p1").exists()
    assert "Only in the earlier version" in page.content.decode()  # ¶ 9, in the last line
    assert number == (1 if rows == 200 else 6)
    assert len(shown) == (0 if rows == 200 else 47)


def test_a_comment_is_shown_on_the_newer_text_with_the_difference(
    newer, earlier, consultation, contributor, moderator, as_user
):
    factories.published(contributor, consultation, moderator, ref="p8", body="On the earlier words.")
    hidden = factories.submitted(contributor, consultation, ref="p8", body="Still pending.")
    actions.confirm_version(None, newer, earlier, pairs(newer, earlier))
    second = factories.ConsultationFactory(report=newer)
    page = as_user(contributor).get(f"/consultations/{second.slug}/passages/p8/").content.decode()
    assert "On the earlier words." in page
    assert "Made on an earlier text" in page
    assert "</span>The participants</ins>" in page
    assert "Still pending." not in page
    assert hidden.public_id not in page
    assert (
        "On the earlier words." not in as_user(None).get(f"/consultations/{second.slug}/passages/p7/").content.decode()
    )


def test_a_comment_is_shown_over_a_version_that_nobody_was_consulted_on(
    newer, earlier, consultation, contributor, moderator, as_user
):
    factories.published(contributor, consultation, moderator, ref="p8", body="On the first words.")
    actions.confirm_version(None, newer, earlier, pairs(newer, earlier))
    contents = contents_of(newer)
    contents.report.slug = "third-version"
    third = actions.store(None, contents, way=Edition.Way.FIXTURE)
    actions.confirm_version(None, third, newer, pairs(third, newer))
    last = factories.ConsultationFactory(report=third)
    page = as_user(contributor).get(f"/consultations/{last.slug}/passages/p8/").content.decode()
    assert "On the first words." in page
    assert "</span>The participants</ins>" in page


def test_what_is_in_preparation_is_not_shown_through_a_newer_text(
    newer, earlier, consultation, contributor, moderator, as_user
):
    factories.published(contributor, consultation, moderator, ref="p8", body="On the earlier words.")
    consultation.announced = False
    consultation.save()
    actions.confirm_version(None, newer, earlier, pairs(newer, earlier))
    second = factories.ConsultationFactory(report=newer)
    page = as_user(None).get(f"/consultations/{second.slug}/passages/p8/").content.decode()
    assert "On the earlier words." not in page
