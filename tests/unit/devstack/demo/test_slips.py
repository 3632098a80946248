"""The demo reads slips off the sheet that is printed."""

from datetime import UTC, datetime

import pytest

from accounts.domain.school_logins import Kind
from accounts.handlers.handing_out import Slip as Printed
from accounts.slips import Occasion, sheet
from devstack.demo.slips import Slip, guardians, read_slips
from devstack.demo.steps import StoryError
from shared.runtime.i18n import Catalogues

OCCASION = Occasion('Szkoła nr 1 "Pod Lipą"', "3a", "dzwonek.example.org", datetime(2026, 9, 1, tzinfo=UTC))

PUPIL = Printed(Kind.STUDENT, "Ala Lis", "Ala Lis", None, "12345678u", "aaaa-bbbb-cccc")
MOTHER = Printed(Kind.GUARDIAN, "Ewa D'Arc & Lis", "Ala Lis", "uk", "12345678", "dddd-eeee-ffff")
FATHER = Printed(Kind.GUARDIAN, "Jan Lis", "Ala Lis", "pl", "23456789", "gggg-hhhh-jjjj")
UNCLE = Printed(Kind.GUARDIAN, "Adam Lis", "Ala Lis", "pl", "34567892", "kkkk-mmmm-nnnn")


def printed(*slips: Printed) -> str:
    return sheet(Catalogues.load("accounts", "shared.runtime.pages"), slips, OCCASION)


def test_every_slip_is_read_as_it_is_printed() -> None:
    assert read_slips(printed(PUPIL, MOTHER, FATHER)) == [
        Slip("pl", "Ala Lis", "12345678u", "aaaa-bbbb-cccc"),
        Slip("uk", "Ewa D'Arc & Lis", "12345678", "dddd-eeee-ffff"),
        Slip("pl", "Jan Lis", "23456789", "gggg-hhhh-jjjj"),
    ]


def test_the_story_takes_the_first_guardian_of_each_language_and_no_pupil() -> None:
    taken = guardians(read_slips(printed(PUPIL, MOTHER, FATHER, UNCLE)))
    assert [(language, slip.person) for language, slip in taken.items()] == [
        ("pl", "Jan Lis"),
        ("uk", "Ewa D'Arc & Lis"),
    ]


def test_a_class_without_a_guardian_of_some_language_is_told() -> None:
    with pytest.raises(StoryError, match="no guardian's slip is in Ukrainian"):
        guardians(read_slips(printed(PUPIL, FATHER)))
