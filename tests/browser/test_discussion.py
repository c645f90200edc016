"""Writing, answering, quoting, drafts of two colleagues, support and history: with JavaScript and without."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import picture

C = "/consultations/gfmd-gcm-1"


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_thread_that_delegates_write_in(open_browser, scripts):  # noqa: PLR0915 - one story
    ref = "p14" if scripts else "p16"
    author = open_browser("delegate.civil", scripts=scripts)
    author.goto(f"{C}/passages/{ref}/comments/?wording=1")
    author.fill("[name=body]", "See POL.3 and ¶ 8 for why.")
    wording = author.input_value("[name=proposed_wording]")
    author.fill("[name=proposed_wording]", wording + " This is a sample.")
    author.check("[name=shared]")
    if scripts:
        # Saved while typing: nothing is pressed, and the text is there in another browser.
        author.locator("[name=body]").press_sequentially(" More.")
        author.get_by_text("Saved as a draft").wait_for()
    else:
        author.click("button[value=draft]")

    colleague = open_browser("focal.civil", scripts=scripts)
    colleague.goto(f"{C}/passages/{ref}/")
    colleague.get_by_text("A draft that your delegation reads and edits together.").first.wait_for()
    colleague.locator("li", has_text="reads and edits together").get_by_role("link", name="Edit").first.click()
    colleague.fill("[name=body]", "The colleague's words. See POL.3.")
    colleague.locator("button[value=draft]").click()

    # The author's page is older now: both texts are shown, nothing is written over.
    if not scripts:
        author.goto(colleague.url.partition("#")[0])
        author.locator("li", has_text="reads and edits together").get_by_role("link", name="Edit").first.click()
        other = open_browser("focal.civil", scripts=False)
        other.goto(author.url)
        other.fill("[name=body]", "Once more the colleague's words. See POL.3.")
        other.click("button[value=draft]")
    author.fill("[name=body]", "The author's words. See POL.3.")
    author.click("button[value=submit]")
    author.get_by_text("A colleague changed this draft").first.wait_for()
    expect(author.locator("main")).to_contain_text("colleague's words", use_inner_text=True)
    expect(author.locator("[name=body]")).to_have_value("The author's words. See POL.3.")
    picture(author, f"draft-conflict-{'with' if scripts else 'without'}-1280")
    author.click("button[value=submit]")
    author.get_by_text("Your comment is waiting for a moderator.").wait_for()

    moderator = open_browser("moderator", scripts=scripts)
    moderator.goto(f"/moderation/?passage={ref}")
    moderator.get_by_role("button", name="Review").first.click()
    moderator.check("[name=decision][value=publish]")
    moderator.click("text=Record the decision")

    reader = open_browser("focal.state", width=390, scripts=scripts)
    reader.goto(f"{C}/passages/{ref}/")
    assert reader.locator(f"a[href='{C}/passages/pol3/'] .visually-hidden").first.text_content()
    picture(reader, f"thread-{'with' if scripts else 'without'}-390")
    reader.get_by_role("link", name="All proposed wordings side by side").first.click()
    reader.get_by_role("button", name="Support these words").first.click()
    reader.get_by_text("Your organisation supports this wording.").wait_for()
    picture(reader, f"proposals-{'with' if scripts else 'without'}-390")
    reader.goto(f"{C}/passages/{ref}/")
    reader.get_by_role("link", name="Quote").first.click()
    expect(reader.locator("[name=body]")).to_have_value(re.compile("^> The author's words."))
    reader.locator("[name=body]").fill("> The author's words.\n\nAgreed.")
    reader.click("button[value=submit]")
    reader.get_by_text("Your comment is waiting for a moderator.").wait_for()
