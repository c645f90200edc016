"""What plain rules notice about a text: help for the moderator, never a decision."""

import re
import unicodedata

from django.utils.translation import gettext as _

from consultation.text import characters
from consultation.text.languages import primary

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
# Nine digits or more with the marks that telephone numbers have; years and paragraph numbers are shorter.
_TELEPHONE = re.compile(r"(?<![\w])\+?\(?\d(?:[ ()./-]{0,2}\d){8,14}(?!\w)")
_LINK = re.compile(r"https?://", re.IGNORECASE)
_MANY_LINKS = 4
_WORD = re.compile(r"\w+")
_ALIKE = 0.8
_SHORT = 6
_words = str.split
# The commonest words of the languages of the United Nations that are written in Latin letters.
_COMMON = {
    "en": frozenset(_words("the of and to in a is that for it on with as are be this by or not from at we an have")),
    "fr": frozenset(
        _words("le la les de des du et à en un une que qui dans pour par sur est au aux nous il ce ne pas")
    ),
    "es": frozenset(_words("el la los las de y en que un una por para con del al se no es su lo como más")),
}
_SCRIPTS = {"ARABIC": "ar", "CJK": "zh", "CYRILLIC": "ru"}
_ENOUGH_LETTERS = 20


def hints(text: str, language: str, others: list[tuple[str, str]]) -> list[str]:
    """What a moderator may want to look at, as sentences.

    `language` is that of the consultation's report (ISO 639-1); `others` are texts on the same passage, each with a
    name that the moderator can find it by.
    """
    found = []
    if _EMAIL.search(text):
        found.append(_("It contains an e-mail address."))
    if _TELEPHONE.search(text):
        found.append(_("It contains what may be a telephone number."))
    if len(_LINK.findall(text)) >= _MANY_LINKS:
        found.append(_("It contains many links."))
    if hidden := sum(unicodedata.category(c) == "Cf" for c in text) + sum(bool(characters.problem(c)) for c in text):
        found.append(_("It contains hidden characters (%d).") % hidden)
    guessed = language_of(text)
    if guessed and guessed != primary(language):
        found.append(_("It may be in another language (%s).") % guessed)
    found += [_("It is nearly the same as %s.") % name for name, other in others if alike(text, other)]
    return found


def language_of(text: str) -> str:
    """The language that the text is probably in, of the six of the United Nations; "" where too little says so."""
    letters = [c for c in text if c.isalpha()]
    for script, language in _SCRIPTS.items():
        if letters and sum(unicodedata.name(c, "").startswith(script) for c in letters) > len(letters) / 2:
            return language
    words = [w.casefold() for w in _WORD.findall(text)]
    if len(letters) < _ENOUGH_LETTERS:
        return ""
    scores = {language: sum(w in common for w in words) for language, common in _COMMON.items()}
    best = max(scores, key=lambda language: scores[language])
    second = sorted(scores.values())[-2]
    return best if scores[best] > second and scores[best] * 8 >= len(words) else ""


def alike(one: str, other: str) -> bool:
    """Whether two texts say nearly the same words in the same order: most runs of three words are in both."""
    first, second = _runs(one), _runs(other)
    if min(len(first), len(second)) < _SHORT:
        return one.casefold().split() == other.casefold().split()
    return len(first & second) >= _ALIKE * max(len(first), len(second))


def _runs(text: str) -> set[tuple[str, ...]]:
    words = [w.casefold() for w in _WORD.findall(text)]
    return set(zip(words, words[1:], words[2:], strict=False))
