"""The columns are those of the standard, typed out here once more, in its order and case."""

import pytest
from tests.unit.devstack.district.exported import Exported

from accounts.domain.oneroster.files import FILES, SKIPPED, Release

BASE = "sourcedId,status,dateLastModified"

BOTH = {
    "orgs": f"{BASE},name,type,identifier,parentSourcedId",
    "academicSessions": f"{BASE},title,type,startDate,endDate,parentSourcedId,schoolYear",
    "courses": f"{BASE},schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes",
    "classes": (
        f"{BASE},title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,"
        "subjects,subjectCodes,periods"
    ),
    "enrollments": f"{BASE},classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate",
}

V1_1 = BOTH | {
    "users": (
        f"{BASE},enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,"
        "email,sms,phone,agentSourcedIds,grades,password"
    ),
}

V1_2 = BOTH | {
    "users": (
        f"{BASE},enabledUser,username,userIds,givenName,familyName,middleName,identifier,"
        "email,sms,phone,agentSourcedIds,grades,password,"
        "userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns"
    ),
    "roles": f"{BASE},userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId",
}

FIRST_OF_DEMOGRAPHICS = [*BASE.split(","), "birthDate", "sex"]


@pytest.mark.parametrize(("release", "expected"), [(Release.V1_1, V1_1), (Release.V1_2, V1_2)])
def test_the_columns_are_the_standards(release: Release, expected: dict[str, str]) -> None:
    columns = {name: ",".join(file.header) for name, file in FILES[release].items()}
    assert list(FILES[release]["demographics"].header[:5]) == FIRST_OF_DEMOGRAPHICS
    del columns["demographics"]
    assert columns == expected


def test_a_district_has_them_and_ours_after_them(larger_in_1_1: Exported, larger: Exported) -> None:
    for district, expected in ((larger_in_1_1, V1_1), (larger, V1_2)):
        written = {name: ",".join(header) for name, header in district.headers.items()}
        assert written.pop("demographics").startswith(",".join(FIRST_OF_DEMOGRAPHICS))
        assert written == {
            **expected,
            "users": f"{expected['users']},metadata.language",
            "enrollments": f"{expected['enrollments']},metadata.subjects",
        }


def test_the_manifest_names_every_file_of_the_release(larger_in_1_1: Exported, larger: Exported) -> None:
    of_1_1 = "academicSessions classes courses demographics enrollments orgs users"
    skipped = "categories classResources courseResources lineItems resources results"
    skipped_1_2 = (
        "lineItemLearningObjectiveIds lineItemScoreScales resultLearningObjectiveIds resultScoreScales scoreScales"
        " userProfiles userResources"
    )
    for district, release, there, absent in (
        (larger_in_1_1, "1.1", of_1_1, skipped),
        (larger, "1.2", f"{of_1_1} roles", f"{skipped} {skipped_1_2}"),
    ):
        assert district.manifest == {
            "manifest.version": "1.0",
            "oneroster.version": release,
            **{f"file.{name}": "bulk" for name in there.split()},
            **{f"file.{name}": "absent" for name in absent.split()},
            "source.systemName": "Dzwonek's invented district",
            "source.systemCode": "dzwonek-district",
        }


def test_what_is_skipped_has_no_columns() -> None:
    for release in Release:
        assert not FILES[release].keys() & set(SKIPPED[release])
