"""A rapporteur drafts the next text passage by passage: each change names what is behind it; nothing is lost."""

from uuid import uuid4

import pytest

from consultation.drafting import actions
from consultation.drafting.composition import compose
from consultation.drafting.errors import Unexplained
from consultation.drafting.models import NextPassage, NextPassageVersion, NextSource, NextText
from consultation.drafting.proposed import Change, Proposed
from consultation.drafting.runs import pieces, runs
from consultation.record.errors import Changed, NotAllowed, Refusal
from consultation.record.models import AppendOnly, Entry
from consultation.reports.checks import check
from consultation.reports.contents import contents_of
from tests import factories
from tests.drafting import arranging

OLD = "Adhere to international standards, including the UN CMW."
NEW = "Adhere to all agreed standards, including the UN CMW and CEDAW."


def text_of(consultation):
    return NextText.objects.get(consultation=consultation)


def test_changes_with_only_a_space_between_them_are_one_and_the_texts_come_back():
    found = pieces("one two three four", "uno dos three quatro")
    assert [(p.run.removed, p.run.added) for p in found if p.run] == [("one two", "uno dos"), ("four", "quatro")]
    assert "".join(p.run.removed if p.run else p.text for p in found) == "one two three four"
    assert "".join(p.run.added if p.run else p.text for p in found) == "uno dos three quatro"
    assert len({run.key for run in runs("a x b x c", "a y b y c")}) == 2


def test_every_changed_phrase_names_a_comment_or_the_passage_does_or_the_editor_says_why(
    consultation, contributor, moderator, rapporteur
):
    comment = arranging.wording(contributor, consultation, moderator)
    name, (first, second) = comment.public_id, runs(OLD, NEW)
    with pytest.raises(Unexplained, match=r"POL\.3"):
        arranging.save(rapporteur, consultation, "pol3", Proposed(Change.CHANGED, NEW))
    half = {first.key: frozenset({name})}
    with pytest.raises(Unexplained):
        arranging.save(rapporteur, consultation, "pol3", Proposed(Change.CHANGED, NEW, by_run=half))
    whole = half | {second.key: frozenset({name})}
    place = arranging.save(rapporteur, consultation, "pol3", Proposed(Change.CHANGED, NEW, by_run=whole))
    told = NextSource.objects.filter(version=place.latest).order_by("run").values_list("run", "removed", "added")
    assert list(told) == [(1, "international", "all agreed"), (2, "", " and CEDAW")]
    arranging.save(rapporteur, consultation, "pol3", Proposed(Change.CHANGED, NEW, whole=frozenset({name})))
    arranging.save(rapporteur, consultation, "pol3", Proposed(Change.CHANGED, NEW, why="Agreed language."))
    assert place.versions.count() == 3


def test_words_that_are_only_set_otherwise_are_a_change_too(consultation, rapporteur):
    old = factories.passage(consultation, "p2")
    with pytest.raises(Unexplained):
        arranging.save(rapporteur, consultation, "p2", Proposed(Change.CHANGED, old.words))
    assert arranging.save(rapporteur, consultation, "p2", Proposed(Change.CHANGED, old.words, "No bold names.")).latest


@pytest.mark.parametrize("state", ["pending", "elsewhere", "nowhere"])
def test_only_published_comments_of_this_consultation_can_stand_behind_a_change(
    consultation, contributor, moderator, rapporteur, state
):
    other = factories.ConsultationFactory()
    author = factories.delegate(other)
    name = {
        "pending": lambda: factories.submitted(contributor, consultation).public_id,
        "elsewhere": lambda: factories.published(author, other, factories.moderator(other)).public_id,
        "nowhere": lambda: "000000000000",
    }[state]()
    with pytest.raises(Changed, match=name):
        arranging.changed(rapporteur, consultation, whole=frozenset({name}))
    assert not NextPassageVersion.objects.exists()


def test_two_rapporteurs_at_once_and_the_same_form_twice(consultation, rapporteur):
    second = arranging.officer(consultation)
    pol3, once = factories.passage(consultation, "pol3"), uuid4()
    what = Proposed(Change.CHANGED, "Mine.", "Shorter.")
    for _ in range(2):
        actions.save_passage(rapporteur, consultation, pol3, what, once, seen_version=0)
    with pytest.raises(Changed, match="Another rapporteur"):
        arranging.save(second, consultation, "pol3", Proposed(Change.CHANGED, "Theirs.", "Longer."), seen=0)
    arranging.save(second, consultation, "pol3", what, seen=0)  # says what is there: nothing to do
    assert [v.text for v in NextPassageVersion.objects.all()] == ["Mine."]
    entries = Entry.objects.filter(kind="next_text.saved")
    assert [e.content for e in entries] == [{"passage": "pol3", "version": 1, "change": "changed"}]
    arranging.save(second, consultation, "pol3", Proposed(Change.CHANGED, "Theirs.", "Longer."), seen=1)
    assert text_of(consultation).version == 2


