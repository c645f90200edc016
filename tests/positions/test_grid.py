"""All 24 recommendations on one page: every changed row becomes a draft, all of them or none."""

from uuid import uuid4

import pytest

from consultation.positions import actions
from consultation.positions.actions import Answer
from consultation.positions.models import Position, PositionVersion
from consultation.record import clock
from consultation.record.models import Entry
from consultation.stakeholders.models import Membership, Organisation
from consultation.summaries.queries import summary_of
from tests import factories

RESERVED = "Within our law."


def address(consultation, person):
    return f"/delegation/{factories.organisation_of(person).slug}/{consultation.slug}/positions/"


def row(ref, stance="endorse", explanation="", version=0):
    return {f"{ref}-stance": stance, f"{ref}-explanation": explanation, f"{ref}-version": version}


def form(*rows):
    return {"submission_id": str(uuid4()), **{name: value for fields in rows for name, value in fields.items()}}


def whole(consultation, stance="endorse", explanation=""):
    return form(*[row(r.ref, stance, explanation) for r in consultation.recommendations()])


def drafts():
    return {
        p.recommendation.ref: (p.draft.stance, p.draft.explanation)
        for p in Position.objects.select_related("draft", "recommendation").filter(draft__isnull=False)
    }


def test_a_focal_point_takes_24_positions_checks_them_and_signs_all(consultation, focal_point, as_user):
    browser = as_user(focal_point)
    answer = browser.post(address(consultation, focal_point), whole(consultation), follow=True)
    page = answer.content.decode()
    assert "24 drafts are saved" in page
    assert "Check and sign the positions" in page
    assert summary_of(consultation).signed == 0
    read = [f"{ref}:1" for ref in drafts()]
    sent = {"read": read, "everything": "1", "submission_id": str(uuid4())}
    answer = browser.post(answer.request["PATH_INFO"], sent, follow=True)
    assert "24 positions are signed" in answer.content.decode()
    assert summary_of(consultation).signed == 24


def test_a_contributor_saves_drafts_that_wait_for_the_focal_point(consultation, contributor, as_user):
    answer = as_user(contributor).post(address(consultation, contributor), whole(consultation), follow=True)
    assert "24 drafts are saved. Nothing counts until a focal point has signed." in answer.content.decode()
    assert len(drafts()) == 24
    assert Entry.objects.filter(kind="position.drafted").count() == 24


def test_only_changed_rows_become_drafts(consultation, focal_point, as_user):
    factories.signed(focal_point, consultation, "pol1", "reservation", RESERVED)
    factories.signed(focal_point, consultation, "pol2")
    sent = form(
        row("pol1", "reservation", RESERVED, 1), row("pol2", "cannot_endorse", "", 1), row("pol3"), row("pol4", "")
    )
    as_user(focal_point).post(address(consultation, focal_point), sent)
    assert drafts() == {"pol2": ("cannot_endorse", ""), "pol3": ("endorse", "")}


def test_left_and_come_back_to_it_is_as_it_was_left(consultation, contributor, as_user):
    browser = as_user(contributor)
    browser.post(address(consultation, contributor), form(row("pra7a", "reservation", RESERVED)))
    page = browser.get(address(consultation, contributor)).content.decode()
    assert RESERVED in page
    assert page.count(" checked") == 1
    assert 'name="pra7a-version" value="1"' in page
    browser.post(address(consultation, contributor), form(row("pra7a", "reservation", RESERVED, 1)))
    assert PositionVersion.objects.count() == 1


