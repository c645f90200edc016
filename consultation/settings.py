"""Settings: every choice that differs between installations comes from the environment (README, "Configuration").

An unknown or malformed value stops the start with one clear line (`ImproperlyConfigured`, which manage.py prints).
"""

import base64
import ipaddress
import os
import re
import socket
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env, EnvError, validate

from consultation.throttling.limit import Limit

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()
_LAST_PORT = 65_535
_KEY_CHARACTERS = 50
_SIGNING_KEY_BYTES = 32
_TOKEN_CHARACTERS = 20
_HOST_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?", re.ASCII | re.IGNORECASE)


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_host(host: str) -> bool:
    """Whether this is an address or the name of a host, without a scheme, port or path."""
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        return bool(_HOST_NAME.fullmatch(host))


def _is_site(address: str) -> bool:
    """Whether this is the scheme, host and port of a site, and nothing else."""
    try:
        parts = urlsplit(address)
        rest = (parts.path, parts.query, parts.fragment, parts.username or "")
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and not any(rest) and parts.port != 0
    except ValueError:
        return False


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == _SIGNING_KEY_BYTES
    except ValueError:
        return False


def _limit(name: str, default: str) -> Limit:
    try:
        return Limit.read(env.str(name, default))
    except ValueError as error:
        raise ValueError(f"{name} must be times/seconds, such as {default}, or 0") from error


# Environment -------------------------------------------------------------------------------------------------------
try:
    HOST = env.str("HOST", "127.0.0.1")
    PORT = env.int("PORT", 8000, validate=validate.Range(1, _LAST_PORT))
    DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var"))).resolve()
    DEBUG = env.bool("DEBUG", False)
    SAMPLE_DATA = env.bool("SAMPLE_DATA", False)
    SECRET_KEY = env.str("SECRET_KEY", "")
    # Keys of before, with commas: what they signed is still taken, and nothing new is signed with them.
    _earlier_keys: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
    SECRET_KEY_FALLBACKS = [key.strip() for key in _earlier_keys if key.strip()]
    _hosts: list[str] = env.list("ALLOWED_HOSTS", [])
    ALLOWED_HOSTS = [host.strip() for host in _hosts]
    # How many proxies of ours stand in front and add to X-Forwarded-For; without one the header is anybody's word.
    TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0, validate=validate.Range(0, 10))
    _email: dict[str, Any] = env.dj_email_url("EMAIL_URL") if env.str("EMAIL_URL", "") else {}
    SITE_URL = env.str("SITE_URL", "").rstrip("/")
    # Streaming replicas of DATABASE_URL that pages may be read from, and how far behind they may be.
    _replicas: list[str] = env.list("REPLICA_URL", [])
    REPLICA_MAX_LAG_SECONDS = env.int("REPLICA_MAX_LAG_SECONDS", 5, validate=validate.Range(1, 60))
    # A moderator can take a decision back for so long; until then nobody is told of it.
    UNDO_SECONDS = env.int("UNDO_SECONDS", 60, validate=validate.Range(0, 600))
    # The private key that signs the record, itself (base64 of 32 bytes) or the file that holds it. docs/record.md.
    RECORD_KEY = env.str("RECORD_KEY", "")
    RECORD_KEY_FILE = env.str("RECORD_KEY_FILE", "")
    LOG_FORMAT = env.str("LOG_FORMAT", "text", validate=validate.OneOf(["text", "json"]))
    # A query that takes so long is named in the log; 0 names none.
    SLOW_QUERY_MS = env.int("SLOW_QUERY_MS", 1_000, validate=validate.Range(0, 600_000))
    # Who has it may read /metrics; without one the page does not exist.
    METRICS_TOKEN = env.str("METRICS_TOKEN", "")
    # What one person may ask for, times/seconds; who is not signed in counts by address. 0: as much as they want.
    LIMITS = {
        "forms": _limit("LIMIT_FORMS", "180/60"),
        "search": _limit("LIMIT_SEARCH", "120/60"),
        "files": _limit("LIMIT_FILES", "120/60"),
        "codes": _limit("LIMIT_CODES", "10/300"),
        # Forms whose words are kept for an address while somebody signs in.
        "kept": _limit("LIMIT_KEPT", "60/3600"),
        # What one organisation invites.
        "invitations": _limit("LIMIT_INVITATIONS", "20/86400"),
        # Programs: from an address, with a token, and drafts with a token.
        "api": _limit("LIMIT_API", "300/60"),
        "tokens": _limit("LIMIT_TOKENS", "1200/60"),
        "drafts": _limit("LIMIT_DRAFTS", "60/60"),
    }
    # How many from one address sign up or ask for a new password in five minutes.
    LIMIT_SIGNUP = env.int("LIMIT_SIGNUP", 60, validate=validate.Range(1))
    LIMIT_RESET = env.int("LIMIT_RESET", 60, validate=validate.Range(1))
