"""What moderators and readers see of a thing that is moderated, whatever its kind."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from consultation.consultations.attribution import Attribution, Origin
from consultation.consultations.models import Consultation
from consultation.moderation.models import Appeal, Flag
from consultation.reports.models import Passage
from consultation.stakeholders.models import Organisation

if TYPE_CHECKING:
    from consultation.moderation.kinds.kind import ItemKind


@dataclass(frozen=True)
class Item:
    """One thing to decide on, with its newest words: what a moderator reads."""

    kind: "ItemKind"
    thing: Any
    words: Any
    state: str
    passage: Passage | None
    author: Any
    since: datetime
    published: Any = None
    why: str = ""
    is_own: bool = False
    claimed_by: str = ""
    flags: tuple[Flag, ...] = ()
    appeal: Appeal | None = None

    @property
    def id(self) -> str:
        return self.kind.id_of(self.thing)

    @property
    def consultation(self) -> Consultation:
        consultation: Consultation = self.thing.consultation
        return consultation

    @property
    def organisation(self) -> Organisation:
        organisation: Organisation = self.thing.organisation
        return organisation

    @property
    def number(self) -> int:
        """The number of the revision or version, which a decision names."""
        return int(self.words.number)

    @property
    def text(self) -> str:
        return self.kind.text(self.words)

    @property
    def attribution(self) -> Attribution:
        """In whose name it was submitted."""
        return self.kind.attribution(self.words)

    @property
    def is_edit(self) -> bool:
        """Other words for what everybody reads already."""
        return self.published is not None and self.published != self.words

    @property
    def is_redactable(self) -> bool:
        """Whether a part of it can be blacked out now."""
        return self.state in {"pending", "published"}

    @property
    def called(self) -> str:
        """What it is, in a word or two."""
        return str(self.kind.edit_label if self.is_edit else self.kind.label)

    @property
    def line(self) -> str:
        """The same before the name of what it is about."""
        return str(self.kind.edit_line if self.is_edit else self.kind.line)

    @property
    def about(self) -> str:
        """What it is about, as people call it."""
        return self.kind.about(self.thing, self.passage)

    @property
    def address(self) -> str:
        """The page that it stands on, or will."""
        return self.kind.address(self.thing)

    @property
    def published_text(self) -> str:
        """What everybody reads of what is edited."""
        return self.kind.text(self.published) if self.published else ""


@dataclass(frozen=True)
class Shown:
    """Something published that can be flagged."""

    kind: "ItemKind"
    thing: Any
    text: str

    def origin(self, reader: Any) -> Origin | None:
        """Who this reader is told that it is from; None where it is held back from them."""
        return self.kind.origin(self.thing, reader)

    @property
    def about(self) -> str:
        return self.kind.about(self.thing, self.kind.passage(self.thing))

    @property
    def address(self) -> str:
        """The page that it stands on."""
        return self.kind.address(self.thing)

    @property
    def organisation(self) -> Organisation:
        organisation: Organisation = self.thing.organisation
        return organisation
