"""The scan of a letter as a form field: what it is, is read from its bytes and not from its name."""

from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultation.offline.actions import Paper
from consultation.text.archives import MEGABYTE
from consultation.text.characters import printable

LIMIT = 10 * MEGABYTE
_LONGEST_NAME = 200
_KINDS = ((b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))


def kind_of(content: bytes) -> str:
    """The media type that these bytes begin like; "" for none that is taken."""
    return next((kind for begins, kind in _KINDS if content.startswith(begins)), "")


class ScanField(forms.FileField):
    """A PDF, PNG or JPEG file of up to 10 MB, given as a `Paper`."""

    default_error_messages = {
        "required": _("Choose the scan of what was sent"),
        "empty": _("The file is empty"),
        "large": _("The scan is too large. The limit is 10 MB."),
        "kind": _("Send the scan as PDF, PNG or JPEG. This file is none of them, whatever its name says."),
    }

    def clean(self, data: Any, initial: Any = None) -> Any:
        """What was sent, as a `Paper`. Raises `ValidationError`."""
        sent = super().clean(data, initial)
        if sent.size > LIMIT:
            raise ValidationError(self.error_messages["large"], code="large")
        content = sent.read()
        kind = kind_of(content)
        if not kind:
            raise ValidationError(self.error_messages["kind"], code="kind")
        name = printable(PurePosixPath(sent.name.replace("\\", "/")).name)
        return Paper(content, kind, name[-_LONGEST_NAME:])
