"""The offline lane: a pack downloaded, filled in, sent back over a colleague's change, and signed."""

import re

import openpyxl
from playwright.sync_api import expect

from tests.browser.conftest import picture
from tests.browser.test_positions import fit_for_everybody

DELEGATION = "/delegation/sample-state/gfmd-gcm-1"


def test_a_pack_goes_home_comes_back_and_is_signed(open_browser, tmp_path):
    page = open_browser("focal.state")
    page.goto(f"{DELEGATION}/offline/")
    fit_for_everybody(page, "offline")
    page.check("[name=kind][value=xlsx]")
    with page.expect_download() as download:
        page.get_by_role("button", name="Make and download").click()
    file = tmp_path / "pack.xlsx"
    download.value.save_as(file)
    book = openpyxl.load_workbook(file)
    sheet = book["Positions"]
    for cells in sheet.iter_rows(min_row=2):
        if cells[0].value in {"pra9", "pra10"}:
            cells[3].value, cells[4].value = "Endorse", "Written without a network."
    book.save(file)

    # Meanwhile a colleague drafts one of the two.
    colleague = open_browser("delegate.state")
    colleague.goto("/consultations/gfmd-gcm-1/passages/pra9/position/")
    colleague.check("[name=stance][value=cannot_endorse]")
    colleague.fill("[name=explanation]", "Written on the page.")
    colleague.locator("button[name=action][value=draft]").click()

    page.set_input_files("#id_file", file)
    page.get_by_role("button", name="Show what would change").click()
    conflict = page.locator("section.box", has_text="PRA.9 ")
    expect(conflict).to_contain_text("Written on the page.", use_inner_text=True)
    fit_for_everybody(page, "offline-differences")
    page.get_by_role("button", name="Save what is chosen as drafts").click()
    page.locator(".errors").wait_for()
    picture(page, "offline-unanswered")
    page.get_by_label("Take what is in the file").check()
    page.get_by_label("Save PRA.10 as a draft").check()
    page.get_by_role("button", name="Save what is chosen as drafts").click()
    expect(page).to_have_url(re.compile(r"/sign/$"))
    expect(page.locator("main")).to_contain_text("Written without a network.", use_inner_text=True)
    page.locator("button[type=submit]", has_text="Sign").click()
    page.goto("/consultations/gfmd-gcm-1/passages/pra9/")
    expect(page.locator("main")).not_to_contain_text("Written on the page.", use_inner_text=True)
