"""An attacker who reads everything that is public and subtracts every known name: whom can they find?"""

from collections import Counter, defaultdict
from itertools import product

import pytest

from consultation.consultations.attribution import ENOUGH
from consultation.positions.disclosure import HELD_BACK, NAMED, OF_GROUP, Tally, disclose

NONE = None
CHOICES = [NONE, *product(("endorse", "cannot_endorse"), ("named", "group", "secretariat"), ("organisation",))]
WITH_EXPERTS = [*CHOICES, ("endorse", "group", "expert"), ("endorse", "secretariat", "expert")]


def told(groups, world):
    """What the public reads of a world: who stands there by name, and what stands there without one."""
    tallies = Counter((groups[o], *held) for o, held in enumerate(world) if held)
    counted = [Tally(1, group, *held, number) for (group, *held), number in tallies.items()]
    disclosure = disclose(Counter(groups), counted)
    names, items = [], Counter()
    for organisation, held in enumerate(world):
        if held is None:
            continue
        stance, attribution, capacity = held
        level = disclosure.level(attribution, groups[organisation])
        if level == NAMED:
            names.append((organisation, stance, capacity))
        elif level != HELD_BACK:
            items[groups[organisation] if level == OF_GROUP else "none", stance, capacity] += 1
    return tuple(names), frozenset(items.items())


def holders(groups, world):
    """Which organisation holds which item that is shown without a name, and what the others are seen to hold."""
    tallies = Counter((groups[o], *held) for o, held in enumerate(world) if held)
    disclosure = disclose(Counter(groups), [Tally(1, g, *held, n) for (g, *held), n in tallies.items()])
    for organisation, held in enumerate(world):
        level = disclosure.level(held[1], groups[organisation]) if held else HELD_BACK
        if held is None or level == HELD_BACK:
            yield organisation, None
        elif level != NAMED:
            where = groups[organisation] if level == OF_GROUP else "none"
            yield organisation, (where, held[0], held[2])


@pytest.mark.parametrize(
    ("groups", "choices"),
    [
        ("aaa", WITH_EXPERTS),
        ("aaaa", CHOICES),
        ("aaab", CHOICES),
        ("aabb", CHOICES),
        ("abc", WITH_EXPERTS),
        ("aaaab", CHOICES),
    ],
)
def test_in_every_world_each_position_without_a_name_could_be_of_three_organisations(groups, choices):
    could_hold, could_be = defaultdict(lambda: defaultdict(set)), defaultdict(lambda: defaultdict(set))
    for world in product(choices, repeat=len(groups)):
        seen = told(groups, world)
        for organisation, item in holders(groups, world):
            held = world[organisation]
            if item:
                could_hold[seen][item].add(organisation)
            could_be[seen][organisation].add((held[0], held[2]) if held else None)
    assert any(could_hold.values())
    for seen, items in could_hold.items():
        for item, organisations in items.items():
            assert len(organisations) >= ENOUGH, (seen, item)
    for seen, organisations in could_be.items():
        shown = sum(number for _item, number in seen[1])
        everybody_says_the_same = len({item[1:] for item, _n in seen[1]}) == 1 and shown == len(organisations)
        for organisation, possible in organisations.items():
            # Nobody is found to hold a position, but where everybody who is not named holds the same.
            assert len(possible) > 1 or possible == {None} or everybody_says_the_same, (seen, organisation)


def test_one_that_is_left_is_not_shown():
    """All others of the consultation are named: the figures would give the last one."""
    named = Tally(1, 1, "endorse", "named", "organisation", 4)
    last = Tally(1, 1, "cannot_endorse", "secretariat", "organisation", 1)
    assert disclose({1: 5}, [named, last]).level("secretariat", 1) == HELD_BACK


def test_a_group_all_of_whose_others_say_the_same_is_not_named():
    said = Tally(1, 1, "cannot_endorse", "group", "organisation", 3)
    assert (
        disclose({1: 5, 2: 5}, [Tally(1, 1, "endorse", "named", "organisation", 2), said]).level("group", 1) == "none"
    )
    assert (
        disclose({1: 6, 2: 5}, [Tally(1, 1, "endorse", "named", "organisation", 2), said]).level("group", 1) == "group"
    )
