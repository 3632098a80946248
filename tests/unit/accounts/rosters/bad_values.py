"""Values that are none of their column."""

from tests.unit.accounts.rosters.bad import Bad, cell, cells

from accounts.domain.oneroster.codes import Code
from accounts.domain.oneroster.files import Release

REQUIRED = {
    "orgs": "sourcedId name type",
    "academicSessions": "sourcedId title type startDate endDate schoolYear",
    "courses": "sourcedId title orgSourcedId",
    "classes": "sourcedId title classType schoolSourcedId termSourcedIds",
    "users": "sourcedId enabledUser username givenName familyName",
    "roles": "sourcedId userSourcedId roleType role orgSourcedId",
    "enrollments": "sourcedId classSourcedId schoolSourcedId userSourcedId role",
    "demographics": "sourcedId",
}

VALUES = [
    *(
        bad
        for file, columns in REQUIRED.items()
        for column in columns.split()
        for bad in (cell(file, column, "", Code.REQUIRED_EMPTY), cell(file, column, "  ", Code.REQUIRED_EMPTY))
    ),
    cell("users", "orgSourcedIds", "", Code.REQUIRED_EMPTY, Release.V1_1),
    cell("users", "role", "", Code.REQUIRED_EMPTY, Release.V1_1),
    *cells(
        "academicSessions",
        "startDate",
        "2026-02-30\n2026-13-01\n2026-00-10\n01/09/2026\n01.09.2026\n2026-9-1\n20260901\n2026-W36-2\n26-09-01\n0026-09-01\n"
        "2100-01-01\n1899-12-31\n2026-09-01T00:00:00Z\n２０２６-09-01\nwrzesień",
        Code.BAD_DATE,
    ),
    *cells("demographics", "birthDate", "2017-02-29\n31/12/2016\n2017\n0", Code.BAD_DATE),
    *cells("enrollments", "beginDate", "2026-09-31\n1/9/2026", Code.BAD_DATE),
    *cells("academicSessions", "schoolYear", "27\n2026/2027\n2026-2027\n20270\n2027.0\n1027\n２０２７", Code.BAD_YEAR),
    *cells("users", "enabledUser", "TRUE\nTrue\nyes\n1\ntak\n0\nwahr", Code.BAD_FLAG),
    *cells("enrollments", "primary", "FALSE\nno\n-1", Code.BAD_FLAG),
    *cells("orgs", "type", "School\nszkoła\ncampus\next:branch", Code.ORG_TYPE_UNKNOWN),
    *cells("academicSessions", "type", "year\nschoolyear\nhalf", Code.SESSION_TYPE_UNKNOWN),
    *cells("classes", "classType", "Homeroom\nclass\ngroup", Code.CLASS_TYPE_UNKNOWN),
    *cells("roles", "role", "Teacher\nadministrator\nheadmaster\next:nurse", Code.ROLE_UNKNOWN),
    *cells("enrollments", "role", "guardian\nprincipal\nSTUDENT", Code.ROLE_UNKNOWN),
    *(bad for bad in cells("users", "role", "principal\ncounselor\nstaff", Code.ROLE_UNKNOWN, Release.V1_1)),
    *cells("roles", "roleType", "main\nPrimary", Code.ROLE_TYPE_UNKNOWN),
    *cells("demographics", "sex", "m\nM\nkobieta", Code.SEX_UNKNOWN),
    cell("demographics", "sex", "other", Code.SEX_UNKNOWN, Release.V1_1),
    *cells("orgs", "status", "active\ntobedeleted\ninactive", Code.SET_IN_BULK),
    *cells("orgs", "dateLastModified", "2026-09-01T08:00:00Z\nx", Code.SET_IN_BULK),
    *cells("orgs", "name", " Powiat\nPowiat \n\u00a0Powiat\nPowiat\t", Code.BLANKS_AROUND),
    *cells("orgs", "type", " school\nschool ", Code.BLANKS_AROUND),
    *cells("orgs", "identifier", " \n\t", Code.BLANKS_AROUND),
    *cells("orgs", "status", " ", Code.BLANKS_AROUND),
    *cells("academicSessions", "startDate", " 2026-09-01\n2026-09-01 ", Code.BLANKS_AROUND),
    *cells("users", "agentSourcedIds", "u3, u4\n u3\nu3 ,u4", Code.BLANKS_AROUND),
    *cells("users", "agentSourcedIds", "u3,\n,u3\nu3,,u4\n,", Code.LIST_ITEM_EMPTY),
    *cells("classes", "subjectCodes", "MAT,,PRZ", Code.LIST_ITEM_EMPTY),
    cell("orgs", "sourcedId", "d" * 256, Code.VALUE_TOO_LONG),
    cell("orgs", "parentSourcedId", "d" * 256, Code.VALUE_TOO_LONG),
    cell("orgs", "name", "P" * 201, Code.VALUE_TOO_LONG),
    cell("orgs", "identifier", "1" * 256, Code.VALUE_TOO_LONG),
    cell("classes", "title", "3" * 201, Code.VALUE_TOO_LONG),
    cell("classes", "termSourcedIds", f"y27,{'y' * 256}", Code.VALUE_TOO_LONG),
    cell("users", "givenName", "E" * 201, Code.VALUE_TOO_LONG),
    cell("users", "familyName", "W" * 201, Code.VALUE_TOO_LONG),
    cell("users", "email", f"{'e' * 243}@example.org", Code.VALUE_TOO_LONG),
    cell("users", "phone", "5" * 65, Code.VALUE_TOO_LONG),
    cell("users", "username", "e" * 256, Code.VALUE_TOO_LONG),
    cell("users", "agentSourcedIds", ",".join(["u3"] * 3000), Code.VALUE_TOO_LONG),
    cell("academicSessions", "endDate", "2026-08-31", Code.END_BEFORE_BEGIN),
    cell("enrollments", "endDate", "2026-08-31", Code.END_BEFORE_BEGIN),
    Bad(
        "a role that ends before it begins",
        lambda e: e.cell("roles.csv", "beginDate", "2027-01-01").cell("roles.csv", "endDate", "2026-12-31"),
        "roles.csv:2:endDate",
        Code.END_BEFORE_BEGIN,
    ),
    Bad(
        "an unknown language",
        lambda e: e.column("users.csv", "metadata.language", "de", "pl"),
        "users.csv:2:metadata.language",
        Code.LANGUAGE_UNKNOWN,
    ),
    Bad(
        "a subject that is taught and empty",
        lambda e: e.column("enrollments.csv", "metadata.subjects", "MAT,,PRZ", ""),
        "enrollments.csv:2:metadata.subjects",
        Code.LIST_ITEM_EMPTY,
    ),
]


def delta(column: str, value: str, code: Code) -> Bad:
    """A wrong value in the first row of a delta of orgs.csv."""
    what = f"delta {column} {value!r}"
    return Bad(what, lambda e: e.all_delta().cell("orgs.csv", column, value), f"orgs.csv:2:{column}", code)


DELTAS = [
    delta("status", "", Code.MISSING_IN_DELTA),
    delta("dateLastModified", "", Code.MISSING_IN_DELTA),
    *(delta("status", value, Code.STATUS_UNKNOWN) for value in ("inactive", "Active", "deleted", "toBeDeleted")),
    *(
        delta("dateLastModified", value, Code.BAD_INSTANT)
        for value in (
            "2026-10-01",
            "2026-10-01T08:00:00",
            "2026-10-01 08:00:00Z",
            "2026-10-01T08:00Z",
            "2026-02-30T08:00:00Z",
            "2026-10-01T24:30:00Z",
            "2026-10-01T08:00:00+25:00",
            "2026-10-01T08:00:00.Z",
            "01/10/2026",
            "1759305600",
            "x",
        )
    ),
    delta("status", " active", Code.BLANKS_AROUND),
]
