"""Refusals of the offline lane."""

from consultation.record.errors import Changed


class BadPack(Exception):  # noqa: N818 - named for what it says
    """A file that is not taken at all, with the sentence that says why and what to do."""

    def __init__(self, sentence: object) -> None:
        self.sentence = str(sentence)
        super().__init__(self.sentence)


class LinesChanged(Changed):
    """What is here changed between the difference that was shown and what was sent; nothing was saved."""
