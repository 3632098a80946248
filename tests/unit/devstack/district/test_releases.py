"""Both releases tell of the same people; 1.1 has one role for each."""

from tests.unit.devstack.district.exported import Exported, ids

OF_1_1_ALONE = ("orgSourcedIds", "role")
TOLD_BY_1_1 = {"principal": "administrator", "siteAdministrator": "administrator", "counselor": "aide"}


def test_both_have_the_same_people(larger: Exported, larger_in_1_1: Exported) -> None:
    assert larger_in_1_1.users.keys() == larger.users.keys()
    for user, row in larger_in_1_1.users.items():
        common = {column: value for column, value in row.items() if column not in OF_1_1_ALONE}
        assert common.items() <= larger.users[user].items()


def test_both_have_the_same_of_all_else(larger: Exported, larger_in_1_1: Exported) -> None:
    for name in larger_in_1_1.files.keys() - {"users"}:
        assert larger_in_1_1.files[name] == larger.files[name]
    assert larger.files.keys() - larger_in_1_1.files.keys() == {"roles"}


def test_somebody_is_at_the_same_schools(larger: Exported, larger_in_1_1: Exported) -> None:
    schools: dict[str, set[str]] = {}
    for row in larger.files["roles"].values():
        schools.setdefault(row["userSourcedId"], set()).add(row["orgSourcedId"])
    assert {user: set(ids(row["orgSourcedIds"])) for user, row in larger_in_1_1.users.items()} == schools
    assert all(row["primaryOrgSourcedId"] in schools[user] for user, row in larger.users.items())


def test_the_one_role_of_1_1_is_the_first_of_1_2(larger: Exported, larger_in_1_1: Exported) -> None:
    first: dict[str, str] = {}
    for row in larger.files["roles"].values():
        first.setdefault(row["userSourcedId"], row["role"])
    told = {user: TOLD_BY_1_1.get(role, role) for user, role in first.items()}
    assert {user: row["role"] for user, row in larger_in_1_1.users.items()} == told


def test_who_is_teacher_and_guardian_is_a_teacher_in_1_1_and_still_named_by_the_pupil(
    larger: Exported, larger_in_1_1: Exported
) -> None:
    parents = {row["userSourcedId"] for row in larger.files["roles"].values() if row["role"] == "parent"}
    teachers = {row["userSourcedId"] for row in larger.files["roles"].values() if row["role"] == "teacher"}
    both = parents & teachers
    assert both
    assert both <= larger_in_1_1.children_of().keys()
    assert {larger_in_1_1.users[user]["role"] for user in both} == {"teacher"}
