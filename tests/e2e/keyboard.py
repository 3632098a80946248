"""Somebody who has no mouse, and sees where they are."""

from playwright.async_api import Page

FOCUS = """() => {
  const at = document.activeElement
  const rings = [at, at.closest(".choice")].filter(Boolean).map((one) => getComputedStyle(one))
  const ring = rings.some((one) => one.outlineStyle !== "none" && parseFloat(one.outlineWidth) >= 2)
  return [at === document.body ? "" : at.id || at.textContent.trim(), ring]
}"""
MOST_STOPS = 25


class Keyboard:
    """Moves by Tab; where the focus is must be seen at each stop."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def tab_to(self, name: str) -> None:
        """Up to the element with this id or text."""
        stops: list[str] = []
        for _ in range(MOST_STOPS):
            await self._page.keyboard.press("Tab")
            stop, ring = await self._page.evaluate(FOCUS)
            assert ring or not stop, f"no focus ring on {stop}"
            stops.append(stop)
            if stop == name:
                return
        raise AssertionError(f"{name} is not reached: {stops}")

    async def write(self, field: str, text: str) -> None:
        """Into the field with this id."""
        await self.tab_to(field)
        await self._page.keyboard.type(text)

    async def press(self, name: str) -> None:
        """What has this text."""
        await self.tab_to(name)
        await self._page.keyboard.press("Enter")

    async def follow(self, name: str) -> None:
        """Presses the button or the link with this text, which leads to another page."""
        await self.tab_to(name)
        async with self._page.expect_event("load"):
            await self._page.keyboard.press("Enter")
