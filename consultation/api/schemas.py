"""The shapes of what the API gives and takes, as JSON Schema."""

from typing import Any

from django.conf import settings

from consultation.api.forms import MOST, USUAL
from consultation.consultations.attribution import Attribution
from consultation.consultations.models import Consultation
from consultation.discussion.models import CommentRevision
from consultation.positions.models import Capacity, Stance
from consultation.reports.models import Passage
from consultation.search import exports as comment_files
from consultation.summaries import exports as summary_files

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
INSTANT: Schema = {"type": "string", "format": "date-time"}
ADDRESS: Schema = {"type": "string", "format": "uri"}
NUMBER: Schema = {"type": "integer", "minimum": 0}
TRUTH: Schema = {"type": "boolean"}
NAME: Schema = {"type": "string", "pattern": "^[-a-zA-Z0-9_]{1,80}$"}
REF: Schema = {"type": "string", "pattern": "^[-a-zA-Z0-9_]{1,20}$"}
LIMIT: Schema = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
SINCE: Schema = {"anyOf": [{"type": "string", "format": "date"}, INSTANT]}


def one_of(choices: Any) -> Schema:
    """One of these values."""
    return {"enum": list(choices.values)}


def whole(properties: dict[str, Schema], *optional: str, **more: Any) -> Schema:
    """An object with exactly these members."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False, **more}


def listing(name: str, component: str, *, of_a_consultation: bool = True) -> Schema:
    """A page of a list."""
    head = {"consultation": TEXT} if of_a_consultation else {}
    rows = {"type": "array", "items": {"$ref": f"#/components/schemas/{component}"}, "maxItems": MOST}
    following = {"type": ["string", "null"], "format": "uri", "description": "The next page; null on the last."}
    return whole({**head, name: rows, "next": following})


_PASSAGE = {
    **dict.fromkeys(("ref", "code"), TEXT),
    "kind": one_of(Passage.Kind),
    "strand": {"enum": ["", *Passage.Strand.values]},
    **dict.fromkeys(("text", "markdown", "editorial_note"), TEXT),
    "comments": {**NUMBER, "description": "How many are published."},
    **dict.fromkeys(("takes_comments", "takes_positions"), TRUTH),
    "url": ADDRESS,
}
_TOLD = {
    "type": "string",
    "enum": ["named", "group", "none"],
    "description": "How much is told of who says it. Without a name the time is a day, or is left out.",
}
_COMMENT = dict.fromkeys(comment_files.COLUMNS, TEXT) | {
    "parent": {"type": ["string", "null"], "description": "The comment that it answers."},
    "type": one_of(CommentRevision.Type),
    "late": {"enum": ["", "yes"], "description": "Submitted after closing with an access code."},
    "attribution": _TOLD,
    "url": ADDRESS,
}
_POSITION = {name: TEXT for name in summary_files.COLUMNS if not name.startswith("late_")} | {
    "stance": {"enum": ["", *Stance.values], "description": "Empty where it is said in an expert capacity."},
    "expert_view": {"enum": ["", *Stance.values]},
    "capacity": one_of(Capacity),
    "attribution": _TOLD,
}
_LINKS = whole(dict.fromkeys(("passages", "comments", "summary", "positions", "feed"), ADDRESS))
_CONSULTATION = {
    **dict.fromkeys(("slug", "title"), TEXT),
    "state": one_of(Consultation.State),
    **dict.fromkeys(("opens_at", "closes_at"), INSTANT),
    **dict.fromkeys(("time_zone", "introduction"), TEXT),
    "report": whole(dict.fromkeys(("report", "title", "language"), TEXT)),
    "url": ADDRESS,
    "links": _LINKS,
}
_ATTRIBUTION = {**one_of(Attribution), "description": "Only where the consultation lets names be left out."}
_WORDS = {"type": "string", "minLength": 1, "maxLength": settings.COMMENT_MAX_CHARACTERS}

SCHEMAS: dict[str, Schema] = {
    "Consultation": whole(_CONSULTATION),
    "Passage": whole(_PASSAGE),
    "OnePassage": whole({"consultation": TEXT, **_PASSAGE}),
    "Comment": whole(_COMMENT),
    "Position": whole(_POSITION),
    "Summary": {name: value for name, value in summary_files.SCHEMA.items() if name != "$schema"},
    "CommentDraft": whole(
        {
            "body": _WORDS,
            "type": one_of(CommentRevision.Type),
            "proposed_wording": {"type": "string", "maxLength": settings.COMMENT_MAX_CHARACTERS},
            "parent": {"type": "string", "description": "The comment that it answers."},
            "attribution": _ATTRIBUTION,
        },
        "type",
        "proposed_wording",
        "parent",
        "attribution",
    ),
    "PositionDraft": whole(
        {
            "stance": one_of(Stance),
            "explanation": {
                "type": "string",
                "maxLength": settings.EXPLANATION_MAX_CHARACTERS,
                "description": "Needed with a reservation.",
            },
            "capacity": one_of(Capacity),
            "attribution": _ATTRIBUTION,
            "version": {**NUMBER, "description": "The newest version that was read; 0 where there was none."},
        },
        "explanation",
        "capacity",
        "attribution",
        "version",
    ),
    "DraftedComment": whole({"id": TEXT, "state": TEXT, "passage": TEXT, "url": ADDRESS}),
    "DraftedPosition": whole({"version": NUMBER, "state": TEXT, "passage": TEXT, "url": ADDRESS}),
    "Problem": {
        "type": "object",
        "description": "RFC 9457.",
        "properties": {
            **dict.fromkeys(("type", "title", "detail"), TEXT),
            "status": {"type": "integer"},
            "errors": {"type": "object", "additionalProperties": {"type": "array", "items": TEXT}},
        },
        "required": ["type", "title", "status", "detail"],
    },
}
