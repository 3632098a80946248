"""Which files a OneRoster export has, and their columns, in the order that the standard prescribes."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

EXTENSION = "metadata."
"""What the names of columns begin with that are no part of the standard; they come after its own."""

MANIFEST = "manifest"
"""The name of the file that says which others there are."""

SUFFIX = ".csv"


class Release(StrEnum):
    """A version of OneRoster."""

    V1_1 = "1.1"
    V1_2 = "1.2"


class Mode(StrEnum):
    """What an export says of a file: it is not there, it is the whole list, or it is what has changed."""

    ABSENT = "absent"
    BULK = "bulk"
    DELTA = "delta"


class Kind(StrEnum):
    """What stands in a column. `..._LIST` are several, with commas between them."""

    ID = "id"
    ID_LIST = "id_list"
    TEXT = "text"
    TEXT_LIST = "text_list"
    DATE = "date"
    YEAR = "year"
    FLAG = "flag"
    INSTANT = "instant"
    STATUS = "status"
    ORG_TYPE = "org_type"
    SESSION_TYPE = "session_type"
    CLASS_TYPE = "class_type"
    ROLE = "role"
    ROLE_TYPE = "role_type"
    SEX = "sex"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file. One that is `required` may not be empty."""

    name: str
    kind: Kind
    required: bool


@dataclass(frozen=True, slots=True)
class File:
    """A file that is read, and its columns in their order. Its name goes without `.csv`."""

    name: str
    columns: tuple[Column, ...]

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)


def _columns(text: str) -> tuple[Column, ...]:
    """The columns in a text of `name:kind`, where `name*` is required and a kind left out is text."""
    parts = (word.partition(":") for word in text.split())
    return tuple(
        Column(name.rstrip("*"), Kind(kind or Kind.TEXT), required=name.endswith("*")) for name, _, kind in parts
    )


_BASE = "sourcedId*:id status:status dateLastModified:instant"
_ORGS = f"{_BASE} name* type*:org_type identifier parentSourcedId:id"
_SESSIONS = f"{_BASE} title* type*:session_type startDate*:date endDate*:date parentSourcedId:id schoolYear*:year"
_COURSES = (
    f"{_BASE} schoolYearSourcedId:id title* courseCode grades:text_list orgSourcedId*:id"
    " subjects:text_list subjectCodes:text_list"
)
_CLASSES = (
    f"{_BASE} title* grades:text_list courseSourcedId:id classCode classType*:class_type location"
    " schoolSourcedId*:id termSourcedIds*:id_list subjects:text_list subjectCodes:text_list periods:text_list"
)
_ENROLLMENTS = (
    f"{_BASE} classSourcedId*:id schoolSourcedId*:id userSourcedId*:id role*:role primary:flag"
    " beginDate:date endDate:date"
)
_DEMOGRAPHICS = (
    f"{_BASE} birthDate:date sex:sex americanIndianOrAlaskaNative asian blackOrAfricanAmerican"
    " nativeHawaiianOrOtherPacificIslander white demographicRaceTwoOrMoreRaces hispanicOrLatinoEthnicity"
    " countryOfBirthCode stateOfBirthAbbreviation cityOfBirth publicSchoolResidenceStatus"
)
_PERSON = "username* userIds:text_list givenName* familyName* middleName identifier email sms phone"
_USERS_1_1 = (
    f"{_BASE} enabledUser*:flag orgSourcedIds*:id_list role*:role {_PERSON}"
    " agentSourcedIds:id_list grades:text_list password"
)
_USERS_1_2 = (
    f"{_BASE} enabledUser*:flag {_PERSON} agentSourcedIds:id_list grades:text_list password"
    " userMasterIdentifier preferredGivenName preferredMiddleName preferredFamilyName primaryOrgSourcedId:id pronouns"
)
_ROLES = (
    f"{_BASE} userSourcedId*:id roleType*:role_type role*:role beginDate:date endDate:date orgSourcedId*:id"
    " userProfileSourcedId:id"
)

_BOTH = {
    "orgs": _ORGS,
    "academicSessions": _SESSIONS,
    "courses": _COURSES,
    "classes": _CLASSES,
    "enrollments": _ENROLLMENTS,
    "demographics": _DEMOGRAPHICS,
}


def _files(texts: Mapping[str, str]) -> Mapping[str, File]:
    return {name: File(name, _columns(text)) for name, text in texts.items()}


FILES: Mapping[Release, Mapping[str, File]] = {
    Release.V1_1: _files({**_BOTH, "users": _USERS_1_1}),
    Release.V1_2: _files({**_BOTH, "users": _USERS_1_2, "roles": _ROLES}),
}
"""The files that are read, by their names."""

_RESULTS = ("categories", "lineItems", "results", "courseResources", "classResources", "resources")

SKIPPED: Mapping[Release, tuple[str, ...]] = {
    Release.V1_1: _RESULTS,
    Release.V1_2: (
        *_RESULTS,
        "userProfiles",
        "userResources",
        "scoreScales",
        "lineItemScoreScales",
        "resultScoreScales",
        "lineItemLearningObjectiveIds",
        "resultLearningObjectiveIds",
    ),
}
"""Files of the standard that hold nothing for a roster: they may be there, and it is said that they are not read."""

EXTENSIONS: Mapping[str, tuple[Column, ...]] = {
    "users": (Column(f"{EXTENSION}language", Kind.LANGUAGE, required=False),),
    "enrollments": (Column(f"{EXTENSION}subjects", Kind.TEXT_LIST, required=False),),
}
"""Columns beyond the standard that are read: the language a person reads, and the codes of the subjects that a teacher
teaches in the class. Any other `metadata.` column may be there and is not read."""
