"""The key that signs the record, from the environment, and the newest head that was given out, in a file beside it."""

import base64
import contextlib
import json
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from consultation.record.verify import canonical

_KEY_BYTES = 32


class KeyProblem(Exception):  # noqa: N818 - named for what it says
    """The record cannot be signed; the text says why and what to do."""


def signing_key() -> Ed25519PrivateKey | None:
    """The private key of this installation, None where it has none. Raises `KeyProblem` for a file that is no key.

    With sample data or DEBUG one is made the first time.
    """
    if settings.RECORD_KEY:
        return key_from(settings.RECORD_KEY)
    if not settings.RECORD_KEY_FILE:
        return None
    path = Path(settings.RECORD_KEY_FILE)
    if settings.RECORD_KEY_LOCAL:
        with contextlib.suppress(FileExistsError):
            write_key(path)
    try:
        return key_from(path.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        raise KeyProblem(f"{path} is not a key: {error}") from error


def key_from(text: str) -> Ed25519PrivateKey:
    """The private key of its base64. Raises `ValueError`."""
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(text.strip(), validate=True))


def write_key(path: Path) -> None:
    """Make a key in a file that only its owner reads. Raises `FileExistsError`: a key is never written over."""
    if path.exists():
        raise FileExistsError(path)
    directory = path.parent
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=directory, prefix=path.name, delete=False) as made:
        made.write(base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode())
    try:
        os.link(made.name, path)  # whole or not at all, and never over another one
    finally:
        Path(made.name).unlink()


def public_of(key: Ed25519PrivateKey) -> str:
    """Its public key, in base64."""
    return base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def signed(key: Ed25519PrivateKey, message: dict[str, Any]) -> str:
    """The signature over this message, in base64."""
    return base64.b64encode(key.sign(canonical(message))).decode()


def given_out() -> dict[str, Any] | None:
    """The newest head that left this installation. Raises `KeyProblem` where its file cannot be read."""
    path = Path(settings.RECORD_HEAD_FILE)
    try:
        head: dict[str, Any] = json.loads(path.read_text(encoding="ascii"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise KeyProblem(f"{path}, the newest head that was given out, cannot be read: {error}") from error
    return head


def remember(head: dict[str, Any], *, after_loss: bool = False) -> None:
    """Keep this head as the newest that was given out, unless a larger one was since, and that is not lost."""
    newest = given_out()
    if newest and newest["record"] == head["record"] and newest["size"] >= head["size"] and not after_loss:
        return
    path = Path(settings.RECORD_HEAD_FILE)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=path.name, delete=False) as made:
        json.dump(head, made)
        made.flush()
        os.fsync(made.fileno())
    Path(made.name).replace(path)
