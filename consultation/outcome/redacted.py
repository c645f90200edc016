"""Published versions never change, but what a moderator blacks out later is shown in them no more."""

import json
from typing import Any

from django.utils.translation import gettext as _

from consultation.moderation.models import Redaction
from consultation.outcome.models import OutcomeVersion
from consultation.record.errors import Refusal
from consultation.text.markdown import plain
from consultation.text.redaction import blacked, blacked_in


class Withheld(Refusal):
    """A file that holds words which were blacked out since it was made."""


def words_blacked_out(version: OutcomeVersion) -> list[str]:
    """What moderators blacked out in this consultation, as it was written and as it is read: one query."""
    redactions = Redaction.objects.filter(decision__consultation=version.consultation_id)
    written = [one for words in redactions.values_list("words", flat=True) for one in words]
    return [*written, *(plain(one) for one in written)]


def shown(version: OutcomeVersion) -> Any:
    """The document of a version as everybody may read it now."""
    words = words_blacked_out(version)
    return _without(version.document, words) if words else version.document


def require_clean(version: OutcomeVersion) -> None:
    """Raise `Withheld` where the files of this version hold words that are blacked out."""
    words = words_blacked_out(version)
    if not words:
        return
    data = json.loads(bytes(version.data))
    if _without(version.document, words) != version.document or blacked_in(data, words) != data:
        raise Withheld(
            _(
                "A moderator blacked out words that stand in this file, so it is no longer given out. The page of this "
                "version shows everything else; a correction has files again."
            )
        )


def _without(value: Any, words: list[str]) -> Any:
    """The parts of a document without these words, also where they run across marks."""
    if isinstance(value, list):
        return [_without(each, words) for each in value]
    if not isinstance(value, dict):
        return blacked_in(value, words)
    if runs := value.get("runs"):
        # The proposed words of a difference run on across those that it takes away.
        text = "".join(run["text"] for run in runs if run["change"] != "removed")
        if (clean := blacked(text, words)) != text:
            return {**value, "runs": [{**runs[0], "text": clean, "change": ""}]}
    return {name: _without(each, words) for name, each in value.items()}
