"""Check a receipt without the application: python -m consultation.record.verify RECEIPT, or python verify.py RECEIPT.

One file: Python's standard library, and the package `cryptography` for the signature. No database, no network.
It says which step failed, and ends with 0 where everything holds, else with 1. docs/record.md explains the steps.
"""

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any

HEX = re.compile(r"[0-9a-f]{64}\Z")
RECEIPT = {"v", "code", "fields", "commitment", "index", "path", "head", "signature", "keys"}
HEAD = {"v", "record", "size", "root", "time", "key"}
KEY = {"v", "record", "public", "previous", "signature"}
_INT_BITS, _KEY_BYTES, _CODE_BYTES = 62, 32, 10


class Failed(Exception):  # noqa: N818 - named for what it says
    """The receipt does not prove what it says; `step` is the one that failed."""

    def __init__(self, step: str, why: str) -> None:
        self.step, self.why = step, why
        super().__init__(f"{step}: {why}")


# What is hashed -----------------------------------------------------------------------------------------------------


# Made once: json.dumps with other settings than its own would make it for each value.
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical(value: Any) -> bytes:
    """The one way to write a value: JSON, UTF-8, keys in order, no white space."""
    return _CANONICAL.encode(value).encode()


def field_digest(name: str, value: Any, salt: bytes) -> str:
    """What stands for one field of an entry where its value is not told."""
    return hashlib.sha256(b"consultation-field-v1" + salt + canonical({"name": name, "value": value})).hexdigest()


def commitment(digests: dict[str, str]) -> str:
    """What stands for a whole entry."""
    return hashlib.sha256(b"consultation-entry-v1" + canonical(digests)).hexdigest()


def code_of(commitment: str) -> str:
    """The receipt code: the first 80 bits of the commitment, sixteen letters and digits."""
    return base64.b32encode(bytes.fromhex(commitment)[:_CODE_BYTES]).decode()


