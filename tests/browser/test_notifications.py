"""Following a passage, being told in the application and by mail, and stopping the mails; without JavaScript."""

import re

from tests.browser.conftest import picture, violations

C = "/consultations/gfmd-gcm-1"


def test_from_following_to_being_told(open_browser, mails):
    follower = open_browser("focal.state2", scripts=False)
    follower.goto(f"{C}/passages/p12/")
    follower.get_by_role("button", name="Follow ¶ 12").click()
    assert follower.get_by_role("button", name="Stop following ¶ 12").is_visible()
    follower.goto("/notifications/settings/")
    follower.check("[name=comment][value=at_once]")
    follower.get_by_role("button", name="Save").click()
    assert "Your settings are saved." in follower.content()
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
        assert "Sample Civil Society Network commented on ¶ 12." in page.locator(".told .unread").first.inner_text()
        picture(page, f"notifications-unread-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page) == []
    follower.goto("/notifications/")
    follower.get_by_role("link", name="Sample Civil Society Network commented on ¶ 12.").click()
    follower.get_by_text("A remark that followers are told of.").wait_for()
    follower.get_by_role("button", name="Stop following this thread").click()
    assert follower.get_by_role("button", name="Follow this thread").is_visible()
    picture(follower, "passage-thread-1280")

    # The link in the mail stops them, in a browser that is not signed in.
    reader = open_browser(scripts=False)
    reader.goto(mails.link("focal.state2@example.org", "/notifications/unsubscribe/"))
    reader.get_by_role("button", name="Stop these mails").click()
    assert "These mails are stopped" in reader.content()
    follower.goto("/notifications/settings/")
    assert follower.locator("[name=comment][value=never]").is_checked()
