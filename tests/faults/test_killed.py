"""Everything is killed at some moment: what was confirmed is there once, the rest once or not at all.

The short form of `make faults`, which does so hundreds of times on databases of its own.
"""

import time

import pytest
from django.db import transaction

from consultation.record import actions, checking, sealing
from consultation.record.models import Head, Leaf
from consultation.stakeholders.models import User
from tests.faults.installation import until
from tests.faults.rounds import Rounds

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_was_confirmed_before_a_kill_is_there_once(installation):
    killed = Rounds(installation, seed=time.time_ns())
    for _ in range(4):
        assert not killed.one().wrong
    figures = killed.all()
    assert not figures.wrong, figures
    assert figures.acknowledged
    sealing.seal_all()
    assert not list(checking.problems())


def test_a_sealer_killed_while_it_seals_leaves_a_record_that_proves_and_goes_on(installation):
    someone = User.objects.get(email="delegate.state@example.org")
    with transaction.atomic(), actions.together():
        for number in range(1600):
            actions.append("drill", someone, actor=someone, number=number)
    sealed = Leaf.objects.exclude(seq=None)
    for batches in range(3):
        installation.run("seal_record")
        until(lambda batches=batches: sealed.count() >= sealing.BATCH * batches)
        time.sleep(0.1)
        installation.kill()
        assert sealed.count() in range(0, 1601, sealing.BATCH) or sealed.count() == 1600
        assert not list(checking.problems())
    installation.run("seal_record")
    until(lambda: sealed.count() == 1600)
    until(lambda: Head.objects.filter(size=1600).exists())
    assert not list(checking.problems())
