"""Whatever organisations sign, withdraw and reconfirm, and whatever a rapporteur publishes, over several versions:
no position counts on a text that it was not signed on, and no organisation twice."""

import random
from uuid import uuid4

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from consultation.drafting.models import NextText
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from consultation.positions.earlier import awaiting_reconfirmation, earlier_of
from consultation.positions.models import Position, PositionVersion
from consultation.record.errors import Refusal
from consultation.record.models import Entry
from consultation.summaries.queries import counts_by_passage
from tests import factories
from tests.drafting import arranging

REFS = ("pol1", "pol2", "pra7a")
ANSWERS = (("endorse", ""), ("reservation", "A."), ("reservation", "B."), ("cannot_endorse", ""))
STEPS = ["sign"] * 4 + ["reconfirm"] * 6 + ["draft", "withdraw", "change", "change", "drop", "keep", "add", "publish"]


def history(seed):
    """Twenty-five steps: what, which organisation, on which recommendation, how. The same seed gives the same ones."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    for _ in range(25):
        yield chance.choice(STEPS), chance.randrange(3), chance.choice(REFS), chance.choice(ANSWERS)


class House:
    """Three organisations, and a line of rounds, each on the text that the one before made."""

    def __init__(self):
        self.rounds = [factories.ConsultationFactory()]
        self.people = [factories.focal_point(self.rounds[0]) for _ in range(3)]
        self.rapporteur = arranging.officer(self.rounds[0])
        self.texts = {}

    @property
    def now(self):
        return self.rounds[-1]

    def do(self, what, number, ref, how):
        person = self.people[number]
        passage = self.now.recommendations().filter(ref=ref).first()
        where = (person, self.now, passage)
        if what == "publish":
            self.publish()
        elif passage is None:  # it was dropped from the text
            return
        elif what == "sign":
            positions.sign_position(*where, Answer(*how), uuid4())
        elif what == "draft":
            positions.draft_position(*where, Answer(*how), uuid4())
        elif what == "withdraw":
            positions.withdraw_position(*where)
        elif what == "reconfirm":
            self.reconfirm(where)
        else:
            self.write(what, ref, how)

    def reconfirm(self, where):
        for earlier in earlier_of(self.now, factories.organisation_of(where[0]), [where[2]]):
            positions.sign_position(*where, Answer.reconfirming(earlier.version), uuid4())

    def write(self, what, ref, how):
        if what == "change":
            arranging.changed(self.rapporteur, self.now, ref, f"Words {how} of version {len(self.rounds)}.")
        elif what == "drop":
            arranging.dropped(self.rapporteur, self.now, ref)
        elif what == "add":
            arranging.added(self.rapporteur, self.now, ref)
        else:
            arranging.save(self.rapporteur, self.now, ref, arranging.Proposed(arranging.Change.KEPT))

    def publish(self):
        if not NextText.objects.filter(consultation=self.now).exists():
            return
        made = arranging.publish(self.rapporteur, self.now)
        self.rounds.append(arranging.next_round(made))
        for person in self.people:
            organisation = factories.organisation_of(person)
            factories.Participation.objects.create(consultation=self.now, organisation=organisation)
        self.rapporteur = arranging.officer(self.now)

    def check(self):
        for version in PositionVersion.objects.select_related("position__recommendation"):
            text = version.position.recommendation.text
            assert self.texts.setdefault(version.pk, text) == text, "a position stands on another text than it did"
        for consultation in self.rounds:
            self.check_counts(consultation)
        for version in PositionVersion.objects.filter(reconfirms__isnull=False):
            self.check_reconfirmed(version)

    def check_counts(self, consultation):
        counts = counts_by_passage(consultation)
        waiting = awaiting_reconfirmation(consultation)
        signed = Position.objects.counted(consultation).select_related("recommendation", "signed")
        assert all(p.recommendation.report_id == consultation.report_id for p in signed)
        for recommendation in consultation.recommendations().filter(ref__in=REFS):
            here = [p for p in signed if p.recommendation_id == recommendation.pk]
            assert counts[recommendation.pk].taken == len({p.organisation_id for p in here}) == len(here)
            apart = [
                e
                for person in self.people
                for e in earlier_of(consultation, factories.organisation_of(person), [recommendation])
                if not e.answered
            ]
            assert not {e.version.position.organisation_id for e in apart} & {p.organisation_id for p in here}
            assert (waiting[recommendation.pk].total if recommendation.pk in waiting else 0) == len(apart)
            assert len({e.version.position.organisation_id for e in apart}) == len(apart)
            assert counts[recommendation.pk].taken + len(apart) <= len(self.people)
            assert all(e.text.report_id != consultation.report_id and e.version.state == "signed" for e in apart)

    def check_reconfirmed(self, version):
        before = version.reconfirms
        assert before.position.organisation_id == version.position.organisation_id
        assert before.position.recommendation_id != version.position.recommendation_id
        assert (before.stance, before.explanation) == (version.stance, version.explanation)


@settings(max_examples=8, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_random_histories_count_each_organisation_once_on_the_text_it_signed(db, seed):
    house = House()
    for step in history(seed):
        entries = Entry.objects.count()
        try:
            house.do(*step)
        except Refusal:
            assert Entry.objects.count() == entries, "something refused left an entry"
        house.check()
