"""A delta tells what happened since the bulk file of the same district, and leaves it whole."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.devstack.district.conftest import LARGER
from tests.unit.devstack.district.exported import Exported, Row, Rows, exported, lost_references

from accounts.domain.oneroster.files import Release
from devstack.district.plan import Plan

PERCENT = 4.0
STATUS = ("status", "dateLastModified")


def applied(bulk: Mapping[str, Rows], delta: Mapping[str, Rows]) -> dict[str, dict[str, Row]]:
    """What there is when the delta has been applied."""
    after = {name: dict(rows) for name, rows in bulk.items()}
    for name, rows in delta.items():
        for sourced_id, row in rows.items():
            if row["status"] == "tobedeleted":
                del after[name][sourced_id]
            else:
                after[name][sourced_id] = {**row, **dict.fromkeys(STATUS, "")}
    return after


@pytest.fixture(scope="module")
def delta(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """Some percent of the larger district."""
    return exported(tmp_path_factory.mktemp("delta"), replace(LARGER, changes=PERCENT))


@pytest.fixture(scope="module")
def after(larger: Exported, delta: Exported) -> Exported:
    """The larger district with it."""
    return Exported(larger.headers, applied(larger.files, delta.files), delta.manifest)


def of_status(rows: Rows, status: str) -> set[str]:
    return {sourced_id for sourced_id, row in rows.items() if row["status"] == status}


def test_only_what_changes_is_in_it(delta: Exported) -> None:
    assert delta.files.keys() == {"classes", "users", "roles", "enrollments", "demographics"}
    modes = {name: mode for name, mode in delta.manifest.items() if name.startswith("file.")}
    assert {name for name, mode in modes.items() if mode == "delta"} == {f"file.{name}" for name in delta.files}
    assert set(modes.values()) == {"delta", "absent"}


def test_every_row_says_what_becomes_of_it_and_when_that_was(delta: Exported) -> None:
    for rows in delta.files.values():
        assert {row["status"] for row in rows.values()} <= {"active", "tobedeleted"}
        assert {row["dateLastModified"] for row in rows.values()} == {"2026-10-05T06:00:00.000Z"}


def test_every_row_changes_something(larger: Exported, delta: Exported) -> None:
    for name, rows in delta.files.items():
        before = larger.files[name]
        for sourced_id, row in rows.items():
            if row["status"] == "tobedeleted":
                assert sourced_id in before
            else:
                assert before.get(sourced_id) != {**row, **dict.fromkeys(STATUS, "")}


@pytest.mark.parametrize("name", ["users", "enrollments", "classes", "demographics"])
def test_it_is_about_as_large_as_was_asked_for(larger: Exported, delta: Exported, name: str) -> None:
    expected = len(larger.files[name]) * PERCENT / 100
    chance = 3 * math.sqrt(expected)
    assert len(delta.files[name]) > 0
    assert expected * 0.7 - chance < len(delta.files[name]) < expected * 1.3 + chance


def test_nothing_leads_nowhere_afterwards(after: Exported) -> None:
    assert lost_references(after.files) == []
    assert {row["userSourcedId"] for row in after.files["roles"].values()} == after.users.keys()
    assert {row["userSourcedId"] for row in after.files["roles"].values() if row["role"] == "student"} == (
        after.files["demographics"].keys()
    )


def test_every_pupil_still_has_a_guardian_and_one_homeroom_class_with_room(after: Exported) -> None:
    assert {len(after.guardians_of(pupil)) for pupil in after.pupils()} == {1, 2}
    homerooms = [
        row
        for row in after.files["enrollments"].values()
        if row["role"] == "student" and after.files["classes"][row["classSourcedId"]]["classType"] == "homeroom"
    ]
    assert Counter(row["userSourcedId"] for row in homerooms) == Counter(dict.fromkeys(after.pupils(), 1))
    assert max(Counter(row["classSourcedId"] for row in homerooms).values()) <= 28
    for row in homerooms:
        assert after.files["classes"][row["classSourcedId"]]["grades"] == after.users[row["userSourcedId"]]["grades"]


def test_every_guardian_still_has_a_child(after: Exported) -> None:
    guardians = {row["userSourcedId"] for row in after.files["roles"].values() if row["role"] in {"parent", "guardian"}}
    assert guardians == after.children_of().keys()


def test_pupils_go_with_all_that_hangs_on_them(larger: Exported, delta: Exported) -> None:
    gone = of_status(delta.users, "tobedeleted") & larger.pupils().keys()
    assert gone
    assert gone == of_status(delta.files["demographics"], "tobedeleted")
    for name in ("enrollments", "roles"):
        theirs = {sourced_id for sourced_id, row in larger.files[name].items() if row["userSourcedId"] in gone}
        assert theirs
        assert theirs <= of_status(delta.files[name], "tobedeleted")


def test_a_guardian_goes_and_the_child_stays(larger: Exported, delta: Exported, after: Exported) -> None:
    gone = of_status(delta.users, "tobedeleted") & larger.children_of().keys()
    left = {
        pupil
        for pupil in after.pupils()
        if gone & set(larger.users.get(pupil, {}).get("agentSourcedIds", "").split(","))
    }
    assert left
    assert left <= of_status(delta.users, "active")


def test_new_pupils_come_with_new_guardians(larger: Exported, delta: Exported, after: Exported) -> None:
    new = of_status(delta.users, "active") - larger.users.keys()
    pupils = new & after.pupils().keys()
    assert pupils
    assert {guardian for pupil in pupils for guardian in after.guardians_of(pupil)} == new - pupils
    began = {row["beginDate"] for row in after.files["enrollments"].values() if row["userSourcedId"] in pupils}
    assert began == {"2026-10-05"}


def test_a_pupil_moves_to_the_parallel_class(larger: Exported, delta: Exported, after: Exported) -> None:
    classes = larger.files["classes"]
    left: dict[str, Row] = {}
    entered: dict[str, Row] = {}
    for row in delta.files["enrollments"].values():
        if row["userSourcedId"] in after.users and row["userSourcedId"] in larger.users:
            (left if row["status"] == "tobedeleted" else entered)[row["userSourcedId"]] = classes[row["classSourcedId"]]
    assert left
    assert left.keys() == entered.keys()
    for pupil, old in left.items():
        new = entered[pupil]
        assert old["sourcedId"] != new["sourcedId"]
        assert (old["grades"], old["schoolSourcedId"]) == (new["grades"], new["schoolSourcedId"])


def test_pupils_and_adults_have_other_surnames_and_the_same_addresses(larger: Exported, after: Exported) -> None:
    renamed = {
        user
        for user, row in after.users.items()
        if user in larger.users and row["familyName"] != larger.users[user]["familyName"]
    }
    assert renamed & larger.pupils().keys()
    assert renamed - larger.pupils().keys()
    for user in renamed:
        assert after.users[user]["email"] == larger.users[user]["email"]


def test_some_birthdays_were_wrong(larger: Exported, delta: Exported) -> None:
    corrected = delta.files["demographics"].keys() & larger.files["demographics"].keys()
    corrected -= of_status(delta.files["demographics"], "tobedeleted")
    assert corrected
    for pupil in corrected:
        was, now = (district.files["demographics"][pupil]["birthDate"] for district in (larger, delta))
        assert was != now
        assert was[:7] == now[:7]


def test_in_1_1_the_same_happens(tmp_path: Path, delta: Exported) -> None:
    older = exported(tmp_path, replace(LARGER, release=Release.V1_1, changes=PERCENT))
    assert older.files.keys() == delta.files.keys() - {"roles"}
    for name in ("classes", "enrollments", "demographics"):
        assert older.files[name] == delta.files[name]
    for status in ("active", "tobedeleted"):
        assert of_status(older.users, status) == of_status(delta.users, status)


@pytest.mark.parametrize("percent", [0.01, 50])
def test_however_much_changes_the_district_stays_whole(tmp_path: Path, percent: float) -> None:
    plan = Plan(400, 3, seed=2)
    bulk = exported(tmp_path, plan)
    after = applied(bulk.files, exported(tmp_path, replace(plan, changes=percent)).files)
    assert lost_references(after) == []
