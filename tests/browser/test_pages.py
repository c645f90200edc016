"""Every page, in every state: accessible in each theme and direction, no sideways scroll, nothing from elsewhere."""

from pathlib import Path

import pytest

from consultation.notifications import unsubscribing
from tests.browser.conftest import fit_for_everybody, serving, sideways, violations

C = "/consultations/gfmd-gcm-1"
# Of the copy with sample data alone; what stands below in every state is not here again.
PAGES = [
    ("report", "", f"{C}/report/"),
    ("comment", "delegate.civil", f"{C}/passages/pra6/comments/?wording=1"),
    ("position", "focal.civil", f"{C}/passages/pra6/position/"),
    ("figures", "", f"{C}/moderation/"),
    ("search", "", "/search/?q=migration"),
    ("organisation", "", "/organisations/sample-civil-society-network/"),
    ("proposals", "focal.state", f"{C}/passages/p24/proposals/"),
    ("summary", "", f"{C}/summary/"),
    ("breakdown", "", f"{C}/breakdown/"),
    ("frameworks", "", f"{C}/frameworks/"),
    ("outcome", "rapporteur", f"{C}/outcome/"),
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
]


# Of the copy with every state: name, who reads, address, status.
STATES = [
    ("home-first-time", "nobody", "/", 200),
    ("home-waiting-for-approval", "applicant", "/", 200),
    ("home-focal-point", "focal.civil", "/", 200),
    ("home-secretariat", "admin", "/", 200),
    ("delegation-first-time", "nobody", "/delegation/", 200),
    ("delegation-waiting-for-approval", "applicant", "/delegation/", 200),
    ("delegation-full", "focal.civil", "/delegation/", 200),
    ("position-waiting-for-approval", "applicant", "/consultations/full/passages/pra6/position/", 200),
    ("overview-full", "focal.civil", "/consultations/full/", 200),
    ("overview-closing-soon", "delegate.civil", "/consultations/soon/", 200),
    ("overview-prepared", "delegate.civil", "/consultations/prepared/", 200),
    ("overview-closed", "delegate.civil", "/consultations/closed/", 200),
    ("overview-published", "", "/consultations/published/", 200),
    ("report-full", "", "/consultations/full/report/", 200),
    ("recommendations-full", "focal.civil", "/consultations/full/recommendations/", 200),
    ("recommendations-none", "", "/consultations/full/recommendations/?q=nothingofthesort", 200),
    ("recommendation-full", "delegate.civil", "/consultations/full/passages/pra6/", 200),
    ("recommendation-full-others", "", "/consultations/full/passages/pra6/", 200),
    ("recommendation-prepared", "delegate.civil", "/consultations/prepared/passages/pra6/", 200),
    ("recommendation-closed", "delegate.civil", "/consultations/closed/passages/pra6/", 200),
    ("passage-full", "", "/consultations/full/passages/p8/", 200),
    ("passage-empty", "delegate.civil", "/consultations/empty/passages/p8/", 200),
    ("position-check", "focal.civil", "/consultations/full/passages/pol5/position/?step=check", 200),
    ("position-signed", "focal.civil", "/consultations/full/passages/pra6/position/?step=signed", 200),
    ("position-draft-closed", "delegate.civil", "/consultations/closed/passages/pol6/position/?step=check", 200),
    ("position-closed-409", "focal.civil", "/consultations/closed/passages/pra6/position/", 409),
    ("position-observer-403", "observer.state", "/consultations/full/passages/pra6/position/", 403),
    ("summary-full", "", "/consultations/full/summary/", 200),
    ("summary-opened", "", "/consultations/full/summary/?open=pra6", 200),
    ("summary-empty", "", "/consultations/empty/summary/", 200),
    ("summary-final", "", "/consultations/closed/summary/", 200),
    ("outcome-published", "", "/consultations/published/outcome/", 200),
    ("outcome-edit-closed", "rapporteur", "/consultations/closed/outcome/edit/", 200),
    ("queue-full", "moderator", "/moderation/", 200),
    ("search-nothing", "", "/search/?q=nothingofthesort", 200),
    ("missing-404", "", "/consultations/none/", 404),
]


