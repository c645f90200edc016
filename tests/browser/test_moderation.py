"""A moderator clears the queue by keyboard alone."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import picture

C = "/consultations/gfmd-gcm-1"
NUMBER = 30


def test_thirty_items_by_keyboard_alone(open_browser):
    author = open_browser("delegate.civil", scripts=False)
    author.goto(f"{C}/passages/p22/")
    key = author.input_value("[name=submission_id]")
    token = author.input_value("#reply [name=csrfmiddlewaretoken]")
    for n in range(NUMBER):
        answer = author.request.post(
            f"{C}/passages/p22/comments/",
            form={
                "body": f"Remark number {n} of a sample delegate.",
                "action": "submit",
                "csrfmiddlewaretoken": token,
                "submission_id": re.sub(r"^........", f"{n:08d}", key),
            },
        )
        assert answer.ok

    moderator = open_browser("moderator")
    moderator.goto("/moderation/?passage=p22")
    picture(moderator, "queue-full-1280")
    # Reach the first "Review" by Tab and press it.
    for _ in range(60):
        moderator.keyboard.press("Tab")
        if moderator.evaluate("document.activeElement.textContent").strip().startswith("Review"):
            break
    moderator.keyboard.press("Enter")
    moderator.wait_for_url("**/moderation/comment-**")
    decided = 0
    while "/moderation/comment-" in moderator.url and decided < NUMBER + 5:
        # The keyboard is on the first decision: choose it, and send the form with Enter.
        expect(moderator.locator(":focus")).to_have_attribute("name", "decision")
        before = moderator.url
        moderator.keyboard.press("Space")
        moderator.keyboard.press("Enter")
        moderator.wait_for_url(lambda url, before=before: url != before)
        decided += 1
    assert decided >= NUMBER
    expect(moderator).to_have_url(re.compile(r"/moderation/$"))
    picture(moderator, "queue-done-1280")
    # The last one is undone by keyboard, too.
    for _ in range(30):
        moderator.keyboard.press("Tab")
        if moderator.evaluate("document.activeElement.textContent").strip() == "Undo it":
            break
    moderator.keyboard.press("Enter")
    moderator.get_by_text("The decision is undone. Nobody was told.").wait_for()
    picture(moderator, "item-undone-1280")
    reader = open_browser()
    reader.goto(f"{C}/passages/p22/")
    expect(reader.locator("#thread")).to_contain_text(f"({NUMBER - 1})", use_inner_text=True)
