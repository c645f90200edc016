import pytest

from tests.drafting import arranging


@pytest.fixture
def rapporteur(consultation):
    return arranging.officer(consultation)
