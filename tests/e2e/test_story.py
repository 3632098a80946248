"""A registration becomes a mail in the inbox, its button an active account, and the account is signed in to and out."""

from collections.abc import Iterator

import pytest
from tests.e2e.conftest import running

from devstack.demo.__main__ import ELSEWHERE
from devstack.demo.steps import LANGUAGES, Step
from devstack.demo.story import Story
from devstack.inbox import InboxClient
from devstack.system import System


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system with the service that tells who is signed in, as the demo has it."""
    with running(System(tmp_path_factory.mktemp("system"), durable=False, guest=True)) as system:
        yield system


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_story_holds(language: str, system: System) -> None:
    steps: list[Step] = []
    async with InboxClient(system.inbox.url) as inbox:
        await Story(system.public_url, inbox, language, steps.append, elsewhere=ELSEWHERE).play()
    assert [step.name for step in steps] == [
        "register",
        "activation mail with the terms",
        "link opened, nothing changed",
        "button pressed, account active",
        "welcome mail",
        "sign in",
        "sign in on a second device, mail",
        "list of sessions",
        "sign out everywhere",
        "forgotten password, mail",
        "new password, the old session ends",
    ]
