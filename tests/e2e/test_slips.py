"""The sheet of slips in Chromium: its own style is taken, its policy is not broken, and it can be read by everybody."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Browser
from tests.e2e.accounts_site import Site
from tests.integration.accounts.logins.teacher import CLASS, give_her_the_office, teachers_slip

pytestmark = pytest.mark.browser

PASSWORD = "cztery zielone rowery"


async def test_a_secretary_prints_the_slips_of_a_class_within_a_few_clicks(site: Site, browser: Browser) -> None:
    slip = await teachers_slip(site.world)
    await give_her_the_office(site.world)
    context = await browser.new_context()
    await context.add_init_script(AXE_SCRIPT)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    await page.goto(f"{site.url}/sign-in?lang=en")
    await page.locator("#email").fill(slip.login)
    await page.locator("#password").fill(slip.password)
    await page.locator("main form button").first.click()
    await page.locator("#new_password").fill(PASSWORD)
    async with page.expect_event("load"):
        await page.locator("main form button").first.click()
    await page.get_by_role("link", name="English").click()
    await page.get_by_role("link", name="Logins of the school").click()
    await page.get_by_role("link", name="Szkoła nr 1").click()
    await page.get_by_role("link", name="Class 3b").click()
    async with page.expect_event("load"):
        await page.get_by_role("button", name="Make the logins and print the slips").click()
    printed = page.locator("article.slip")
    assert await printed.count() == 1
    assert await printed.evaluate("(one) => getComputedStyle(one).borderStyle") == "dashed"
    found = await page.evaluate("axe.run(document).then(({violations}) => violations.map((one) => one.id))")
    assert found == []
    assert [text for text in complaints if "status of 404" not in text] == []  # a sheet has no icon
    assert str(CLASS) in page.url
    await context.close()