except (EnvError, ValueError) as error:
    raise ImproperlyConfigured(f"a value of the environment cannot be used: {error}") from error

try:
    _database: Any = dj_database_url.parse(
        env.str("DATABASE_URL", "") or f"sqlite:///{DATA_DIR / 'consultation.sqlite3'}"
    )
except (ValueError, dj_database_url.ParseError) as error:
    raise ImproperlyConfigured("DATABASE_URL must be sqlite:///… or postgres://…") from error
try:
    _copies: list[Any] = [dj_database_url.parse(url.strip()) for url in _replicas]
except (ValueError, dj_database_url.ParseError) as error:
    raise ImproperlyConfigured("REPLICA_URL must be postgres://…, several with commas.") from error
if _email and not _email.get("EMAIL_BACKEND"):
    raise ImproperlyConfigured(
        "EMAIL_URL is not an address that mail can be sent by. Use smtp://user:password@host:port."
    )
if _database["ENGINE"].endswith("sqlite3") and _database["NAME"] in {"", ":memory:"}:
    raise ImproperlyConfigured("DATABASE_URL must name a file after sqlite:///, else nothing would be kept.")
if not _is_host(HOST):
    raise ImproperlyConfigured("HOST must be the address or name to serve on, such as 127.0.0.1.")
if DATA_DIR.exists() and not DATA_DIR.is_dir():
    raise ImproperlyConfigured(f"DATA_DIR={DATA_DIR} is not a directory.")
if SAMPLE_DATA and not _loopback(HOST):
    raise ImproperlyConfigured(
        f"SAMPLE_DATA=1 is refused because HOST={HOST} is not a loopback address: the sample accounts have a known "
        "password. Set SAMPLE_DATA=0 or HOST=127.0.0.1."
    )
if DEBUG:
    SECRET_KEY = SECRET_KEY or "only-for-debug-" + "x" * 50
    ALLOWED_HOSTS = ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]
if len(SECRET_KEY) < _KEY_CHARACTERS:
    raise ImproperlyConfigured(
        f"SECRET_KEY is missing or shorter than {_KEY_CHARACTERS} characters. Set it to a long random value."
    )
if any(len(key) < _KEY_CHARACTERS for key in SECRET_KEY_FALLBACKS):
    raise ImproperlyConfigured(
        f"SECRET_KEY_FALLBACKS has a key shorter than {_KEY_CHARACTERS} characters. Keys are divided by commas."
    )
