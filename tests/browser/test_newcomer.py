"""From sign-up to the first signed position, with every mail through a real SMTP server."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import picture

C = "/consultations/gfmd-gcm-1"
PASSWORD = "a-sample-of-a-long-password"


def sign_up(page, mails, email, name):
    page.fill("[name=email]", email)
    page.fill("[name=name]", name)
    page.fill("[name=password1]", PASSWORD)
    page.fill("[name=password2]", PASSWORD)
    page.click("main button[type=submit]")
    page.goto(mails.link(email, "/accounts/confirm-email/"))
    page.click("main button[type=submit]")


def sign_in(page, email):
    if page.locator("[name=login]").count() == 0:
        return
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")


def test_a_newcomer_comes_to_a_first_signed_position(open_browser, mails):
    # Sign up, confirm the address, apply for an organisation.
    newcomer = open_browser(scripts=False)
    newcomer.goto("/accounts/signup/")
    sign_up(newcomer, mails, "n@union.example", "N. Sample")
    newcomer.goto("/organisations/apply/")
    sign_in(newcomer, "n@union.example")
    newcomer.fill("[name=name]", "Sample Union of Sailors")
    newcomer.select_option("[name=group]", "trade-unions")
    newcomer.select_option("[name=country]", "CH")
    newcomer.fill("[name=mandate]", "Its congress asked us to speak.")
    newcomer.fill("[name=official_email]", "office@union.example")
    picture(newcomer, "apply-1280")
    newcomer.click("main button[type=submit]")
    expect(newcomer.locator("body")).to_contain_text("The secretariat has your application.")
    newcomer.goto(f"{C}/passages/pra9/position/")
    expect(newcomer.locator("body")).to_contain_text("You can prepare drafts")

    # The secretariat approves it.
    secretariat = open_browser("admin")
    secretariat.goto("/admin/stakeholders/organisation/?state__exact=applied")
    secretariat.check("#action-toggle")
    secretariat.select_option("[name=action]", "approve")
    secretariat.click("button[name=index]")
    secretariat.click("input[type=submit][value=Approved]")
    secretariat.get_by_text("Sample Union of Sailors: Approved").wait_for()
    mails.find("n@union.example", "Sample Union of Sailors is now: approved")

    # The focal point invites a colleague, who signs up with the invitation and drafts.
    newcomer.goto("/organisations/sample-union-of-sailors/delegation/")
    newcomer.fill("[name=email]", "c@union.example")
    newcomer.check("input[name=role][value=contributor]")
    newcomer.click("text=Send the invitation")
    picture(newcomer, "delegation-members-1280")
    colleague = open_browser(scripts=False)
    invitation = mails.link("c@union.example", "/invitations/")
    colleague.goto(invitation)
    colleague.locator("main").get_by_role("link", name="Sign up").click()
    sign_up(colleague, mails, "c@union.example", "C. Sample")
    colleague.goto(invitation)
    if colleague.locator("main").get_by_role("link", name="Sign in").count():
        colleague.locator("main").get_by_role("link", name="Sign in").click()
        sign_in(colleague, "c@union.example")
    colleague.click("text=Accept the invitation")
    colleague.goto(f"{C}/passages/pra9/position/")
    colleague.check("[name=stance][value=endorse]")
    colleague.click("button[value=draft]")

    # The focal point signs the first position.
    newcomer.goto("/delegation/")
    newcomer.get_by_role("link", name="PRA.9").first.click()
    newcomer.get_by_role("button", name="Sign on behalf of Sample Union of Sailors").click()
    expect(newcomer.get_by_role("status")).to_contain_text("it counts from now")
    newcomer.goto(f"{C}/summary.json")
    assert re.search(r'"slug": "trade-unions", "name": "Trade unions", "organisations": 1', newcomer.content())
