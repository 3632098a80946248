"""The families that a register has to get right are there, also in a small district."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date

from faker.providers.person.pl_PL import Provider as Polish
from tests.unit.devstack.district.exported import Exported

POLISH = set("ąćęłńóśźż")


def schools_of(district: Exported, children: list[str]) -> set[str]:
    return {district.users[child]["primaryOrgSourcedId"] for child in children}


def surname_root(name: str) -> str:
    """A surname without what tells a woman's from a man's."""
    return name[:-1] if name.endswith(("ski", "cki", "dzki", "ska", "cka", "dzka")) else name


def test_there_are_about_three_guardians_to_two_pupils(district: Exported) -> None:
    assert 1.4 < len(district.children_of()) / len(district.pupils()) < 1.6


def test_every_pupil_has_a_guardian_and_nobody_more_than_two(district: Exported) -> None:
    assert {len(district.guardians_of(pupil)) for pupil in district.pupils()} == {1, 2}


def test_siblings_share_their_guardians(district: Exported) -> None:
    assert any(
        len(children) > 1 and len({tuple(district.guardians_of(child)) for child in children}) == 1
        for children in district.children_of().values()
    )


def test_some_guardians_have_children_in_two_schools_and_a_role_at_both(district: Exported) -> None:
    in_two = {
        guardian: schools
        for guardian, children in district.children_of().items()
        if len(schools := schools_of(district, children)) == 2
    }
    assert in_two
    for guardian, schools in in_two.items():
        assert {org for role, org in district.roles_of(guardian) if role in {"parent", "guardian"}} == schools


def test_half_siblings_have_one_parent_in_common(district: Exported) -> None:
    pairs = {
        frozenset((first, second))
        for children in district.children_of().values()
        for first in children
        for second in children
        if district.guardians_of(first) != district.guardians_of(second)
    }
    assert pairs
    for first, second in map(sorted, pairs):
        assert len({*district.guardians_of(first)} & {*district.guardians_of(second)}) == 1


def test_half_siblings_live_in_two_schools_as_well(larger: Exported) -> None:
    assert any(
        len({tuple(larger.guardians_of(child)) for child in children}) == 2 and len(schools_of(larger, children)) == 2
        for children in larger.children_of().values()
    )


def test_some_parents_have_another_name_than_each_other_and_some_than_the_child(district: Exported) -> None:
    names = [
        (
            surname_root(district.users[pupil]["familyName"]),
            {surname_root(district.users[guardian]["familyName"]) for guardian in district.guardians_of(pupil)},
        )
        for pupil in district.pupils()
    ]
    assert any(len(guardians) == 2 for _, guardians in names)
    assert all(child in guardians for child, guardians in names)


def test_grandparents_are_guardians_and_not_parents(district: Exported) -> None:
    roles = Counter(row["role"] for row in district.files["roles"].values())
    assert 0 < roles["guardian"] < roles["parent"] / 10


def test_a_guardian_has_the_role_of_one_at_the_childs_school(district: Exported) -> None:
    roles: dict[str, set[str]] = {}
    for row in district.files["roles"].values():
        if row["role"] in {"parent", "guardian"}:
            roles.setdefault(row["userSourcedId"], set()).add(row["orgSourcedId"])
    assert roles == {guardian: schools_of(district, children) for guardian, children in district.children_of().items()}


def test_some_teachers_are_guardians_of_a_pupil_there(district: Exported) -> None:
    teaching = {row["userSourcedId"] for row in district.files["enrollments"].values() if row["role"] == "teacher"}
    both = teaching & district.children_of().keys()
    assert both
    for user in both:
        assert {role for role, _ in district.roles_of(user)} == {"teacher", "parent"}


def test_a_teacher_teaches_at_two_neighbouring_schools(district: Exported) -> None:
    schools: dict[str, set[str]] = {}
    for row in district.files["enrollments"].values():
        if row["role"] == "teacher":
            schools.setdefault(row["userSourcedId"], set()).add(row["schoolSourcedId"])
    travelling = {teacher: at for teacher, at in schools.items() if len(at) == 2}
    assert len(travelling) == len(district.files["orgs"]) - 2, "one over each border between two schools"
    for teacher, at in travelling.items():
        assert district.roles_of(teacher) == {("teacher", school) for school in at}


def test_some_classes_have_two_teachers_of_one_subject(district: Exported) -> None:
    taught = Counter(
        (row["classSourcedId"], code)
        for row in district.files["enrollments"].values()
        for code in row["metadata.subjects"].split(",")
        if code
    )
    assert set(taught.values()) == {1, 2}


def test_some_teachers_have_several_subjects_in_a_class(district: Exported) -> None:
    assert any("," in row["metadata.subjects"] for row in district.files["enrollments"].values())


def test_names_have_polish_letters_and_fit_who_has_them(district: Exported) -> None:
    letters = {letter for row in district.users.values() for letter in (row["givenName"] + row["familyName"]).lower()}
    assert letters >= POLISH
    women = {user for user, row in district.files["demographics"].items() if row["sex"] == "female"}
    for pupil, row in district.pupils().items():
        if row["familyName"] not in Polish.unisex_last_names and row["metadata.language"] == "pl":
            assert not row["familyName"].endswith(("ski", "cki", "dzki") if pupil in women else ("ska", "cka", "dzka"))


def test_some_families_read_ukrainian_and_few_english(district: Exported) -> None:
    languages = Counter(row["metadata.language"] for row in district.users.values())
    assert languages.keys() == {"pl", "uk", "en"}
    assert languages["pl"] > languages["uk"] > languages["en"] > 0
    for pupil, row in district.pupils().items():
        of_guardians = {district.users[guardian]["metadata.language"] for guardian in district.guardians_of(pupil)}
        assert of_guardians == {row["metadata.language"]}


def test_nobody_shares_an_address_and_not_everybody_has_one(district: Exported) -> None:
    guardians = with_address(district, district.children_of())
    pupils = with_address(district, district.pupils())
    assert 0 < len(pupils) < len(district.pupils())
    assert 0 < len(guardians) < len(district.children_of())
    addresses = [row["email"] for row in district.users.values() if row["email"]]
    assert len(set(addresses)) == len(addresses)
    assert all(re.fullmatch(r"[a-z0-9.]+@([a-z]+\.)?example\.(org|com)", address) for address in addresses)


def with_address(district: Exported, people: Iterable[str]) -> list[str]:
    return [user for user in people if district.users[user]["email"]]


def test_nobody_shares_a_username(district: Exported) -> None:
    assert len({row["username"] for row in district.users.values()}) == len(district.users)


def test_a_pupil_was_born_when_the_year_fits_and_some_a_year_earlier(larger: Exported) -> None:
    older = Counter(
        2026 - date.fromisoformat(row["birthDate"]).year - 6 - int(larger.users[pupil]["grades"])
        for pupil, row in larger.files["demographics"].items()
    )
    assert older.keys() == {0, 1}
    assert 0 < older[1] < older[0] / 20


def test_siblings_in_the_same_year_of_one_school_are_twins(larger: Exported) -> None:
    born: dict[tuple[str, str, str], set[str]] = {}
    for pupil, row in larger.pupils().items():
        key = row["agentSourcedIds"], row["grades"], row["primaryOrgSourcedId"]
        born.setdefault(key, set()).add(larger.files["demographics"][pupil]["birthDate"])
    assert all(len(days) == 1 for days in born.values())
