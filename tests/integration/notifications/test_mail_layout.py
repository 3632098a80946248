"""A mail fits the narrowest phone, whatever is written into it from outside."""

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from playwright.async_api import Browser, ViewportSize

from notifications.rendering import MailToRender, Renderer
from notifications.rendering.preview import SAMPLE_IDENTITY, SAMPLE_PARAMS, sample_mail
from shared.runtime.i18n import LANGUAGES

pytestmark = pytest.mark.browser

NARROWEST = ViewportSize(width=320, height=640)
LONGEST = 255
NAMES = ["W" * LONGEST, ("Szkoła_" * LONGEST)[:LONGEST], ("Zespół Szkół " * LONGEST)[:LONGEST].strip()]


def html(renderer: Renderer, mail: MailToRender) -> str:
    parsed = message_from_bytes(renderer.render(mail), EmailMessage, policy=policy.default)
    part = parsed.get_body(("html",))
    assert part is not None
    content: str = part.get_content()
    return content


async def test_the_longest_name_of_a_school_makes_no_mail_wider_than_the_phone(browser: Browser) -> None:
    renderer = Renderer(SAMPLE_IDENTITY)
    page = await browser.new_page(viewport=NARROWEST)
    wide = []
    for sample in ("login_linked", "login_unlinked"):
        for language in LANGUAGES:
            for name in NAMES:
                mail = replace(sample_mail(sample, language), params={**SAMPLE_PARAMS[sample], "school_name": name})
                await page.set_content(html(renderer, mail))
                assert await page.get_by_text(name, exact=True).is_visible()
                if await page.evaluate("document.documentElement.scrollWidth") > NARROWEST["width"]:
                    wide.append((sample, language, name))
    assert wide == []
