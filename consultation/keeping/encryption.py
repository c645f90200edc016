"""A file in encrypted chunks: AES-256-GCM, as age and Tink do it. docs/decisions/102.

After the first line stand 32 random bytes; from them and the key HKDF makes the key of this file. Each chunk of 64
KiB is sealed under its number and whether it is the last, so that none can be left out, moved, or cut off.
"""

import base64
import io
import secrets
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from consultation.keeping.errors import BackupProblem

MAGIC = b"consultation backup, encrypted 1\n"
CHUNK, TAG, SALT, KEY = 64 * 1024, 16, 32, 32
_COUNTER_BYTES = 11


def read_key(path: str) -> bytes:
    """The key in a file: 32 bytes in base64. Raises `BackupProblem`."""
    try:
        key = base64.b64decode(Path(path).read_text(encoding="ascii").strip(), validate=True)
    except (OSError, ValueError) as error:
        raise BackupProblem(f"{path} is not a key: {error}") from error
    if len(key) != KEY:
        raise BackupProblem(f"{path} is not a key: it must hold 32 random bytes in base64.")
    return key


class Encrypting(io.RawIOBase):
    """What is written to it goes encrypted to `file`. `close` writes the last chunk and leaves `file` open."""

    def __init__(self, file: IO[bytes], key: bytes) -> None:
        super().__init__()
        salt = secrets.token_bytes(SALT)
        file.write(MAGIC + salt)
        self._file, self._cipher, self._number, self._waiting = file, _cipher(key, salt), 0, bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # bytes are all that is written here
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._seal(bytes(self._waiting), last=True)
            super().close()

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, last=last), chunk, None))
        self._number += 1


class Decrypting(io.RawIOBase):
    """Reads what `Encrypting` wrote. Raises `BackupProblem` where it is not whole, or the key is another."""

    def __init__(self, file: IO[bytes], key: bytes) -> None:
        super().__init__()
        if file.read(len(MAGIC)) != MAGIC:
            raise BackupProblem("The file is not an encrypted backup.")
        self._file, self._cipher = file, _cipher(key, file.read(SALT))
        self._number, self._open, self._next = 0, b"", file.read(CHUNK + TAG)
        self._ended = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        found = bytearray()
        while (size < 0 or len(found) < size) and (self._open or not self._ended):
            if not self._open:
                self._open = self._unseal()
            wanted = len(self._open) if size < 0 else size - len(found)
            found += self._open[:wanted]
            self._open = self._open[wanted:]
        return bytes(found)

    def _unseal(self) -> bytes:
        chunk, self._next = self._next, self._file.read(CHUNK + TAG)
        self._ended = not self._next
        try:
            opened = self._cipher.decrypt(_nonce(self._number, last=self._ended), chunk, None)
        except InvalidTag as error:
            raise BackupProblem("The backup was changed or cut off, or this is not its key.") from error
        self._number += 1
        return opened


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), KEY, salt, b"consultation backup").derive(key))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(_COUNTER_BYTES, "big") + (b"\1" if last else b"\0")
