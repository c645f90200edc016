"""Two groupings: a speaker each, and members, of which one is in both."""

from dataclasses import dataclass

import pytest

from consultation.consultations.models import Consultation
from consultation.stakeholders.models import Grouping, User
from consultation.statements.models import GroupStatement
from tests import factories


@dataclass
class House:
    """The focal points of the speakers and members, and the groupings."""

    first_speaker: User
    second_speaker: User
    both: User
    only_first: User
    first: Grouping
    second: Grouping


@pytest.fixture
def house(consultation: Consultation) -> House:
    people = [factories.focal_point(consultation) for _ in range(4)]
    speaker, other_speaker, both, only = (factories.organisation_of(p) for p in people)
    return House(
        *people,
        first=factories.grouping(speaker, speaker, both, only),
        second=factories.grouping(other_speaker, other_speaker, both),
    )


@pytest.fixture
def statement(house: House, consultation: Consultation, moderator: User) -> GroupStatement:
    """Of the first grouping, with a reservation, published."""
    return factories.group_statement(house.first_speaker, house.first, consultation, moderator)
