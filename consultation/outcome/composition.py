"""From data, choices and the rapporteur's words to a document. Whatever is not in its body is in its annex."""

from collections import defaultdict
from dataclasses import asdict, dataclass, field

from django.utils.translation import gettext as _

from consultation.outcome import blocks as b
from consultation.outcome.about import Frame, counting, facts, verification
from consultation.outcome.blocks import Block
from consultation.outcome.data import Data
from consultation.outcome.figures import cells, figures, sentence, supported, unattributed
from consultation.outcome.models import Outcome
from consultation.outcome.silences import silence_blocks

Explanations = Outcome.Explanations
LETTERS = {"reservation": "R", "cannot_endorse": "C", "endorse": "E"}
WORDS_OF_A_HEADING = 9


@dataclass(frozen=True)
class Choices:
    """What stands in the annex instead of the body."""

    recommendations_left_out: list[str] = field(default_factory=list)
    groups_left_out: list[str] = field(default_factory=list)
    explanations: str = Explanations.ALL
    wordings: bool = True

    def as_dict(self) -> Data:
        return asdict(self)


@dataclass(frozen=True)
class Texts:
    """The rapporteur's own words, in Markdown; findings by ref."""

    introduction: str = ""
    findings: dict[str, str] = field(default_factory=dict)


def compose(data: Data, frame: Frame, choices: Choices, texts: Texts) -> Data:
    """The document as plain data, safe for every format: its title, its properties and its blocks."""
    composer = _Composer(data, choices, texts)
    document = {
        "title": f"{frame.kind} – {data['consultation']['title']}",
        "kind": frame.kind,
        "subject": data["consultation"]["title"],
        "banner": frame.banner,
        "language": "en-GB",
        "fingerprint": frame.fingerprint,
        "footer": _("%(kind)s. %(state)s Fingerprint %(short)s…")
        % {"kind": frame.kind, "state": frame.state, "short": frame.fingerprint[:16]},
        "facts": facts(data, frame),
        "blocks": [*composer.body(), *composer.annex(), *verification(frame)],
    }
    made: Data = b.safe(document)
    return made


