"""The way out: one POST to an address that somebody registered, which must be on the public internet.

The name is resolved here, every address that it has is checked, and the connection is made to the one that was checked:
no second look-up, no redirect, no proxy can lead inside. docs/decisions/107.
"""

import http.client
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from threading import Timer
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

CONNECT_SECONDS, WHOLE_SECONDS = 5, 10
_READ = 1_000
_PORTS = {"https": 443, "http": 80}
# Addresses that lead into the older network by a detour: they could name any address of ours.
_DETOURS = [
    ipaddress.ip_network(n)
    for n in ("::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "fec0::/10")
]


class Unreachable(Exception):  # noqa: N818 - named for what it says
    """Nothing could be sent there, or no answer came in time."""


@dataclass(frozen=True)
class Answer:
    """What the other side answered."""

    status: int
    retry_after: str = ""


def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """Send this and give the status of the answer. Raises `Unreachable`."""
    parts = urlsplit(url)
    try:
        port = parts.port or _PORTS[parts.scheme]
        address = _checked(parts.hostname or "", port, parts.scheme)
        return _asked(_connection(parts.scheme, parts.hostname or "", port, address), parts, body, headers)
    except Unreachable:
        raise
    except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
        raise Unreachable(f"{type(error).__name__}: {error}"[:300]) from error


def is_outside(address: str) -> bool:
    """Whether this address is one of the public internet."""
    found = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(found, "ipv4_mapped", None)
    if inner is not None:
        found = inner
    if any(found.version == network.version and found in network for network in _DETOURS):
        return False
    return found.is_global and not found.is_multicast


def _checked(host: str, port: int, scheme: str) -> str:
    """An address of this host. All that it has must be outside: a name with one inside is a trick or a mistake."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    on_this_machine = settings.WEBHOOKS_TO_LOOPBACK and all(ipaddress.ip_address(a).is_loopback for a in addresses)
    if scheme != "https" and not on_this_machine:
        raise Unreachable("Only https is sent to.")
    if not addresses or not (on_this_machine or all(is_outside(a) for a in addresses)):
        raise Unreachable("The name leads to an address that is not on the public internet.")
    return addresses[0]


def _connection(scheme: str, host: str, port: int, address: str) -> http.client.HTTPConnection:
    """A connection to the address that was checked, whose certificate is that of the name."""
    raw = socket.create_connection((address, port), timeout=CONNECT_SECONDS)
    made = http.client.HTTPConnection(host, port, timeout=CONNECT_SECONDS)
    try:
        made.sock = ssl.create_default_context().wrap_socket(raw, server_hostname=host) if scheme == "https" else raw
    except (OSError, ValueError):
        raw.close()
        raise
    return made


def _asked(connection: http.client.HTTPConnection, parts: Any, body: bytes, headers: dict[str, str]) -> Answer:
    """What is answered within the time; who drips an answer byte by byte is cut off."""
    watch = Timer(WHOLE_SECONDS, _cut, [connection.sock])
    watch.daemon = True
    watch.start()
    try:
        path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        sent = {"Content-Type": "application/json", "User-Agent": "consultation-webhooks/1", "Connection": "close"}
        connection.request("POST", path, body, {**sent, **headers})
        answer = connection.getresponse()
        answer.read(_READ)
        return Answer(answer.status, answer.headers.get("Retry-After", ""))
    finally:
        watch.cancel()
        connection.close()


def _cut(channel: socket.socket) -> None:
    try:
        channel.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
