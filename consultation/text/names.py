"""Names of organisations: when two would be read as the same."""

import unicodedata

# Letters of other alphabets that look like Latin ones, after case folding (from Unicode TR 39, confusables).
_CYRILLIC = "аa еe оo рp сc уy хx іi ѕs јj ԁd һh ԛq ԝw вb кk мm нh тt"
_GREEK_AND_OTHERS = "αa εe νv οo ιi ρp τt υu χx κk βb ɡg ҽe ӏl"
_LOOK_ALIKES = {ord(pair[0]): pair[1] for pair in f"{_CYRILLIC} {_GREEK_AND_OTHERS}".split()}


def folded(name: str) -> str:
    """The name without case, accents, spacing, punctuation and look-alike letters: equal for names that look alike."""
    letters = unicodedata.normalize("NFKD", name).casefold().translate(_LOOK_ALIKES)
    return "".join(c for c in letters if c.isalnum())
