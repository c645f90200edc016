"""The application's own settings, with its peers installed beside it."""

from consultation.settings import *  # noqa: F403
from consultation.settings import INSTALLED_APPS as OURS

INSTALLED_APPS = [*OURS, "django.contrib.sites", "rest_framework", "django_comments_xtd", "django_comments"]
ROOT_URLCONF = "bench.urls"
SITE_ID = 1
COMMENTS_APP = "django_comments_xtd"
COMMENTS_XTD_MAX_THREAD_LEVEL = 2
COMMENTS_XTD_CONFIRM_EMAIL = False
LOGGING = {"version": 1, "disable_existing_loggers": True}