def leaf_hash(data: bytes) -> bytes:
    """RFC 9162, 2.1.1."""
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 9162, 2.1.1."""
    return hashlib.sha256(b"\1" + left + right).digest()


def leaf_of(commitment: str) -> bytes:
    """The leaf of an entry in the tree."""
    return leaf_hash(canonical({"commitment": commitment, "v": 1}))


def fingerprint(public: str) -> str:
    """The short name of a public key."""
    return hashlib.sha256(base64.b64decode(public)).hexdigest()[:32]


# Proofs of the tree -------------------------------------------------------------------------------------------------


def root_of_path(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """The root that this path leads to (RFC 9162, 2.1.3.2); None where it is no path of this place."""
    if not 0 <= index < size:
        return None
    place, last, digest = index, size - 1, leaf
    for step in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            digest = node_hash(step, digest)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            digest = node_hash(digest, step)
        place, last = place >> 1, last >> 1
    return digest if last == 0 else None


def is_continued(first: int, second: int, first_root: bytes, second_root: bytes, proof: list[bytes]) -> bool:
    """Whether the second tree is the first one with leaves added (RFC 9162, 2.1.4.2)."""
    if first == second:
        return first_root == second_root and not proof
    if not 0 < first < second or not proof:
        return False
    steps = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, step)
        place, last = place >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


# Steps --------------------------------------------------------------------------------------------------------------


def require(fact: object, step: str, why: str) -> None:
    """Raises `Failed` where the fact does not hold."""
    if not fact:
        raise Failed(step, why)


def _require_shape(thing: Any, names: set[str], what: str) -> None:
    require(isinstance(thing, dict) and set(thing) == names, "format", f"{what} must have {', '.join(sorted(names))}.")
    require(
        thing["v"] == 1 and type(thing["v"]) is int,
        "format",
        f"{what} is of a version that this program does not know.",
    )


def _digests(values: Any, what: str) -> list[bytes]:
    fits = isinstance(values, list) and all(isinstance(v, str) and HEX.match(v) for v in values)
    require(fits, "format", f"{what} must be SHA-256 values in hexadecimal.")
    return [bytes.fromhex(v) for v in values]


def _number(value: Any) -> bool:
    return type(value) is int and 0 <= value < 1 << _INT_BITS


def _bytes(text: Any, step: str, what: str) -> bytes:
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError, ValueError):
        decoded = b""
    require(decoded and base64.b64encode(decoded).decode() == text, step, f"{what} is not base64.")
    return decoded


def _signed(public: str, message: dict[str, Any], signature: Any) -> bool:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - the other steps work without it
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public))
        key.verify(_bytes(signature, "signature", "The signature"), canonical(message))
    except (InvalidSignature, ValueError):
        return False
    return True


def check_keys(keys: Any, record: str, trusted: str = "") -> dict[str, str]:
    """The public keys of a record by fingerprint, each signed by the one before; from the trusted one on if given."""
    require(isinstance(keys, list) and keys, "key", "There is no key.")
    known: dict[str, str] = {}
    signer = ""
    for key in keys:
        _require_shape(key, KEY, "A key")
        require(len(_bytes(key["public"], "key", "A key")) == _KEY_BYTES, "key", "A key is not an Ed25519 key.")
        require(key["record"] == record, "key", "A key belongs to another record.")
        require(key["previous"] == (fingerprint(signer) if signer else ""), "key", "The keys do not follow each other.")
        message = {name: value for name, value in key.items() if name != "signature"}
        require(
            _signed(signer or key["public"], message, key["signature"]), "key", "A key is not signed by the one before."
        )
        signer = key["public"]
        known[fingerprint(signer)] = signer
    if trusted:
        name = trusted if trusted in known else next((n for n, public in known.items() if public == trusted), "")
        require(name, "key", "The key that you trust is not a key of this record.")
        names = list(known)
        known = {n: known[n] for n in names[names.index(name) :]}
    return known


def check_head(head: Any, signature: Any, keys: dict[str, str]) -> None:
    """Raises `Failed` unless one of these keys signed this head."""
    _require_shape(head, HEAD, "A head")
    fits = _number(head["size"]) and head["size"] > 0 and isinstance(head["root"], str) and HEX.match(head["root"])
    require(fits, "format", "A head must have a size and a root.")
    known = isinstance(head["key"], str) and head["key"] in keys
    require(known, "key", "The head names a key that is not known, or older than the one that you trust.")
    require(_signed(keys[head["key"]], head, signature), "signature", "The head is not signed by its key.")


def check_commitment(receipt: dict[str, Any]) -> None:
    """Raises `Failed` unless the fields are those that the commitment stands for."""
    require(isinstance(receipt["fields"], dict) and receipt["fields"], "format", "There are no fields.")
    digests = {}
    for name, field in receipt["fields"].items():
        told = isinstance(field, dict) and set(field) == {"value", "salt"}
        require(
            told or (isinstance(field, dict) and set(field) == {"digest"}), "format", f"Field {name} is incomplete."
        )
        _digests([field["salt" if told else "digest"]], f"Field {name}")
        digests[name] = field_digest(name, field["value"], bytes.fromhex(field["salt"])) if told else field["digest"]
    require(receipt["commitment"] == commitment(digests), "commitment", "The fields are not what was recorded.")
    require(receipt["code"] == code_of(receipt["commitment"]), "code", "The code is not that of this entry.")


def check(receipt: Any, trusted: str = "") -> dict[str, str]:
    """Check one receipt; gives the keys that count. Raises `Failed`."""
    if isinstance(receipt, dict) and receipt.get("head", ...) is None:
        raise Failed("sealed", "This receipt was taken before its entry was sealed. Take it again in a minute.")
    _require_shape(receipt, RECEIPT, "A receipt")
    check_commitment(receipt)
    head = receipt["head"]
    _require_shape(head, HEAD, "A head")
    keys = check_keys(receipt["keys"], head["record"], trusted)
    require(_number(receipt["index"]) and _number(head["size"]), "format", "The place in the record is not a number.")
    path = _digests(receipt["path"], "The path")
    root = root_of_path(leaf_of(receipt["commitment"]), receipt["index"], head["size"], path)
    require(
        root is not None and root.hex() == head["root"], "inclusion", "The path does not lead to the root of the head."
    )
    check_head(head, receipt["signature"], keys)
    return keys


def check_older(receipt: dict[str, Any], older: Any, proof: Any, keys: dict[str, str]) -> None:
    """Raises `Failed` unless the record of the receipt's head and that of a head kept from elsewhere are one."""
    require(
        isinstance(older, dict) and {"head", "signature"} <= set(older), "format", "The kept head is not a signed head."
    )
    head, kept = receipt["head"], older["head"]
    check_head(kept, older["signature"], keys)
    require(kept["record"] == head["record"], "consistency", "The kept head belongs to another record.")
    first, second = sorted((kept, head), key=lambda h: int(h["size"]))
    if first["size"] == second["size"]:
        require(
            first["root"] == second["root"],
            "consistency",
            "Two heads of the same size differ: two histories were shown.",
        )
        return
    require(isinstance(proof, dict), "consistency", "A proof between the two heads is needed: --proof FILE.")
    sizes = (proof.get("from"), proof.get("to"))
    require(
        sizes == (first["size"], second["size"]),
        "consistency",
        f"The proof must be from {first['size']} to {second['size']}.",
    )
    roots = bytes.fromhex(first["root"]), bytes.fromhex(second["root"])
    steps = _digests(proof.get("proof"), "The proof")
    require(
        is_continued(first["size"], second["size"], *roots, steps),
        "consistency",
        "The newer record does not continue the older one.",
    )


