"""Every page at both widths: accessible, no sideways scroll, nothing from another host; its picture is kept."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from consultation.notifications import unsubscribing
from tests.browser.conftest import picture

C = "/consultations/gfmd-gcm-1"
PAGES = [
    ("home", "", "/"),
    ("overview", "delegate.state", f"{C}/"),
    ("report", "", f"{C}/report/"),
    ("recommendations", "focal.state2", f"{C}/recommendations/"),
    ("passage", "delegate.civil", f"{C}/passages/p8/"),
    ("recommendation", "focal.civil", f"{C}/passages/pra6/"),
    ("comment", "delegate.civil", f"{C}/passages/pra6/comments/?wording=1"),
    ("position", "focal.civil", f"{C}/passages/pra6/position/"),
    ("delegation", "focal.private", "/delegation/"),
    ("moderation", "moderator", "/moderation/"),
    ("figures", "", f"{C}/moderation/"),
    ("search", "", "/search/?q=migration"),
    ("organisation", "", "/organisations/sample-civil-society-network/"),
    ("proposals", "focal.state", f"{C}/passages/p24/proposals/"),
    ("summary", "", f"{C}/summary/"),
    ("breakdown", "", f"{C}/breakdown/"),
    ("frameworks", "", f"{C}/frameworks/"),
    ("outcome", "rapporteur", f"{C}/outcome/"),
    ("outcome-edit", "rapporteur", f"{C}/outcome/edit/"),
    ("outcome-publish", "rapporteur", f"{C}/outcome/publish/"),
    ("commitments", "focal.civil", f"{C}/commitments/"),
    ("practices", "", f"{C}/practices/"),
    ("practice-form", "delegate.civil", f"{C}/practices/new/"),
    ("dispositions", "", f"{C}/dispositions/"),
    ("dispositions-edit", "rapporteur", f"{C}/dispositions/edit/"),
    ("next-text", "", f"{C}/next-text/"),
    ("next-text-draft", "rapporteur", f"{C}/next-text/draft/"),
    ("silences", "", f"{C}/silence/"),
    ("silence-start", "rapporteur", f"{C}/silence/start/"),
    ("receipts", "focal.civil", "/delegation/sample-civil-society-network/receipts/"),
    ("record", "", "/record/"),
    ("help", "", "/help/"),
    ("display", "", "/settings/"),
    ("login", "", "/accounts/login/"),
    ("signup", "", "/accounts/signup/"),
    ("sign-several", "focal.civil", "/delegation/sample-civil-society-network/gfmd-gcm-1/sign/"),
    ("positions", "focal.civil", "/delegation/sample-civil-society-network/gfmd-gcm-1/positions/"),
    ("account", "delegate.civil", "/accounts/"),
    ("members", "focal.civil", "/organisations/sample-civil-society-network/delegation/"),
    ("apply", "delegate.civil", "/organisations/apply/"),
    ("two-factors", "delegate.civil", "/accounts/2fa/"),
    ("sessions", "delegate.civil", "/accounts/sessions/"),
    ("email", "delegate.civil", "/accounts/email/"),
    ("logout", "delegate.civil", "/accounts/logout/"),
    ("reset", "", "/accounts/password/reset/"),
    ("notifications", "rapporteur", "/notifications/"),
    ("notification-settings", "focal.state2", "/notifications/settings/"),
    ("unsubscribe", "", unsubscribing.address(1, "comment")),
    ("forbidden", "delegate.civil", "/moderation/"),
    ("missing", "", "/nothing/"),
]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(("name", "person", "address"), PAGES, ids=[p[0] for p in PAGES])
def test_a_page_is_fit_for_everybody(open_browser, site, name, person, address, width):
    page = open_browser(person, width=width)
    elsewhere = []
    page.on(
        "request", lambda request: None if request.url.startswith((site, "data:")) else elsewhere.append(request.url)
    )
    page.goto(address)
    picture(page, f"{name}-{width}")
    assert elsewhere == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    violations = Axe().run(page).response["violations"]
    assert violations == [], [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in violations]
