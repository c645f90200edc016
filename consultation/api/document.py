"""The API's description of itself, OpenAPI 3.1. tests/api/test_document.py holds the running server to it."""

from typing import Any

from consultation.api.schemas import ADDRESS, LIMIT, NAME, REF, SCHEMAS, SINCE, Schema, listing, one_of
from consultation.discussion.models import CommentRevision
from consultation.positions.models import Stance
from consultation.reports.models import Passage

VERSION = "1.0.0"
_PROBLEMS = {
    400: "The request cannot be read.",
    401: "A token was needed and not sent, or opens nothing.",
    403: "The token, the person or the consultation's rule does not let this happen.",
    404: "Nothing is published here.",
    409: "What was read is no longer what is there, or the consultation takes nothing now.",
    413: "The request is too long.",
    415: "The request is not JSON.",
    422: "Values that cannot be taken; `errors` says which.",
    429: "Too many requests in this minute; `Retry-After` says when to try again.",
    503: "The database does not answer.",
}
_CONSULTATION = "/consultations/{slug}"
_PASSAGE = "/consultations/{slug}/passages/{ref}"


def document(server: str) -> dict[str, Any]:
    """The document, for the API at this address."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Consultation",
            "version": VERSION,
            "description": "What everybody may read of consultations, and drafts for one's own delegation. Texts are "
            "given as they were written. Names of fields are those of summary.json and comments.json.",
        },
        "servers": [{"url": server}],
        "paths": {**_reading(), **_drafting()},
        "components": {
            "schemas": SCHEMAS,
            "parameters": {
                "slug": _parameter("slug", NAME, where="path", required=True),
                "ref": _parameter("ref", REF, where="path", required=True),
                "limit": _parameter("limit", LIMIT),
                "after": _parameter("after", NAME, description="Where the page begins: out of `next`."),
                "key": _parameter(
                    "Idempotency-Key",
                    {"type": "string", "format": "uuid"},
                    where="header",
                    required=True,
                    description="A UUID of one's own: the same request sent twice makes one draft.",
                ),
            },
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _reading() -> dict[str, Any]:
    paged = [_shared("limit"), _shared("after")]
    group = _parameter("group", NAME, description="The slug of a stakeholder group.")
    kind = _parameter("kind", one_of(Passage.Kind))
    comments = [
        *paged,
        _parameter("passage", REF),
        group,
        _parameter("type", one_of(CommentRevision.Type)),
        _parameter("since", SINCE, description="Published at this instant or later; without a name, on this day."),
    ]
    positions = [*paged, _parameter("ref", REF), group, _parameter("stance", one_of(Stance))]
    listed = listing("consultations", "Consultation", of_a_consultation=False)
    return {
        "/openapi.json": _get("This document", {"type": "object"}),
        "/consultations/": _get("All announced consultations", listed, paged, 422),
        f"{_CONSULTATION}/": _get("One consultation", "Consultation", [_shared("slug")], 404),
        f"{_CONSULTATION}/passages/": _get(
            "The passages of its report", listing("passages", "Passage"), [_shared("slug"), *paged, kind], 404, 422
        ),
        f"{_PASSAGE}/": _get("One passage", "OnePassage", [_shared("slug"), _shared("ref")], 404),
        f"{_CONSULTATION}/comments/": _get(
            "The published comments", listing("comments", "Comment"), [_shared("slug"), *comments], 404, 422
        ),
        f"{_CONSULTATION}/summary/": _get("The summary of positions", "Summary", [_shared("slug")], 403, 404),
        f"{_CONSULTATION}/positions/": _get(
            "The signed positions, as far as everybody sees them",
            listing("positions", "Position"),
            [_shared("slug"), *positions],
            403,
            404,
            422,
        ),
    }


def _drafting() -> dict[str, Any]:
    return {
        f"{_PASSAGE}/comments/": _post("Draft a comment", "CommentDraft", "DraftedComment"),
        f"{_PASSAGE}/position/": _post("Draft a position", "PositionDraft", "DraftedPosition"),
    }


def _get(summary: str, schema: str | Schema, parameters: list[Schema] | None = None, *problems: int) -> dict[str, Any]:
    headers = {"ETag": {"schema": {"type": "string"}}, "Link": {"schema": {"type": "string"}}}
    answers = {
        "200": {"description": summary, "headers": headers, "content": _json(schema)},
        "304": {"description": "Nothing has changed since the ETag of If-None-Match."},
        **_problems(401, 403, 422, 429, 503, *problems),
    }
    # A token is not needed; with one a program has a limit of its own.
    return {
        "get": {
            "summary": summary,
            "parameters": parameters or [],
            "responses": answers,
            "security": [{}, {"token": []}],
        }
    }


def _post(summary: str, taken: str, given: str) -> dict[str, Any]:
    headers = {"Location": {"schema": ADDRESS}}
    made = {"description": "The draft was made.", "headers": headers, "content": _json(given)}
    there = {"description": "This key made it before; nothing changed.", "headers": headers, "content": _json(given)}
    return {
        "post": {
            "summary": summary,
            "description": "Needs the scope drafts:write. Nothing is submitted or signed: people do that on the page "
            "that `url` names.",
            "parameters": [_shared("slug"), _shared("ref"), _shared("key")],
            "requestBody": {"required": True, "content": _json(taken)},
            "responses": {
                "201": made,
                "200": there,
                **_problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
            },
            "security": [{"token": []}],
        }
    }


def _problems(*statuses: int) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {str(status): {"description": _PROBLEMS[status], "content": content} for status in sorted(set(statuses))}


def _json(schema: str | Schema) -> dict[str, Any]:
    found = {"$ref": f"#/components/schemas/{schema}"} if isinstance(schema, str) else schema
    return {"application/json": {"schema": found}}


def _shared(name: str) -> Schema:
    return {"$ref": f"#/components/parameters/{name}"}


def _parameter(name: str, schema: Schema, *, where: str = "query", required: bool = False, **more: Any) -> Schema:
    return {"name": name, "in": where, "required": required, "schema": schema, **more}
