"""A district is whole: every reference leads somewhere, and it is as large as was asked for."""

from collections import Counter
from pathlib import Path

import pytest
from tests.unit.devstack.district.exported import Exported, exported, ids, lost_references

from accounts.domain.oneroster.files import FILES, Kind, Release
from devstack.district.plan import Plan


@pytest.mark.parametrize("release", list(Release))
@pytest.mark.parametrize(("students", "schools"), [(1, 1), (2, 2), (5, 5), (9, 2), (37, 4), (1500, 1)], ids=str)
def test_every_reference_leads_somewhere(tmp_path: Path, students: int, schools: int, release: Release) -> None:
    district = exported(tmp_path, Plan(students, schools, release=release))
    assert lost_references(district.files) == []
    assert len(district.pupils()) == students
    assert len(district.files["orgs"]) == schools + 1


def test_every_reference_leads_somewhere_in_a_whole_district(district: Exported) -> None:
    assert lost_references(district.files) == []


@pytest.mark.parametrize("seed", range(5))
def test_no_school_is_empty_however_few_pupils_there_are(seed: int) -> None:
    for students, schools in ((7, 7), (15, 10), (21, 10), (100, 33)):
        plan = Plan(students, schools, seed=seed)
        sizes = [plan.size(number) for number in range(1, schools + 1)]
        assert sum(sizes) == students
        assert min(sizes) >= 1


def test_schools_have_other_sizes_than_their_neighbours() -> None:
    plan = Plan(3000, 5)
    sizes = {plan.size(number) for number in range(1, 6)}
    assert len(sizes) == 5
    assert 3000 / 5 * 0.7 <= min(sizes) < max(sizes) <= 3000 / 5 * 1.3


def test_what_has_to_be_there_is_there(larger_in_1_1: Exported, larger: Exported) -> None:
    for district, release in ((larger_in_1_1, Release.V1_1), (larger, Release.V1_2)):
        for name, file in FILES[release].items():
            required = [column.name for column in file.columns if column.required]
            for row in district.files[name].values():
                assert all(row[column] for column in required)


def test_in_bulk_nothing_has_a_status(district: Exported) -> None:
    for rows in district.files.values():
        assert not any(row["status"] or row["dateLastModified"] for row in rows.values())


def test_there_are_schools_of_both_kinds_below_one_district(district: Exported) -> None:
    [(top, row)] = [(org, row) for org, row in district.files["orgs"].items() if row["type"] == "district"]
    schools = [row for org, row in district.files["orgs"].items() if org != top]
    assert row["parentSourcedId"] == ""
    assert all(school["type"] == "school" and school["parentSourcedId"] == top for school in schools)
    assert {"Szkoła", "Liceum"} == {school["name"].split()[0] for school in schools}


def test_the_year_has_two_semesters(district: Exported) -> None:
    [year, *semesters] = district.files["academicSessions"].values()
    assert (year["type"], year["title"], year["schoolYear"]) == ("schoolYear", "2026/2027", "2027")
    assert (year["startDate"], year["endDate"]) == ("2026-09-01", "2027-09-01")
    assert [each["type"] for each in semesters] == ["semester", "semester"]
    assert {each["parentSourcedId"] for each in semesters} == {year["sourcedId"]}


def test_another_year_can_be_asked_for(tmp_path: Path) -> None:
    district = exported(tmp_path, Plan(50, 1, year=2030))
    assert [row["schoolYear"] for row in district.files["academicSessions"].values()] == ["2031"] * 3
    assert {row["beginDate"] for row in district.files["enrollments"].values()} == {"2030-09-01"}
    assert {2030 - int(row["birthDate"][:4]) for row in district.files["demographics"].values()} <= set(range(7, 16))


def test_every_pupil_is_in_one_homeroom_class_of_the_right_year(district: Exported) -> None:
    classes = district.files["classes"]
    students = [row for row in district.files["enrollments"].values() if row["role"] == "student"]
    homerooms = [row for row in students if classes[row["classSourcedId"]]["classType"] == "homeroom"]
    assert Counter(row["userSourcedId"] for row in homerooms) == Counter(dict.fromkeys(district.pupils(), 1))
    for row in students:
        assert classes[row["classSourcedId"]]["grades"] == district.users[row["userSourcedId"]]["grades"]
        assert classes[row["classSourcedId"]]["schoolSourcedId"] == row["schoolSourcedId"]
    assert max(Counter(row["classSourcedId"] for row in homerooms).values()) <= 28


