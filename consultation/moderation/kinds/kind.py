"""What moderation has to know of each kind of thing: where its words wait, and what a decision makes of them."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.functional import Promise

from consultation.consultations.attribution import Attribution, Origin
from consultation.consultations.models import Consultation
from consultation.moderation.kinds.items import Item, Shown
from consultation.moderation.models import Appeal, Claim, Decision, DecisionQuerySet, Flag
from consultation.record.actions import hold
from consultation.reports.models import Passage
from consultation.stakeholders.models import Membership

# Why something waits: the kinds that the queue is filtered by.
NEW, EDIT, EXPLAINED, PRACTISED, FLAGGED, APPEALED = "new", "edit", "explanation", "practice", "flag", "appeal"

# What waits, why, and since when.
Waiting = tuple["QuerySet[Any]", str, Any]


class ItemKind(ABC):
    """A kind of thing that is moderated.

    Its words (a revision, a version) are what is decided on, under `words_field` of a decision. The thing itself (a
    comment, a position) is what is flagged, held and told of, under `thing_field` of its words and of a flag.
    """

    name: ClassVar[str]  # begins the ids of the queue and the entries of the record
    label: ClassVar[Promise | str]
    edit_label: ClassVar[Promise | str] = ""
    line: ClassVar[Promise | str]
    edit_line: ClassVar[Promise | str] = ""
    template: ClassVar[str]  # shows `item.words`
    about_template: ClassVar[str] = "moderation/kinds/passage.html"  # shows what the item is about
    things: ClassVar[Any]
    words: ClassVar[Any]
    thing_field: ClassVar[str]
    words_field: ClassVar[str]
    on_passage: ClassVar[str]  # from the words to the ref of a passage
    submitted_at: ClassVar[str]  # of the words
    text_field: ClassVar[str]  # of the words
    joined: ClassVar[tuple[str, ...]]
    # An appeal is about the thing, whatever its words are now; or about exactly the words that were decided on.
    appeal_about_words: ClassVar[bool] = False
    # From the words to the attribution that their author chose; "" where the organisation is always named.
    attribution_field: ClassVar[str] = ""

    # Where words wait and what they say -----------------------------------------------------------------------------

    @abstractmethod
    def waiting(self, consultations: Any) -> Iterator[Waiting]:
        """What was submitted in these consultations and nobody has decided on."""

    @abstractmethod
    def readable(self) -> "QuerySet[Any]":
        """The words that everybody reads."""

    @abstractmethod
    def removed(self) -> "QuerySet[Any]":
        """The words that a moderator removed."""

    @abstractmethod
    def submitted(self) -> "QuerySet[Any]":
        """The words that a moderator may read, of one thing the newest last."""

    @abstractmethod
    def facts(self, words: Any) -> dict[str, Any]:
        """What an item shows of these words: `state`, `passage`, `author`, `since`, and `published`."""

    @abstractmethod
    def authors(self, words: Any) -> set[int]:
        """The keys of the people whose words these are: who may appeal."""

    @abstractmethod
    def written_by(self, user: Any) -> Q:
        """The condition under which a decision is about this person's words."""

    @abstractmethod
    def shown(self, consultation: Consultation, public_id: str) -> Shown | None:
        """What everybody can read under this id, or None."""

    def passage(self, thing: Any) -> Passage | None:
        """The passage that the record names with the thing."""
        passage: Passage = thing.passage
        return passage

    def about(self, thing: Any, passage: Passage | None) -> str:
        """What the thing is about, as people call it."""
        return (passage.code or passage.words) if passage else ""

    def ref(self, thing: Any) -> str:
        """The ref of that passage, as the record has it."""
        passage = self.passage(thing)
        return passage.ref if passage else ""

    def address(self, thing: Any) -> str:
        """The page that the thing stands on, or will."""
        return reverse("passage", args=[thing.consultation.slug, self.ref(thing)])

    def text(self, words: Any) -> str:
        """What these words say, as plain text."""
        return str(getattr(words, self.text_field))

    def text_at(self, thing: Any, number: int) -> str:
        """What the thing said at this revision or version, "" where there is none."""
        words = self.words.objects.filter(number=number, **{self.thing_field: thing}).first()
        return self.text(words) if words else ""

    def attribution(self, words: Any) -> Attribution:
        """In whose name these words were submitted."""
        value: Any = words
        for name in filter(None, self.attribution_field.split("__")):
            value = getattr(value, name)
        return Attribution(value) if self.attribution_field else Attribution.NAMED

    def origin(self, thing: Any, reader: Any) -> Origin | None:
        """Who this reader is told that a published thing is from; None where it is held back from them."""
        return Origin(thing.organisation)

    def may_read(self, user: Any, consultation: Consultation) -> bool:
        """Whether the person may know of the published ones in this consultation."""
        return True

    def alike(self, item: Item, most: int) -> list[tuple[str, str]]:
        """Texts that this one may repeat, each with a name that the moderator finds it by."""
        return []

    # What a decision makes of them -----------------------------------------------------------------------------------

    @abstractmethod
    def apply(self, words: Any, decision: str) -> None:
        """Bring the words where this decision (not to keep) puts them. Raises `Changed`."""

    @abstractmethod
    def take_back(self, decision: Decision) -> None:
        """Bring the words back to where they were before this decision (not to keep). Raises `Changed`."""

    @abstractmethod
    def wait_again(self, words: Any) -> None:
        """Let returned words wait for a decision once more. Raises `Changed`."""

    @abstractmethod
    def still_stands(self, words: Any, decision: str) -> bool:
        """Whether the words are still where this decision against them put them."""

    def remembered(self, words: Any, decision: str) -> dict[str, Any]:
        """What a decision keeps of the thing, so that it can be undone."""
        return {}

    @abstractmethod
    def repeating(self, thing: Any, words: list[str]) -> "Sequence[Any]":
        """The texts of this thing, and of what quotes it, that hold these words: row, column, original and text."""

    @abstractmethod
    def redact(self, thing: Any, words: list[str]) -> "Sequence[Any]":
        """Black these words out of them; gives the same."""

    # The same for all ------------------------------------------------------------------------------------------------

    def id_of(self, thing: Any) -> str:
        """The queue's name of a thing."""
        return f"{self.name}-{thing.public_id}"

    def thing_of(self, words: Any) -> Any:
        return getattr(words, self.thing_field)

    def hold(self, public_id: str) -> None:
        """Hold the thing, so that one decision comes after the other."""
        if thing := self.things.objects.filter(public_id=public_id).first():
            hold(thing)

    def hold_several(self, public_ids: list[str]) -> None:
        """Hold these things in one order, so that two who hold several never wait for each other."""
        for thing in self.things.objects.filter(public_id__in=public_ids).order_by("pk"):
            hold(thing)

    def find(self, public_id: str, consultations: Any) -> Item | None:
        """The item with this id in one of these consultations, whatever its state."""
        there = {f"{self.thing_field}__public_id": public_id, f"{self.thing_field}__consultation__in": consultations}
        words = self.submitted().filter(**there).select_related(*self.joined).last()
        if words is None:
            return None
        flags = Flag.objects.filter(settled=None, **{self.thing_field: self.thing_of(words)})
        appeals = Appeal.objects.filter(settled=None, **self._appealed(words)).select_related("decision__moderator")
        flagged = tuple(flags.select_related("organisation", "user"))
        thing = self.thing_of(words)
        return Item(kind=self, thing=thing, words=words, **self.facts(words), flags=flagged, appeal=appeals.first())

    def waiting_item(self, words: Any, since: datetime, why: str, user: Any) -> Item:
        """The item of words that `found` gave, as this moderator sees it in the queue."""
        facts = {**self.facts(words), "since": since}
        own = bool(words.acts) or facts["author"] == user
        claimed_by = words.claimed_by or ""
        thing = self.thing_of(words)
        return Item(kind=self, thing=thing, words=words, **facts, why=why, is_own=own, claimed_by=claimed_by)

    def decisions_about(self, thing: Any) -> DecisionQuerySet:
        """All decisions on this thing, whichever words they were about."""
        return Decision.objects.filter(**{f"{self.words_field}__{self.thing_field}": thing})

    def found(self, keys: list[int], user: Any) -> dict[tuple[str, int], Any]:
        """The words with these keys, each with `acts` (the person acts for its organisation) and `claimed_by`."""
        acts = Membership.objects.current().filter(
            user=user, organisation=OuterRef(f"{self.thing_field}__organisation")
        )
        item_id = Concat(Value(f"{self.name}-"), OuterRef(f"{self.thing_field}__public_id"))
        other = Claim.objects.others(user).filter(item_id=item_id).values("moderator__name")[:1]
        rows = self.words.objects.filter(pk__in=keys).select_related(*self.joined)
        return {(self.name, row.pk): row for row in rows.annotate(acts=Exists(acts), claimed_by=Subquery(other))}

    def sources(self, consultations: Any) -> "Iterator[QuerySet[Any]]":
        """What waits in these consultations, a queryset for each reason, all with the same names for their columns."""
        for words, why, since in self.waiting(consultations):
            yield self._named(words, why, since)
        there = {f"{self.thing_field}__consultation__in": consultations}
        flags = _enough(Flag.objects.filter(settled=None, consultation__in=consultations), self.thing_field)
        first = flags.filter(**{self.thing_field: OuterRef(self.thing_field)}).values("first")[:1]
        flagged = self.readable().filter(**there, **{f"{self.thing_field}__in": flags.values(self.thing_field)})
        yield self._named(flagged, FLAGGED, Subquery(first))
        # An appeal against a return waits as the pending text that it is; one against a removal waits here.
        appeals = Appeal.objects.filter(settled=None, decision__consultation__in=consultations)
        decided, of_words = self._appeal_paths
        appealed = self.removed().filter(**there, **{f"{of_words}__in": appeals.values(decided)})
        since = appeals.filter(**{decided: OuterRef(of_words)}).values("at")[:1]
        yield self._named(appealed, APPEALED, Subquery(since))

    @property
    def _appeal_paths(self) -> tuple[str, str]:
        """From an appeal, and from the words, to what the appeal is about."""
        decided = f"decision__{self.words_field}"
        return (decided, "pk") if self.appeal_about_words else (f"{decided}__{self.thing_field}", self.thing_field)

    def _appealed(self, words: Any) -> dict[str, Any]:
        decided, _of_words = self._appeal_paths
        return {decided: words if self.appeal_about_words else self.thing_of(words)}

    def _named(self, words: "QuerySet[Any]", why: str, since: Any) -> "QuerySet[Any]":
        named: QuerySet[Any] = words.order_by().annotate(
            thing=Value(self.name),
            why=Value(why),
            since=since,
            in_consultation=F(f"{self.thing_field}__consultation__slug"),
            of_group=F(f"{self.thing_field}__organisation__group__slug"),
            of_organisation=F(f"{self.thing_field}__organisation__slug"),
        )
        return named


def _enough(flags: "QuerySet[Flag]", thing: str) -> "QuerySet[Any]":
    """The things with flags of as many organisations as their consultation asks for, with the time of the first."""
    enough: QuerySet[Any] = (
        flags.filter(**{f"{thing}__isnull": False})
        .order_by()
        .values(thing, "consultation__flags_needed")
        .annotate(organisations=Count("organisation", distinct=True), first=Min("at"))
        .filter(organisations__gte=F("consultation__flags_needed"))
    )
    return enough
