"""The report of a really played small year, opened in a real browser."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """The JSON document of a small year and the report beside it."""
    data = tmp_path_factory.mktemp("demo")
    done = subprocess.run(
        [sys.executable, "starter.py", "demo", "--size", "small", "--json", "--data", str(data)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout), data / "report.html"


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        await chromium.close()


@pytest.fixture
async def page(browser: Browser, played: tuple[dict[str, Any], Path]) -> AsyncIterator[Page]:
    """The report on a wide screen; whatever the browser complains about fails the test."""
    complaints: list[str] = []
    opened = await browser.new_page(viewport={"width": 1280, "height": 900})
    opened.on("console", lambda m: complaints.append(m.text))
    opened.on("pageerror", lambda e: complaints.append(str(e)))
    opened.on("request", lambda r: None if r.url.startswith("file:") else complaints.append(r.url))
    await opened.goto(played[1].as_uri())
    yield opened
    assert complaints == []
    await opened.close()


async def test_it_says_first_that_nothing_was_lost(page: Page, played: tuple[dict[str, Any], Path]) -> None:
    assert "一件都沒有遺失" in await page.inner_text("main")
    assert f"{played[0]['counts']['uploaded']:,} 件上傳" in await page.inner_text("main")


async def test_the_timeline_has_a_bar_for_every_phase_that_opened(
    page: Page, played: tuple[dict[str, Any], Path]
) -> None:
    result = played[0]
    phases = result["year"]["phases"] + [p for s in result["semesters"] for p in s["phases"]]
    opened = sum(p["opened_at"] is not None for p in phases)
    assert await page.locator("rect.bar").count() == opened
    assert await page.locator("#phase-table tbody tr").count() == opened


async def test_every_mark_of_the_timeline_is_told_below(page: Page) -> None:
    assert await page.locator("g.mark").count() == await page.locator("ol.stories li").count()


async def test_all_counts_of_the_document_stand_on_the_page(page: Page, played: tuple[dict[str, Any], Path]) -> None:
    shown = [text.replace(",", "") for text in await page.locator("ul.counts b").all_inner_texts()]
    assert shown == [str(n) for n in played[0]["counts"].values()]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
async def test_it_is_accessible_and_fits_the_screen(page: Page, scheme: Any, width: int) -> None:
    await page.emulate_media(color_scheme=scheme)
    await page.set_viewport_size({"width": width, "height": 900})
    found = await Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_it_prints_without_banner_and_with_the_whole_timeline(page: Page) -> None:
    await page.emulate_media(media="print")
    assert not await page.locator(".banner").is_visible()
    assert await page.locator("svg").is_visible()
    assert len(await page.pdf(format="A4")) > 20_000
