"""A practice from the draft to its publication and beyond, by the same moderation as comments."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from consultation.consultations.errors import Closed
from consultation.moderation import actions as moderation
from consultation.moderation import queue
from consultation.moderation.actions import Verdict
from consultation.moderation.errors import AlreadyDecided, NewerRevision
from consultation.moderation.models import Appeal, Decision, Flag
from consultation.practices import actions
from consultation.practices.models import Practice, PracticeRevision, Related
from consultation.record import clock
from consultation.record.errors import Changed, NotAllowed
from consultation.record.models import Entry
from tests import factories


@pytest.fixture
def c(consultation):
    return f"/consultations/{consultation.slug}/practices/"


@pytest.fixture
def second(consultation):
    return factories.moderator(consultation)


def typed(**other):
    said = {
        "title": "Trained officials",
        "summary": "Forty officials were trained.",
        "place": "Sample City",
        "countries": ["CH", "FR"],
        "year": "2015",
        "partners": "Sample Union",
        "results": "40 officials.",
        "source": "Sample report, page 3.",
        "recommendations": ["pol3", "pra1"],
        "submission_id": str(uuid4()),
        "action": "submit",
    }
    return {**said, **other}


def item(practice):
    return f"practice-{practice.public_id}"


def decide(browser, practice, **fields):
    number = practice.revisions.exclude(state="draft").order_by("number").last().number
    sent = {"decision": "publish", "revision": number, "submission_id": str(uuid4()), **fields}
    return browser.post(f"/moderation/{item(practice)}/", sent)


RETURN = {"decision": "return", "reason": "off_topic", "statement": "Say where the figures come from."}
REMOVE = {"decision": "remove", "reason": "abusive", "statement": "It insults."}


def test_from_the_draft_to_publication_and_back(c, consultation, contributor, moderator, as_user):
    author, judge = as_user(contributor), as_user(moderator)
    once = typed(action="draft", summary="", place="", since="", results="", source="", recommendations=[])
    assert author.post(f"{c}new/", once).status_code == 302
    practice = Practice.objects.get()
    assert (practice.state, practice.latest.title) == ("draft", "Trained officials")
    assert judge.get(f"/moderation/{item(practice)}/").status_code == 404
    address = f"{c}{practice.public_id}/"
    assert author.post(f"{address}edit/", typed()).url == address
    seen = judge.get("/moderation/").content.decode()
    assert "Trained officials" in seen
    assert "Good practice:" in seen
    seen = judge.get(f"/moderation/{item(practice)}/").content.decode()
    for shown in ("Forty officials were trained.", "Sample City; Switzerland, France", "POL.3", "PRA.1"):
        assert shown in seen
    assert decide(judge, practice, **RETURN).status_code == 302
    page = author.get(address).content.decode()
    assert "Returned by a moderator." in page
    assert "Say where the figures come from." in page
    assert "Say where the figures come from." in author.get("/delegation/").content.decode()
    assert author.post(f"{address}edit/", typed(source="Sample evaluation 2016.")).status_code == 302
    assert decide(judge, practice).status_code == 302
    practice.refresh_from_db()
    assert (practice.state, practice.published.number) == ("published", 2)
    assert "Sample evaluation 2016." in as_user(None).get(address).content.decode()
    assert decide(judge, practice, **REMOVE).status_code == 302
    assert as_user(None).get(address).status_code == 404
    assert decide(judge, practice, decision="restore").status_code == 302
    assert as_user(None).get(address).status_code == 200
    assert author.post(f"{address}withdraw/").status_code == 302
    assert author.get(address).status_code == 404
    kinds = Entry.objects.about(practice).values_list("kind", flat=True)
    assert [k.removeprefix("practice.") for k in kinds] == [
        "drafted",
        "revised",
        "returned",
        "revised",
        "published",
        "removed",
        "restored",
        "withdrawn",
    ]


def test_the_same_form_twice_is_one_practice(c, consultation, contributor, as_user):
    browser, once = as_user(contributor), typed()
    assert browser.post(f"{c}new/", once).url == browser.post(f"{c}new/", once).url
    practice = Practice.objects.get()
    for _ in range(2):
        browser.post(f"{c}{practice.public_id}/edit/", typed(title="Other words"))
    assert practice.revisions.count() == 2
    other, said = factories.delegate(consultation), factories.description(consultation)
    with pytest.raises(Changed):
        actions.write_practice(other, consultation, said, practice.submission_id)


def test_a_sent_form_with_other_words_and_an_unknown_action_make_nothing(c, contributor, as_user):
    browser, once = as_user(contributor), typed()
    browser.post(f"{c}new/", once)
    again = browser.post(f"{c}new/", {**once, "summary": "Fifty officials were trained."})
    assert again.status_code == 409
    assert "Fifty officials were trained." in again.content.decode()
    assert browser.post(f"{c}new/", typed(action="darft")).status_code == 422
    assert Practice.objects.count() == 1


def test_the_check_shows_everything_and_saves_nothing(c, contributor, as_user):
    answer = as_user(contributor).post(f"{c}new/", typed(action="preview"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Check what you wrote" in page
    for shown in ("Forty officials were trained.", "Switzerland, France", "2015", "POL.3"):
        assert shown in page
    assert not Practice.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": ""}, "Enter a title"),
        ({"summary": ""}, "Enter what was done"),
        ({"place": " "}, "Enter where it was done"),
        ({"year": ""}, "Enter since which year"),
        ({"year": "soon"}, "Enter a year such as 2015"),
        ({"year": "2999"}, "Enter a year that is not to come"),
        ({"results": ""}, "Enter the results"),
        ({"source": ""}, "Enter the source of the results"),
        ({"recommendations": []}, "Select at least one recommendation"),
        ({"recommendations": ["p8"]}, "Select recommendations of this report"),
        ({"countries": ["XX"]}, "XX"),
        ({"summary": "x" * 5_001}, "Your text is 1 character too long"),
        ({"summary": "a\u202eb"}, "change the direction"),
        ({"title": "x" * 201}, "200"),
    ],
)
def test_what_cannot_be_submitted_is_said_beside_its_field(c, contributor, as_user, wrong, said):
    answer = as_user(contributor).post(f"{c}new/", typed(partners="Kept partner", **wrong))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "Kept partner" in answer.content.decode()
    assert not Practice.objects.exists()


def test_the_database_holds_that_what_is_submitted_is_whole(consultation, contributor):
    with pytest.raises(ValueError, match="all that is asked"):
        factories.practice(contributor, consultation, source="")
    practice = factories.practice(contributor, consultation)
    with pytest.raises(IntegrityError), transaction.atomic():
        PracticeRevision.objects.filter(practice=practice).update(source="")


def test_an_edit_leaves_the_published_version_until_it_is_decided(c, consultation, contributor, moderator, as_user):
    practice = factories.decided_practice(moderator, factories.practice(contributor, consultation, title="First words"))
    author, address = as_user(contributor), f"{c}{practice.public_id}/"
    assert author.post(f"{address}edit/", typed(title="Second words")).status_code == 302
    assert "First words" in as_user(None).get(address).content.decode()
    assert "Second words" not in as_user(None).get(address).content.decode()
    assert "An edit is waiting" in author.get(address).content.decode()
    assert "Edit of a good practice" in as_user(moderator).get(f"/moderation/{item(practice)}/").content.decode()
    decide(as_user(moderator), practice)
    page = as_user(None).get(address).content.decode()
    assert page.index("Second words") < page.index("Earlier published versions") < page.index("First words")
    words = list(practice.revisions.values_list("title", "state"))
    assert words == [("First words", "superseded"), ("Second words", "published")]


def test_a_draft_of_an_edit_lets_what_waits_wait(consultation, contributor, moderator):
    practice = factories.practice(contributor, consultation)
    other = factories.description(consultation, title="Begun")
    actions.revise_practice(contributor, practice, other, submit=False)
    practice = factories.decided_practice(moderator, practice)
    assert (practice.state, practice.published.title, practice.latest.title) == (
        "published",
        "A sample practice",
        "Begun",
    )


def test_a_draft_of_an_edit_is_not_shown_in_the_place_of_what_waits(
    c, consultation, contributor, focal_point, moderator, as_user
):
    practice = factories.practice(contributor, consultation)
    actions.revise_practice(contributor, practice, factories.description(consultation, title="Begun"), submit=False)
    for reader in (contributor, focal_point, moderator):
        page = as_user(reader).get(f"{c}{practice.public_id}/").content.decode()
        assert "A sample practice" in page
        assert "Begun" not in page
    assert "Begun" in as_user(contributor).get(f"{c}{practice.public_id}/edit/").content.decode()
    assert "Begun" not in as_user(moderator).get("/moderation/").content.decode()


@pytest.mark.parametrize("kind", ["publish", "return"])
def test_a_decision_is_undone_beside_the_draft_of_an_edit(consultation, contributor, moderator, kind):
    practice = factories.practice(contributor, consultation)
    actions.revise_practice(contributor, practice, factories.description(consultation, title="Begun"), submit=False)
    reason = {} if kind == "publish" else {"reason": "off_topic", "statement": "Say more."}
    decision = moderation.decide(moderator, item(practice), 1, Verdict(kind, **reason), uuid4())
    moderation.undo(moderator, decision)
    practice.refresh_from_db()
    assert practice.state == "pending"
    assert list(practice.revisions.values_list("state", flat=True)) == ["pending", "draft"]


def test_an_appeal_is_possible_beside_the_draft_of_an_edit(c, consultation, contributor, moderator, as_user):
    practice = factories.practice(contributor, consultation)
    actions.revise_practice(contributor, practice, factories.description(consultation, title="Begun"), submit=False)
    decide(as_user(moderator), practice, **RETURN)
    assert (
        "Say where the figures come from."
        in as_user(contributor).get(f"{c}{practice.public_id}/edit/").content.decode()
    )
    moderation.appeal(contributor, Decision.objects.get(), "Look again.", uuid4())
    assert queue.find(item(practice), moderator).state == "pending"


def test_the_author_reads_why_it_was_removed_while_an_edit_waited(c, consultation, contributor, moderator, as_user):
    practice = factories.decided_practice(moderator, factories.practice(contributor, consultation))
    actions.revise_practice(contributor, practice, factories.description(consultation, title="Newer"))
    assert decide(as_user(moderator), practice, **REMOVE).status_code == 302
    page = as_user(contributor).get(f"{c}{practice.public_id}/").content.decode()
    assert "Abusive or discriminatory" in page
    assert "It insults." in page


def test_an_edit_with_the_same_words_changes_nothing(consultation, contributor, moderator):
    practice = factories.decided_practice(moderator, factories.practice(contributor, consultation, "pol3", "pol4"))
    actions.revise_practice(contributor, practice, factories.description(consultation, "pol3", "pol4"))
    assert practice.revisions.count() == 1


def test_a_decision_is_on_the_words_that_were_read(consultation, contributor, moderator, second, as_user):
    practice = factories.practice(contributor, consultation)
    actions.revise_practice(contributor, practice, factories.description(consultation, title="Newer"))
    with pytest.raises(NewerRevision):
        moderation.decide(moderator, item(practice), 1, Verdict("publish"), uuid4())
    late = as_user(moderator).post(f"/moderation/{item(practice)}/", {"decision": "publish", "revision": 1})
    assert late.status_code == 409
    assert "The author changed this text" in late.content.decode()
    moderation.decide(moderator, item(practice), 2, Verdict("publish"), uuid4())
    with pytest.raises(AlreadyDecided):
        moderation.decide(second, item(practice), 2, Verdict("return", "other", "Why."), uuid4())
    assert Decision.objects.count() == 1


def test_nobody_decides_on_their_own_organisations_practice(consultation, contributor, moderator):
    practice = factories.practice(contributor, consultation)
    from consultation.stakeholders.models import Membership  # noqa: PLC0415

    Membership.objects.create(user=moderator, organisation=practice.organisation, role="observer")
    with pytest.raises(NotAllowed, match="Another moderator"):
        moderation.decide(moderator, item(practice), 1, Verdict("publish"), uuid4())
    (waiting,) = queue.waiting(moderator, 5)
    assert waiting.is_own


@pytest.mark.parametrize("kind", ["publish", "return", "remove", "restore"])
def test_each_decision_is_undone_within_a_minute(consultation, contributor, moderator, kind):
    practice = factories.practice(contributor, consultation)
    if kind in {"remove", "restore"}:
        factories.decided_practice(moderator, practice)
    if kind == "restore":
        factories.decided_practice(moderator, practice, "remove")
    practice.refresh_from_db()
    before = (practice.state, practice.published_id)
    factories.decided_practice(moderator, practice, kind)
    moderation.undo(moderator, Decision.objects.order_by("-pk").first())
    practice.refresh_from_db()
    assert (practice.state, practice.published_id) == before


def test_undoing_the_publication_of_an_edit_gives_the_earlier_words_back(consultation, contributor, moderator):
    practice = factories.decided_practice(moderator, factories.practice(contributor, consultation))
    actions.revise_practice(contributor, practice, factories.description(consultation, title="Newer"))
    practice = factories.decided_practice(moderator, practice)
    assert practice.published.title == "Newer"
    moderation.undo(moderator, Decision.objects.order_by("-pk").first())
    practice.refresh_from_db()
    assert (practice.state, practice.published.title, practice.latest.state) == (
        "published",
        "A sample practice",
        "pending",
    )


def test_flags_bring_it_before_a_moderator_who_keeps_it(c, consultation, contributor, moderator, as_user):
    practice = factories.decided_practice(moderator, factories.practice(contributor, consultation))
    address = f"/consultations/{consultation.slug}/flag/{item(practice)}/"
    readers = [factories.delegate(consultation) for _ in range(2)]
    assert as_user(contributor).post(address, {"reason": "abusive"}).status_code == 403
    for reader in readers:
        answer = as_user(reader).post(address, {"reason": "abusive", "submission_id": str(uuid4())})
        assert answer.url == f"{c}{practice.public_id}/"
        assert "Flag" in as_user(reader).get(answer.url).content.decode()
    assert "flagged" in as_user(moderator).get("/moderation/?kind=flag").content.decode()
    assert decide(as_user(moderator), practice, decision="keep").status_code == 302
    assert not Flag.objects.filter(settled=None).exists()


@pytest.mark.parametrize(("against", "again", "state"), [(RETURN, "publish", "published"), (REMOVE, "keep", "removed")])
def test_an_appeal_is_decided_by_another_moderator(
    consultation, contributor, moderator, second, as_user, against, again, state
):
    practice = factories.practice(contributor, consultation)
    if against == REMOVE:
        factories.decided_practice(moderator, practice)
    decide(as_user(moderator), practice, **against)
    address = f"/consultations/{consultation.slug}/appeal/{item(practice)}/"
    sent = {"statement": "It is on the subject.", "submission_id": str(uuid4())}
    assert as_user(factories.delegate(consultation)).post(address, sent).status_code == 404
    assert as_user(contributor).post(address, sent).status_code == 302
    assert decide(as_user(moderator), practice, decision=again).status_code == 403
    assert decide(as_user(second), practice, decision=again).status_code == 302
    practice.refresh_from_db()
    assert practice.state == state
    assert Appeal.objects.get().settled.moderator == second


def test_the_queue_is_filtered_by_every_related_recommendation(consultation, contributor, moderator, as_user):
    factories.practice(contributor, consultation, "pol3", "pra1", title="Both of them")
    browser = as_user(moderator)
    for passage, found in (("pol3", 1), ("PRA1", 1), ("pol4", 0)):
        assert len(browser.get(f"/moderation/?passage={passage}").context["items"]) == found
    assert len(browser.get("/moderation/?kind=practice").context["items"]) == 1
    assert browser.get("/moderation/?kind=practice").context["number"] == 1


def test_moderated_after_publication_it_is_published_at_once(consultation, contributor):
    consultation.moderation_mode = "after"
    consultation.save()
    practice = factories.practice(contributor, consultation)
    practice.refresh_from_db()
    assert practice.state == "published"
    assert Entry.objects.about(practice).last().kind == "practice.published_at_once"


def test_after_closing_only_a_draft_is_kept(consultation, contributor, moderator):
    practice = factories.decided_practice(moderator, factories.practice(contributor, consultation))
    consultation.opens_at, consultation.closes_at = clock.now() - timedelta(days=2), clock.now() - timedelta(days=1)
    consultation.save()
    factories.practice(contributor, consultation, submit=False)
    for act in (
        lambda: factories.practice(contributor, consultation),
        lambda: actions.revise_practice(contributor, practice, factories.description(consultation, title="Late")),
        lambda: actions.withdraw_practice(contributor, practice),
    ):
        with pytest.raises(Closed):
            act()


def test_only_the_author_changes_it(c, consultation, contributor, focal_point, moderator, as_user):
    practice = factories.practice(contributor, consultation)
    for person, status in ((focal_point, 403), (moderator, 403), (factories.delegate(consultation), 404)):
        for what in ("edit", "withdraw"):
            assert as_user(person).post(f"{c}{practice.public_id}/{what}/", typed()).status_code == status
    assert Related.objects.count() == 1
    assert PracticeRevision.objects.count() == 1


def test_in_the_admin_it_is_decided_by_the_same_action(consultation, contributor, moderator, as_user):
    practice = factories.practice(contributor, consultation)
    moderator.is_staff = True
    moderator.save()
    address = f"/admin/practices/practice/{practice.pk}/change/"
    assert "Officials were trained." in as_user(moderator).get(address).content.decode()
    sent = {"decision": "publish", "revision": 1, "submission_id": str(uuid4())}
    assert as_user(moderator).post(address, sent).status_code == 302
    practice.refresh_from_db()
    assert practice.state == "published"
    assert Decision.objects.get().practice_revision.practice == practice


def test_moderation_in_figures_counts_practices(consultation, contributor, moderator, client):
    factories.decided_practice(moderator, factories.practice(contributor, consultation))
    figures = client.get(f"/consultations/{consultation.slug}/moderation/").context["figures"]
    assert (figures.decided, figures.groups[0].total) == (1, 1)


@pytest.mark.parametrize("first", ["pending", "returned"])
def test_nobody_outside_the_delegation_reads_a_draft_of_what_was_submitted(
    consultation, contributor, moderator, as_user, c, first
):
    practice = factories.practice(contributor, consultation, title="Submitted title")
    if first == "returned":
        practice = factories.decided_practice(moderator, practice, "return")
    words = factories.description(consultation, "pra1", title="Private title", summary="Private words.")
    actions.revise_practice(contributor, practice, words, submit=False)
    page = as_user(moderator).get(f"{c}{practice.public_id}/").content.decode()
    assert "Submitted title" in page
    assert "Officials were trained." in page
    assert "Private" not in page
    assert "Private" not in as_user(moderator).get(f"/moderation/{item(practice)}/").content.decode()
    practice.refresh_from_db()
    assert practice.title == "Submitted title"
    assert "Private words." in as_user(contributor).get(f"{c}{practice.public_id}/edit/").content.decode()


def test_a_return_is_undone_and_appealed_while_other_words_are_a_draft(consultation, contributor, moderator, second):
    practice = factories.practice(contributor, consultation)
    words = factories.description(consultation, title="Private title")
    actions.revise_practice(contributor, practice, words, submit=False)
    practice = factories.decided_practice(moderator, practice, "return")
    moderation.undo(moderator, Decision.objects.get())
    practice.refresh_from_db()
    assert (practice.state, practice.submitted.state, practice.latest.state) == ("pending", "pending", "draft")
    practice = factories.decided_practice(moderator, practice, "return")
    moderation.appeal(contributor, Decision.objects.get(undone_at=None), "The figures are there.", uuid4())
    practice.refresh_from_db()
    assert (practice.state, practice.submitted.state) == ("pending", "pending")
    # Submitted after all, the draft takes the place of what waits.
    actions.revise_practice(contributor, practice, words)
    practice.refresh_from_db()
    assert practice.submitted == practice.latest
    assert list(practice.revisions.values_list("state", flat=True)) == ["superseded", "pending"]
