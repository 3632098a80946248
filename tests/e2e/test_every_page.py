"""What holds on every page of accounts: axe finds nothing, it fits the narrowest phone, fingers find their targets.

Nothing is fetched from elsewhere, and no rule of the policy is broken.
"""

import json
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Browser, ConsoleMessage, Page, ViewportSize
from tests.e2e.accounts_site import Site
from tests.e2e.every_page import Walk

pytestmark = pytest.mark.browser

NARROWEST = ViewportSize(width=320, height=640)
SMALL_TARGETS = """() => {
  const targets = "button, .button, .on, input:not([type=hidden]), select, .choice, summary, nav a, .brand"
  return [...document.querySelectorAll(targets)].filter((one) => one.checkVisibility())
    .map((one) => [one.textContent.trim(), (one.closest(".choice") ?? one).getBoundingClientRect()])
    .filter(([name, box]) => Math.min(box.width, box.height) < 44).map(([name]) => name)
}"""


def _is_fault(message: ConsoleMessage) -> bool:
    """Whether the browser complains, and not of a status that a page is meant to have."""
    return message.type in {"error", "warning"} and "the server responded with a status of" not in message.text


async def complaints(page: Page, language: str) -> list[str]:
    """What axe has to say about the page. The colours, which take it longest, are the same in every language."""
    if language != "pl":
        return await axe(page, {"rules": {"color-contrast": {"enabled": False}}})
    found = await axe(page, {})
    await page.emulate_media(color_scheme="dark")
    found += await axe(page, {"runOnly": ["color-contrast"]})
    await page.emulate_media(color_scheme="light")
    return found


async def axe(page: Page, options: dict[str, Any]) -> list[str]:
    asked = json.dumps({"resultTypes": ["violations"], **options})
    found = await page.evaluate(f"axe.run(document, {asked}).then(({{violations}}) => violations)")
    return [f"{one['id']}: {[node['target'] for node in one['nodes']]}" for one in found]


@pytest.mark.parametrize("language", ["pl", "en", "uk"])
async def test_every_page_is_accessible_and_fits_the_narrowest_phone(
    site: Site, browser: Browser, language: str
) -> None:
    context = await browser.new_context(viewport=NARROWEST)
    await context.add_init_script(AXE_SCRIPT)
    page = await context.new_page()
    fetched, faults = [], []
    page.on("request", lambda request: fetched.append(request.url))
    page.on("console", lambda message: faults.append(message.text) if _is_fault(message) else None)
    seen = 0
    async for stop in Walk(site, page, language).stops():
        seen += 1
        found = await complaints(page, language)
        if await page.evaluate("document.documentElement.scrollWidth") > NARROWEST["width"]:
            found.append("wider than the phone")
        found += [f"too small for a finger: {name}" for name in await page.evaluate(SMALL_TARGETS)]
        if await page.locator("html").get_attribute("lang") != language:
            found.append("in another language")
        faults += [f"{stop}: {one}" for one in found]
    await context.close()
    assert faults == []
    assert seen > 40
    assert all(address.startswith(site.url) for address in fetched)
