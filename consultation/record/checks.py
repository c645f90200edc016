"""What `manage.py check --deploy` says of the record."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004 - Django's name

from consultation.record.keys import KeyProblem, signing_key


@register(Tags.security, deploy=True)
def record_is_signed(**_options: Any) -> list[CheckMessage]:
    """A production site has a key of its own for the record, and the key can be read."""
    if settings.RECORD_KEY_LOCAL or not (settings.RECORD_KEY or settings.RECORD_KEY_FILE):
        hint = "Set RECORD_KEY_FILE or RECORD_KEY; docs/record.md says how to make one."
        return [Warning("No key signs the record: receipts stay pending.", hint=hint, id="record.W001")]
    try:
        signing_key()
    except KeyProblem as problem:
        return [Warning(f"No key signs the record: {problem}", id="record.W002")]
    return []
