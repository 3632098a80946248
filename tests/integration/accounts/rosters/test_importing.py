"""An export becomes the roster, and what changes in it becomes events."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.integration.accounts.rosters.export import delta, small_export
from tests.integration.accounts.rosters.importing import NOW, Imports, counts

from accounts.rosters.importing import DistrictNew, Outcome, Wishes
from shared.contracts.roster import (
    ClassChanged,
    EnrolmentChanged,
    GuardianshipChanged,
    PersonChanged,
    SchoolChanged,
    Subject,
    TermChanged,
)

YESTERDAY = date(2026, 11, 1)
ANY_NUMBER = Wishes(most_ended=1.0)


async def test_a_first_import_makes_everybody_and_tells_all_of_them(imports: Imports) -> None:
    report = await imports.run(small_export())
    assert report.outcome is Outcome.APPLIED
    assert report.is_new
    assert counts(report) == {
        "schools": (2, 0, 0, 0),
        "terms": (2, 0, 0, 0),
        "classes": (2, 0, 0, 0),
        "people": (5, 0, 0, 0),
        "guardianships": (4, 0, 0, 0),
        "enrolments": (3, 0, 0, 0),
    }
    events = await imports.events()
    assert len(events) == 2 + 2 + 2 + 5 + 4 + 3
    assert {event.data.version for event in events} == {1}
    assert len({event.district for event in events}) == 1


async def test_the_events_tell_the_whole_state(imports: Imports) -> None:
    await imports.run(small_export())
    people = {person.given_name: person for person in await imports.events_of(PersonChanged)}
    classes = {each.title: each for each in await imports.events_of(ClassChanged)}
    schools = {school.name: school for school in await imports.events_of(SchoolChanged)}
    assert people["Ala"].born_on == date(2017, 5, 3)
    assert people["Ewa"].language == "uk"
    assert {(role.role, role.school_id) for role in people["Iga"].roles} == {
        ("teacher", schools["Szkoła nr 1"].school_id),
        ("guardian", schools["Szkoła nr 2"].school_id),
    }
    terms = {term.kind: term for term in await imports.events_of(TermChanged)}
    assert terms["semester"].parent_id == terms["school_year"].term_id
    assert terms["school_year"].ends_on == date(2027, 8, 31)  # the day before OneRoster's end
    assert classes["3b"].kind == "homeroom"
    assert classes["3b"].subjects == (
        Subject(code="MAT", title="matematyka"),
        Subject(code="POL", title="język polski"),
    )
    teaching = next(each for each in await imports.events_of(EnrolmentChanged) if each.role == "teacher")
    assert (teaching.homeroom, teaching.subjects) == (True, ("MAT",))
    assert (teaching.class_id, teaching.person_id) == (classes["3b"].class_id, people["Iga"].person_id)
    assert {(each.student_id, each.guardian_id) for each in await imports.events_of(GuardianshipChanged)} == {
        (people[child].person_id, people[guardian].person_id) for child in ("Ala", "Ola") for guardian in ("Jan", "Ewa")
    }


async def test_the_same_export_again_changes_nothing_and_tells_nobody(imports: Imports) -> None:
    await imports.run(small_export())
    report = await imports.run(small_export())
    assert counts(report) == {
        "schools": (0, 0, 0, 2),
        "terms": (0, 0, 0, 2),
        "classes": (0, 0, 0, 2),
        "people": (0, 0, 0, 5),
        "guardianships": (0, 0, 0, 4),
        "enrolments": (0, 0, 0, 3),
    }
    assert not await imports.events()


async def test_the_same_export_on_another_day_changes_nothing_either(imports: Imports) -> None:
    smaller = small_export()
    smaller.remove("enrollments", "ola-3b")
    await imports.run(small_export())
    await imports.run(smaller, ANY_NUMBER)
    imports.now = NOW + timedelta(days=3)
    report = await imports.run(smaller)
    assert not await imports.events()
    assert counts(report)["enrolments"] == (0, 0, 0, 2)


async def test_what_differs_is_told_alone(imports: Imports) -> None:
    await imports.run(small_export())
    export = small_export()
    export.row("users", "ola")["familyName"] = "Lis-Żak"
    report = await imports.run(export)
    [event] = await imports.events()
    assert (event.data.given_name, event.data.family_name, event.data.version) == ("Ola", "Lis-Żak", 2)
    assert counts(report)["people"] == (0, 1, 0, 4)


async def test_who_is_no_longer_in_the_export_is_over_with_yesterday_with_all_that_hangs_on_them(
    imports: Imports,
) -> None:
    await imports.run(small_export())
    export = small_export()
    for file, name in (
        ("users", "ola"),
        ("roles", "ola-student"),
        ("enrollments", "ola-3b"),
    ):
        export.remove(file, name)
    report = await imports.run(export, ANY_NUMBER)
    [ola] = await imports.events_of(PersonChanged)
    assert (ola.ends_on, ola.roles) == (YESTERDAY, ())
    assert {each.ends_on for each in await imports.events_of(GuardianshipChanged)} == {YESTERDAY}
    assert [each.ends_on for each in await imports.events_of(EnrolmentChanged)] == [YESTERDAY]
    assert counts(report)["people"] == (0, 0, 1, 4)
    assert counts(report)["guardianships"] == (0, 0, 2, 2)


async def test_who_comes_back_is_there_again(imports: Imports) -> None:
    await imports.run(small_export())
    export = small_export()
    for file, name in (("users", "ola"), ("roles", "ola-student"), ("enrollments", "ola-3b")):
        export.remove(file, name)
    await imports.run(export, ANY_NUMBER)
    await imports.run(small_export())
    [ola] = await imports.events_of(PersonChanged)
    assert (ola.ends_on, ola.roles[0].ends_on, ola.version) == (None, None, 3)
    assert counts(await imports.run(small_export()))["people"] == (0, 0, 0, 5)


async def test_an_import_that_would_end_more_than_a_tenth_of_the_people_is_refused(imports: Imports) -> None:
    await imports.run(small_export())
    export = small_export()
    for file, name in (("users", "ola"), ("roles", "ola-student"), ("enrollments", "ola-3b")):
        export.remove(file, name)
    report = await imports.run(export)
    assert report.outcome is Outcome.ENDS_TOO_MANY
    assert not await imports.events()
    assert counts(await imports.run(small_export()))["people"] == (0, 0, 0, 5)


async def test_a_dry_run_shows_the_differences_and_changes_nothing(imports: Imports) -> None:
    report = await imports.run(small_export(), Wishes(dry_run=True))
    assert report.outcome is Outcome.DRY_RUN
    assert counts(report)["people"] == (5, 0, 0, 0)
    assert not await imports.events()
    assert counts(await imports.run(small_export()))["people"] == (5, 0, 0, 0)


async def test_another_title_of_a_course_changes_the_classes_that_have_its_subjects(imports: Imports) -> None:
    await imports.run(small_export())
    export = small_export()
    export.row("courses", "k3")["subjects"] = "matematyka,polski"
    await imports.run(export)
    assert [each.subjects[1].title for each in await imports.events_of(ClassChanged)] == ["polski", "polski"]
    assert len(await imports.events()) == 2


async def test_another_end_of_a_term_is_told(imports: Imports) -> None:
    await imports.run(small_export())
    export = small_export()
    export.row("academicSessions", "t1")["endDate"] = "2027-01-23"
    await imports.run(export)
    [event] = await imports.events()
    assert (event.data.ends_on, event.data.version) == (date(2027, 1, 22), 2)


async def test_a_term_that_is_named_no_longer_is_withdrawn_unless_it_is_over(imports: Imports) -> None:
    await imports.run(small_export())
    export = small_export()
    export.remove("academicSessions", "t1")
    await imports.run(export)
    assert [event.data.withdrawn for event in await imports.events()] == [True]
    await imports.run(small_export())
    assert [event.data.withdrawn for event in await imports.events()] == [False]
    imports.now = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
    await imports.run(export)
    assert not await imports.events()


async def test_two_districts_with_the_same_ids_are_two(imports: Imports) -> None:
    await imports.run(small_export())
    other = replace(small_export(), code="gmina-klonowa")
    with pytest.raises(DistrictNew):
        await imports.run(other)
    report = await imports.run(other, Wishes(new_district=True))
    assert counts(report)["people"] == (5, 0, 0, 0)
    assert await imports.connection.fetchval("SELECT count(*) FROM people") == 10


async def test_a_delta_leaves_what_it_does_not_name(imports: Imports) -> None:
    await imports.run(small_export())
    renamed = {**small_export().row("users", "ala"), "familyName": "Wilk"}
    report = await imports.run(delta(users=[renamed]))
    [event] = await imports.events()
    assert (event.data.family_name, len(event.data.roles)) == ("Wilk", 1)
    assert counts(report)["people"] == (0, 1, 0, 0)


async def test_who_is_deleted_by_a_delta_is_over_with_all_that_hangs_on_them(imports: Imports) -> None:
    await imports.run(small_export())
    gone = {**small_export().row("users", "ala"), "status": "tobedeleted"}
    await imports.run(delta(users=[gone]), ANY_NUMBER)
    [ala] = await imports.events_of(PersonChanged)
    assert (ala.ends_on, ala.roles) == (YESTERDAY, ())
    assert [each.ends_on for each in await imports.events_of(GuardianshipChanged)] == [YESTERDAY, YESTERDAY]
    assert [each.ends_on for each in await imports.events_of(EnrolmentChanged)] == [YESTERDAY]


async def test_a_delta_of_a_pupil_has_all_of_the_guardians(imports: Imports) -> None:
    await imports.run(small_export())
    with_one = {**small_export().row("users", "ala"), "agentSourcedIds": "jan"}
    await imports.run(delta(users=[with_one]), ANY_NUMBER)
    [ended] = await imports.events_of(GuardianshipChanged)
    assert ended.ends_on == YESTERDAY


async def test_a_role_that_a_delta_ends_is_no_longer_among_those_of_the_person(imports: Imports) -> None:
    await imports.run(small_export())
    gone = {**small_export().row("roles", "iga-guardian"), "status": "tobedeleted"}
    await imports.run(delta(roles=[gone]))
    [iga] = await imports.events_of(PersonChanged)
    assert [role.role for role in iga.roles] == ["teacher"]


async def test_a_role_without_rights_takes_the_place_of_one_with(imports: Imports) -> None:
    await imports.run(small_export())
    aide = {**small_export().row("roles", "iga-teacher"), "role": "aide"}
    proctor = {**small_export().row("enrollments", "iga-3b"), "role": "proctor"}
    await imports.run(delta(roles=[aide], enrollments=[proctor]), ANY_NUMBER)
    [iga] = await imports.events_of(PersonChanged)
    assert [role.role for role in iga.roles] == ["guardian"]
    assert [each.ends_on for each in await imports.events_of(EnrolmentChanged)] == [YESTERDAY]


async def test_a_role_that_goes_to_somebody_else_is_told_of_both(imports: Imports) -> None:
    await imports.run(small_export())
    export = small_export()
    export.row("roles", "iga-teacher")["userSourcedId"] = "jan"
    await imports.run(export)
    roles = {
        person.given_name: {role.role for role in person.roles} for person in await imports.events_of(PersonChanged)
    }
    assert roles == {"Iga": {"guardian"}, "Jan": {"guardian", "teacher"}}


async def test_above_schools_only_who_runs_the_district_is_anything(imports: Imports) -> None:
    export = small_export()
    export.row("roles", "iga-guardian").update(orgSourcedId="d")
    export.rows["roles"].append(
        {**export.row("roles", "jan-parent"), "sourcedId": "op", "role": "districtAdministrator", "orgSourcedId": "d"}
    )
    await imports.run(export)
    roles = {
        person.given_name: {role.role for role in person.roles} for person in await imports.events_of(PersonChanged)
    }
    assert roles["Iga"] == {"teacher"}
    assert roles["Jan"] == {"guardian", "district_operator"}


async def test_a_delta_of_a_pupil_whose_ties_stand_with_the_guardians_ends_none(imports: Imports) -> None:
    export = small_export()
    for child in ("ala", "ola"):
        export.row("users", child)["agentSourcedIds"] = ""
    for guardian in ("jan", "ewa"):
        export.row("users", guardian)["agentSourcedIds"] = "ala,ola"
    report = await imports.run(export)
    assert counts(report)["guardianships"] == (4, 0, 0, 0)
    await imports.run(delta(users=[{**export.row("users", "ala"), "familyName": "Wilk"}]))
    assert not await imports.events_of(GuardianshipChanged)


async def test_the_birthday_of_nobody_but_pupils_is_kept(imports: Imports) -> None:
    export = small_export()
    export.rows["demographics"].append({"sourcedId": "iga", "birthDate": "1990-01-01", "sex": "female"})
    await imports.run(export)
    born = {person.given_name: person.born_on for person in await imports.events_of(PersonChanged)}
    assert born == {"Ala": date(2017, 5, 3), "Ola": None, "Jan": None, "Ewa": None, "Iga": None}


async def test_emptied_enrolments_or_guardianships_are_not_believed_at_once(imports: Imports) -> None:
    await imports.run(small_export())
    export = small_export()
    for child in ("ala", "ola"):
        export.row("users", child)["agentSourcedIds"] = ""
    assert (await imports.run(export)).outcome is Outcome.ENDS_TOO_MANY
    export = small_export()
    export.rows["enrollments"].clear()
    assert (await imports.run(export)).outcome is Outcome.ENDS_TOO_MANY
