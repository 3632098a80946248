"""A registration becomes a mail in the inbox, and the button behind its link an active account."""

import pytest

from devstack.demo.story import LANGUAGES, Step, Story
from devstack.inbox import InboxClient
from devstack.system import System


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_person_registers_and_activates(language: str, system: System) -> None:
    steps: list[Step] = []
    async with InboxClient(system.inbox.url) as inbox:
        await Story(system.public_url, inbox, language, steps.append).play()
    assert [step.name for step in steps] == [
        "register",
        "activation mail with the terms",
        "link opened, nothing changed",
        "button pressed, account active",
        "welcome mail",
    ]
