"""All positions of a delegation: by keyboard alone, as a spreadsheet, and as a joint statement."""

import re
from pathlib import Path

import openpyxl
from playwright.sync_api import expect

from tests.browser.conftest import picture, violations

C = "/consultations/gfmd-gcm-1"
COUNCIL = "/delegation/sample-business-council/gfmd-gcm-1"
NETWORK = "/delegation/sample-civil-society-network/gfmd-gcm-1"


def fit_for_everybody(page, name):
    """Both widths: a picture, no sideways scroll, nothing that axe finds."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        picture(page, f"{name}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page) == []


def publish_what_waits(open_browser, *codes):
    """A moderator publishes these explanations; nothing is left in the queue for other tests."""
    moderator = open_browser("moderator")
    for code in codes:
        moderator.goto("/moderation/")
        moderator.locator(".qitem", has_text=code).get_by_role("button", name="Review").first.click()
        moderator.check("[name=decision][value=publish]")
        moderator.click("text=Record the decision")


def test_24_positions_by_keyboard_checked_and_signed(open_browser):
    page = open_browser("focal.private")
    page.goto(f"{COUNCIL}/positions/")
    rows = page.locator("fieldset.ask").count()
    assert rows == 24
    page.locator("#id_pol1-stance_0").focus()
    for number in range(rows):
        if number == 2:
            page.keyboard.press("ArrowRight")
            page.keyboard.press("Tab")
        else:
            page.keyboard.press("Space")
            page.keyboard.press("Tab")
        if number == 4:
            page.keyboard.type("A sample explanation.")
        page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Save drafts, then check and sign")
    page.keyboard.press("Enter")

    # One row lacks its explanation: it is said, the link leads there, nothing typed is lost.
    page.locator(".errors").wait_for()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator("#id_pol5-explanation")).to_have_value("A sample explanation.")
    fit_for_everybody(page, "positions-error")
    page.get_by_role("link", name="POL.3: Enter an explanation of the reservation").focus()
    page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_have_attribute("id", "id_pol3-explanation")
    page.keyboard.type("A sample reservation.")
    page.get_by_role("button", name="Save drafts, then check and sign").focus()
    page.keyboard.press("Enter")

    page.get_by_text("24 drafts are saved.").wait_for()
    fit_for_everybody(page, "positions-check")
    page.get_by_label("I have read all 24 positions above. Sign all of them.").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Sign on behalf of Sample Business Council").focus()
    page.keyboard.press("Enter")
    page.get_by_text("24 positions are signed.").wait_for()
    expect(page.locator("main")).to_contain_text("24 of 24", use_inner_text=True)
    fit_for_everybody(page, "delegation-signed")
    publish_what_waits(open_browser, "POL.3", "POL.5")


def test_the_form_as_a_spreadsheet_down_and_up(open_browser, tmp_path):
    page = open_browser("delegate.civil", scripts=False)
    page.goto(f"{NETWORK}/positions/")
    page.locator("summary", has_text="Fill it in as a spreadsheet").click()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download the form").click()
    form = tmp_path / downloading.value.suggested_filename
    downloading.value.save_as(form)
    assert form.name == "positions-gfmd-gcm-1-sample-civil-society-network.xlsx"

    send(page, filled(form, {"pra10": ("Perhaps", None)}))
    refused = re.compile(r"Sheet “Positions”, row \d+, column D \(Position\):")
    expect(page.locator(".errors")).to_contain_text(refused, use_inner_text=True)
    picture(page, "upload-refused-1280")

    send(
        page, filled(form, {"pra10": ("Endorse with reservation", "A sample reservation."), "pra11": ("Endorse", None)})
    )
    expect(page.locator("main")).to_contain_text("2 of 24 rows differ", use_inner_text=True)
    picture(page, "upload-difference-1280")
    page.set_viewport_size({"width": 390, "height": 900})
    picture(page, "upload-difference-390")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Save the ticked rows as drafts").click()
    expect(page.locator("body")).to_contain_text("2 drafts are saved. Nothing counts until a focal point has signed.")
    expect(page.locator("#id_pra10-explanation")).to_have_value("A sample reservation.")


def filled(form: Path, answers: dict[str, tuple[str, str | None]]) -> Path:
    book = openpyxl.load_workbook(form)
    for row in book["Positions"].iter_rows(min_row=2):
        if row[0].value in answers:
            row[3].value, row[4].value = answers[row[0].value]
    made = form.with_name("filled.xlsx")
    book.save(made)
    return made


def send(page, form):
    if not page.locator("[name=file]").is_visible():
        page.locator("summary", has_text="Fill it in as a spreadsheet").click()
    page.set_input_files("[name=file]", form)
    page.get_by_role("button", name="Show what would change").click()


def test_an_organisation_aligns_with_the_explanation_of_another(open_browser):
    explaining = open_browser("focal.state2")
    explaining.goto(f"{C}/passages/pra8/position/")
    explaining.check("[name=stance][value=reservation]")
    explaining.fill("[name=explanation]", "Within the law of the sample.")
    explaining.click("button[value=sign]")
    explaining.get_by_role("button", name="Sign on behalf of Second Sample State").click()
    publish_what_waits(open_browser, "PRA.8")

    page = open_browser("focal.civil")
    page.goto(f"{C}/passages/pra8/")
    page.get_by_role("link", name="Align Sample Civil Society Network with this explanation").click()
    fit_for_everybody(page, "align")
    page.click("button[value=sign]")
    fit_for_everybody(page, "align-check")
    page.get_by_role("button", name="Sign on behalf of Sample Civil Society Network").click()
    expect(page.get_by_role("status")).to_contain_text("it counts from now")
    anybody = open_browser()
    anybody.goto(f"{C}/passages/pra8/")
    shown = anybody.locator("main").inner_text()
    assert shown.count("Within the law of the sample.") == 1
    assert "Joint statement: also signed by" in shown
    fit_for_everybody(anybody, "joint-statement")

    explaining.goto(f"{C}/passages/pra8/")
    explaining.get_by_role("button", name="Withdraw the signed position").click()
    page.goto("/delegation/")
    expect(page.locator("main")).to_contain_text(
        "Second Sample State has withdrawn its position since.", use_inner_text=True
    )
    fit_for_everybody(page, "delegation-lapsed")
