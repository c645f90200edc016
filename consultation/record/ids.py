"""Names of things in addresses. They are random, so that nobody can count what is not public by looking at gaps."""

import secrets
import string

ALPHABET = string.digits + string.ascii_lowercase
LENGTH = 12


def new_id() -> str:
    """Twelve random letters and digits (62 bits), to be stored under a unique constraint."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def new_receipt() -> str:
    """A number for who sent something, that nobody else learns: told apart from a public one by its beginning."""
    name = new_id()
    return f"R-{name[:4]}-{name[4:8]}-{name[8:]}"
