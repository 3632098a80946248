"""With what the people of the story sign in, for whoever looks around afterwards."""

import os
from collections.abc import Iterable
from pathlib import Path

from devstack.demo.office import READABLE_BY_ME, folder_in
from devstack.demo.person import Person


def sign_ins_in(run: Path) -> Path:
    """The file with their addresses and passwords, in the folder of a run."""
    return folder_in(run) / "guardians.txt"


def write_sign_ins(run: Path, people: Iterable[Person]) -> None:
    """Writes an address and a password on each line, for the owner of the run alone."""
    new = os.open(sign_ins_in(run), os.O_WRONLY | os.O_CREAT | os.O_EXCL, READABLE_BY_ME)
    with os.fdopen(new, "w", encoding="utf-8") as file:
        file.writelines(f"{person.address} {person.password}\n" for person in people)