# The program --------------------------------------------------------------------------------------------------------


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    require(len({name for name, _value in pairs}) == len(pairs), "format", "A name stands twice.")
    return dict(pairs)


def read(path: str) -> Any:
    """The JSON of a file. Raises `Failed`."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"), object_pairs_hook=_once, parse_constant=str)
    except (OSError, ValueError, RecursionError) as error:
        raise Failed("file", f"{path} cannot be read as JSON: {error}") from error


def main(arguments: list[str] | None = None) -> int:
    """Check the receipt that the command line names; 0 where everything holds."""
    parser = argparse.ArgumentParser(prog="verify", description="Check a receipt of the record, offline.")
    parser.add_argument("receipt", help="the receipt, a JSON file")
    parser.add_argument("--key", default="", help="the public key that you trust, or its fingerprint")
    parser.add_argument("--head", help="a signed head that you kept, a JSON file")
    parser.add_argument("--proof", help="the proof that one of the two heads continues the other, a JSON file")
    options = parser.parse_args(arguments)
    try:
        receipt = read(options.receipt)
        keys = check(receipt, options.key)
        if options.head:
            check_older(receipt, read(options.head), read(options.proof) if options.proof else None, keys)
    except Failed as failed:
        sys.stdout.write(f"FAILED at {failed.step}: {failed.why}\n")
        return 1
    except (TypeError, ValueError, RecursionError) as error:
        sys.stdout.write(f"FAILED at format: no receipt holds this: {str(error)!a}\n")
        return 1
    except ImportError:
        sys.stdout.write("FAILED at signature: the package cryptography is not installed (pip install cryptography).\n")
        return 1
    head = receipt["head"]
    sys.stdout.write(
        f"OK: {receipt['code']} is entry {receipt['index'] + 1} of {head['size']}, sealed {head['time']}.\n"
    )
    sys.stdout.write(f"Signed with the key {head['key']}.\n")
    if not options.key:
        sys.stdout.write("Compare this key with the one that the institution publishes elsewhere.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
