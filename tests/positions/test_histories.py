"""Whatever three delegations and a moderator do, in whatever order: what must hold of positions holds."""

import random
from uuid import uuid4

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consultation.moderation import actions as moderation
from consultation.moderation.actions import Verdict
from consultation.positions import actions
from consultation.positions.actions import Answer, Row
from consultation.positions.models import Position, PositionVersion
from consultation.positions.statements import statements_on
from consultation.record.errors import Refusal
from consultation.record.models import Entry
from consultation.summaries.queries import counts_by_passage
from tests import factories

REFS = ("pol1", "pol2")
STANCES, WORDS, DECISIONS = (
    ("endorse", "reservation", "cannot_endorse"),
    "ABC",
    ("publish", "return", "remove", "restore"),
)
# Statements and those who align themselves come more often, so that most histories have both.
STEPS = ["state"] * 4 + ["align"] * 8 + ["draft", "sign", "send_back", "withdraw", "save_all", "sign_all", "decide"]


def history(seed):
    """Thirty steps: what, which organisation, on which recommendation, how. The same seed gives the same ones."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret

    def answer():
        return chance.choice(STANCES), chance.choice(WORDS)

    for _ in range(30):
        what = chance.choice(STEPS)
        if what == "align":
            how = chance.randrange(3)
        elif what == "save_all":
            how = answer(), answer(), chance.random() < 0.5
        else:
            how = chance.choice(DECISIONS) if what == "decide" else answer()
        yield what, chance.randrange(3), chance.choice(["pol1", "pol1", "pol2"]), how


class House:
    """Three organisations with a focal point each, and the moderator."""

    def __init__(self, consultation):
        self.consultation = consultation
        self.people = [factories.focal_point(consultation) for _ in range(3)]
        self.moderator = factories.moderator(consultation)

    def held(self, person, ref):
        return Position.objects.filter(
            organisation=factories.organisation_of(person), recommendation__ref=ref, consultation=self.consultation
        ).first()

    def do(self, what, number, ref, how):
        person, recommendation = self.people[number], factories.passage(self.consultation, ref)
        organisation, held = factories.organisation_of(person), self.held(person, ref)
        where = (person, self.consultation, recommendation)
        if what == "draft":
            actions.draft_position(*where, Answer(*how), uuid4())
        elif what == "sign":
            actions.sign_position(*where, Answer(*how), uuid4())
        elif what == "align":
            self.align(where, self.held(self.people[how], ref))
        elif what == "state":
            with transaction.atomic():  # two acts: words that are published already refuse the second
                factories.statement(person, self.consultation, self.moderator, ref, *how)
        elif what == "send_back":
            actions.send_back(*where, "Once more.")
        elif what == "withdraw":
            actions.withdraw_position(*where)
        elif what == "save_all":
            self.save_all(person, organisation, how)
        elif what == "sign_all":
            drafts = Position.objects.filter(organisation=organisation, draft__state="draft")
            seen = {p.recommendation.ref: p.draft.number for p in drafts.select_related("recommendation", "draft")}
            actions.sign_several(person, self.consultation, organisation, seen, uuid4())
        else:
            self.decide(held, how)

    def align(self, where, other):
        if other and other.signed:
            actions.sign_position(*where, Answer.with_statement(other.signed), uuid4())

    def decide(self, held, kind):
        version = held.versions.filter(signed_at__isnull=False).last() if held else None
        if version:
            reason = {} if kind in {"publish", "restore"} else {"reason": "other", "statement": "Because."}
            item = f"explanation-{held.public_id}"
            moderation.decide(self.moderator, item, version.number, Verdict(kind, **reason), uuid4())

    def save_all(self, person, organisation, how):
        first, second, fresh = how
        rows = []
        for ref, answer in zip(REFS, (first, second), strict=True):
            current = actions.shown(self.held(person, ref))
            seen = current.number if current and fresh else 0
            rows.append(Row(factories.passage(self.consultation, ref), Answer(*answer), seen))
        actions.draft_several(person, self.consultation, organisation, rows, uuid4())

    def check(self, before, touched=REFS):
        """What must hold of all positions holds; what is shown is looked at where something was done."""
        versions = PositionVersion.objects.filter(position__consultation=self.consultation)
        after = {v.pk: (v.stance, v.explanation, v.aligned_with_id) for v in versions}
        assert {pk: after.get(pk) for pk in before} == before, "a version was changed or lost"
        counts = counts_by_passage(self.consultation)
        for ref in REFS:
            recommendation = factories.passage(self.consultation, ref)
            signed = [v for v in versions.filter(state="signed") if v.position.recommendation_id == recommendation.pk]
            assert len({v.position_id for v in signed}) == len(signed) == counts[recommendation.pk].taken
            if ref in touched:
                self.check_statements(recommendation, signed)
        for position in Position.objects.filter(consultation=self.consultation):
            numbers = list(position.versions.values_list("number", flat=True))
            assert numbers == list(range(1, len(numbers) + 1))
            assert (position.signed is None) is not position.versions.filter(state="signed").exists()
            assert position.draft is None or position.draft.state in {"draft", "sent_back"}
        return after

    def check_statements(self, recommendation, signed):
        """Each explanation that can be read stands once; each aligned position stands under exactly its statement."""
        statements = statements_on(self.people[0], self.consultation, recommendation)
        shown = [s.version.pk for s in statements]
        assert len(set(shown)) == len(shown)
        under = {v.pk: s.version.pk for s in statements for v in s.aligned}
        assert under == {v.pk: v.aligned_with_id for v in signed if v.aligned_with_id}
        for version in signed:
            stands = version.aligned_with is None or (
                version.aligned_with.state == "signed" and version.aligned_with.explanation_state == "published"
            )
            assert (version.lapse == "") is stands
            assert version.stance == version.statement.stance
            assert version.statement.explanation or version.stance != "reservation"


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_random_histories_keep_every_version_and_count_each_organisation_once(db, seed):
    house, versions = House(factories.ConsultationFactory()), {}
    for step in history(seed):
        entries = Entry.objects.count()
        try:
            house.do(*step)
        except Refusal:
            assert Entry.objects.count() == entries, "something refused left an entry"
        what, _number, ref, _how = step
        versions = house.check(versions, REFS if what in {"save_all", "sign_all"} else (ref,))
    house.check(versions)
