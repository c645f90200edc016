"""Whatever is signed and withdrawn after closing, the figures at closing stand, and nothing late is lost."""

import random

import pytest

from consultation.positions import actions as positions
from consultation.positions.models import PositionVersion, Stance
from consultation.record.errors import Refusal
from consultation.summaries.queries import summary_of
from tests import factories

pytestmark = pytest.mark.django_db
REFS = ("pol1", "pol2", "pra1")


def act(chance, signers, consultation):
    """Somebody signs or withdraws something; whether it was done."""
    signer, ref = chance.choice(signers), chance.choice(REFS)
    try:
        if chance.random() < 0.3:
            positions.withdraw_position(signer, consultation, factories.passage(consultation, ref))
        else:
            factories.signed(signer, consultation, ref, chance.choice(Stance.values), f"Words {chance.random()}")
    except Refusal:
        return False
    return True


@pytest.mark.parametrize("seed", range(4))
def test_no_late_act_changes_a_figure(consultation, seed):
    chance = random.Random(seed)  # noqa: S311 - repeatable histories, no secret
    signers = [factories.focal_point(consultation) for _ in range(3)]
    for _ in range(8):
        act(chance, signers, consultation)
    factories.close(consultation)
    at_closing = [row.totals.as_dict() for row in summary_of(consultation).rows]
    assert not any(act(chance, signers, consultation) for _ in range(4))  # nobody is let in yet
    for signer in signers[:2]:
        factories.let_in(signer, consultation)
    done = sum(act(chance, signers, consultation) for _ in range(12))
    assert done
    found = summary_of(consultation)
    assert [row.totals.as_dict() for row in found.rows] == at_closing
    standing = PositionVersion.objects.filter(state="signed", late=True)
    assert {p.signed_late for p in found.late} == set(standing)
    let_in = {factories.organisation_of(signer) for signer in signers[:2]}
    assert {p.organisation for p in found.late} <= let_in
