"""Flags, appeals, undoing, claims, closed threads, pace, and the public figures."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from consultation.discussion import actions as discussion
from consultation.discussion.actions import Words
from consultation.discussion.models import Comment, ThreadStop
from consultation.moderation import actions
from consultation.moderation.actions import Verdict
from consultation.moderation.models import Appeal, Claim, Decision, Flag, StatementTemplate
from consultation.record import clock
from consultation.record.models import Entry
from tests import factories

RETURN = {"decision": "return", "reason": "off_topic", "statement": "Say it at ¶ 9."}
REMOVE = {"decision": "remove", "reason": "abusive", "statement": "It insults."}


def c(consultation, path=""):
    return f"/consultations/{consultation.slug}/{path}"


def item(comment):
    return f"comment-{comment.public_id}"


def decide(browser, comment, **fields):
    comment.refresh_from_db()
    sent = {"decision": "publish", "revision": comment.latest.number, "submission_id": str(uuid4()), **fields}
    return browser.post(f"/moderation/{item(comment)}/", sent)


def flag(browser, comment, **fields):
    sent = {"reason": "abusive", "submission_id": str(uuid4()), **fields}
    return browser.post(c(comment.consultation, f"flag/{item(comment)}/"), sent)


def appeal(browser, consultation, item_id, **fields):
    sent = {"statement": "It is on the subject.", "submission_id": str(uuid4()), **fields}
    return browser.post(c(consultation, f"appeal/{item_id}/"), sent)


def turn(monkeypatch, **later):
    """Let the clock of the application be later."""
    then = timezone.now() + timedelta(**later)
    monkeypatch.setattr(clock, "now", lambda: then)


@pytest.fixture
def second(consultation):
    return factories.moderator(consultation)


@pytest.fixture
def comment(consultation, contributor):
    return factories.submitted(contributor, consultation, body="Said by the author")


@pytest.fixture
def shown(comment, moderator):
    return factories.decided(moderator, comment)


# Appeals -----------------------------------------------------------------------------------------------------------


def test_what_was_returned_is_decided_again_by_another_moderator(comment, contributor, moderator, second, as_user):
    decide(as_user(moderator), comment, **RETURN)
    page = as_user(contributor).get(c(comment.consultation, "passages/p8/")).content.decode()
    assert "Appeal to another moderator, within 14 days" in page
    assert appeal(as_user(contributor), comment.consultation, item(comment)).status_code == 302
    comment.refresh_from_db()
    assert comment.state == "pending"
    refused = decide(as_user(moderator), comment)
    assert refused.status_code == 403
    assert "an appeal against your decision" in refused.content.decode()
    seen = as_user(second).get(f"/moderation/{item(comment)}/").content.decode()
    assert "It is on the subject." in seen
    assert decide(as_user(second), comment).status_code == 302
    comment.refresh_from_db()
    assert comment.state == "published"
    assert Appeal.objects.get().settled.moderator == second
    kinds = Entry.objects.about(comment).values_list("kind", flat=True)
    assert list(kinds) == ["comment.submitted", "comment.returned", "comment.appealed", "comment.published"]


def test_there_is_one_appeal_and_none_against_its_decision(comment, contributor, moderator, second, as_user):
    decide(as_user(moderator), comment, **RETURN)
    browser, sent = as_user(contributor), {"submission_id": str(uuid4())}
    for _ in range(2):
        assert appeal(browser, comment.consultation, item(comment), **sent).status_code == 302
    decide(as_user(second), comment, **RETURN)
    comment.refresh_from_db()
    assert comment.state == "returned"
    assert appeal(browser, comment.consultation, item(comment)).status_code == 409
    assert "There is no appeal" in browser.get(c(comment.consultation, f"appeal/{item(comment)}/")).content.decode()
    assert Appeal.objects.count() == 1


@pytest.mark.parametrize(("decision", "state"), [("restore", "published"), ("keep", "removed")])
def test_a_removal_is_appealed_and_stays_until_it_is_decided(
    shown, contributor, moderator, second, as_user, decision, state
):
    decide(as_user(moderator), shown, **REMOVE)
    assert appeal(as_user(contributor), shown.consultation, item(shown)).status_code == 302
    shown.refresh_from_db()
    assert shown.state == "removed"
    assert "appeal" in as_user(second).get("/moderation/").content.decode()
    assert decide(as_user(second), shown, decision=decision).status_code == 302
    shown.refresh_from_db()
    assert shown.state == state
    assert "Nothing waits" in as_user(second).get("/moderation/").content.decode()


def test_an_explanation_that_was_returned_is_appealed(consultation, focal_point, moderator, second, as_user):
    version = factories.signed(focal_point, consultation, "pol3", "reservation", "With the words of the report.")
    item_id = f"explanation-{version.position.public_id}"
    actions.decide(moderator, item_id, 1, Verdict("return", "other", "Say which words."), uuid4())
    assert appeal(as_user(focal_point), consultation, item_id).status_code == 302
    actions.decide(second, item_id, 1, Verdict("publish"), uuid4())
    version.refresh_from_db()
    assert version.explanation_state == "published"


@pytest.mark.parametrize("who", ["colleague", "stranger", "too late", "edited since"])
def test_only_the_author_appeals_in_time_against_what_still_stands(
    consultation, comment, contributor, focal_point, moderator, as_user, monkeypatch, who
):
    decide(as_user(moderator), comment, **RETURN)
    person = {"colleague": focal_point, "stranger": factories.delegate(consultation)}.get(who, contributor)
    if who == "edited since":
        comment.refresh_from_db()
        discussion.revise_comment(contributor, comment, Words("Other words"))
    if who == "too late":
        turn(monkeypatch, days=15)
    answer = appeal(as_user(person), consultation, item(comment))
    assert answer.status_code == (404 if person != contributor else 409)
    assert not Appeal.objects.exists()


# Undoing -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("decision", [{}, RETURN])
def test_a_decision_is_undone_within_a_minute(comment, moderator, as_user, decision):
    browser = as_user(moderator)
    decide(browser, comment, **decision)
    assert "Undo it" in browser.get("/moderation/").content.decode()
    taken = Decision.objects.get()
    assert browser.post(f"/moderation/decisions/{taken.pk}/undo/").status_code == 302
    comment.refresh_from_db()
    assert (comment.state, comment.published) == ("pending", None)
    assert comment.latest.state == "pending"
    assert "Said by the author" in browser.get("/moderation/").content.decode()
    assert Entry.objects.about(comment).last().kind == "comment.decision_undone"
    assert decide(browser, comment).status_code == 302


@pytest.mark.parametrize("kind", ["remove", "restore", "keep"])
def test_removing_restoring_and_keeping_are_undone_too(shown, moderator, second, as_user, kind):
    consultation = shown.consultation
    if kind == "restore":
        decide(as_user(moderator), shown, **REMOVE)
    if kind == "keep":
        for _ in range(2):
            flag(as_user(factories.delegate(consultation)), shown)
    shown.refresh_from_db()
    before = shown.state
    decide(as_user(second), shown, **(REMOVE if kind == "remove" else {"decision": kind}))
    taken = Decision.objects.last()
    assert taken.kind == kind
    assert as_user(second).post(f"/moderation/decisions/{taken.pk}/undo/").status_code == 302
    shown.refresh_from_db()
    assert shown.state == before
    assert Flag.objects.filter(settled=None).count() == (2 if kind == "keep" else 0)


def test_an_undone_publication_of_an_edit_gives_the_earlier_words_back(shown, contributor, moderator, as_user, client):
    discussion.revise_comment(contributor, shown, Words("Edited words"))
    decide(as_user(moderator), shown)
    taken = Decision.objects.last()
    as_user(moderator).post(f"/moderation/decisions/{taken.pk}/undo/")
    page = client.get(c(shown.consultation, "passages/p8/")).content.decode()
    assert "Said by the author" in page
    assert "Edited words" not in page


def test_an_explanations_decision_is_undone(consultation, focal_point, moderator):
    version = factories.signed(focal_point, consultation, "pol3", "reservation", "With the words of the report.")
    item_id = f"explanation-{version.position.public_id}"
    actions.undo(moderator, actions.decide(moderator, item_id, 1, Verdict("publish"), uuid4()))
    version.refresh_from_db()
    assert version.explanation_state == "pending"


@pytest.mark.parametrize("case", ["late", "another's", "answered", "edited", "appealed"])
def test_a_decision_that_something_followed_stands(
    consultation, comment, contributor, moderator, second, as_user, monkeypatch, case
):
    decide(as_user(moderator), comment, **(RETURN if case == "appealed" else {}))
    comment.refresh_from_db()
    person = second if case == "another's" else moderator
    if case == "late":
        turn(monkeypatch, seconds=61)
    if case == "answered":
        factories.submitted(factories.delegate(consultation), consultation, parent=comment)
    if case == "edited":
        discussion.revise_comment(contributor, comment, Words("Edited"))
    if case == "appealed":
        appeal(as_user(contributor), consultation, item(comment))
    answer = as_user(person).post(f"/moderation/decisions/{Decision.objects.get().pk}/undo/")
    assert answer.status_code == (403 if case == "another's" else 409)
    assert Decision.objects.get().undone_at is None


def test_undoing_twice_is_undoing_once(comment, moderator, as_user):
    decide(as_user(moderator), comment)
    taken = Decision.objects.get()
    for _ in range(2):
        actions.undo(moderator, taken)
    assert Entry.objects.filter(kind="comment.decision_undone").count() == 1


# Flags -------------------------------------------------------------------------------------------------------------


def test_flags_of_two_organisations_bring_it_into_the_queue_and_hide_nothing(shown, moderator, as_user, client):
    consultation = shown.consultation
    first = factories.delegate(consultation, "observer")
    colleague = factories.delegate(consultation, organisation=factories.organisation_of(first))
    for person in (first, colleague):
        assert flag(as_user(person), shown).status_code == 302
    assert "Nothing waits" in as_user(moderator).get("/moderation/").content.decode()
    flag(as_user(factories.delegate(consultation)), shown, statement="It names a person.")
    queue = as_user(moderator).get("/moderation/").content.decode()
    assert "flagged" in queue
    assert "Said by the author" in client.get(c(consultation, "passages/p8/")).content.decode()
    assert "It names a person." in as_user(moderator).get(f"/moderation/{item(shown)}/").content.decode()
    assert decide(as_user(moderator), shown, decision="keep").status_code == 302
    assert "Nothing waits" in as_user(moderator).get("/moderation/").content.decode()
    assert Flag.objects.filter(settled__kind="keep").count() == 3


def test_a_person_flags_a_thing_once(shown, as_user):
    browser = as_user(factories.delegate(shown.consultation))
    for _ in range(2):
        assert flag(browser, shown).status_code == 302
    assert Flag.objects.count() == 1
    assert Entry.objects.filter(kind="comment.flagged").count() == 1


def test_who_acts_for_two_organisations_says_for_which_one_flags(shown, as_user):
    person = factories.delegate(shown.consultation)
    second = factories.organisation_of(factories.delegate(shown.consultation))
    factories.Membership.objects.create(user=person, organisation=second, role="contributor")
    browser = as_user(person)
    assert flag(browser, shown).status_code == 422
    assert flag(browser, shown, organisation=second.slug).status_code == 302
    assert Flag.objects.get().organisation == second


@pytest.mark.parametrize(("who", "status"), [("nobody", 302), ("stranger", 403), ("colleague", 403), ("author", 403)])
def test_only_members_of_other_delegations_flag(shown, contributor, focal_point, as_user, who, status):
    people = {"nobody": None, "stranger": factories.UserFactory(), "colleague": focal_point, "author": contributor}
    assert flag(as_user(people[who]), shown).status_code == status
    assert not Flag.objects.exists()


def test_a_flag_needs_a_reason_and_something_published(consultation, comment, moderator, as_user):
    browser = as_user(factories.delegate(consultation))
    assert flag(browser, comment).status_code == 404
    decide(as_user(moderator), comment)
    answer = flag(browser, comment, reason="")
    assert answer.status_code == 422
    assert "Select a reason" in answer.content.decode()


def test_a_flagged_explanation_is_removed(consultation, focal_point, moderator, as_user):
    version = factories.signed(focal_point, consultation, "pol3", "reservation", "With the words of the report.")
    item_id = f"explanation-{version.position.public_id}"
    actions.decide(moderator, item_id, 1, Verdict("publish"), uuid4())
    for _ in range(2):
        sent = {"reason": "confidential", "submission_id": str(uuid4())}
        assert (
            as_user(factories.delegate(consultation)).post(c(consultation, f"flag/{item_id}/"), sent).status_code == 302
        )
    browser = as_user(moderator)
    assert "flagged" in browser.get("/moderation/").content.decode()
    browser.post(f"/moderation/{item_id}/", {**REMOVE, "revision": 1, "submission_id": str(uuid4())})
    version.refresh_from_db()
    assert version.explanation_state == "removed"


# Modes, pace, closed threads ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mode", "states"), [("before", ["pending"] * 2), ("after", ["published"] * 2)])
def test_when_it_is_published_is_the_consultations_rule(consultation, contributor, mode, states):
    consultation.moderation_mode = mode
    consultation.save()
    found = [factories.submitted(contributor, consultation, body=f"Remark {n}") for n in range(2)]
    for comment in found:
        comment.refresh_from_db()
    assert [comment.state for comment in found] == states


def test_an_organisation_is_read_first_until_something_of_it_is_published(consultation, contributor, moderator):
    consultation.moderation_mode = "new"
    consultation.save()
    first = factories.submitted(contributor, consultation)
    assert Comment.objects.get(pk=first.pk).state == "pending"
    factories.decided(moderator, first)
    second = factories.submitted(contributor, consultation, body="Another")
    assert Comment.objects.get(pk=second.pk).state == "published"
    edited = discussion.revise_comment(contributor, second, Words("Edited"))
    edited.refresh_from_db()
    assert edited.published.body == "Edited"


def test_an_explanation_follows_the_same_rule(consultation, focal_point):
    consultation.moderation_mode = "after"
    consultation.save()
    version = factories.signed(focal_point, consultation, "pol3", "reservation", "With the words of the report.")
    assert version.explanation_state == "published"


def test_slow_mode_says_when_the_next_one_is_taken_and_keeps_the_text(
    consultation, contributor, focal_point, as_user, monkeypatch
):
    consultation.contributions_an_hour = 2
    consultation.save()
    for person in (contributor, focal_point):
        factories.submitted(person, consultation)
    sent = {"body": "The third", "action": "submit", "submission_id": str(uuid4())}
    answer = as_user(contributor).post(c(consultation, "passages/p8/comments/"), sent)
    assert answer.status_code == 429
    assert 3_500 < int(answer["Retry-After"]) <= 3_601
    assert "The third" in answer.content.decode()
    other = factories.submitted(factories.delegate(consultation), consultation)
    assert other.state == "pending"
    drafted = {**sent, "action": "draft"}
    assert as_user(contributor).post(c(consultation, "passages/p8/comments/"), drafted).status_code == 302
    consultation.closes_at += timedelta(days=1)
    consultation.save()
    turn(monkeypatch, minutes=61)
    assert factories.submitted(contributor, consultation).state == "pending"


def test_a_closed_thread_says_why_and_takes_nothing(consultation, shown, contributor, moderator, as_user):
    stop = c(consultation, "passages/p8/stop/")
    assert as_user(moderator).post(stop, {"action": "stop", "reason": " "}).status_code == 422
    as_user(moderator).post(stop, {"action": "stop", "reason": "It repeats itself."})
    page = as_user(contributor).get(c(consultation, "passages/p8/")).content.decode()
    assert "This thread was closed by the secretariat, because:" in page
    assert "It repeats itself." in page
    sent = {"body": "One more", "action": "submit", "submission_id": str(uuid4())}
    answer = as_user(contributor).post(c(consultation, "passages/p8/comments/"), sent)
    assert answer.status_code == 409
    assert "It repeats itself." in answer.content.decode()
    as_user(moderator).post(stop, {"action": "lift"})
    assert as_user(contributor).post(c(consultation, "passages/p8/comments/"), sent).status_code == 302
    assert list(Entry.objects.filter(kind__startswith="thread").values_list("kind", flat=True)) == [
        "thread.stopped",
        "thread.lifted",
    ]


def test_only_what_is_below_one_comment_is_closed(consultation, shown, contributor, moderator):
    discussion.stop_thread(moderator, shown.passage, consultation, "Enough.", root=shown)
    assert factories.submitted(contributor, consultation).state == "pending"
    with pytest.raises(Exception, match="Enough"):
        factories.submitted(contributor, consultation, parent=shown)


def test_a_moderator_closes_the_replies_to_one_comment_on_its_page(
    consultation, shown, contributor, moderator, as_user
):
    thread, browser = c(consultation, "passages/p8/"), as_user(moderator)
    replies = c(consultation, f"comments/{shown.public_id}/replies/")
    assert f'{replies}#close"' in browser.get(thread).content.decode()
    assert f'value="{shown.public_id}"' in browser.get(replies).content.decode()
    assert 'name="root"' not in as_user(contributor).get(replies).content.decode()
    stop, named = c(consultation, "passages/p8/stop/"), {"root": shown.public_id}
    empty = browser.post(stop, {"action": "stop", "reason": "", **named})
    assert empty.status_code == 422
    assert f'value="{shown.public_id}"' in empty.content.decode()
    assert browser.post(stop, {"action": "stop", "reason": "It repeats itself.", **named}).url == replies
    other = factories.published(contributor, consultation, moderator, body="Another subject.")
    for page in (thread, replies):
        assert "It repeats itself." in as_user(None).get(page).content.decode()
    reader = as_user(factories.delegate(consultation)).get(thread).content.decode()
    assert f"?parent={shown.public_id}" not in reader
    assert f"?parent={other.public_id}" in reader
    assert browser.post(stop, {"action": "lift", **named}).url == replies
    assert f"?parent={shown.public_id}" in as_user(factories.delegate(consultation)).get(thread).content.decode()
    unknown = browser.post(stop, {"action": "stop", "reason": "x", "root": "000000000000"})
    assert unknown.status_code == 404


def test_opening_the_thread_of_a_passage_leaves_what_is_closed_below_one_comment(
    consultation, shown, moderator, as_user
):
    for root in (None, shown):
        discussion.stop_thread(moderator, shown.passage, consultation, "Enough.", root=root)
    stop, browser = c(consultation, "passages/p8/stop/"), as_user(moderator)
    browser.post(stop, {"action": "lift"})
    assert ThreadStop.objects.get(lifted_at=None).root == shown
    browser.post(stop, {"action": "lift", "root": shown.public_id})
    assert not ThreadStop.objects.filter(lifted_at=None).exists()


def test_only_moderators_close_threads(consultation, contributor, as_user):
    answer = as_user(contributor).post(c(consultation, "passages/p8/stop/"), {"action": "stop", "reason": "No."})
    assert answer.status_code == 403


# The queue ---------------------------------------------------------------------------------------------------------


def test_a_moderator_sees_who_has_an_item_open_and_is_led_past_it(
    consultation, contributor, moderator, second, as_user
):
    first, other = (factories.submitted(contributor, consultation, body=f"Remark {n}") for n in (1, 2))
    third = factories.submitted(contributor, consultation, body="Remark 3")
    as_user(second).post(f"/moderation/{item(other)}/claim/")
    assert "has it open" in as_user(moderator).get("/moderation/").content.decode()
    assert "opened this" in as_user(moderator).get(f"/moderation/{item(other)}/").content.decode()
    answer = decide(as_user(moderator), first)
    assert answer.url == f"/moderation/{item(third)}/"
    assert Claim.objects.get(item_id=item(third)).moderator == moderator


def test_a_claim_lapses(comment, moderator, second, monkeypatch):
    actions.claim(second, item(comment))
    assert actions.claim(moderator, item(comment)).moderator == second
    turn(monkeypatch, minutes=16)
    assert actions.claim(moderator, item(comment)).moderator == moderator


def test_several_get_one_decision_with_one_reason(consultation, contributor, moderator, as_user):
    found = [factories.submitted(contributor, consultation, body=f"Remark {n}") for n in range(3)]
    discussion.withdraw_comment(contributor, found[2])
    sent = {**RETURN, "item": [f"{item(x)}:1" for x in found], "submission_id": str(uuid4())}
    answer = as_user(moderator).post("/moderation/several/", sent, follow=True).content.decode()
    assert "2 decisions recorded." in answer
    assert "The author withdrew this" in answer
    as_user(moderator).post("/moderation/several/", sent)
    assert Decision.objects.count() == 2
    assert [Comment.objects.get(pk=x.pk).state for x in found] == ["returned", "returned", "withdrawn"]
    factories.submitted(contributor, consultation, body="This waits.")
    again = as_user(moderator).post("/moderation/several/", {**sent, "statement": "Said otherwise."})
    assert again.status_code == 409
    assert "sent before, with other words" in again.content.decode()
    assert "Said otherwise." in again.content.decode()
    assert str(sent["submission_id"]) not in again.content.decode()


def test_several_need_a_reason_and_a_selection(comment, moderator, as_user):
    answer = as_user(moderator).post("/moderation/several/", {"decision": "return", "item": [f"{item(comment)}:1"]})
    assert answer.status_code == 422
    assert "Select a reason" in answer.content.decode()
    answer = as_user(moderator).post("/moderation/several/", {"decision": "publish"})
    assert "Select at least one item" in answer.content.decode()
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("group=states", True),
        ("group=academia", False),
        ("passage=p8", True),
        ("passage=P9", False),
        ("kind=new", True),
        ("kind=flag", False),
        ("days=1", False),
        ("organisation=sample-organisation", True),
        ("organisation=nobody", False),
    ],
)
def test_the_queue_is_filtered(comment, moderator, as_user, query, found):
    page = as_user(moderator).get(f"/moderation/?{query}").content.decode()
    assert ("Said by the author" in page) is found
    if not found:
        assert "Nothing that waits fits these filters." in page


@pytest.mark.parametrize("query", ["kind=zzz", "group=none", "days=-1", "days=abc", "consultation=other", "days=1e99"])
def test_a_filter_that_cannot_be_used_is_said(comment, moderator, as_user, query):
    answer = as_user(moderator).get(f"/moderation/?{query}")
    assert answer.status_code == 200
    assert "Said by the author" in answer.content.decode()


@pytest.mark.parametrize("number", [3, 60])
def test_the_queue_costs_the_same_queries_however_much_waits(
    consultation, contributor, moderator, as_user, django_assert_max_num_queries, number
):
    for n in range(number):
        factories.submitted(contributor, consultation, body=f"Remark {n}")
    factories.signed(factories.focal_point(consultation), consultation, "pol3", "reservation", "With the words.")
    browser = as_user(moderator)
    with django_assert_max_num_queries(10):
        assert browser.get("/moderation/").status_code == 200


def test_a_statement_begins_with_a_template(comment, moderator, as_user):
    template = StatementTemplate.objects.create(reason="personal_data", text="Leave the name of the person out.")
    page = as_user(moderator).get(f"/moderation/{item(comment)}/?template={template.pk}").content.decode()
    assert "Leave the name of the person out.</textarea>" in page


# Figures -----------------------------------------------------------------------------------------------------------


def test_the_figures_count_decisions_by_reason_and_group_and_nothing_personal(
    consultation, contributor, moderator, second, as_user, client
):
    comments = [factories.submitted(contributor, consultation, body=f"Remark {n}") for n in range(4)]
    decide(as_user(moderator), comments[0])
    decide(as_user(moderator), comments[1], **RETURN)
    decide(as_user(moderator), comments[2], **RETURN)
    actions.undo(moderator, Decision.objects.last())
    appeal(as_user(contributor), consultation, item(comments[1]))
    decide(as_user(second), comments[1])
    page = client.get(c(consultation, "moderation/")).content.decode()
    text = " ".join(page.split())
    assert "1 of 3" in text
    assert "1; 1 granted of 1 decided" in text
    assert "Outside the scope of this passage or consultation" in text
    assert moderator.name not in page
    assert contributor.name not in page


def test_an_open_edit_does_not_keep_a_moderator_from_removing(shown, contributor, moderator, as_user, client):
    discussion.revise_comment(contributor, shown, Words("Edited"))
    assert decide(as_user(moderator), shown, **REMOVE).status_code == 302
    assert "Said by the author" not in client.get(c(shown.consultation, "passages/p8/")).content.decode()


def test_only_the_author_is_shown_the_way_to_appeal(consultation, contributor, focal_point, moderator, as_user):
    comment = factories.submitted(contributor, consultation)
    factories.decided(moderator, comment, "return")
    way = f"/appeal/comment-{comment.public_id}/"
    for person, shown in ((contributor, True), (focal_point, False), (moderator, False)):
        page = as_user(person).get(f"/consultations/{consultation.slug}/passages/p8/").content.decode()
        assert "Say it at another passage." in page
        assert (way in page) is shown
        assert ("Edit the comment and submit it again." in page) is shown
