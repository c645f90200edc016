"""The world that hostile requests meet: one of everything, and browsers that show errors as pages."""

import pytest
from django.urls import get_resolver, reverse

from consultation.notifications import unsubscribing
from tests import factories
from tests.drafting import arranging
from tests.test_actions import world  # noqa: F401 - a fixture

VALUES = {"ref": "p8", "pk": 1, "number": 1, "benchmark": 1, "code": "x", "token": "x", "grouping": "none", "rest": "x"}


@pytest.fixture
def send(as_user):
    """A browser of this person in which an exception is the page of an error, as on the server."""
    browsers = {}

    def browser(user):
        key = user and user.pk
        if key not in browsers:
            browsers[key] = as_user(user)
            browsers[key].raise_request_exception = False
        return browsers[key]

    return browser


@pytest.fixture
def people(consultation, world):  # noqa: F811
    """The people of the table of actions, a rapporteur and the secretariat."""
    return {**world.people, "rapporteur": arranging.officer(consultation), "secretariat": factories.secretariat()}


@pytest.fixture
def addresses(consultation, world):  # noqa: F811
    """Every address of ours by its name, with things that are there where the world has them."""
    organisation = factories.organisation_of(world.people["contributor"])
    values = {**VALUES, "organisation": organisation.slug, "public_id": world.shown, "item_id": world.item}
    found = {}
    for include in get_resolver().url_patterns:
        for pattern in getattr(include, "url_patterns", []):
            if getattr(pattern, "callback", None) and pattern.callback.__module__.startswith("consultation."):
                slug = organisation.slug if str(pattern.pattern).startswith("organisations/") else consultation.slug
                needed = {n: slug if n == "slug" else values[n] for n in pattern.pattern.converters}
                found[pattern.name] = reverse(pattern.name, kwargs=needed)
    known = {name: address for name, address in world.addresses.items() if name in found or name.startswith("position")}
    token = unsubscribing.address(world.people["contributor"].pk, "comment")
    return {**found, **known, "unsubscribe": token}
