"""The pages of a rehearsed and a published calendar, opened in a real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

from cli.app import app
from rosters.documents import load_calendar
from tests.e2e.test_report import CHROMIUM, QUIET

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "schools" / "licheng"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The page of a rehearsal with the sample school, and the published page."""
    out = tmp_path_factory.mktemp("calendar")
    rehearsal = out / "rehearsal.html"
    school = str(ROOT / "schools" / "samples" / "standard")
    words = ["calendar", "rehearse", str(PACK), "--school", school, "--assume", "arrivals", "--html", str(rehearsal)]
    assert app(words, result_action="return_value") == 0
    assert app(["calendar", "publish", str(PACK), "--out", str(out)], result_action="return_value") == 0
    return {"rehearsal": rehearsal, "published": out / "page.html"}


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        await chromium.close()


async def opened(browser: Browser, path: Path, complaints: list[str]) -> Page:
    """A page on a wide screen; whatever the browser complains about or asks the network for is kept."""
    page = await browser.new_page(viewport={"width": 1280, "height": 900})
    page.on("console", lambda m: complaints.append(m.text))
    page.on("pageerror", lambda e: complaints.append(str(e)))
    page.on("request", lambda r: None if r.url.startswith("file:") else complaints.append(r.url))
    await page.goto(path.as_uri())
    return page


@pytest.mark.parametrize("name", ["rehearsal", "published"])
async def test_it_is_accessible_fits_the_screen_and_asks_nobody(
    browser: Browser, pages: dict[str, Path], name: str
) -> None:
    complaints: list[str] = []
    page = await opened(browser, pages[name], complaints)
    schemes: list[Any] = ["light", "dark"]
    for scheme in schemes:
        for width in (1280, 390):
            await page.emulate_media(color_scheme=scheme)
            await page.set_viewport_size({"width": width, "height": 900})
            found = await Axe().run(page)
            assert found.response["violations"] == [], found.generate_report()
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
    await page.emulate_media(media="print")
    assert not await page.locator(".banner").is_visible()
    assert len(await page.pdf(format="A4")) > 20_000
    assert complaints == []


@pytest.mark.clause("規§4.2")
async def test_a_phone_shows_every_date_without_scrolling_sideways(browser: Browser, pages: dict[str, Path]) -> None:
    page = await opened(browser, pages["published"], [])
    await page.set_viewport_size({"width": 390, "height": 900})
    ends = "[...document.querySelectorAll('tbody time')].map(t => t.getBoundingClientRect().right)"
    assert max(await page.evaluate(ends)) <= 390


async def test_the_picture_has_a_bar_for_every_window_and_marks_the_authoritys(
    browser: Browser, pages: dict[str, Path]
) -> None:
    page = await opened(browser, pages["rehearsal"], [])
    windows = load_calendar(PACK / "calendar-115.yaml").windows
    assert await page.locator("rect.bar").count() == len(windows)
    fixed = [w for w in windows if w.kind.endswith("_submission")]
    assert await page.locator("rect.bar[stroke-dasharray]").count() == len(fixed)
    assert await page.locator("tr.line").count() > 100


async def test_every_window_and_deadline_stands_on_the_published_page(browser: Browser, pages: dict[str, Path]) -> None:
    page = await opened(browser, pages["published"], [])
    calendar = load_calendar(PACK / "calendar-115.yaml")
    assert await page.locator("tr.window").count() == len(calendar.windows)
    assert await page.locator("tr.deadline").count() == len(calendar.deadlines)