@pytest.mark.parametrize(("name", "person", "address"), PAGES, ids=[p[0] for p in PAGES])
def test_a_page_is_fit_for_everybody(open_browser, site, name, person, address):
    page = open_browser(person)
    elsewhere = asked_elsewhere(page, site)
    page.goto(address)
    fit_for_everybody(page, name)
    assert elsewhere == []


def asked_elsewhere(page, site):
    """The addresses of other hosts that the page asks for from now on."""
    asked = []
    page.on("request", lambda request: None if request.url.startswith((site, "data:")) else asked.append(request.url))
    return asked


@pytest.mark.parametrize(("name", "person", "address", "status"), STATES, ids=[s[0] for s in STATES])
def test_a_state_is_fit_for_everybody(open_browser, states, name, person, address, status):
    page = open_browser(person, at=states)
    elsewhere = asked_elsewhere(page, states)
    assert page.goto(address).status == status
    fit_for_everybody(page, f"state-{name}", whole=False)
    assert elsewhere == []


def test_the_secretariat_changes_the_session_record_of_a_report_by_the_names_of_its_fields(open_browser):
    page = open_browser("admin")
    page.goto("/admin/reports/report/")
    page.locator("#result_list tbody th a").first.click()
    page.get_by_label("Name – Chair").first.wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Add another").click()
    page.get_by_label("Name – new entry").first.fill("A. Sample")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Please correct the errors below.").wait_for()
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 900})
    assert sideways(page) <= 390


def comment_without_words(page):
    page.goto("/consultations/walks/passages/p23/")
    page.click("button[value=submit]")


def position_without_a_stance(page):
    page.goto("/consultations/walks/passages/pra12/position/")
    page.click("main button[type=submit]")


def decision_without_a_reason(page):
    page.goto("/moderation/?passage=p12")
    page.get_by_role("button", name="Review").first.click()
    page.check("[name=decision][value=return]")
    page.click("text=Record the decision")


def form_after_the_session_has_ended(page):
    page.goto("/consultations/walks/passages/p23/")
    page.fill("[name=body]", "Typed while the session ended.")
    page.evaluate("document.querySelector('#reply [name=csrfmiddlewaretoken]').remove()")
    page.click("button[value=submit]")


ERRORS = [
    ("error-comment-422", "delegate.civil", comment_without_words, "Enter your comment"),
    ("error-position-422", "focal.private", position_without_a_stance, "Select a position"),
    ("error-decision-422", "moderator", decision_without_a_reason, "Select a reason"),
    ("error-session-403", "delegate.civil", form_after_the_session_has_ended, "Typed while the session ended."),
]


@pytest.mark.parametrize(("name", "person", "make", "said"), ERRORS, ids=[e[0] for e in ERRORS])
def test_an_error_is_fit_for_everybody(open_browser, states, name, person, make, said):
    page = open_browser(person, at=states, scripts=True)
    make(page)
    page.get_by_text(said).first.wait_for()
    page.wait_for_load_state()
    # Each line of the summary leads to its field; of several, such as radio buttons, to the first.
    leads = "links => links.every(link => document.getElementById(link.hash.slice(1)))"
    assert page.locator(".errors a").evaluate_all(leads)
    fit_for_everybody(page, name, whole=False)


def test_the_page_of_a_failure_is_fit_for_everybody(open_browser, copy):
    settings = copy("broken")
    with serving(settings) as address:
        for file in Path(settings["DATA_DIR"]).glob("*.sqlite3*"):
            file.unlink()
        page = open_browser(at=address)
        assert page.goto("/").status in {500, 503}
        fit_for_everybody(page, "error-failure")
