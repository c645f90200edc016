"""Countries and the regions of the United Nations' statistics (M49)."""

import pytest
from django_countries import countries

from consultation.stakeholders.regions import Region, region_of

WITHOUT = {"AQ", "HM"}  # nobody has a seat there; the package gives no region


@pytest.mark.parametrize(
    ("country", "region"),
    [
        ("CH", Region.EUROPE),
        ("TR", Region.ASIA),
        ("CY", Region.ASIA),
        ("RU", Region.EUROPE),
        ("EG", Region.AFRICA),
        ("MX", Region.AMERICAS),
        ("PH", Region.ASIA),
        ("FJ", Region.OCEANIA),
        ("AQ", None),
        ("", None),
        ("ZZ", None),
    ],
)
def test_a_country_has_the_region_that_m49_gives_it(country, region):
    assert region_of(country) == region


def test_every_country_that_can_be_chosen_has_a_region():
    assert {code for code, _name in countries if region_of(code) is None} <= WITHOUT


def test_regions_go_by_their_m49_codes():
    assert {str(r.label): r.value for r in Region} == {
        "Africa": "002",
        "Americas": "019",
        "Asia": "142",
        "Europe": "150",
        "Oceania": "009",
    }
