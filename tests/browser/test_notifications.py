"""Following a passage, being told in the application and by mail, and stopping the mails; without JavaScript."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import picture, violations

C = "/consultations/gfmd-gcm-1"


def test_from_following_to_being_told(open_browser, mails):
    follower = open_browser("focal.state2", scripts=False)
    follower.goto(f"{C}/passages/p12/")
    follower.get_by_role("button", name="Follow ¶ 12").click()
    expect(follower.get_by_role("button", name="Stop following ¶ 12")).to_be_visible()
    follower.goto("/notifications/settings/")
    follower.check("[name=comment][value=at_once]")
    follower.get_by_role("button", name="Save").click()
    expect(follower.locator("body")).to_contain_text("Your settings are saved.")
    picture(follower, "notification-settings-following-1280")

    # A comment is published; the follower gets a mail and a line, its author too.
    delegate = open_browser("delegate.civil", scripts=False)
    delegate.goto(f"{C}/passages/p12/")
    delegate.fill("[name=body]", "A remark that followers are told of.")
    delegate.click("button[value=submit]")
    moderator = open_browser("moderator", scripts=False)
    moderator.goto("/moderation/")
    moderator.get_by_role("button", name=re.compile("Review.*¶ 12")).click()
    moderator.check("[name=decision][value=publish]")
    moderator.click("text=Record the decision")
    mails.find("delegate.civil@example.org", "Your comment on ¶ 12 is published.")
    mails.find("focal.state2@example.org", "A remark that followers are told of.")
    for width in (1280, 390):
        page = open_browser("focal.state2", width=width)
        page.goto("/notifications/")
        expect(page.locator(".told .unread").first).to_contain_text(
            "Sample Civil Society Network commented on ¶ 12.", use_inner_text=True
        )
        picture(page, f"notifications-unread-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page) == []
    follower.goto("/notifications/")
    follower.get_by_role("link", name="Sample Civil Society Network commented on ¶ 12.").click()
    follower.get_by_text("A remark that followers are told of.").wait_for()
    follower.get_by_role("button", name="Stop following this thread").click()
    expect(follower.get_by_role("button", name="Follow this thread")).to_be_visible()
    picture(follower, "passage-thread-1280")

    # The link in the mail stops them, in a browser that is not signed in.
    reader = open_browser(scripts=False)
    reader.goto(mails.link("focal.state2@example.org", "/notifications/unsubscribe/"))
    reader.get_by_role("button", name="Stop these mails").click()
    expect(reader.locator("body")).to_contain_text("These mails are stopped")
    follower.goto("/notifications/settings/")
    expect(follower.locator("[name=comment][value=never]")).to_be_checked()
