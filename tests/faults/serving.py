"""Starts the application as production does, again and again and quickly: imported once, forked for each start.

A process of its own. One line in is one start (`serve PORT`, or the name of a command of manage.py); one line out is
the process and group that was started. The command line of gunicorn is that of `make run`.
"""

import os
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def main() -> None:
    sys.path.insert(0, str(ROOT))
    os.chdir(ROOT)
    os.environ["DJANGO_SETTINGS_MODULE"] = "consultation.settings"
    import gunicorn.app.wsgiapp  # noqa: F401, PLC0415 - imported for the forks
    from django.core.management import call_command  # noqa: PLC0415

    import consultation.wsgi  # noqa: F401, PLC0415 - sets Django up

    call_command("collectstatic", interactive=False, verbosity=0)
    _warm_up()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever was killed is gone at once
    print("ready", flush=True)
    for line in sys.stdin:
        started = os.fork()
        if not started:
            _become(line.split())
        print(started, flush=True)


def _warm_up() -> None:
    """Load what the first request loads, and let go of the database."""
    from django.db import connections  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    browser = Client(headers={"host": "127.0.0.1"})
    for address in ("/", "/consultations/gfmd-gcm-1/", "/consultations/gfmd-gcm-1/passages/pol3/", "/accounts/login/"):
        browser.get(address)
    connections.close_all()


def _become(what: list[str]) -> None:
    """Become the server or the command, in a group of its own; does not return."""
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        if what[0] == "serve":
            _serve(what[1])
        else:
            from django.core.management import call_command  # noqa: PLC0415

            call_command(*what)
    finally:
        os._exit(0)


def _serve(port: str) -> None:
    from gunicorn.app.wsgiapp import run  # noqa: PLC0415

    where = ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "8", "--log-level", "warning"]
    sys.argv = ["gunicorn", "consultation.wsgi", *where]
    run()


if __name__ == "__main__":
    main()
