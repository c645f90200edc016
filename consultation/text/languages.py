"""Tags of languages as BCP 47 writes them: `en`, `pt-BR`, `zh-Hans`."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_TAG = re.compile(
    r"[a-z]{2,3}(-[a-z]{3}){0,3}"  # the language
    r"(-[a-z]{4})?"  # the script
    r"(-([a-z]{2}|[0-9]{3}))?"  # the region
    r"(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*",  # variants
    re.IGNORECASE | re.ASCII,
)
_PRIMARY = re.compile(r"[a-z]{2,3}", re.IGNORECASE | re.ASCII)
_REGION = re.compile(r"[a-z]{2}", re.IGNORECASE | re.ASCII)
OTHERWISE = "en"


def require_tag(tag: str) -> None:
    """Raise `ValidationError` where this is not written as the tag of a language."""
    if not _TAG.fullmatch(tag):
        raise ValidationError(_("Enter the language as a tag of BCP 47, for example en, pt-BR or zh-Hans."))


def primary(tag: str) -> str:
    """The language itself, in the two or three letters that typesetters take; English where there are none."""
    first = tag.partition("-")[0]
    return first.lower() if _PRIMARY.fullmatch(first) else OTHERWISE


def region(tag: str) -> str:
    """The two letters of the region, "" where the tag names none."""
    parts = tag.split("-")
    if primary(tag) != parts[0].lower():
        return ""
    # Behind it stand a language of its family (three letters) or its script (four).
    return next((part.upper() for part in parts[1:] if _REGION.fullmatch(part)), "")
