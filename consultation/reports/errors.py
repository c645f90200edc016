"""Refusals and problems that come from the text of a report."""

from dataclasses import dataclass

from consultation.record.errors import Refusal


class Unreadable(Refusal):
    """The file cannot be read as a report; the sentence says why and where."""


class NotStored(Refusal):
    """The report was read, and the rules do not let it be stored so."""


@dataclass(frozen=True)
class Problem:
    """What is wrong in a file, and where: a row, a passage or a line."""

    place: str
    sentence: str

    def __str__(self) -> str:
        said = f"{self.place}: {self.sentence}" if self.place else self.sentence
        return said.encode("utf-8", "replace").decode()  # a file can hold halves of characters, which nobody can show


class Invalid(Refusal):
    """The contents break rules; `problems` lists all of them."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))
