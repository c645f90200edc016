"""The leaf of an entry: what is committed to, with which salts. docs/decisions/100."""

import hashlib
import hmac
import json
import secrets
from datetime import UTC
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from consultation.record import evidence
from consultation.record.models import Entry, Erasure, Leaf, Part, Salt
from consultation.record.verify import code_of, commitment, field_digest

SALT_BYTES = 32


def commit(entries: list[Entry]) -> list[Leaf]:
    """Write the leaves and salts of these entries, in the caller's transaction. Sealing them is for later."""
    made, salts = of(entries)
    Salt.objects.bulk_create(salts)
    return Leaf.objects.bulk_create(made)


def of(entries: list[Entry]) -> tuple[list[Leaf], list[Salt]]:
    """The leaves and salts of these entries, which are written, themselves not yet written."""
    words = evidence.words_of(entries)
    made: list[Leaf] = []
    salts: list[Salt] = []
    for entry in entries:
        parts = {Part.ACT: Salt(entry=entry, part=Part.ACT, salt=_new_salt())}
        if entry.pk in words:
            parts[Part.WORDS] = Salt(entry=entry, part=Part.WORDS, salt=_new_salt())
        if entry.actor is not None:
            called = str(getattr(entry.actor, "name", ""))
            parts[Part.PERSON] = Salt(entry=entry, part=Part.PERSON, salt=_new_salt(), name=called)
        told = commitment(digests(fields(entry, words.get(entry.pk), parts), parts))
        owner = entry.content.get("organisation")
        made.append(
            Leaf(entry=entry, commitment=told, code=code_of(told), owner=owner if isinstance(owner, int) else None)
        )
        salts += parts.values()
    return made, salts


def fields(entry: Entry, words: evidence.Words | None, parts: dict[Part, Salt]) -> dict[str, tuple[Part, Any]]:
    """Every field of an entry whose salt is still there: its name, part and value."""
    found: dict[str, tuple[Part, Any]] = {}
    if Part.ACT in parts:
        act = {
            "kind": entry.kind,
            "at": entry.at.astimezone(UTC).isoformat(),
            "consultation": entry.consultation,
            "subject": entry.subject,
            **{f"content.{name}": value for name, value in _plain(entry.content).items()},
        }
        found |= {name: (Part.ACT, value) for name, value in act.items()}
    if Part.WORDS in parts:
        found["words"] = (Part.WORDS, words)
    if Part.PERSON in parts:
        found["person"] = (Part.PERSON, str(entry.actor_id))
        found["person.name"] = (Part.PERSON, parts[Part.PERSON].name)
    return found


def digests(fields: dict[str, tuple[Part, Any]], parts: dict[Part, Salt]) -> dict[str, str]:
    """The digest of each field."""
    return {n: field_digest(n, value, field_salt(parts[part], n)) for n, (part, value) in fields.items()}


def field_salt(salt: Salt, name: str) -> bytes:
    """The salt of one field: telling it tells nothing about the other fields of its part."""
    return hmac.digest(bytes.fromhex(salt.salt), name.encode(), hashlib.sha256)


def standing(entry: Entry, words: evidence.Words | None, salts: list[Salt], erasures: list[Erasure]) -> dict[str, str]:
    """The digests of an entry as its rows are now: of what is there computed, of what was erased as kept."""
    parts = {Part(salt.part): salt for salt in salts}
    kept = {name: digest for erasure in erasures for name, digest in erasure.digests.items()}
    return {**kept, **digests(fields(entry, words, parts), parts)}


def _new_salt() -> str:
    return secrets.token_hex(SALT_BYTES)


def _plain(content: dict[str, Any]) -> dict[str, Any]:
    """The content as every database gives it back. Numbers with a fraction become text: they have many spellings."""
    plain: dict[str, Any] = json.loads(json.dumps(content, cls=DjangoJSONEncoder), parse_float=str)
    return plain
