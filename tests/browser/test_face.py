"""The face: every theme, direction and size; the keyboard alone; what a first view weighs; the style guide."""

import gzip
import os
import subprocess

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser import conftest
from tests.browser.conftest import BIN, free_port, picture

C = "/consultations/gfmd-gcm-1"
LOOKS = [("dark", "en-gb"), ("light", "ar"), ("dark", "ar"), ("light", "fr")]
PAGES = [
    ("home", "", "/"),
    ("overview", "delegate.state", f"{C}/"),
    ("report", "", f"{C}/report/"),
    ("recommendations", "focal.state2", f"{C}/recommendations/"),
    ("recommendation", "focal.civil", f"{C}/passages/pra6/"),
    ("position", "focal.civil", f"{C}/passages/pra6/position/"),
    ("delegation", "focal.private", "/delegation/"),
    ("moderation", "moderator", "/moderation/"),
    ("summary", "", f"{C}/summary/"),
    ("help", "", "/help/"),
    ("settings", "", "/settings/"),
    ("record", "", "/record/"),
]
KILOBYTE = 1000


def violations(page):
    return [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in Axe().run(page).response["violations"]]


@pytest.mark.parametrize(("theme", "language"), LOOKS)
@pytest.mark.parametrize(("name", "person", "address"), PAGES, ids=[p[0] for p in PAGES])
def test_a_page_is_fit_in_each_theme_and_direction(open_browser, name, person, address, theme, language):
    page = open_browser(person, width=390, theme=theme, language=language)
    page.goto(address)
    picture(page, f"{name}-390-{theme}-{language}")
    html = page.locator("html")
    assert html.get_attribute("data-bs-theme") == theme
    assert html.get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(page) == []


@pytest.mark.parametrize(("name", "person", "address"), PAGES, ids=[p[0] for p in PAGES])
def test_at_320_pixels_which_is_400_per_cent_nothing_scrolls_sideways(open_browser, name, person, address):
    page = open_browser(person, width=320)
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_theme_follows_the_device_until_one_is_chosen(open_browser):
    page = open_browser(color_scheme="dark")
    page.goto("/")
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    page.get_by_role("link", name="Language and theme").click()
    page.get_by_label("Light").check()
    page.get_by_label("Français").check()
    page.get_by_role("button", name="Save").click()
    assert page.locator("html").get_attribute("data-bs-theme") == "light"
    assert page.locator("html").get_attribute("lang") == "fr"


@pytest.mark.parametrize(
    ("address", "most"), [(f"{C}/report/", 120), (f"{C}/passages/p8/", 120), (f"{C}/summary/", 120)]
)
def test_a_first_view_weighs_little(open_browser, site, address, most):
    page = open_browser()
    responses = []
    page.on("response", lambda response: responses.append(response))  # noqa: PLW0108 - playwright asks its name
    page.goto(address, wait_until="networkidle")
    sent = 0
    for response in responses:
        body = response.body()
        sent += len(gzip.compress(body)) if response.headers.get("content-encoding") else len(body)
    assert all(r.url.startswith(site) for r in responses)
    assert len(responses) <= 8
    assert sent <= 120 * KILOBYTE


def test_a_delegate_comments_with_the_keyboard_alone(open_browser):
    page = open_browser("delegate.civil", scripts=False)
    page.goto(f"{C}/passages/p9/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _step in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "body":
            break
    style = "getComputedStyle(document.activeElement)"
    outline = page.evaluate(f"{style}.outlineStyle + {style}.boxShadow")
    assert outline != "nonenone"
    page.keyboard.type("Typed without a mouse.")
    for _step in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "submit":
            break
    page.keyboard.press("Enter")
    page.get_by_text("Typed without a mouse.").first.wait_for()


@pytest.mark.parametrize("width", [1280, 390])
def test_links_and_buttons_are_large_enough(open_browser, width):
    page = open_browser("delegate.civil", width=width)
    page.goto(f"{C}/passages/pra6/")
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, input:not([type=hidden]), select, summary')]
            .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
            .filter(([, r]) => r.width && (r.width < 20 || r.height < 20)).map(([h]) => h)"""
    )
    assert small == []


@pytest.fixture(scope="module")
def styleguide(tmp_path_factory):
    """The address of a copy with DEBUG on."""
    port = str(free_port())
    data = str(tmp_path_factory.mktemp("styleguide"))
    environment = {**os.environ, "DATA_DIR": data, "DATABASE_URL": "", "DEBUG": "1", "SAMPLE_DATA": "1", "PORT": port}
    subprocess.run([BIN / "python", "manage.py", "prepare"], env=environment, check=True, stdout=subprocess.DEVNULL)
    serve = [str(BIN / "gunicorn"), "consultation.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
    process = subprocess.Popen([*serve, "--log-level", "warning"], env=environment)
    try:
        conftest._wait_until_it_lives(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}/styleguide/"
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.mark.parametrize("language", ["en-gb", "ar"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_component_is_fit_in_each_theme_and_direction(chromium, styleguide, theme, language):
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    cookies = {"theme": theme, "django_language": language}
    context.add_cookies([{"name": n, "value": v, "url": styleguide} for n, v in cookies.items()])
    page = context.new_page()
    page.goto(styleguide)
    picture(page, f"styleguide-{theme}-{language}")
    assert violations(page) == []
    context.close()


def test_the_style_guide_is_not_there_for_others(open_browser):
    assert open_browser().goto("/styleguide/").status == 404