class _Composer:
    """Goes through the recommendations twice: for the body, and for what the body left."""

    def __init__(self, data: Data, choices: Choices, texts: Texts) -> None:
        self.data, self.choices, self.texts = data, choices, texts
        self.summary = data["summary"]
        self.group_names = {g["slug"]: g["name"] for g in self.summary["groups"]}
        self.recommendations = self.summary["recommendations"]
        refs = {r["ref"] for r in self.recommendations}
        self.positions: dict[str, list[Data]] = defaultdict(list)
        self.wordings: dict[str, list[Data]] = defaultdict(list)
        self.elsewhere: list[Data] = []
        self.experts: dict[str, list[Data]] = defaultdict(list)
        for position in data["positions"]:
            if position.get("capacity") == "expert":
                self.experts[position["ref"]].append(dict(position))
            elif position["explanation"] or position["stance"] != "endorse":
                self.positions[position["ref"]].append(dict(position))
        for wording in data["wordings"]:
            (self.wordings[wording["ref"]] if wording["ref"] in refs else self.elsewhere).append(dict(wording))
        for ref, positions in self.positions.items():
            _label(positions, self._code(ref))
        for ref, views in self.experts.items():
            _number(views, f"{self._code(ref)} X")
        for ref, wordings in self.wordings.items():
            _number(wordings, f"{self._code(ref)} W")
        _number(self.elsewhere, "W")

    def body(self) -> list[Block]:
        made = [b.heading(1, _("Introduction")), *b.marked(self.texts.introduction)] if self.texts.introduction else []
        made += [b.heading(1, _("Participation and overview")), *self._participation(), *self._overview()]
        made += [b.heading(1, _("How positions are counted")), *counting()]
        for kind, title in (
            ("political", _("Political recommendations")),
            ("practical", _("Practical recommendations")),
        ):
            chosen = [r for r in self.recommendations if r["kind"] == kind and self._shown(r)]
            if chosen:
                made.append(b.heading(1, title))
                for recommendation in chosen:
                    made += self._recommendation(recommendation)
        here = [w for w in self.elsewhere if self._wording_in_body(w)]
        if here:
            made.append(b.heading(1, _("Proposed wordings for other passages")))
            made += self._wording_blocks(here, with_code=True)
        return made + silence_blocks(self.data.get("silences", []))

    def annex(self) -> list[Block]:
        made = [b.heading(1, _("Annex A: What the rapporteur did not place in the body"), annex=True)]
        made.append(b.words(b.run(self._left_out_sentence())))
        for recommendation in self.recommendations:
            rest = self._rest(recommendation) if self._shown(recommendation) else self._whole(recommendation)
            if rest:
                made += [b.heading(2, _title(recommendation), annex=True), *rest]
        there = [w for w in self.elsewhere if not self._wording_in_body(w)]
        if there:
            made.append(b.heading(2, _("Proposed wordings for other passages"), annex=True))
            made += self._wording_blocks(there, with_code=True)
        return made + self._late()

    def _late(self) -> list[Block]:
        """What was signed after closing: each position and each expert's view in full, in none of the figures."""
        late = self.summary.get("late", [])  # versions published before there were late positions hold none
        if not late:
            return []
        made = [b.heading(2, _("Late positions, in none of the figures"), annex=True)]
        made.append(b.words(b.run(_("Signed after closing, with an access code of the secretariat."))))
        for number, position in enumerate(late, start=1):
            labelled = {**position, "label": f"{self._code(position['ref'])} L{number}"}
            expert = position.get("capacity") == "expert"
            made += self._view(labelled) if expert else self._position(labelled, explained=True)
        return made

    # What stands where

    def _shown(self, recommendation: Data) -> bool:
        return recommendation["ref"] not in self.choices.recommendations_left_out

    def _group_shown(self, slug: str) -> bool:
        return slug not in self.choices.groups_left_out

    def _named_in_body(self, position: Data) -> bool:
        """On a recommendation that is shown, a reservation or refusal of a group that is shown is always named."""
        if not self._group_shown(position["group"]):
            return False
        return position["stance"] != "endorse" or self.choices.explanations == Explanations.ALL

    def _explained_in_body(self, position: Data) -> bool:
        return self._named_in_body(position) and self.choices.explanations != Explanations.ANNEX

    def _wording_in_body(self, wording: Data) -> bool:
        return self.choices.wordings and self._group_shown(wording["group"])

    # Parts

    def _recommendation(self, recommendation: Data) -> list[Block]:
        ref = recommendation["ref"]
        made = [*self._head(recommendation), *self._finding(recommendation)]
        shown = [slug for slug in recommendation["by_group"] if self._group_shown(slug)]
        made += [sentence(recommendation), self._counts(recommendation, shown, with_total=True)]
        for position in self.positions[ref]:
            if self._named_in_body(position):
                made += self._position(position, explained=self._explained_in_body(position))
        made += self._expert_blocks(ref)
        made += self._wording_blocks([w for w in self.wordings[ref] if self._wording_in_body(w)])
        if left := self._left(recommendation):
            made.append(b.words(b.run(_("In Annex A: %s.") % ", ".join(left))))
        return made

    def _rest(self, recommendation: Data) -> list[Block]:
        """Of a recommendation in the body: what its section there does not hold."""
        ref = recommendation["ref"]
        hidden = [slug for slug in recommendation["by_group"] if not self._group_shown(slug)]
        made = [self._counts(recommendation, hidden, with_total=False)] if hidden else []
        for position in self.positions[ref]:
            if not self._explained_in_body(position) and (position["explanation"] or not self._named_in_body(position)):
                made += self._position(position, explained=True)
        return made + self._wording_blocks([w for w in self.wordings[ref] if not self._wording_in_body(w)])

    def _whole(self, recommendation: Data) -> list[Block]:
        """A recommendation that the body left out."""
        ref = recommendation["ref"]
        made = [*self._head(recommendation)[1:], *self._finding(recommendation), sentence(recommendation)]
        made.append(self._counts(recommendation, list(recommendation["by_group"]), with_total=True))
        for position in self.positions[ref]:
            made += self._position(position, explained=True)
        return made + self._expert_blocks(ref) + self._wording_blocks(self.wordings[ref])

    def _head(self, recommendation: Data) -> list[Block]:
        language = self.data["consultation"]["report"]["language"]
        return [b.heading(2, _title(recommendation)), b.report_words(recommendation["text"], language)]

    def _finding(self, recommendation: Data) -> list[Block]:
        finding = self.texts.findings.get(recommendation["ref"], "")
        return [b.heading(3, _("Finding of the rapporteur")), *b.marked(finding)] if finding else []

    def _position(self, position: Data, *, explained: bool) -> list[Block]:
        said = {
            "reservation": _("Reservation by %s"),
            "cannot_endorse": _("%s cannot endorse"),
            "endorse": _("%s endorses"),
        }[position["stance"]] % self._who(position)
        if position.get("capacity") == "pending":
            said = _("%s, pending confirmation by the capital") % said
        made = [b.statement(position["label"], said)]
        if position.get("words_of"):
            joint = _("It aligns itself with the explanation of %s:") % position["words_of"]
            made.append(b.words(b.run(joint), inset=True))
        if not position["explanation"]:
            return [*made, b.words(b.run(_("No explanation is published.")), inset=True)]
        if not explained:
            return [*made, b.words(b.run(_("The explanation stands in Annex A.")), inset=True)]
        return made + b.marked(position["explanation"], inset=True)

    def _expert_blocks(self, ref: str) -> list[Block]:
        """What was said in an expert capacity: after the positions, never counted, always in the body."""
        return [block for view in self.experts[ref] for block in self._view(view)]

    def _view(self, view: Data) -> list[Block]:
        stance = {
            "reservation": _("%s, in an expert capacity, would endorse with reservation (not counted)"),
            "cannot_endorse": _("%s, in an expert capacity, could not endorse (not counted)"),
            "endorse": _("%s, in an expert capacity, would endorse (not counted)"),
        }[view["stance"]]
        said = b.statement(view["label"], stance % self._who(view))
        return [said, *(b.marked(view["explanation"], inset=True) if view["explanation"] else [])]

    def _who(self, said: Data) -> str:
        """The organisation with its group; without a name, as little as the data say."""
        group = said.get("group_name") or (self._group_name(said["group"]) if said["group"] else "")
        if said["organisation"]:
            return f"{said['organisation']} ({group})"
        return _("An organisation of the group %s") % group if group else _("An organisation")

    def _wording_blocks(self, wordings: list[Data], *, with_code: bool = False) -> list[Block]:
        made = []
        for wording in wordings:
            who = {"who": self._who(wording), "code": wording["code"]}
            said = _("Proposed wording for %(code)s by %(who)s") if with_code else _("Proposed wording by %(who)s")
            late = _("late, after closing")
            made.append(b.statement(wording["label"], said % who + (f" – {late}" if wording.get("late") else "")))
            made += b.unmarked(wording["wording"], inset=True)
            if support := wording.get("support"):
                made.append(b.words(b.run(supported(support)), inset=True))
            made.append(b.words(b.run(_("Difference from the report:"), bold=True), inset=True))
            made.append(b.changes(wording["quote"], wording["wording"]))
            made.append(b.words(b.run(_("Comment with it:"), bold=True), inset=True))
            made += b.marked(wording["body"], inset=True)
        return made

    def _counts(self, recommendation: Data, groups: list[str], *, with_total: bool) -> Block:
        rows = [cells(self._group_name(slug), recommendation["by_group"][slug]) for slug in groups]
        if with_total:
            if any((without := recommendation.get("unattributed", {})).values()):
                rows.append(unattributed(without))
            rows.append(cells(_("All groups"), recommendation["totals"]))
        caption = _("Positions on %s by stakeholder group") % recommendation["code"]
        return b.table(caption, [_("Group"), *figures()], rows)

    def _participation(self) -> list[Block]:
        rows = [[g["name"], str(g["organisations"])] for g in self.summary["groups"]]
        rows.append([_("All groups"), str(sum(g["organisations"] for g in self.summary["groups"]))])
        return [b.table(_("Participating organisations"), [_("Group"), _("Organisations")], rows)]

    def _overview(self) -> list[Block]:
        rows = [
            [
                *cells(r["code"] if self._shown(r) else _("%s (Annex A)") % r["code"], r["totals"]),
                f"{r['convergence']:.2f}",
            ]
            for r in self.recommendations
        ]
        caption = _("Positions on every recommendation, of all participating organisations")
        return [b.table(caption, [_("Recommendation"), *figures(), _("Convergence")], rows)]

    def _left(self, recommendation: Data) -> list[str]:
        """What of a recommendation stands in the annex, counted."""
        ref = recommendation["ref"]
        moved = [p for p in self.positions[ref] if not self._explained_in_body(p)]
        moved = [p for p in moved if p["explanation"] or not self._named_in_body(p)]
        numbers = [
            (_("reservations"), sum(p["stance"] == "reservation" for p in moved)),
            (_("“cannot endorse”"), sum(p["stance"] == "cannot_endorse" for p in moved)),
            (_("explanations of endorsement"), sum(p["stance"] == "endorse" for p in moved)),
            (_("proposed wordings"), sum(not self._wording_in_body(w) for w in self.wordings[ref])),
            (_("counts of groups"), sum(not self._group_shown(slug) for slug in recommendation["by_group"])),
        ]
        return [f"{name}: {number}" for name, number in numbers if number]

    def _left_out_sentence(self) -> str:
        codes = [r["code"] for r in self.recommendations if not self._shown(r)]
        groups = [self._group_name(slug) for slug in self.choices.groups_left_out if slug in self.group_names]
        said = []
        if codes:
            said.append(_("Recommendations: %s.") % ", ".join(codes))
        if groups:
            said.append(_("Groups: %s.") % ", ".join(groups))
        if self.choices.explanations == Explanations.AGAINST:
            said.append(_("Explanations of endorsement."))
        if self.choices.explanations == Explanations.ANNEX:
            said.append(_("All explanations of position."))
        if not self.choices.wordings:
            said.append(_("Proposed wordings."))
        if not said:
            return _("Nothing: everything that was published stands in the body.")
        return _("Left out of the body by choice, and given here in full: %s") % " ".join(said)

    def _group_name(self, slug: str) -> str:
        return str(self.group_names.get(slug, slug))

    def _code(self, ref: str) -> str:
        return next((str(r["code"]) for r in self.recommendations if r["ref"] == ref), ref)


def _label(positions: list[Data], code: str) -> None:
    """Give each position the label by which it is cited: POL.3 R1 is the first reservation on POL.3."""
    positions.sort(key=lambda p: "RCE".index(LETTERS[p["stance"]]))
    seen: dict[str, int] = defaultdict(int)
    for position in positions:
        letter = LETTERS[position["stance"]]
        seen[letter] += 1
        position["label"] = f"{code} {letter}{seen[letter]}"


def _number(wordings: list[Data], before: str) -> None:
    for number, wording in enumerate(wordings, start=1):
        wording["label"] = f"{before}{number}"


def _title(recommendation: Data) -> str:
    words = recommendation["text"].split()
    start = " ".join(words[:WORDS_OF_A_HEADING])
    return f"{recommendation['code']} – {start}{'…' if len(words) > WORDS_OF_A_HEADING else ''}"
