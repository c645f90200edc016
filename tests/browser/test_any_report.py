"""From an uploaded DOCX to an open consultation with the first comment on it, without the command line."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import expect

from consultation.record import clock

# Written by LibreOffice: its running head and foot are doubts, and nothing in it says who chaired.
RESOLUTION = Path(__file__).parents[1] / "reports" / "made" / "resolution.docx"


def test_an_administrator_opens_a_consultation_on_an_uploaded_report(open_browser):
    page = open_browser("admin")
    page.goto("/admin/reports/report/")
    page.get_by_role("link", name="Import a document").click()
    page.locator("[name=file]").set_input_files(str(RESOLUTION))
    page.get_by_role("button", name="Import a document").click()
    page.get_by_text("¶ 2 (a)").first.wait_for()
    page.locator("[name=roles]").fill("chair | A. Sample | Sample State")
    page.get_by_role("button", name="Confirm all doubts").click()
    page.get_by_text("doubts to confirm").wait_for(state="detached")
    page.get_by_role("button", name="Store the report").click()
    page.get_by_text("Stored: Resolution 12").wait_for()
    expect(page.locator("[name=session_roles-0-name]")).to_have_value("A. Sample")

    page.get_by_role("link", name="New consultation on it").click()
    page.locator("[name=title]").fill("Sample round on a resolution")
    for name, day in (("opens", -1), ("closes", 30)):
        page.locator(f"[name={name}]").fill((clock.now() + timedelta(days=day)).strftime("%Y-%m-%dT08:00"))
    page.locator("[name=access][value=all]").check()
    page.get_by_role("button", name="Continue: check your answers").click()
    page.get_by_text("Nothing is created yet.").wait_for()
    page.get_by_role("button", name="Create and announce").click()
    page.get_by_text("is announced.").wait_for()
    overview = urlsplit(page.url).path

    delegate = open_browser("delegate.civil")
    delegate.goto(f"{overview}passages/p2a/")
    delegate.locator("[name=body]").fill("A sample comment on this paragraph.")
    delegate.locator("button[name=action][value=submit]").click()
    delegate.get_by_text("A sample comment on this paragraph.").first.wait_for()