def test_nothing_is_preselected(consultation, contributor, as_user):
    assert " checked" not in as_user(contributor).get(address(consultation, contributor)).content.decode()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (row("pol2", "reservation"), "POL.2: Enter an explanation of the reservation"),
        (row("pol2", "", "Only words"), "POL.2: Select a position"),
        (row("pol2", "vote"), "POL.2: Select a valid choice"),
        (row("pol2", "endorse", "x" * 10_001), "1 character too long"),
        (row("pol2", "endorse", "a\u202eb"), "change the direction of text"),
        (row("pol2", "endorse", "", "-1"), "POL.2: "),
        (row("pol2", "endorse", "", "9" * 5000), "POL.2: "),
    ],
)
def test_one_wrong_row_and_nothing_is_saved_or_lost(consultation, contributor, as_user, wrong, sentence):
    sent = form(row("pol1", "cannot_endorse", "Kept on the page"), wrong)
    answer = as_user(contributor).post(address(consultation, contributor), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "Kept on the page" in page
    assert not PositionVersion.objects.exists()


def test_clearing_a_row_does_not_withdraw_a_position(consultation, focal_point, as_user):
    factories.signed(focal_point, consultation, "pol1")
    answer = as_user(focal_point).post(address(consultation, focal_point), form(row("pol1", "", "", 1)))
    assert answer.status_code == 422
    assert "withdraw it on its own page" in answer.content.decode()
    assert Position.objects.get().signed


def test_a_row_that_a_colleague_changed_meanwhile_shows_both_texts_and_nothing_is_saved(
    consultation, contributor, focal_point, as_user
):
    pol1 = factories.passage(consultation, "pol1")
    actions.draft_position(focal_point, consultation, pol1, Answer("cannot_endorse", "Theirs"), uuid4())
    browser, sent = as_user(contributor), form(row("pol1", "endorse", "Mine"), row("pol2"))
    answer = browser.post(address(consultation, contributor), sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Mine" in page
    assert "Theirs" in page
    assert drafts() == {"pol1": ("cannot_endorse", "Theirs")}
    assert 'name="pol1-version" value="1"' in page
    browser.post(address(consultation, contributor), form(row("pol1", "endorse", "Mine", 1), row("pol2")))
    assert drafts() == {"pol1": ("endorse", "Mine"), "pol2": ("endorse", "")}


def test_what_a_colleague_changed_and_i_did_not_touch_stays_theirs(consultation, contributor, focal_point, as_user):
    pol1 = factories.passage(consultation, "pol1")
    for words in ("First", "Second"):
        actions.draft_position(focal_point, consultation, pol1, Answer("endorse", words), uuid4())
    sent = form(row("pol1", "endorse", "First", 1), row("pol2"))
    assert as_user(contributor).post(address(consultation, contributor), sent).status_code == 302
    assert drafts() == {"pol1": ("endorse", "Second"), "pol2": ("endorse", "")}


def test_a_position_withdrawn_meanwhile_is_not_drafted_again_by_an_untouched_row(
    consultation, contributor, focal_point, as_user
):
    factories.signed(focal_point, consultation, "pol1")
    actions.withdraw_position(focal_point, consultation, factories.passage(consultation, "pol1"))
    browser = as_user(contributor)
    assert browser.post(address(consultation, contributor), form(row("pol1", "endorse", "", 1))).status_code == 302
    assert drafts() == {}
    answer = browser.post(address(consultation, contributor), form(row("pol1", "cannot_endorse", "", 1)))
    assert answer.status_code == 409
    assert "was withdrawn" in answer.content.decode()
    browser.post(address(consultation, contributor), form(row("pol1", "endorse", "", 0)))
    assert drafts() == {"pol1": ("endorse", "")}


def test_the_same_form_sent_twice_is_one_and_with_other_words_is_told(consultation, contributor, as_user):
    browser, sent = as_user(contributor), form(row("pol1", "endorse", "First"))
    for _ in range(2):
        assert browser.post(address(consultation, contributor), sent).status_code == 302
    assert PositionVersion.objects.count() == 1
    answer = browser.post(address(consultation, contributor), {**sent, "pol1-explanation": "After going back"})
    assert answer.status_code == 409
    assert "After going back" in answer.content.decode()


def test_an_aligned_row_that_is_left_alone_stays_aligned(consultation, moderator, focal_point, as_user):
    statement = factories.statement(factories.focal_point(consultation), consultation, moderator)
    factories.aligned(focal_point, consultation, statement)
    browser = as_user(focal_point)
    assert "Aligned with the explanation of" in browser.get(address(consultation, focal_point)).content.decode()
    answer = browser.post(address(consultation, focal_point), form(row("pol3", "reservation", "", 1), row("pol1")))
    assert answer.status_code == 302
    assert drafts() == {"pol1": ("endorse", "")}


def test_what_is_sent_after_closing_is_kept_as_drafts_and_said(consultation, focal_point, as_user, monkeypatch):
    browser = as_user(focal_point)
    monkeypatch.setattr(clock, "now", lambda: consultation.closes_at)
    answer = browser.post(address(consultation, focal_point), form(row("pol1", "reservation", RESERVED)))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "closed on" in page
    assert "kept as drafts" in page
    assert RESERVED in page
    assert drafts() == {"pol1": ("reservation", RESERVED)}
    assert browser.get(address(consultation, focal_point)).status_code == 409


def test_a_session_that_expired_while_typing_gives_the_text_back_after_signing_in(consultation, contributor, as_user):
    browser = as_user(None)
    answer = browser.post(address(consultation, contributor), form(row("pol1", "reservation", RESERVED)))
    assert "/accounts/login/" in answer.url
    browser.force_login(contributor, backend="django.contrib.auth.backends.ModelBackend")
    page = browser.get(address(consultation, contributor)).content.decode()
    assert RESERVED in page
    assert page.count(" checked") == 1
    assert RESERVED not in browser.get(address(consultation, contributor)).content.decode()


def test_a_form_opened_before_the_suspension_is_refused_and_its_text_shown(consultation, contributor, as_user):
    Organisation.objects.filter(pk=factories.organisation_of(contributor).pk).update(state="suspended")
    sent = form(row("pol1", "reservation", RESERVED), row("pol2", "endorse", "More words."))
    answer = as_user(contributor).post(address(consultation, contributor), sent)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "pol1: Explanation of position" in page
    assert RESERVED in page
    assert "More words." in page
    assert not PositionVersion.objects.exists()


def test_24_long_explanations_in_any_script_arrive(consultation, contributor, as_user):
    sent = whole(consultation, "reservation", "\U0001f30d" * 10_000)
    assert as_user(contributor).post(address(consultation, contributor), sent).status_code == 302
    assert len(drafts()) == 24


def test_only_those_who_draft_for_the_organisation_come_here(consultation, contributor, as_user):
    organisation = factories.organisation_of(contributor)
    people = {
        factories.focal_point(consultation): 404,
        factories.delegate(consultation, Membership.Role.OBSERVER, organisation): 403,
    }
    for person, status in people.items():
        browser = as_user(person)
        assert browser.get(address(consultation, contributor)).status_code == status
        assert browser.post(address(consultation, contributor), whole(consultation)).status_code == status
    assert not PositionVersion.objects.exists()


def test_the_page_costs_the_same_empty_and_full(
    consultation, contributor, focal_point, as_user, django_assert_max_num_queries
):
    browser, numbers = as_user(contributor), []
    browser.get(address(consultation, contributor))
    for step in range(3):
        with django_assert_max_num_queries(16) as asked:
            browser.get(address(consultation, contributor))
        numbers.append(len(asked))
        version = step if step else 0
        rows = [row(r.ref, "reservation", f"Words {step}", version) for r in consultation.recommendations()]
        assert browser.post(address(consultation, contributor), form(*rows)).status_code == 302
    assert len(set(numbers)) == 1, numbers


def test_saving_costs_one_query_more_for_each_row_its_entry(
    consultation, contributor, as_user, django_assert_max_num_queries
):
    browser, numbers = as_user(contributor), []
    for refs in (["pol1", "pol2"], ["pol3"], [r.ref for r in consultation.recommendations()][3:]):
        with django_assert_max_num_queries(60) as asked:
            browser.post(address(consultation, contributor), form(*[row(ref) for ref in refs]))
        numbers.append(len(asked) - len(refs))
    assert len(set(numbers[1:])) == 1, numbers


@pytest.mark.parametrize("wrong", ["1e9", "\x00", "' OR 1=1--"])
def test_a_form_that_names_itself_wrongly_is_told_and_saves_nothing(consultation, contributor, as_user, wrong):
    address = f"/delegation/{factories.organisation_of(contributor).slug}/{consultation.slug}/positions/"
    sent = {"submission_id": wrong, "pol3-stance": "endorse", "pol3-version": 0, "action": "draft"}
    assert as_user(contributor).post(address, sent).status_code == 422
    assert not Position.objects.exists()