def test_what_was_saved_never_changes(consultation, rapporteur):
    version = arranging.changed(rapporteur, consultation).latest
    for change in (version.save, version.delete):
        with pytest.raises(AppendOnly):
            change()


@pytest.mark.parametrize("role", ["moderator", "secretariat"])
def test_only_rapporteurs_draft_and_publish(consultation, contributor, rapporteur, role):
    for person in (arranging.officer(consultation, role), contributor):
        with pytest.raises(NotAllowed):
            arranging.changed(person, consultation)
        with pytest.raises(NotAllowed):
            arranging.added(person, consultation)
        with pytest.raises(NotAllowed):
            actions.publish_next_text(person, consultation, "Mine", uuid4(), seen_version=0)
    assert not NextText.objects.exists()


def test_what_stands_under_a_passage_is_not_left_without_it(consultation, rapporteur):
    with pytest.raises(Refusal, match="Drop them first"):
        arranging.dropped(rapporteur, consultation, "pra7")
    arranging.dropped(rapporteur, consultation, "pra7a")
    arranging.dropped(rapporteur, consultation, "pra7")
    with pytest.raises(Refusal, match="Keep that one first"):
        arranging.changed(rapporteur, consultation, "pra7a")
    refs = set(compose(text_of(consultation)).contents.by_ref)
    assert not refs & {"pra7", "pra7a"}


def test_no_new_passage_is_put_under_one_that_is_dropped(consultation, rapporteur):
    place = arranging.added(rapporteur, consultation, "pra7a")
    actions.save_inserted(rapporteur, consultation, place, Proposed(Change.KEPT), uuid4(), seen_version=1)
    for ref in ("pra7a", "pra7"):
        arranging.dropped(rapporteur, consultation, ref)
    again = Proposed(Change.ADDED, "Once more.", "It was missing.")
    with pytest.raises(Refusal, match=r"under PRA\.7, which is dropped\. Keep PRA\.7 first"):
        arranging.added(rapporteur, consultation, "pra7a")
    with pytest.raises(Refusal, match="which is dropped"):
        actions.save_inserted(rapporteur, consultation, place, again, uuid4(), seen_version=2)
    arranging.added(rapporteur, consultation, "pra7")  # in its stead
    assert arranging.publish(rapporteur, consultation).is_published


def test_new_passages_stand_in_their_place_and_take_a_number_that_was_never_used(consultation, rapporteur):
    arranging.added(rapporteur, consultation, "pra7", "After it and what stands under it.")
    arranging.added(rapporteur, consultation, "pra7", "The second one.")
    arranging.added(rapporteur, consultation, "pra7a", "Under PRA.7.")
    arranging.added(rapporteur, consultation, "p8", "A paragraph.")
    contents = compose(text_of(consultation)).contents
    check(contents)
    order = [p.code for p in contents.passages]
    start = order.index("PRA.7")
    assert order[start : start + 5] == ["PRA.7", "PRA.7.a", "PRA.7.a bis", "PRA.7 bis", "PRA.7 ter"]
    by_ref = contents.by_ref
    assert (by_ref["pra7bis"].parent, by_ref["pra7abis"].parent) == ("practical", "pra7")
    assert (by_ref["pra7bis"].strand, by_ref["p8bis"].kind, by_ref["p8bis"].marker) == (
        "practical",
        "paragraph",
        "8 bis. ",
    )
    with pytest.raises(Refusal, match="after a paragraph"):
        arranging.added(rapporteur, consultation, "h1")


def test_a_new_passage_can_be_changed_and_taken_back(consultation, rapporteur):
    place = arranging.added(rapporteur, consultation)
    what = Proposed(Change.ADDED, "Other words.", "It was missing.")
    actions.save_inserted(rapporteur, consultation, place, what, uuid4(), seen_version=1)
    assert compose(text_of(consultation)).contents.by_ref["pol3bis"].text == "Other words."
    actions.save_inserted(rapporteur, consultation, place, Proposed(Change.KEPT), uuid4(), seen_version=2)
    assert "pol3bis" not in compose(text_of(consultation)).contents.by_ref
    assert place.versions.count() == 3


