"""An unknown or malformed value stops the start with one clear line."""

import os
import subprocess
import sys

import pytest
from django.core.management import call_command


def start(**values):
    environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "EMAIL_URL"}}
    environment |= {"SECRET_KEY": "k" * 60, "ALLOWED_HOSTS": "localhost", "SAMPLE_DATA": "0", **values}
    return subprocess.run(
        [sys.executable, "manage.py", "check"], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY_FALLBACKS": "short"}, "SECRET_KEY_FALLBACKS"),
        ({"SECRET_KEY_FALLBACKS": f"{'e' * 60},{'k' * 60}"}, "SECRET_KEY_FALLBACKS"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "a.example b.example"}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "https://a.example"}, "ALLOWED_HOSTS"),
        ({"HOST": ""}, "HOST"),
        ({"HOST": "http://127.0.0.1"}, "HOST"),
        ({"DATA_DIR": "/proc/nothing"}, "DATA_DIR"),
        ({"DATA_DIR": __file__}, "DATA_DIR"),
        ({"DATABASE_URL": "sqlite:///"}, "DATABASE_URL"),
        ({"PORT": "http"}, "PORT"),
        ({"PORT": "99999"}, "PORT"),
        ({"DEBUG": "maybe"}, "DEBUG"),
        ({"SAMPLE_DATA": "1", "HOST": "0.0.0.0"}, "SAMPLE_DATA"),  # noqa: S104 - refused, as it should be
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
        ({"EMAIL_URL": "pigeon://x"}, "EMAIL_URL"),
        ({"REPLICA_URL": "postgres://x@y/z"}, "REPLICA_URL"),  # without a PostgreSQL that it could follow
        ({"DATABASE_URL": "postgres://x@y/z", "REPLICA_URL": "sqlite:///x"}, "REPLICA_URL"),
        ({"REPLICA_MAX_LAG_SECONDS": "0"}, "REPLICA_MAX_LAG_SECONDS"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT"),
        ({"SLOW_QUERY_MS": "-1"}, "SLOW_QUERY_MS"),
        ({"METRICS_TOKEN": "short"}, "METRICS_TOKEN"),
        ({"LIMIT_FORMS": "many"}, "LIMIT_FORMS"),
        ({"LIMIT_SEARCH": "10/0"}, "LIMIT_SEARCH"),
        ({"LIMIT_SIGNUP": "0"}, "LIMIT_SIGNUP"),
        ({"SITE_URL": "consultation.example"}, "SITE_URL"),
        ({"SITE_URL": "https://consultation.example/path"}, "SITE_URL"),
        ({"SITE_URL": "https://[x"}, "SITE_URL"),
    ],
)
def test_a_value_that_cannot_be_used_stops_the_start_in_one_line(values, named):
    answer = start(**values)
    assert answer.returncode == 1
    assert named in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1


def test_usable_values_start():
    assert start(ALLOWED_HOSTS="localhost, .consultation.example,10.0.0.1,[::1]", HOST="::1").returncode == 0


@pytest.mark.parametrize(("proxies", "believed"), [("0", "None"), ("1", "('HTTP_X_FORWARDED_PROTO', 'https')")])
def test_a_proxy_is_believed_only_where_there_is_one(proxies, believed):
    assert said("SECURE_PROXY_SSL_HEADER", TRUSTED_PROXIES=proxies) == believed


def test_earlier_keys_are_divided_by_commas():
    keys = ["e" * 60, "f" * 60]
    assert said("SECRET_KEY_FALLBACKS", SECRET_KEY_FALLBACKS=", ".join(keys)) == str(keys)


def test_preparing_says_where_the_site_is(db, settings, capsys):
    settings.SITE_URL = "https://consultation.example"
    call_command("prepare")
    assert "Address: https://consultation.example/" in capsys.readouterr().out.splitlines()


def said(name, **values):
    """A setting of production with these values of the environment."""
    environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "EMAIL_URL"}}
    environment |= {"SECRET_KEY": "k" * 60, "ALLOWED_HOSTS": "localhost", "SAMPLE_DATA": "0", **values}
    program = f"from consultation import settings; print(settings.{name})"
    return subprocess.check_output([sys.executable, "-c", program], env=environment, text=True).strip()
