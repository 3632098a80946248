"""The words of OneRoster: which values its enumerations have, in both releases."""

from collections.abc import Mapping

from accounts.domain.oneroster.codes import Code
from accounts.domain.oneroster.files import Kind, Release

STATUSES = frozenset({"active", "tobedeleted"})

_ROLES_1_1 = frozenset(
    {
        "administrator",
        "aide",
        "guardian",
        "parent",
        "proctor",
        "relative",
        "student",
        "teacher",
    }
)
_ROLES_1_2 = frozenset(
    {
        "aide",
        "counselor",
        "districtAdministrator",
        "guardian",
        "parent",
        "principal",
        "proctor",
        "relative",
        "siteAdministrator",
        "student",
        "systemAdministrator",
        "teacher",
    }
)
_ROLES_IN_CLASS_1_2 = frozenset({"administrator", "proctor", "student", "teacher"})

_WORDS: Mapping[Kind, frozenset[str]] = {
    Kind.ORG_TYPE: frozenset({"department", "district", "local", "national", "school", "state"}),
    Kind.SESSION_TYPE: frozenset({"gradingPeriod", "schoolYear", "semester", "term"}),
    Kind.CLASS_TYPE: frozenset({"homeroom", "scheduled"}),
    Kind.ROLE_TYPE: frozenset({"primary", "secondary"}),
    Kind.LANGUAGE: frozenset({"en", "pl", "uk"}),
}

UNKNOWN_WORD: Mapping[Kind, Code] = {
    Kind.ORG_TYPE: Code.ORG_TYPE_UNKNOWN,
    Kind.SESSION_TYPE: Code.SESSION_TYPE_UNKNOWN,
    Kind.CLASS_TYPE: Code.CLASS_TYPE_UNKNOWN,
    Kind.ROLE: Code.ROLE_UNKNOWN,
    Kind.ROLE_TYPE: Code.ROLE_TYPE_UNKNOWN,
    Kind.SEX: Code.SEX_UNKNOWN,
    Kind.LANGUAGE: Code.LANGUAGE_UNKNOWN,
}
"""What is wrong when a word is not in the vocabulary; the kinds that have one."""


def words(kind: Kind, file: str, release: Release) -> frozenset[str]:
    """The vocabulary of a kind in a file of a release.

    The standard lets exporters add words that begin with `ext:`. They are not among these: nobody knows which rights
    such a role has.
    """
    if kind is Kind.ROLE:
        if release is Release.V1_1:
            return _ROLES_1_1
        return _ROLES_IN_CLASS_1_2 if file == "enrollments" else _ROLES_1_2
    if kind is Kind.SEX:
        both = frozenset({"female", "male"})
        return both if release is Release.V1_1 else both | {"other", "unspecified"}
    return _WORDS[kind]
