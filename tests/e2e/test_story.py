"""A class gets its logins; a guardian registers, activates by the mail, signs in and out, and links the login."""

import asyncio
from collections.abc import Iterator, Mapping

import pytest
from tests.e2e.conftest import running

from devstack.demo.__main__ import ELSEWHERE
from devstack.demo.office import Office
from devstack.demo.person import Person
from devstack.demo.slips import Slip
from devstack.demo.steps import LANGUAGES, Step, StoryError, Teller
from devstack.demo.story import Story
from devstack.inbox import InboxClient
from devstack.system import System

LINKED = {
    "pl": "Połączono login ze szkoły z kontem w Dzwonku",
    "uk": "Логін зі школи прив’язано до облікового запису Dzwonek",
}


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system with the service that tells who is signed in, as the demo has it."""
    with running(System(tmp_path_factory.mktemp("system"), durable=False, guest=True)) as system:
        yield system


@pytest.fixture(scope="module")
def at_the_office() -> list[Step]:
    """What the office did."""
    return []


@pytest.fixture(scope="module")
def shown() -> list[str]:
    """What the office put on the screen."""
    return []


@pytest.fixture(scope="module")
def slips(system: System, at_the_office: list[Step], shown: list[str]) -> Mapping[str, Slip]:
    """A guardian's slip for each language."""
    return asyncio.run(Office(Teller(None, at_the_office.append), system, shown.append).play())


@pytest.mark.usefixtures("slips")
def test_the_office_tells_what_it_imported_and_handed_out(at_the_office: list[Step], shown: list[str]) -> None:
    assert [(step.name, step.language) for step in at_the_office] == [
        ("a district of 300 students written", None),
        ("accounts roster import", None),
        ("accounts logins issue --class 3a", None),
    ]
    assert "schools               5         0       0           0" in "".join(shown)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_story_holds(language: str, system: System, slips: Mapping[str, Slip]) -> None:
    steps: list[Step] = []
    slip = slips[language]
    async with InboxClient(system.inbox.url) as inbox:
        guardian = Person.called(slip.person, inbox, language)
        await Story(system.public_url, guardian, steps.append, elsewhere=ELSEWHERE, slip=slip).play()
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
        "school login linked, new password",
        "my children and schools",
        "mail about the linked login",
    ]
    linked, children, mail = (step.seen for step in steps[-3:])
    assert linked.startswith(f"{slip.person}, guardian of ")
    assert f"{linked.rpartition(' of ')[2]}, 3a, Szkoła Podstawowa nr 1" in children
    assert mail == LINKED[language]


async def test_a_story_without_a_slip_ends_with_the_sessions(system: System) -> None:
    steps: list[Step] = []
    async with InboxClient(system.inbox.url) as inbox:
        await Story(system.public_url, Person.invented(inbox, "pl"), steps.append, elsewhere=ELSEWHERE).play()
    assert steps[-1].name == "new password, the old session ends"


async def test_a_slip_that_is_nobodys_breaks_the_story_off(system: System) -> None:
    steps: list[Step] = []
    slip = Slip("pl", "Jan Lis", "10000000", "aaaa-bbbb-cccc")
    async with InboxClient(system.inbox.url) as inbox:
        guardian = Person.called(slip.person, inbox, slip.language)
        story = Story(system.public_url, guardian, steps.append, elsewhere=ELSEWHERE, slip=slip)
        with pytest.raises(StoryError, match="linking was answered 422"):
            await story.play()