if SECRET_KEY in SECRET_KEY_FALLBACKS:
    raise ImproperlyConfigured("SECRET_KEY is among SECRET_KEY_FALLBACKS. Set it to a new long random value.")
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS is missing. Set it to the host names that serve this site.")
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS may not contain *. Name the hosts that serve this site.")
if not all(_is_host(host.removeprefix(".").strip("[]")) for host in ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS must be host names with commas, without scheme, port or path.")

if METRICS_TOKEN and len(METRICS_TOKEN) < _TOKEN_CHARACTERS:
    raise ImproperlyConfigured(
        f"METRICS_TOKEN is shorter than {_TOKEN_CHARACTERS} characters. Set it to a long random value."
    )
if RECORD_KEY and RECORD_KEY_FILE:
    raise ImproperlyConfigured("RECORD_KEY and RECORD_KEY_FILE are both set. Set one of them.")
if RECORD_KEY and not _is_key(RECORD_KEY):
    raise ImproperlyConfigured("RECORD_KEY must be 32 random bytes in base64. docs/record.md says how to make it.")
if RECORD_KEY_FILE and not Path(RECORD_KEY_FILE).is_file():
    raise ImproperlyConfigured("RECORD_KEY_FILE must name a file. docs/record.md says how to make it.")
# The sample and DEBUG sign with a key of their own, made once and kept with the data.
RECORD_KEY_LOCAL = (SAMPLE_DATA or DEBUG) and not (RECORD_KEY or RECORD_KEY_FILE)
if RECORD_KEY_LOCAL:
    RECORD_KEY_FILE = str(DATA_DIR / "record-key")
# The newest head that was given out, beside the key and outside of the database: a smaller one is never signed.
RECORD_HEAD_FILE = f"{RECORD_KEY_FILE or DATA_DIR / 'record-key'}.head"

# A production site is served over HTTPS; the sample on a loopback address and DEBUG are not.
HTTPS = not (DEBUG or SAMPLE_DATA)
# Where the links in mails lead.
if not SITE_URL:
    _host = ALLOWED_HOSTS[0].lstrip(".")
    SITE_URL = f"https://{_host}" if HTTPS else f"http://{f'[{HOST}]' if ':' in HOST else HOST}:{PORT}"
if not _is_site(SITE_URL):
    raise ImproperlyConfigured("SITE_URL must be the address of this site, such as https://consultation.example.")

# Applications ------------------------------------------------------------------------------------------------------
ROOMS = [
    "consultation.record",
    "consultation.throttling",
    "consultation.stakeholders",
    "consultation.reports",
    "consultation.consultations",
    "consultation.discussion",
    "consultation.positions",
    "consultation.practices",
    "consultation.statements",
    "consultation.moderation",
    "consultation.receipts",
    "consultation.offline",
    "consultation.search",
    "consultation.summaries",
    "consultation.dispositions",
    "consultation.drafting",
    "consultation.silence",
    "consultation.outcome",
    "consultation.commitments",
    "consultation.secretariat",
    "consultation.api",
    "consultation.notifications",
    "consultation.keeping",
    "consultation.serving",
]
INSTALLED_APPS = [
    *ROOMS,
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_countries",
    "django_filters",
    "django_htmx",
    "rules.apps.AutodiscoverRulesConfig",
]
MIDDLEWARE = [
    "consultation.request_ids.RequestIdMiddleware",
    "consultation.serving.watching.WatchMiddleware",
    "consultation.hardening.HardeningMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "consultation.consultations.two_factors.TwoFactorsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "consultation.stakeholders.before_signing_in.BeforeSigningInMiddleware",
    "consultation.refusals.RefusalMiddleware",
    "consultation.throttling.middleware.ThrottlingMiddleware",
    *(["consultation.serving.reading.ReplicaMiddleware"] if _replicas else []),
]
ROOT_URLCONF = "consultation.urls"
WSGI_APPLICATION = "consultation.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "consultation.stakeholders.display.masthead",
                "consultation.stakeholders.before_signing_in.context",
                "consultation.moderation.context.masthead",
                "consultation.notifications.context.masthead",
            ]
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Database ----------------------------------------------------------------------------------------------------------
# Nothing lives longer in a connection than one transaction: it may lead through PgBouncer. docs/decisions/119.
_POSTGRES = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "DISABLE_SERVER_SIDE_CURSORS": True}
DATABASES: dict[str, Any] = {"default": _database}
if _database["ENGINE"] == "django.db.backends.sqlite3":
    try:
        DATA_DIR.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"DATA_DIR={DATA_DIR} cannot be made: {error.strerror}.") from error
    # To open the file anew for each request costs more than a kept page: SQLite reads what tables there are, and Django
    # gives it its functions. A restore writes into the same file.
    _database["CONN_MAX_AGE"] = 60
    _database["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
    # A file like the real one, so that the tests wait for each other's locks as servers do.
    _database["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}
elif _database["ENGINE"] == "django.db.backends.postgresql":
    _database.update(_POSTGRES)
else:
    raise ImproperlyConfigured("DATABASE_URL must be sqlite:///… or postgres://…")
if any(copy["ENGINE"] != _database["ENGINE"] or "postgresql" not in copy["ENGINE"] for copy in _copies):
    raise ImproperlyConfigured("REPLICA_URL must be postgres://…, and DATABASE_URL the PostgreSQL that they follow.")
for _number, _copy in enumerate(_copies, 1):
    # One that is away is noticed soon; meanwhile the primary is read.
    _options = {**_copy.get("OPTIONS", {}), "connect_timeout": 2, "tcp_user_timeout": 3_000}
    DATABASES[f"replica{_number}"] = {**_copy, **_POSTGRES, "OPTIONS": _options, "TEST": {"MIRROR": "default"}}
REPLICAS = [alias for alias in DATABASES if alias != "default"]
DATABASE_ROUTERS = ["consultation.serving.reading.Router"] if REPLICAS else []
# Counts of tries, shared by all processes.
CACHES = {
    # So many that nobody makes it forget what they tried by trying from elsewhere.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # Pages for everybody, in the process that made them.
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 300},
    },
    # Documents that were just made, in the process that made them.
    "files": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 20}},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

PAGES_KEPT_SECONDS = 60
FACTS_KEPT_SECONDS = 60

