"""What the words of an export mean in the register."""

from collections.abc import Mapping
from datetime import date, timedelta

ROLES: Mapping[str, str] = {
    "student": "student",
    "guardian": "guardian",
    "parent": "guardian",
    "relative": "guardian",
    "teacher": "teacher",
    "counselor": "counsellor",
    "principal": "head",
    "administrator": "school_administrator",
    "siteAdministrator": "school_administrator",
    "districtAdministrator": "district_operator",
}
"""OneRoster's roles that give rights here. Those left out (aide, proctor, systemAdministrator) give none."""

IN_CLASS = frozenset({"student", "teacher"})
"""What somebody can be in a class; an export's other words give no rights there."""

SESSION_KINDS: Mapping[str, str] = {
    "schoolYear": "school_year",
    "semester": "semester",
    "term": "term",
    "gradingPeriod": "grading_period",
}

CLASS_KINDS: Mapping[str, str] = {"homeroom": "homeroom", "scheduled": "group"}
"""A class with a homeroom teacher, and whatever else is taught together."""

MOST_ENDED = 0.1
"""The part of a district's people, guardianships or enrolments that an import may end without being told so."""


def last_day(end: date | None) -> date | None:
    """The last day that counts of what ends so by OneRoster, where the day of the end no longer does."""
    return end and end - timedelta(days=1)
