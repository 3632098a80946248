"""Exports of a little world, in any state in which every reference leads somewhere.

There are two schools and a department of one of them, three classes, two children and three adults. An export for a
delta keeps to what a delta can tell as well as a whole export can. It cannot tell who of a group's teachers would be
the homeroom teacher if it became a class, nor that a pupil has no guardians any more while these stay.
"""

from collections.abc import Collection, Sequence
from itertools import compress
from typing import TypeVar

from hypothesis import strategies as st
from tests.integration.accounts.rosters.export import Export, Row

T = TypeVar("T")

DISTRICT = "d"
SCHOOLS = ("s1", "s2")
DEPARTMENT = "s1-languages"
COURSES = ("k1", "k2")
KINDS = {"3a": "homeroom", "3b": "homeroom", "en": "scheduled"}
CLASSES = tuple(KINDS)
CHILDREN = ("ala", "ola")
ADULTS = ("jan", "ewa", "iga")
PLACES = ("p1", "p2", "p3", "p4")

FIRST_DAYS = st.sampled_from(["", "2026-09-01"])
PAST, FUTURE = "2026-10-01", "2027-06-25"
LAST_DAYS = st.sampled_from(["", "", PAST, FUTURE])
NAMES = st.sampled_from(["Lis", "Żak"])
SUBJECTS: st.SearchStrategy[Row] = st.sampled_from(
    [
        {},
        {"subjects": "matematyka"},
        {"subjects": "matematyka", "subjectCodes": "MAT"},
        {"subjects": "matematyka,język polski", "subjectCodes": "MAT,POL"},
    ]
)
OF_CHILDREN = st.sampled_from(["student", "student", "student", "teacher"])
OF_ADULTS = st.sampled_from(["parent", "guardian", "teacher", "principal", "aide"])

REFERENCES = frozenset(
    {
        "sourcedId",
        "parentSourcedId",
        "orgSourcedId",
        "courseSourcedId",
        "schoolSourcedId",
        "termSourcedIds",
        "userSourcedId",
        "classSourcedId",
        "agentSourcedIds",
    }
)


@st.composite
def two_exports(draw: st.DrawFn, *, for_delta: bool = False) -> tuple[Export, Export]:
    """Two exports, of which the second keeps much of what the first says."""
    before, after = draw(exports(for_delta=for_delta)), draw(exports(for_delta=for_delta))
    for file, rows in after.rows.items():
        old = {row["sourcedId"]: row for row in before.rows[file]}
        for row in rows:
            was = old.get(row["sourcedId"], {})
            if file == "enrollments" and was and _still_leads_somewhere(was, after):
                row.update({column: was[column] for column in was if column in REFERENCES or column == "role"})
            if was.get("role") == row.get("role"):
                same = [column for column in row if column in was and column not in REFERENCES]
                row.update({column: was[column] for column in draw(_some(same))})
    return before, after


def _still_leads_somewhere(enrolment: Row, export: Export) -> bool:
    """Whether an enrolment may stand in the export as it is."""
    orgs = {row["sourcedId"]: row["schoolSourcedId"] for row in export.rows["classes"]}
    is_at_school = orgs.get(enrolment["classSourcedId"]) == enrolment["schoolSourcedId"]
    return is_at_school and enrolment["userSourcedId"] in _ids(export.rows["users"])


@st.composite
def exports(draw: st.DrawFn, *, for_delta: bool = False) -> Export:
    """An export of all that there is."""
    orgs = draw(_orgs())
    terms = draw(_terms())
    courses = [
        {"sourcedId": course, "title": draw(NAMES), "orgSourcedId": DISTRICT, **draw(SUBJECTS)}
        for course in draw(_some(COURSES))
    ]
    classes = draw(
        _classes([org for org in _ids(orgs) if org != DISTRICT], _ids(courses), _ids(terms), for_delta=for_delta)
    )
    people = [*draw(_some(CHILDREN, least=1)), *draw(_some(ADULTS))]
    roles = [row for person in people for row in draw(_roles(person, _ids(orgs), for_delta=for_delta))]
    pupils = {row["userSourcedId"] for row in roles if row["role"] == "student" and row["orgSourcedId"] != DISTRICT}
    return Export(
        {
            "orgs": orgs,
            "academicSessions": terms,
            "courses": courses,
            "classes": classes,
            "users": [draw(_user(person, people, pupils, for_delta=for_delta)) for person in people],
            "roles": roles,
            "enrollments": draw(_enrolments(classes, people)),
            "demographics": [
                {"sourcedId": person, "birthDate": draw(st.sampled_from(["", "2017-05-03", "2017-05-04"]))}
                for person in people
            ],
        }
    )


def _some(of: Sequence[T], *, least: int = 0) -> st.SearchStrategy[list[T]]:
    """Most of these, in their order."""
    taken = st.tuples(*(st.sampled_from([False, True, True, True]) for _ in of))
    return taken.map(lambda chosen: list(compress(of, chosen))).filter(lambda some: len(some) >= least)


