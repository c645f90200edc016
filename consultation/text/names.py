"""Names of organisations: when two would be read as the same."""

import unicodedata

# Letters of other alphabets that look like Latin ones, after case folding (from Unicode TR 39, confusables).
_CYRILLIC = "аa еe оo рp сc уy хx іi ѕs јj ԁd һh ԛq ԝw вb кk мm нh тt"
_GREEK_AND_OTHERS = "αa εe νv οo ιi ρp τt υu χx κk βb ɡg ҽe ӏl"
_LOOK_ALIKES = {ord(pair[0]): pair[1] for pair in f"{_CYRILLIC} {_GREEK_AND_OTHERS}".split()}
# Marks that a name is read the same without: accents of Latin, Greek and Cyrillic letters, points of Hebrew and vowels
# of Arabic, variants of a sign. In other scripts (Devanagari, Bengali, Thai, kana…) marks are vowels and consonants.
_ACCENTS = (
    *(range(0x0300, 0x0370), range(0x0483, 0x048A), range(0x1AB0, 0x1B00), range(0x1DC0, 0x1E00)),
    *(range(0x20D0, 0x2100), range(0x2DE0, 0x2E00), range(0xA66F, 0xA6A0), range(0xFE20, 0xFE30)),
    *(range(0x0591, 0x05C8), range(0x0610, 0x061B), range(0x064B, 0x0660), range(0x0670, 0x0671)),
    *(range(0x06D6, 0x06EE), range(0x08CA, 0x0900)),
    *(range(0x180B, 0x1810), range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0)),
)


def folded(name: str) -> str:
    """The name without case, accents, spacing, punctuation and look-alike letters: equal for names that look alike."""
    letters = unicodedata.normalize("NFKD", name).casefold().translate(_LOOK_ALIKES)
    return "".join(c for c in letters if c.isalnum() or _is_a_letter_of_its_own(c))


def _is_a_letter_of_its_own(sign: str) -> bool:
    return unicodedata.category(sign)[0] == "M" and not any(ord(sign) in accents for accents in _ACCENTS)
