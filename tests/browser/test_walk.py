"""The first walk through the whole house, each step as its own person, in a real Chromium without JavaScript."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import picture

C = "/consultations/gfmd-gcm-1"


def test_from_reading_to_an_endorsement_summary(open_browser):  # noqa: PLR0915 - one walk, step by step
    anybody = open_browser(scripts=False)
    answer = anybody.request.get(f"{C}/summary.json").json()
    before = next(r for r in answer["recommendations"] if r["ref"] == "pol3")["by_group"]["states"]
    anybody.goto("/")
    anybody.locator(f"a[href='{C}/report/']").first.click()
    expect(anybody.locator("[data-passage-text]")).to_have_count(58)
    anybody.goto(f"{C}/report/#p8")
    expect(anybody.locator("#p8")).to_be_visible()

    # A delegate comments on a passage and sees it as pending.
    delegate = open_browser("delegate.state", scripts=False)
    delegate.goto(f"{C}/passages/p8/")
    delegate.fill("[name=body]", "")
    delegate.click("button[value=submit]")
    expect(delegate.locator(".errors")).to_contain_text("Enter your comment", use_inner_text=True)
    assert delegate.locator(".errors").inner_text().count("Enter your comment") == 1
    expect(delegate).to_have_title(re.compile("^Error: "))
    delegate.fill("[name=body]", "We would add a word on **health**.")
    delegate.click("button[value=submit]")
    expect(delegate.locator("ol.thread")).to_contain_text("Awaiting moderation", use_inner_text=True)
    picture(delegate, "passage-pending-1280")
    anybody.goto(f"{C}/passages/p8/")
    assert "a word on health" not in anybody.content()

    # The moderator returns it, the delegate revises it, the moderator publishes it.
    moderator = open_browser("moderator", scripts=False)
    moderator.goto("/moderation/?passage=p8")
    picture(moderator, "queue-1280")
    moderator.get_by_role("button", name="Review").click()
    moderator.check("[name=decision][value=return]")
    moderator.click("text=Record the decision")
    expect(moderator.locator(".errors")).to_contain_text("Select a reason", use_inner_text=True)
    picture(moderator, "decision-error-1280")
    moderator.check("[name=decision][value=return]")
    moderator.check("[name=reason][value=other]")
    moderator.fill("[name=statement]", "Say which word.")
    moderator.click("text=Record the decision")
    delegate.goto("/delegation/")
    expect(delegate.locator("body")).to_contain_text("Comments returned with a reason")
    delegate.goto(f"{C}/passages/p8/")
    expect(delegate.locator("body")).to_contain_text("Say which word.")
    delegate.get_by_role("link", name="Edit", exact=True).click()
    delegate.fill("[name=body]", "We would add the words “and health”.")
    delegate.click("button[value=submit]")
    moderator.goto("/moderation/?passage=p8")
    moderator.get_by_role("button", name="Review").click()
    moderator.check("[name=decision][value=publish]")
    moderator.click("text=Record the decision")
    anybody.reload()
    expect(anybody.locator("body")).to_contain_text("We would add the words “and health”.")

    # The same decision in the admin.
    delegate.goto(f"{C}/passages/p11/")
    delegate.fill("[name=body]", "Decided in the admin.")
    delegate.click("button[value=submit]")
    secretariat = open_browser("admin")
    secretariat.goto("/admin/discussion/comment/?state__exact=pending")
    secretariat.locator("#result_list tbody th a", has_text="¶ 11").first.click()
    secretariat.check("[name=decision][value=publish]")
    secretariat.click("input[name=_save]")
    anybody.goto(f"{C}/passages/p11/")
    expect(anybody.locator("body")).to_contain_text("Decided in the admin.")

    # A contributor drafts, the focal point signs; only then it counts.
    delegate.goto(f"{C}/passages/pol3/position/")
    delegate.check("[name=stance][value=reservation]")
    delegate.fill("[name=explanation]", "Within our law.")
    delegate.click("button[value=draft]")
    expect(delegate.locator("body")).to_contain_text("Waiting for signature")
    answer = anybody.request.get(f"{C}/summary.json").json()
    row = next(r for r in answer["recommendations"] if r["ref"] == "pol3")
    assert row["by_group"]["states"] == before
    focal_point = open_browser("focal.state", scripts=False)
    focal_point.goto("/delegation/")
    focal_point.get_by_role("link", name="POL.3").click()
    picture(focal_point, "check-1280")
    focal_point.get_by_role("button", name="Sign on behalf of Sample State").click()
    expect(focal_point.get_by_role("status")).to_contain_text("it counts from now")
    picture(focal_point, "signed-1280")

    # Everybody sees the summary by stakeholder group, with denominators.
    anybody.goto(f"{C}/summary/")
    figures = " ".join(anybody.locator("dl.figs").inner_text().split())
    picture(anybody, "summary-1280")
    answer = anybody.request.get(f"{C}/summary.json").json()
    row = next(r for r in answer["recommendations"] if r["ref"] == "pol3")
    organisations = sum(g["organisations"] for g in answer["groups"])
    moved = {"reservation": before["reservation"] + 1, "no_position": before["no_position"] - 1}
    assert row["by_group"]["states"] == before | moved
    assert f"Participating organisations {organisations} " in figures
    assert f"of {organisations * 24} possible" in figures


def test_what_is_refused_is_said(open_browser):
    observer = open_browser("observer.state", scripts=False)
    observer.goto(f"{C}/passages/pol3/position/")
    expect(observer.locator("body")).to_contain_text("Observers read and follow")
    nobody = open_browser(scripts=False)
    nobody.goto("/accounts/login/")
    nobody.fill("[name=login]", "delegate.state@example.org")
    nobody.fill("[name=password]", "wrong")
    nobody.click("main button[type=submit]")
    expect(nobody.locator(".errors")).to_contain_text("not right", use_inner_text=True)
    picture(nobody, "login-error-1280")