def test_publishing_makes_the_new_version_and_changes_nothing_of_the_old(consultation, rapporteur):
    old = consultation.report
    before = contents_of(old)
    arranging.changed(rapporteur, consultation, "pol3", NEW)
    arranging.dropped(rapporteur, consultation, "pol11")
    arranging.added(rapporteur, consultation, "pol3")
    arranging.changed(rapporteur, consultation, "p8", "Participants reiterated it.")
    arranging.changed(rapporteur, consultation, "pol4", "Not after all.")
    arranging.save(rapporteur, consultation, "pol4", Proposed(Change.KEPT))
    next_text = arranging.publish(rapporteur, consultation)
    report = next_text.report
    assert (report.previous, report.title, report.slug) == (old, "Second version", "gfmd-gcm-cluster-1-v2")
    assert contents_of(old) == before
    new, was = contents_of(report).by_ref, before.by_ref
    assert new["pol3"].text == NEW
    assert new["pol3bis"].text == "A new one."
    assert "pol11" not in new
    assert {ref for ref in was if ref in new and new[ref].text != was[ref].text} == {"pol3", "p8"}
    matched = dict(report.passages.filter(earlier__isnull=False).values_list("ref", "earlier__earlier__ref"))
    assert matched == {ref: ref for ref in was if ref != "pol11"}
    assert report.editions.get().way == "drafted"
    place = NextPassage.objects.get(passage__ref="pol3")
    assert place.published_as == report.passages.get(ref="pol3")
    told = Entry.objects.get(kind="next_text.published").content
    refs = {kind: sorted(refs) for kind, refs in told["changes"].items()}
    assert refs == {"changed": ["p8", "pol3"], "dropped": ["pol11"], "added": ["pol3bis"]}
    assert Entry.objects.filter(kind__in=["report_stored", "report_version_confirmed"]).count() == 2


def test_publishing_twice_is_publishing_once_and_then_nothing_changes(consultation, rapporteur):
    arranging.changed(rapporteur, consultation)
    arranging.close(consultation)
    once = uuid4()
    for _ in range(2):
        actions.publish_next_text(rapporteur, consultation, "Second", once, seen_version=1)
    assert Entry.objects.filter(kind="next_text.published").count() == 1
    with pytest.raises(Changed, match="is published"):
        actions.publish_next_text(rapporteur, consultation, "Third", uuid4(), seen_version=1)
    with pytest.raises(Changed, match="is published"):
        arranging.changed(rapporteur, consultation, "pol4")


def test_it_is_published_only_after_closing_as_it_was_checked_and_with_all_sources(
    consultation, contributor, moderator, rapporteur
):
    comment = arranging.wording(contributor, consultation, moderator)
    arranging.changed(rapporteur, consultation, whole=frozenset({comment.public_id}))
    with pytest.raises(Refusal, match="after the consultation has closed"):
        actions.publish_next_text(rapporteur, consultation, "Second", uuid4(), seen_version=1)
    arranging.close(consultation)
    with pytest.raises(Changed, match="since you checked it"):
        actions.publish_next_text(rapporteur, consultation, "Second", uuid4(), seen_version=0)
    factories.decided(moderator, comment, "remove")
    with pytest.raises(Unexplained, match=r"POL\.3"):
        actions.publish_next_text(rapporteur, consultation, "Second", uuid4(), seen_version=1)
    assert consultation.report.later_versions.count() == 0


def test_nothing_changed_is_not_published(consultation, rapporteur):
    arranging.changed(rapporteur, consultation)
    arranging.save(rapporteur, consultation, "pol3", Proposed(Change.KEPT))
    with pytest.raises(Refusal, match="Nothing is changed"):
        arranging.publish(rapporteur, consultation)


def test_numbers_of_dropped_passages_are_not_used_again_in_a_later_version(consultation, rapporteur):
    arranging.added(rapporteur, consultation, "pol3")
    second = arranging.next_round(arranging.publish(rapporteur, consultation))
    other = arranging.officer(second)
    arranging.dropped(other, second, "pol3bis")
    third = arranging.next_round(arranging.publish(other, second))
    last = arranging.officer(third)
    arranging.added(last, third, "pol3")
    refs = compose(text_of(third)).contents.by_ref
    assert "pol3ter" in refs
    assert "pol3bis" not in refs
    assert third.report.slug == "gfmd-gcm-cluster-1-v3"