# Accounts ----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "stakeholders.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "consultation.stakeholders.accounts.MaximumLengthValidator", "OPTIONS": {"max_length": 256}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_SIGNUP_FORM_CLASS = "consultation.stakeholders.forms.SignupForm"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# After too many wrong tries, for an account or from an address, the next one is taken after this time.
RETRY_SECONDS = 300
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
ACCOUNT_RATE_LIMITS = {
    "login_failed": f"20/{RETRY_SECONDS}s/ip,5/{RETRY_SECONDS}s/key",
    "signup": f"{LIMIT_SIGNUP}/{RETRY_SECONDS}s/ip",
    "reset_password": f"{LIMIT_RESET}/{RETRY_SECONDS}s/ip,5/{RETRY_SECONDS}s/key",
}
ACCOUNT_ADAPTER = "consultation.stakeholders.accounts.AccountAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_TOTP_ISSUER = "Consultation"
# Staff, officers and focal points must use two factors.
TWO_FACTORS_REQUIRED = HTTPS
INVITATION_DAYS = 14
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"

# Mail --------------------------------------------------------------------------------------------------------------
# Every mail is stored in the database; the worker (`manage.py work`) hands it to the mail server. docs/decisions/020.
EMAIL_BACKEND = "consultation.notifications.outbox.Backend"
DELIVERY_BACKEND = "django.core.mail.backends.console.EmailBackend"
MAIL_DOMAIN = str(urlsplit(SITE_URL).hostname).replace(":", ".")
DEFAULT_FROM_EMAIL = f"consultation@{MAIL_DOMAIN}"
if _email:
    DELIVERY_BACKEND = _email["EMAIL_BACKEND"]
    DEFAULT_FROM_EMAIL = _email.get("DEFAULT_FROM_EMAIL") or DEFAULT_FROM_EMAIL
    EMAIL_HOST = _email.get("EMAIL_HOST", "localhost")
    EMAIL_PORT = _email.get("EMAIL_PORT", 25)
    EMAIL_HOST_USER = _email.get("EMAIL_HOST_USER", "")
    EMAIL_HOST_PASSWORD = _email.get("EMAIL_HOST_PASSWORD", "")
    EMAIL_USE_TLS = _email.get("EMAIL_USE_TLS", False)
    EMAIL_USE_SSL = _email.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Language and time -------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
# The languages that are complete. Spanish, Russian and Chinese have catalogues to be filled: docs/decisions/104.
LANGUAGES = [("en-gb", _("English")), ("fr", _("French")), ("ar", _("Arabic"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# Static files ------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
FIXTURE_DIRS = [BASE_DIR / "fixtures"]
_TESTING = "pytest" in sys.modules
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or _TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = DATA_DIR / "uploads"
# Who was erased, by number: a restored backup does not bring them back. docs/backup.md.
ERASED_FILE = DATA_DIR / "erased"

# Security ----------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "frame-src": [NONE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_FAILURE_VIEW = "consultation.refusals.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
    # Without a proxy of ours the header is anybody's word.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request": {"()": "consultation.request_ids.AddRequestId"},
        "addresses": {"()": "consultation.serving.logs.WithoutAddresses"},
    },
    "formatters": {
        "text": {"format": "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s"},
        "json": {"()": "consultation.serving.logs.JsonLines"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["request", "addresses"],
        },
        "nobody": {"class": "logging.NullHandler"},
    },
    # A foreign Host header is answered with 400; it is nobody's error here.
    "loggers": {"django.security.DisallowedHost": {"handlers": ["nobody"], "propagate": False}},
    "root": {"handlers": ["stderr"], "level": "WARNING" if _TESTING else "INFO"},
}
# What each process of this server has counted. prometheus_client reads the name of the directory from the environment
# when it is imported; processes of another machine or of an earlier start have another.
if METRICS_TOKEN:
    METRICS_DIR = DATA_DIR / "metrics" / f"{socket.gethostname()}-{os.getpgrp()}"
    METRICS_DIR.mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS_DIR)

# The consultation's own limits -------------------------------------------------------------------------------------
COMMENT_MAX_CHARACTERS = 10_000
EXPLANATION_MAX_CHARACTERS = 10_000
FINDING_MAX_CHARACTERS = 10_000
PASSAGE_MAX_CHARACTERS = 20_000
COMMITMENT_MAX_CHARACTERS = 5_000
PRACTICE_MAX_CHARACTERS = 5_000

# Programs of others ------------------------------------------------------------------------------------------------
API_TOKENS_OF_AN_ORGANISATION = 10
API_TOKEN_DAYS = (30, 90, 365)
WEBHOOKS_OF_AN_ORGANISATION = 5
# Webhooks reach no address inside of our networks; the sample and DEBUG may tell programs on this machine.
WEBHOOKS_TO_LOOPBACK = DEBUG or SAMPLE_DATA
