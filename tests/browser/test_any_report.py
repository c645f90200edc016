"""From an uploaded DOCX to an open consultation with the first comment on it, without the command line."""

from datetime import timedelta
from urllib.parse import urlsplit

from consultation.record import clock
from tests.reports import documents


def test_an_administrator_opens_a_consultation_on_an_uploaded_report(open_browser, tmp_path):
    file = tmp_path / "resolution.docx"
    file.write_bytes(documents.as_docx(documents.RESOLUTION))
    page = open_browser("admin")
    page.goto("/admin/reports/report/")
    page.get_by_role("link", name="Import a document").click()
    page.locator("[name=file]").set_input_files(str(file))
    page.get_by_role("button", name="Import a document").click()
    page.get_by_text("¶ 2 (a)").first.wait_for()
    page.get_by_role("button", name="Store the report").click()
    page.get_by_text("Stored: Resolution 7 of the Sample Assembly").wait_for()

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
