"""What only a socket can send: wrong hosts, headers, lengths, pieces and paths, to a real server on our database."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 20
LIVES = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def get(path="/help/", *headers, host="localhost", method="GET", version="HTTP/1.1"):
    lines = [f"{method} {path} {version}", *([f"Host: {host}"] if host else []), "Connection: close", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def post(*headers, body=b"", path="/accounts/login/"):
    return get(path, "Content-Type: application/x-www-form-urlencoded", *headers, method="POST") + body


CHUNKED = "Transfer-Encoding: chunked"
# name: what is sent, and which statuses are right; 0 is no answer but a closed connection
CASES = {
    "well": (get(), {200}),
    "foreign host": (get(host="evil.example"), {400}),
    "host with a space": (get(host="a b"), {400}),
    "host with a port that is none": (get(host="localhost:99999"), {400}),
    "host with an address in it": (get(host="localhost@evil.example"), {400}),
    "host with a path": (get(host="localhost/evil.example"), {400}),
    "two hosts": (get("/help/", "Host: evil.example"), {400}),
    "no host": (get(host=""), {400}),
    "foreign forwarded host": (get("/help/", "X-Forwarded-Host: evil.example"), {200}),
    "foreign forwarded port": (get("/help/", "X-Forwarded-Port: 1"), {200}),
    "another scheme and host in the line": (get("http://evil.example/help/"), {200, 400, 404}),
    "cookie of a megabyte": (get("/help/", "Cookie: a=" + "b" * 1_000_000), {400, 431, 0}),
    "header of 64 kilobytes": (get("/help/", "X-Long: " + "b" * 65_536), {400, 431}),
    "two hundred headers": (get("/help/", *(f"X-{n}: {n}" for n in range(200))), {400, 431}),
    "address of 16 kilobytes": (get("/search/?q=" + "a" * 16_384), {400, 414}),
    "header without a colon": (get("/help/", "Nonsense"), {400}),
    "header with a space in its name": (get("/help/", "X Y: z"), {400}),
    "header with NUL": (get("/help/", "X-Y: a\0b"), {400, 200}),
    "folded header": (get("/help/", "X-Y: a\r\n b"), {400, 200}),
    "header with an underscore": (get("/help/", "X_Forwarded_Host: evil.example"), {200, 400}),
    "no such version": (get(version="HTTP/9.9"), {400, 505}),
    "no line": (b"\r\n\r\n\r\n\r\n", {400, 0}),
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 40 + b"\r\n\r\n", {400, 0}),
    "small letters": (get(method="get"), {400, 405, 501, 200}),
    "a method that is none": (get(method="BREW"), {400, 403, 405, 501}),
    "trace": (get(method="TRACE"), {400, 405, 501}),
    "connect": (get(method="CONNECT"), {400, 403, 405, 501}),
    "a gigabyte announced": (post("Content-Length: 1000000000"), {400, 403, 413}),
    "three megabytes": (post("Content-Length: 3000000", body=b"a" * 3_000_000), {400, 403, 413, 0}),
    "negative length": (post("Content-Length: -1"), {400}),
    "length that is no number": (post("Content-Length: x"), {400}),
    "two lengths": (post("Content-Length: 3", "Content-Length: 5", body=b"a=b"), {400}),
    "length with a sign": (post("Content-Length: +3", body=b"a=b"), {400}),
    "length and pieces": (post("Content-Length: 3", CHUNKED, body=b"0\r\n\r\n"), {400, 403}),
    "pieces twice": (post(CHUNKED, CHUNKED, body=b"0\r\n\r\n"), {400, 403, 501}),
    "pieces of another kind": (post("Transfer-Encoding: xchunked", body=b"0\r\n\r\n"), {400, 501}),
    "a piece whose size is none": (post(CHUNKED, body=b"zz\r\nabc\r\n0\r\n\r\n"), {400, 403}),
    "a piece that is shorter": (post(CHUNKED, body=b"5\r\nab\r\n0\r\n\r\n"), {400, 403}),
    "a piece with a negative size": (post(CHUNKED, body=b"-5\r\nab\r\n0\r\n\r\n"), {400, 403}),
    "a piece of a terabyte": (post(CHUNKED, body=b"FFFFFFFFFF\r\nab\r\n"), {400, 403, 0}),
    "broken multipart": (
        get("/accounts/login/", "Content-Type: multipart/form-data; boundary=x", "Content-Length: 3", method="POST")
        + b"--x",
        {400, 403},
    ),
    "multipart without a boundary": (
        get("/accounts/login/", "Content-Type: multipart/form-data", "Content-Length: 3", method="POST") + b"a=b",
        {400, 403},
    ),
    "another character set": (
        get("/accounts/login/", "Content-Type: text/plain; charset=zzz", "Content-Length: 3", method="POST") + b"a=b",
        {400, 403, 415},
    ),
    "path to another host": (get("//evil.example/help/"), {404}),
    "path with NUL": (get("/help/%00"), {404, 400}),
    "path that is not UTF-8": (get("/%ff%fe/"), {404, 400}),
    "raw bytes in the path": (get("/h\xe9lp/"), {404, 400}),
    "path upwards": (get("/../../etc/passwd"), {404, 400}),
    "encoded path upwards": (get("/static/%2e%2e/%2e%2e/manage.py"), {404, 400}),
    "double encoded path upwards": (get("/static/%252e%252e/manage.py"), {404, 400}),
    "line end in the path": (get("/help/%0d%0aX-Evil:%201"), {404, 400}),
    "line end in a query": (get("/?lang=%0d%0aX-Evil:%201"), {200, 400}),
    "range beyond the end": (get("/static/css/app.css", "Range: bytes=999999999-"), {416, 200, 404}),
    "a thousand ranges": (get("/static/css/app.css", "Range: bytes=" + ",".join(["0-0"] * 1000)), {200, 206, 416, 404}),
    "wish that is none": (get("/help/", "Accept-Language: " + "x," * 900), {200}),
    "time that is none": (get("/help/", "If-Modified-Since: yesterday"), {200}),
    "tag that is none": (get("/help/", 'If-None-Match: "' + "a" * 5000 + '"'), {200}),
}


@pytest.fixture(scope="module")
def port(django_db_setup, django_db_blocker, tmp_path_factory):
    """A gunicorn on the tests' own database."""
    with django_db_blocker.unblock():
        known = connection.settings_dict
        name = str(known["NAME"])
        address = f"{known['USER']}:{known['PASSWORD']}@{known['HOST']}:{known['PORT']}"
        url = f"sqlite:///{name}" if connection.vendor == "sqlite" else f"postgres://{address}/{name}"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    data = str(tmp_path_factory.mktemp("data"))
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DATA_DIR": data,
        "ALLOWED_HOSTS": "localhost",
        "SAMPLE_DATA": "1",
    }
    manage = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
    subprocess.run(manage, env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    serve = [str(Path(sys.executable).parent / "gunicorn"), "consultation.wsgi", "--bind", f"127.0.0.1:{number}"]
    process = subprocess.Popen([*serve, "--threads", "4", "--log-level", "critical"], env=environment, cwd=ROOT)
    try:
        _wait(number)
        yield number
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def _wait(number):
    end = time.monotonic() + 3 * PATIENCE
    while time.monotonic() < end:
        try:
            if said(number, LIVES)[0] == 200:
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail("the server did not start")


def said(number, request):
    """Status and everything that the server says to these bytes; 0 where it only closes the connection."""
    with socket.create_connection(("127.0.0.1", number), timeout=PATIENCE) as line:
        parts = []
        try:
            line.sendall(request)
            line.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it closed before it had read all; it may have answered
        try:
            while part := line.recv(65_536):
                parts.append(part)
        except ConnectionResetError:
            pass
    answer = b"".join(parts)
    return (int(answer[9:12]) if answer.startswith(b"HTTP/") else 0), answer.decode("utf-8", "replace")


@pytest.mark.django_db
def test_whatever_is_sent_is_refused_or_answered_and_the_server_lives(port):
    wrong = {}
    for name, (request, right) in CASES.items():
        status, answer = said(port, request)
        head = answer.partition("\r\n\r\n")[0]
        if status not in right:
            wrong[name] = status, answer[:300]
        elif "://evil.example" in answer or '="//evil' in answer or "X-Evil" in head or "Traceback" in answer:
            wrong[name] = answer[:2000]
        if said(port, LIVES)[0] != 200:
            wrong[name] = "dead afterwards"
    assert not wrong, "\n".join(f"{name}: {told}" for name, told in wrong.items())
