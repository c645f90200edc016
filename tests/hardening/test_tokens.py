"""Each form that is sent carries one token, and none that only asks carries one into an address."""

import re

import pytest

from tests import factories
from tests.test_actions import world  # noqa: F401 - a fixture

FORM = re.compile(r"<form.*?</form>", re.DOTALL)
# What has a form and takes none itself, or is for a rapporteur.
MORE = (
    *("recommendations/", "passages/p8/", "passages/p8/comments/?wording=1", "passages/pol3/position/?step=check"),
    *("practices/", "dispositions/", "dispositions/edit/", "commitments/new/", "silence/start/", "summary/"),
)


@pytest.mark.parametrize("role", ["focal", "moderator", "chair"])
def test_each_form_that_is_sent_has_one_token(consultation, world, as_user, role):  # noqa: F811
    browser = as_user(factories.chair(consultation) if role == "chair" else world.people[role])
    more = [f"/consultations/{consultation.slug}/{page}" for page in MORE]
    seen = 0
    for address in (*world.addresses.values(), *more, "/notifications/settings/", "/moderation/", "/search/?q=a"):
        for form in FORM.findall(browser.get(address).content.decode(errors="replace")):
            seen += 1
            sent = 'method="post"' in form.partition(">")[0]
            assert form.count("csrfmiddlewaretoken") == sent, (address, form[:200])
    assert seen > 10
