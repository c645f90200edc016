"""Whatever speakers, members and a moderator do, in whatever order: nobody counts twice, and no silence counts."""

import random
from datetime import timedelta
from uuid import uuid4

from django.contrib.auth.models import AnonymousUser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consultation.moderation import actions as moderation
from consultation.moderation.actions import Verdict
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from consultation.positions.models import Position, PositionVersion
from consultation.record.errors import Refusal
from consultation.record.models import Entry
from consultation.silence import actions as silence
from consultation.silence.models import Procedure
from consultation.statements import actions, rules
from consultation.statements.actions import Speech
from consultation.statements.answers import answers_on, to_answer
from consultation.statements.models import GroupStatement
from consultation.summaries.queries import counts_by_passage
from tests import factories

REF = "pol3"
STANCES = ("endorse", "reservation", "cannot_endorse")
STEPS = ["state"] * 4 + ["publish"] * 4 + ["confirm"] * 8 + ["dissociate"] * 3 + ["sign", "withdraw", "remove", "break"]


class House:
    """Two groupings with five members, who are in one or both; the last member never says anything."""

    def __init__(self):
        self.consultation = factories.ConsultationFactory()
        self.moderator = factories.moderator(self.consultation)
        self.recommendation = factories.passage(self.consultation, REF)
        self.people = [factories.focal_point(self.consultation) for _ in range(5)]
        self.orgs = [factories.organisation_of(p) for p in self.people]
        self.groupings = [
            factories.grouping(self.orgs[0], *self.orgs),
            factories.grouping(self.orgs[1], self.orgs[0], self.orgs[1], self.orgs[2], self.orgs[4]),
        ]
        self.procedure = factories.under_silence(self.consultation, REF)

    def do(self, what, chance):
        person = chance.choice(self.people[:4])
        where = (person, self.consultation, self.recommendation)
        statements = list(GroupStatement.objects.filter(consultation=self.consultation).order_by("pk"))
        chosen = chance.choice(statements) if statements else None
        if what == "state":
            number = chance.randrange(2)
            self.state(self.groupings[number], self.people[number], chance)
        elif what == "sign":
            positions.sign_position(*where, Answer(chance.choice(STANCES), "Our own words."), uuid4())
        elif what == "withdraw":
            positions.withdraw_position(*where)
        elif what == "break":
            factories.broken(person, self.procedure)
        elif chosen and what == "confirm":
            actions.confirm(person, chosen, uuid4())
        elif chosen and what == "dissociate":
            actions.dissociate(person, chosen, chance.choice(["", "Words."]), uuid4())
        elif chosen:
            verdict = Verdict("publish") if what == "publish" else Verdict("remove", "other", "Because.")
            item = f"explanation-{chosen.version.position.public_id}"
            moderation.decide(self.moderator, item, chosen.version.number, verdict, uuid4())

    def state(self, grouping, speaker, chance):
        members = rules.members_to_list(grouping, self.consultation, factories.organisation_of(speaker))
        answer = Answer(chance.choice(STANCES), f"Words {chance.random()}")
        speech = Speech(grouping, answer, members)
        actions.make_statement(speaker, self.consultation, self.recommendation, speech, uuid4())

    def check(self):
        signed = PositionVersion.objects.filter(
            position__consultation=self.consultation, state="signed"
        ).select_related("position", "aligned_with")
        counts = counts_by_passage(self.consultation)[self.recommendation.pk]
        assert counts.taken == len(signed) == len({v.position.organisation_id for v in signed})
        for version in signed:
            assert Entry.objects.filter(
                kind="position.signed", content__organisation=version.position.organisation_id, actor=version.signed_by
            ).exists(), "a position that nobody of the organisation signed"
        silent = self.orgs[4]
        assert not Position.objects.filter(organisation=silent, signed__isnull=False).exists()
        confirmed = set()
        for answers in answers_on(AnonymousUser(), self.consultation, self.recommendation):
            self.check_answers(answers, silent)
            now = {v.position.organisation_id for v in answers.confirmed}
            assert not now & confirmed, "confirmed two statements at once"
            confirmed |= now
        for organisation in self.orgs:
            for statement in to_answer(self.consultation, organisation):
                assert statement.replaced_at is None
                assert organisation.pk in {m.organisation_id for m in statement.listed.all()}

    def check_answers(self, answers, silent):
        lists = [
            [v.position.organisation_id for v in answers.confirmed],
            [d.organisation_id for d in answers.dissociated],
            [o.pk for o in answers.moved_on],
            [o.pk for o in answers.unanswered],
        ]
        everybody = sorted(pk for each in lists for pk in each)
        assert everybody == sorted(m.organisation_id for m in answers.statement.listed.all())
        assert silent.pk in lists[3]
        for version in answers.confirmed:
            assert (version.state, version.stance) == ("signed", answers.statement.version.stance)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_random_histories_count_each_organisation_once_and_no_silence(db, seed):
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    house = House()
    for _ in range(25):
        entries = Entry.objects.count()
        before = counts_by_passage(house.consultation)[house.recommendation.pk]
        what = chance.choice(STEPS)
        try:
            house.do(what, chance)
        except Refusal:
            assert Entry.objects.count() == entries, "something refused left an entry"
        if what in {"break", "publish", "remove"}:
            assert counts_by_passage(house.consultation)[house.recommendation.pk] == before
        house.check()
    before = counts_by_passage(house.consultation)
    past = house.procedure.started_at + timedelta(microseconds=1)
    Procedure.objects.filter(pk=house.procedure.pk).update(ends_at=past)
    assert silence.settle() == 1
    assert counts_by_passage(house.consultation) == before
