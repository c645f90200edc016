"""Random histories in which delegations sign, change, withdraw and comment, by name and without.

Who says something without a name could be any of its group: where those who do on one recommendation change places,
no output differs, whatever happened before. And in none of them does anybody count twice.
"""

from random import Random

from django.core.cache import caches
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from consultation.discussion import actions as discussion
from consultation.positions import actions as positions
from consultation.positions.models import Position
from consultation.record import clock, ids
from consultation.record.errors import Refusal
from tests import factories
from tests.test_attribution import scene, words

__all__ = ["scene"]

# On which nobody says anything by name before: who did could be told from what they may do next.
REFS = ("pol4", "pol5")
STATES = ("state 1", "state 2", "state 3", "state 4")
STANCES = ("endorse", "reservation", "cannot_endorse")
STEPS = ("sign", "sign", "sign", "withdraw", "comment", "reword", "support")


def history(seed):
    """Sixteen steps; those without a name by a number that stands for an organisation."""
    chance = Random(seed)  # noqa: S311 - nothing secret
    for _ in range(16):
        yield {
            "what": chance.choice(STEPS),
            "ref": chance.choice(REFS),
            "number": chance.randrange(4),
            "stance": chance.choice(STANCES),
            "capacity": chance.choice(["organisation", "organisation", "expert", "pending"]),
            "attribution": chance.choice(["group", "secretariat"]),
        }


def casts(seed):
    """On each recommendation, which states say nothing by name; the same of them in two orders; the others."""
    chance = Random(seed)  # noqa: S311 - nothing secret
    without = {ref: chance.sample(STATES, chance.choice([2, 3])) for ref in REFS}
    shuffled = {ref: chance.sample(names, len(names)) for ref, names in without.items()}
    named = {ref: [name for name in STATES if name not in without[ref]] for ref in REFS}
    return named, (without, shuffled)


def act(scene, named, cast, step):
    """One step; of the four numbers some stand for those without a name, the others for those with one."""
    ref, number = step["ref"], step["number"]
    order = [*cast[ref], *named[ref]]
    who, nameless = order[number], number < len(cast[ref])
    attribution = step["attribution"] if nameless else "named"
    where = scene.people[who], scene.consultation, factories.passage(scene.consultation, ref)
    if step["what"] == "sign":
        scene.position(who, ref, step["stance"], attribution, step["capacity"])
    elif step["what"] == "withdraw":
        positions.withdraw_position(*where)
    elif step["what"] == "comment":
        scene.comment(who, ref, f"A wish: {step['stance']}.", attribution, "Adhere to other words.")
    else:
        organisation = factories.organisation_of(scene.people[who])
        own = scene.consultation.comments.filter(organisation=organisation, passage__ref=ref).order_by("pk").last()
        if step["what"] == "support":
            other = scene.consultation.comments.filter(passage__ref="p10").order_by("pk").first()
            discussion.support(scene.people["civil 1"], other, other.published.number)
        elif own:
            discussion.revise_comment(scene.people[who], own, discussion.Words("Reworded.", "substantive", "More."))
            factories.decided(scene.moderator, own)


def outputs(scene):
    c = f"/consultations/{scene.consultation.slug}"
    yield from (
        f"{c}/summary.json",
        f"{c}/summary.csv",
        f"{c}/summary/",
        f"{c}/breakdown/",
        f"{c}/comments.json",
    )
    yield from (f"{c}/comments.csv", f"{c}/outcome/data.json", f"{c}/recommendations/", "/search/?q=wish")
    for ref in REFS:
        yield f"{c}/passages/{ref}/"
        yield f"{c}/summary/?open={ref}"
        yield from (f"{c}/passages/{ref}/?organisation=Sample {name}" for name in STATES)
    yield from (f"/organisations/sample-{name.replace(' ', '-')}/" for name in STATES)


def play(scene, client, named, cast, seed):
    """The history with this cast: whether each step was refused, and what everybody reads then."""
    refused = []
    for step in history(seed):
        try:
            with transaction.atomic():
                act(scene, named, cast, step)
            refused.append("")
        except Refusal as refusal:
            refused.append(type(refusal).__name__)
    nobody_counts_twice(scene)
    return refused, {address: words(client.get(address)) for address in outputs(scene)}


def nobody_counts_twice(scene):
    for ref in REFS:
        counted = Position.objects.counted(scene.consultation).filter(recommendation__ref=ref)
        holders = list(counted.values_list("organisation", flat=True))
        assert len(holders) == len(set(holders)) <= len(scene.people)


@settings(max_examples=3, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_no_output_tells_who_of_a_group_said_what_without_a_name(db, scene, client, monkeypatch, seed):
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    named, both = casts(seed)
    seen = []
    for cast in both:
        caches["pages"].clear()
        monkeypatch.setattr(ids, "secrets", Random(7))  # noqa: S311 - the same ids in both worlds
        with transaction.atomic():
            seen.append(play(scene, client, named, cast, seed))
            transaction.set_rollback(True)
    assert seen[0][0] == seen[1][0], "a refusal tells who"
    for address, answer in seen[0][1].items():
        assert answer[0] == 200, address
        assert answer == seen[1][1][address], address
