"""Silence procedures that have a result, in the data and in the document: silence as silence, never as endorsement."""

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from consultation.consultations.models import Consultation
from consultation.outcome import blocks as b
from consultation.outcome.blocks import Block
from consultation.silence.models import Breaking, Procedure

Data = dict[str, Any]


def silences_of(consultation: Consultation) -> list[Data]:
    """Each procedure that has a result, the first to start first, with what its breakers let be published."""
    ended = consultation.silences.exclude(result="").for_display().order_by("started_at", "pk")
    return [_silence(procedure) for procedure in ended]


def silence_blocks(silences: list[Data]) -> list[Block]:
    """A section of them; nothing where there are none."""
    if not silences:
        return []
    made = [b.heading(1, _("Silence procedures"))]
    sentence = _("Who said nothing has taken no position: no figure of positions holds what follows.")
    made.append(b.words(b.run(sentence)))
    for silence in silences:
        codes = ", ".join(text["code"] for text in silence["texts"])
        label = dict(Procedure.Result.choices)[silence["result"]]
        made.append(b.heading(2, _("Silence on %s") % codes))
        times = _("%(result)s (from %(start)s until %(end)s).") % {
            "start": _instant(silence["started_at"]),
            "end": _instant(silence["ended_at"]),
            "result": label,
        }
        made.append(b.words(b.run(times)))
        made += [
            b.words(b.run(f"{text['code']}: ", bold=True), b.run(text["words"]), inset=True)
            for text in silence["texts"]
        ]
        for breaking in silence["broken_by"]:
            who = {"organisation": breaking["organisation"], "group": breaking["group_name"]}
            made.append(b.words(b.run(_("Broken by %(organisation)s (%(group)s).") % who)))
            made += b.unmarked(breaking.get("reason", ""), inset=True)
    return made


def _silence(procedure: Procedure) -> Data:
    published = procedure.breakings.published().for_display()
    # The chair can say before the end that silence was broken.
    ended = procedure.result_at if procedure.closed_by_id and procedure.result_at else procedure.ends_at
    return {
        "id": procedure.public_id,
        "texts": [
            {"ref": text.passage.ref, "code": text.passage.code, "words": text.words, "sha256": text.digest}
            for text in procedure.texts.all()
        ],
        "started_at": procedure.started_at.isoformat(),
        "ended_at": ended.isoformat(),
        "result": procedure.result,
        "broken_by": [_breaking(breaking) for breaking in published],
    }


def _instant(iso: str) -> str:
    return f"{datetime.fromisoformat(iso).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _breaking(breaking: Breaking) -> Data:
    told = {"organisation": breaking.organisation.name, "group_name": breaking.organisation.group.name}
    return told | ({"reason": breaking.reason} if breaking.disclosure == Breaking.Disclosure.REASON else {})
