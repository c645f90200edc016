"""The regions of the United Nations' statistics (M49) that organisations are counted by."""

from functools import cache

from countryinfo import CountryInfo
from countryinfo.exceptions import CountryNotFoundError
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Region(TextChoices):
    """The five regions, by their M49 codes."""

    AFRICA = "002", _("Africa")
    AMERICAS = "019", _("Americas")
    ASIA = "142", _("Asia")
    EUROPE = "150", _("Europe")
    OCEANIA = "009", _("Oceania")


# As the package names them.
_NAMES = {
    "Africa": Region.AFRICA,
    "Americas": Region.AMERICAS,
    "Asia": Region.ASIA,
    "Europe": Region.EUROPE,
    "Oceania": Region.OCEANIA,
}


@cache
def region_of(country: str) -> Region | None:
    """The region of a country by its ISO 3166-1 code; None without a country, and for Antarctica."""
    if not country:
        return None
    try:
        return _NAMES.get(CountryInfo(country).region() or "")
    except CountryNotFoundError:
        return None
