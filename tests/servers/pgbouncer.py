"""A real PgBouncer in transaction mode before a test server, with fewer connections than there are clients."""

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from tests.servers import postgres

_CONFIGURATION = """
[databases]
* = host=127.0.0.1 port={server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {directory}/users
pool_mode = transaction
default_pool_size = {connections}
max_client_conn = 200
logfile = {directory}/log
"""


@contextlib.contextmanager
def pooled(url: str, connections: int = 2) -> Iterator[str]:
    """The URL of the same database through a pool of so many connections."""
    directory = Path(tempfile.mkdtemp(prefix="consultation-pgbouncer-"))
    as_user, port = postgres.as_other_user(directory), postgres.free_port()
    named = {"server": urlsplit(url).port, "port": port, "directory": directory, "connections": connections}
    (directory / "ini").write_text(_CONFIGURATION.format(**named))
    (directory / "users").write_text(f'"{postgres.USER}" ""\n')
    program = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")
    process = subprocess.Popen([str(program), "-q", directory / "ini"], stderr=subprocess.DEVNULL, **as_user)
    try:
        postgres.wait_until_ready(port, process)
        yield urlsplit(url)._replace(netloc=f"{postgres.USER}@127.0.0.1:{port}").geturl()
    finally:
        process.terminate()
        process.wait(timeout=30)
        shutil.rmtree(directory, ignore_errors=True)
