"""Making the files: at most one at a time in a process, and none twice while nothing has changed."""

import hashlib
import json
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.cache import caches
from django.utils.translation import gettext as _

from consultation.outcome import pdf, word
from consultation.record.errors import Refusal

WRITERS: dict[str, Callable[[dict[str, Any], datetime], bytes]] = {"docx": word.write, "pdf": pdf.write}
TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
KEPT_SECONDS = 3600
WAIT_SECONDS = 20
_one_at_a_time = threading.Lock()


class Busy(Refusal):
    """Other files are being made; `refusals` adds Retry-After."""

    status = 503


def made(document: dict[str, Any], extension: str, made_at: datetime, key: str) -> bytes:
    """The file, kept for an hour under `key`: what the document is made from, without the instant."""
    name = f"outcome:{extension}:{key}"
    if (kept := caches["files"].get(name)) is not None:
        return bytes(kept)
    if not _one_at_a_time.acquire(timeout=WAIT_SECONDS):
        raise Busy(_("Many files are being made at this moment. Try again in a minute."))
    try:
        if (kept := caches["files"].get(name)) is None:
            kept = WRITERS[extension](document, made_at)
            caches["files"].set(name, kept, KEPT_SECONDS)
        return bytes(kept)
    finally:
        _one_at_a_time.release()


def key_of(*parts: Any) -> str:
    """A name for what a file is made from."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
