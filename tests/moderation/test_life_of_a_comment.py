"""Random authors, moderators, readers and clocks against the state machine of comments and decisions.

What has to hold whatever happens: nothing unpublished is seen by others, no decision is without a reason, no
contribution is lost, and the record tells the same story as the tables.
"""

from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from consultation.discussion import actions as discussion
from consultation.discussion.actions import Words
from consultation.discussion.models import Comment, CommentRevision
from consultation.moderation import actions, queue
from consultation.moderation.actions import Verdict
from consultation.moderation.models import Decision
from consultation.moderation.rules import possible as possible_decisions
from consultation.record import clock
from consultation.record.errors import Refusal
from consultation.record.models import Entry, subject_name
from tests import factories

# What an entry of the record makes of the state of its comment; others leave it as it is.
TELLS = {
    "comment.drafted": "draft",
    "comment.submitted": "pending",
    "comment.published": "published",
    "comment.published_at_once": "published",
    "comment.returned": "returned",
    "comment.removed": "removed",
    "comment.restored": "published",
    "comment.withdrawn": "withdrawn",
}


OFTEN = st.sampled_from([True, True, True, False])


class LifeOfComments(RuleBasedStateMachine):
    """Two authors of two organisations, two moderators, and a clock that runs."""

    comments = Bundle("comments")

    def __init__(self):
        super().__init__()
        clock.now = timezone.now
        self.consultation = factories.ConsultationFactory(
            closes_at=timezone.now() + timedelta(days=2), moderation_mode="before"
        )
        self.authors = [factories.delegate(self.consultation) for _ in range(2)]
        self.moderators = [factories.moderator(self.consultation) for _ in range(2)]
        self.passage = factories.passage(self.consultation, "p8")
        self.written = {}

    def teardown(self):
        clock.now = timezone.now

    def attempt(self, act):
        """The rules may refuse; nothing else may go wrong."""
        try:
            return act()
        except Refusal:
            return None

    @initialize(target=comments)
    def begin(self):
        return multiple(*(self.new(self.authors[who], submit=True) for who in (0, 1, 0)))

    def new(self, author, parent=None, *, submit):
        text = f"text-{len(self.written)}"
        comment = discussion.write_comment(
            author, self.consultation, self.passage, Words(text), uuid4(), submit=submit, parent=parent
        )
        self.written[text] = comment.pk
        return comment

    @rule(target=comments, who=st.integers(0, 1), submit=st.booleans())
    def write(self, who, submit):
        comment = self.attempt(lambda: self.new(self.authors[who], submit=submit))
        return comment or multiple()

    @rule(target=comments, who=st.integers(0, 1), parent=comments)
    def reply(self, who, parent):
        comment = self.attempt(lambda: self.new(self.authors[who], parent, submit=True))
        return comment or multiple()

    @rule(comment=comments, own=OFTEN, submit=OFTEN)
    def revise(self, comment, own, submit):
        text = f"edit-{len(self.written)}"
        author = comment.author if own else self.another(comment)
        if self.attempt(lambda: discussion.revise_comment(author, comment, Words(text), submit=submit)):
            self.written[text] = comment.pk

    @rule(comment=comments, own=OFTEN)
    def withdraw(self, comment, own):
        author = comment.author if own else self.another(comment)
        self.attempt(lambda: discussion.withdraw_comment(author, comment))

    def another(self, comment):
        return next(a for a in self.authors if a != comment.author)

    @rule(
        who=st.integers(0, 1),
        comment=comments,
        fits=OFTEN,
        which=st.integers(0, 4),
        reason=st.sampled_from(["off_topic", "abusive", "other", ""]),
        regret=st.booleans(),
    )
    def decide(self, who, comment, fits, which, reason, regret):
        item_id = f"comment-{comment.public_id}"
        item = queue.find(item_id, self.moderators[who])
        possible = (item and fits and possible_decisions(item)) or Decision.Kind.values
        verdict = Verdict(possible[which % len(possible)], reason, "Say it elsewhere." if reason else "")
        with suppress(Refusal, ValueError):
            number = item.number if item else 1
            decision = actions.decide(self.moderators[who], item_id, number, verdict, uuid4())
            if regret:
                actions.undo(self.moderators[who], decision)

    @rule(own=st.sampled_from([True, True, False]))
    def undo(self, own):
        last = Decision.objects.filter(consultation=self.consultation).last()
        if last:
            other = next(m for m in self.moderators if m != last.moderator)
            self.attempt(lambda: actions.undo(last.moderator if own else other, last))

    @rule()
    def appeal(self):
        last = Decision.objects.filter(consultation=self.consultation, kind__in=["return", "remove"]).last()
        if last:
            self.attempt(lambda: actions.appeal(last.revision.comment.author, last, "Look again.", uuid4()))

    @rule(mode=st.sampled_from(["before", "after", "new"]))
    def moderate(self, mode):
        self.consultation.moderation_mode = mode
        self.consultation.save()

    @rule(seconds=st.sampled_from([1, 30, 61, 600]))
    def wait(self, seconds):
        now = clock.now() + timedelta(seconds=seconds)
        clock.now = lambda: now

    @invariant()
    def nothing_unpublished_is_seen_by_others(self):
        stranger = factories.UserFactory.build(pk=0)
        for person in (stranger, self.authors[0], self.authors[1]):
            seen = Comment.objects.visible_to(person).filter(consultation=self.consultation)
            for comment in seen.select_related("published"):
                if comment.author_id == person.pk or comment.is_placeholder:
                    continue
                assert comment.state == "published"
                assert comment.published.state == "published"
        shown = CommentRevision.objects.filter(comment__published__pk__isnull=False, state="published")
        for revision in shown.filter(comment__consultation=self.consultation).select_related("comment"):
            assert revision.comment.published_id == revision.pk

    @invariant()
    def what_waits_is_in_the_queue(self):
        waiting = Comment.objects.filter(consultation=self.consultation, state="pending")
        assert not waiting.exclude(latest__state="pending").exists()
        drafts = Comment.objects.filter(consultation=self.consultation, latest__state="draft")
        assert not drafts.exclude(state__in=["draft", "withdrawn"]).exists()

    @invariant()
    def no_decision_against_is_without_reason(self):
        against = Decision.objects.filter(consultation=self.consultation, kind__in=["return", "remove"])
        assert not against.filter(reason="").exists()
        assert not against.filter(statement="").exists()

    @invariant()
    def no_contribution_is_lost(self):
        revisions = list(CommentRevision.objects.filter(comment__consultation=self.consultation))
        kept = {(revision.comment_id, revision.body) for revision in revisions}
        drafted = {revision.comment_id for revision in revisions if revision.state == "draft"}
        for text, pk in self.written.items():
            # Only a draft is written over by its author.
            lives = (pk, text) in kept or pk in drafted
            assert lives or Entry.objects.filter(subject=f"discussion.comment:{pk}").count() > 1

    @invariant()
    def the_record_tells_the_same_story(self):
        comments = {subject_name(c): c for c in Comment.objects.filter(consultation=self.consultation)}
        entries = {subject: [] for subject in comments}
        for entry in Entry.objects.filter(subject__in=comments).order_by("pk"):
            entries[entry.subject].append(entry)
        for subject, comment in comments.items():
            story, told = "", []
            for entry in entries[subject]:
                told.append(entry.kind)
                if entry.kind == "comment.decision_undone":
                    decision = Decision.objects.get(pk=entry.content["decision"])
                    story = {
                        "publish": "published" if decision.published_before else "pending",
                        "return": "pending",
                    }.get(decision.kind, {"remove": "published", "restore": "removed"}.get(decision.kind, story))
                    if decision.kind == "return" and comment.published_id:
                        story = "published"
                elif entry.kind in {"comment.revised", "comment.appealed"}:
                    story = "pending" if story in {"draft", "returned"} else story
                elif entry.kind == "comment.drafted" and story not in {"", "draft"}:
                    continue  # A draft of an edit; what stands, stands.
                elif entry.kind == "comment.returned" and story == "published":
                    continue  # An edit was returned; the published words stand.
                else:
                    story = TELLS.get(entry.kind, story)
            assert comment.state == story, told


@pytest.mark.django_db
def test_whatever_happens_in_whatever_order(monkeypatch):
    monkeypatch.setattr(clock, "now", clock.now)
    run_state_machine_as_test(
        LifeOfComments,
        settings=settings(max_examples=30, stateful_step_count=30, suppress_health_check=list(HealthCheck)),
    )