def _ids(rows: Sequence[Row]) -> list[str]:
    return [row["sourcedId"] for row in rows]


@st.composite
def _orgs(draw: st.DrawFn) -> list[Row]:
    """The district, one school or both, and perhaps a department."""
    schools = draw(_some(SCHOOLS, least=1))
    rows = [{"sourcedId": DISTRICT, "name": draw(NAMES), "type": "district"}]
    for school in schools:
        parent = draw(st.sampled_from(["", DISTRICT]))
        rows.append({"sourcedId": school, "name": draw(NAMES), "type": "school", "parentSourcedId": parent})
    if draw(st.booleans()):
        parent = draw(st.sampled_from(schools))
        rows.append({"sourcedId": DEPARTMENT, "name": draw(NAMES), "type": "department", "parentSourcedId": parent})
    return rows


@st.composite
def _terms(draw: st.DrawFn) -> list[Row]:
    """A school year, and perhaps a semester of it."""
    year, semester = (
        {
            "sourcedId": name,
            "title": name,
            "type": kind,
            "startDate": "2026-09-01",
            "endDate": end,
            "schoolYear": "2027",
        }
        for name, kind, end in (
            ("2026/27", "schoolYear", draw(st.sampled_from(["2027-06-25", "2027-08-31"]))),
            ("first", "semester", draw(st.sampled_from(["2027-01-22", "2027-01-29"]))),
        )
    )
    return draw(st.sampled_from([[year], [year, {**semester, "parentSourcedId": year["sourcedId"]}]]))


@st.composite
def _classes(
    draw: st.DrawFn, orgs: Sequence[str], courses: Sequence[str], terms: Sequence[str], *, for_delta: bool
) -> list[Row]:
    return [
        {
            "sourcedId": name,
            "title": draw(NAMES),
            "grades": draw(st.sampled_from(["", "03", "03,04"])),
            "courseSourcedId": draw(st.sampled_from(["", *courses, *courses])),
            "classType": draw(st.just(KINDS[name]) if for_delta else st.sampled_from(sorted(KINDS.values()))),
            "schoolSourcedId": draw(st.sampled_from([*orgs, orgs[0], orgs[0]])),
            "termSourcedIds": ",".join(draw(_some(terms, least=1))),
            **draw(st.sampled_from([{}, {}, {"subjects": "plastyka"}])),
        }
        for name in draw(_some(CLASSES))
    ]


@st.composite
def _user(draw: st.DrawFn, person: str, people: Sequence[str], pupils: Collection[str], *, for_delta: bool) -> Row:
    """Somebody. Guardians stand with their pupils and, unless it is for a delta, pupils with their guardians, too.

    In one for a delta a pupil has a guardian as long as there is an adult.
    """
    agents: list[str] = []
    if person in pupils:
        agents = [each for each in people if each in ADULTS]
    elif person in ADULTS and not for_delta:
        agents = [each for each in people if each in pupils]
    return {
        "sourcedId": person,
        "enabledUser": "true",
        "username": person,
        "givenName": draw(NAMES),
        "familyName": draw(NAMES),
        "agentSourcedIds": ",".join(draw(_some(agents, least=int(for_delta)))) if agents else "",
        "metadata.language": draw(st.sampled_from(["", "uk"])),
    }


@st.composite
def _roles(draw: st.DrawFn, person: str, orgs: Sequence[str], *, for_delta: bool) -> list[Row]:
    """What somebody is: nothing, or up to two things. In one for a delta a child stays a pupil."""
    is_pupil = for_delta and person in CHILDREN
    rows = []
    for number in [0, *draw(_some([1]))] if is_pupil else draw(_some([0, 1])):
        role = "student" if is_pupil and number == 0 else draw(OF_CHILDREN if person in CHILDREN else OF_ADULTS)
        rows.append(
            {
                "sourcedId": f"{person}-{number}",
                "userSourcedId": person,
                "roleType": "primary",
                "role": role,
                "beginDate": draw(FIRST_DAYS),
                "endDate": "" if for_delta and role == "student" else draw(LAST_DAYS),
                "orgSourcedId": draw(st.sampled_from([org for org in orgs if org != DISTRICT or not is_pupil])),
            }
        )
    return rows


@st.composite
def _enrolments(draw: st.DrawFn, classes: Sequence[Row], people: Sequence[str]) -> list[Row]:
    """Who is in which class, as what."""
    rows = []
    for place in draw(_some(PLACES)) if classes else ():
        in_class = draw(st.sampled_from(classes))
        rows.append(
            {
                "sourcedId": place,
                "classSourcedId": in_class["sourcedId"],
                "schoolSourcedId": in_class["schoolSourcedId"],
                "userSourcedId": draw(st.sampled_from(people)),
                "role": draw(st.sampled_from(["student", "teacher", "administrator"])),
                "primary": draw(st.sampled_from(["", "true", "true", "false"])),
                "beginDate": draw(FIRST_DAYS),
                "endDate": draw(LAST_DAYS),
                "metadata.subjects": draw(st.sampled_from(["", "MAT"])),
            }
        )
    return rows