def test_a_group_has_pupils_of_all_classes_of_its_year(larger: Exported) -> None:
    classes = larger.files["classes"]
    homeroom_of: dict[str, str] = {}
    members: dict[str, list[str]] = {}
    for row in larger.files["enrollments"].values():
        if row["role"] == "student" and classes[row["classSourcedId"]]["classType"] == "homeroom":
            homeroom_of[row["userSourcedId"]] = row["classSourcedId"]
        elif row["role"] == "student":
            members.setdefault(row["classSourcedId"], []).append(row["userSourcedId"])
    groups = [row for row in classes.values() if row["classType"] == "scheduled"]
    assert {row["subjectCodes"] for row in groups} == {"SZA", "NIE"}
    assert {group["sourcedId"] for group in groups} == members.keys()
    for group in groups:
        parallel = {
            each["sourcedId"]
            for each in classes.values()
            if each["classType"] == "homeroom"
            and (each["schoolSourcedId"], each["grades"]) == (group["schoolSourcedId"], group["grades"])
        }
        assert {homeroom_of[pupil] for pupil in members[group["sourcedId"]]} == parallel


def test_a_million_pupils_would_have_about_45_000_classes(larger: Exported) -> None:
    assert 40_000 < len(larger.files["classes"]) / 3000 * 1_000_000 < 60_000


def test_every_class_has_one_homeroom_teacher_and_teachers_for_each_of_its_subjects(district: Exported) -> None:
    for each in district.files["classes"].values():
        teachers = [
            row
            for row in district.files["enrollments"].values()
            if row["classSourcedId"] == each["sourcedId"] and row["role"] == "teacher"
        ]
        assert [row["primary"] for row in teachers].count("true") == 1
        assert all(row["primary"] in {"true", "false"} for row in teachers)
        taught = {code for row in teachers for code in ids(row["metadata.subjects"])}
        homeroom = each["classType"] == "homeroom"
        assert taught == (set(ids(each["subjectCodes"])) if homeroom else set())
        assert len(ids(each["subjects"])) == len(ids(each["subjectCodes"]))


def test_nobody_leads_two_classes_of_a_large_school(larger: Exported) -> None:
    classes = larger.files["classes"]
    leading = Counter(
        row["userSourcedId"]
        for row in larger.files["enrollments"].values()
        if row["primary"] == "true" and classes[row["classSourcedId"]]["classType"] == "homeroom"
    )
    assert leading.most_common(1)[0][1] == 1


def test_every_school_has_a_head_a_secretary_and_a_counsellor(district: Exported) -> None:
    roles = Counter((row["orgSourcedId"], row["role"]) for row in district.files["roles"].values())
    schools = [org for org, row in district.files["orgs"].items() if row["type"] == "school"]
    for school in schools:
        assert [roles[school, role] for role in ("principal", "siteAdministrator", "counselor")] == [1, 1, 1]


def test_a_value_is_one_that_the_standard_has(district: Exported) -> None:
    sexes = {row["sex"] for row in district.files["demographics"].values()}
    assert sexes == {"female", "male"}
    assert {row["role"] for row in district.files["roles"].values()} == {
        "student", "parent", "guardian", "teacher", "principal", "siteAdministrator", "counselor",
    }  # fmt: skip
    assert {row["roleType"] for row in district.files["roles"].values()} == {"primary", "secondary"}


def test_somebody_has_one_primary_role_at_each_school(district: Exported) -> None:
    primary = Counter(
        (row["userSourcedId"], row["orgSourcedId"])
        for row in district.files["roles"].values()
        if row["roleType"] == "primary"
    )
    everywhere = {(row["userSourcedId"], row["orgSourcedId"]) for row in district.files["roles"].values()}
    assert primary == Counter(dict.fromkeys(everywhere, 1))
    assert {user for user, _ in everywhere} == district.users.keys()


def test_what_is_flagged_or_dated_is_so_in_the_standards_way(larger: Exported) -> None:
    for name, file in FILES[Release.V1_2].items():
        for column in file.columns:
            values = {row[column.name] for row in larger.files[name].values()} - {""}
            if column.kind is Kind.FLAG:
                assert values <= {"true", "false"}
            if column.kind is Kind.DATE:
                assert all(len(value) == len("2026-09-01") and value[4] == value[7] == "-" for value in values)
