"""A mail scanner that runs scripts opens a link, follows what the page shows and sends its forms: the link stays good.

It knows no password, which both forms ask for, so that a scanner which presses buttons changes nothing either.
"""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext
from tests.e2e.accounts_site import Site
from tests.integration.accounts.accounts_world import ADDRESS, OTHER_PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
async def scanner(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A browser with scripts, of nobody's."""
    context = await browser.new_context(java_script_enabled=True)
    yield context
    await context.close()


async def scan(scanner: BrowserContext, link: str) -> None:
    """Opens the link, then each link on its page, then sends each form of the page as it stands."""
    page = await scanner.new_page()
    await page.goto(link, wait_until="networkidle")
    assert await page.evaluate("1 + 1") == 2
    found = await page.eval_on_selector_all("a[href]", "links => links.map(each => each.href)")
    forms = await page.locator("form").count()
    assert found
    assert forms
    for each in found:
        await page.goto(each, wait_until="networkidle")
    for number in range(forms):
        await page.goto(link, wait_until="networkidle")
        async with page.expect_navigation():
            await page.evaluate("number => document.forms[number].submit()", number)
    await page.close()


async def test_the_activation_link_works_after_it(site: Site, scanner: BrowserContext) -> None:
    await site.world.register()
    link = await site.activation_link()
    for _ in range(2):
        await scan(scanner, link)
    account = await site.world.account(ADDRESS)
    assert account is not None
    assert account["state"] == "pending"
    assert (await site.world.activate(link.rpartition("/")[2])).status_code == 200


async def test_the_link_for_a_new_password_works_after_it(site: Site, scanner: BrowserContext) -> None:
    await site.world.active_account()
    await site.world.ask_for_reset()
    link = await site.reset_link()
    for _ in range(2):
        await scan(scanner, link)
    assert (await site.world.sign_in()).status_code == 201
    body = {"token": link.rpartition("/")[2], "new_password": OTHER_PASSWORD}
    assert (await site.world.post("password-resets/completions", body)).status_code == 200
    assert (await site.world.sign_in(password=OTHER_PASSWORD)).status_code == 201
