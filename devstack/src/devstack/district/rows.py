"""The rows of a district and of a school, as a bulk file has them."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from accounts.domain.oneroster.files import Release
from devstack.district.classes import Class, Place, group_course, homeroom_course
from devstack.district.kinds import PRIMARY, SECONDARY, kind_with, school_name
from devstack.district.people import Adult, Office, Person, Pupil, Role
from devstack.district.plan import Plan
from devstack.district.school import School
from devstack.district.sheets import Row, Sheet, sheets
from devstack.district.staff import Teaching
from devstack.district.subjects import GROUP_SUBJECTS, Subject, taught_in

DISTRICT = "district"
DISTRICT_NAME = 'Powiat "Dzwonki" (zmyślony)'

OLD_ROLES: Mapping[Role, str] = {Role.HEAD: "administrator", Role.SECRETARY: "administrator", Role.COUNSELLOR: "aide"}
"""What 1.1 says for roles that came with 1.2."""


class Rows:
    """Makes the rows of a plan's district."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.sheets: Mapping[str, Sheet] = sheets(plan.release)
        """The files of the release."""
        year = plan.school_year
        self._begins, self._ends = year.year.begins.isoformat(), _end(year.year.ends)
        self._terms = ",".join(semester.id for semester in year.semesters)

    def of_district(self) -> Mapping[str, list[Row]]:
        """What no school has for itself, by file: the district, the school year, the courses."""
        year, session = self._plan.school_year, self.sheets["academicSessions"]
        sessions = [
            session.row(
                each.id,
                each.title,
                each.type,
                each.begins.isoformat(),
                _end(each.ends),
                each.parent,
                str(year.ends_in),
            )
            for each in (year.year, *year.semesters)
        ]
        orgs = [self.sheets["orgs"].row(DISTRICT, DISTRICT_NAME, "district", DISTRICT, "")]
        return {"orgs": orgs, "academicSessions": sessions, "courses": list(self._courses())}

    def of_school(self, school: School) -> Mapping[str, list[Row]]:
        """What is written with a school, by file."""
        org, number = _org(school.number), str(school.number)
        rows = {
            "orgs": [self.sheets["orgs"].row(org, school_name(school.number), "school", number, DISTRICT)],
            "classes": [self._class(each, org) for each in school.classes.values()],
            "users": [
                *(self._pupil(pupil, org) for pupil in school.pupils.values()),
                *(self._adult(adult) for adult in school.adults.values()),
            ],
            "enrollments": [
                *(self._place(place, org) for place in school.places),
                *(self._teaching(teaching, org) for teaching in school.teachings),
            ],
            "demographics": [self._demographics(pupil) for pupil in school.pupils.values()],
        }
        if self._plan.release is Release.V1_2:
            student = Office(Role.STUDENT, school.number)
            rows["roles"] = [
                *(self._role(pupil.person, student, "primary") for pupil in school.pupils.values()),
                *(row for adult in school.adults.values() for row in self._roles(adult)),
            ]
        return rows

    def _courses(self) -> Iterator[Row]:
        for grade in (*PRIMARY.grades, *SECONDARY.grades):
            kind = kind_with(grade)
            title = f"Klasa {kind.year(grade)}, {kind.title.lower()}"
            yield self._course(homeroom_course(self._plan, grade), title, range(grade, grade + 1), taught_in(grade))
        for subject in GROUP_SUBJECTS:
            grades = range(subject.first, subject.last + 1)
            yield self._course(group_course(self._plan, subject), subject.title, grades, (subject,))

    def _course(self, course_id: str, title: str, grades: range, subjects: tuple[Subject, ...]) -> Row:
        return self.sheets["courses"].row(
            course_id,
            self._plan.school_year.year.id,
            title,
            course_id.removeprefix(f"course-{self._plan.year}-"),
            ",".join(map(_grade, grades)),
            DISTRICT,
            *_taught(subjects),
        )

    def _class(self, each: Class, org: str) -> Row:
        return self.sheets["classes"].row(
            each.id,
            each.title,
            _grade(each.grade),
            each.course,
            each.id.removeprefix(f"class-{self._plan.year}-"),
            "homeroom" if each.homeroom else "scheduled",
            f"sala {each.room + 1}",
            org,
            self._terms,
            *_taught(each.subjects),
        )

    def _pupil(self, pupil: Pupil, org: str) -> Row:
        guardians = ",".join(pupil.guardians)
        return self._user(pupil.person, (org,), Role.STUDENT, guardians, _grade(pupil.grade))

    def _adult(self, adult: Adult) -> Row:
        offices = adult.offices
        orgs = tuple(dict.fromkeys(_org(office.school) for office in offices))
        role = OLD_ROLES.get(offices[0].role, offices[0].role)
        return self._user(adult.person, orgs, role)

    def _user(self, person: Person, orgs: tuple[str, ...], role: str, guardians: str = "", grade: str = "") -> Row:
        return self.sheets["users"].row(
            person.id,
            "true",
            ",".join(orgs),
            role,
            person.username,
            person.given,
            person.family,
            person.email,
            guardians,
            grade,
            orgs[0],
            person.language,
        )

    def _roles(self, adult: Adult) -> Iterator[Row]:
        """Every role; of those at one school the first is the primary one."""
        schools: set[int] = set()
        for office in adult.offices:
            yield self._role(adult.person, office, "secondary" if office.school in schools else "primary")
            schools.add(office.school)

    def _role(self, person: Person, office: Office, role_type: str) -> Row:
        role_id = f"{person.id}-{office.role}-{office.school}"
        return self.sheets["roles"].row(role_id, person.id, role_type, office.role, self._begins, _org(office.school))

    def _place(self, place: Place, org: str) -> Row:
        place_id, since = f"{place.class_id}-{place.pupil_id}", place.since.isoformat()
        return self.sheets["enrollments"].row(
            place_id, place.class_id, org, place.pupil_id, Role.STUDENT, "", since, self._ends, ""
        )

    def _teaching(self, teaching: Teaching, org: str) -> Row:
        return self.sheets["enrollments"].row(
            f"{teaching.class_id}-{teaching.teacher_id}",
            teaching.class_id,
            org,
            teaching.teacher_id,
            Role.TEACHER,
            "true" if teaching.primary else "false",
            self._begins,
            self._ends,
            ",".join(teaching.subjects),
        )

    def _demographics(self, pupil: Pupil) -> Row:
        sex = "female" if pupil.female else "male"
        return self.sheets["demographics"].row(pupil.person.id, pupil.born.isoformat(), sex)


def _org(number: int) -> str:
    """The id of a school."""
    return f"school-{number}"


def _grade(grade: int) -> str:
    """A year of school in the standard's words (CEDS): 01 to 12."""
    return f"{grade:02}"


def _taught(subjects: tuple[Subject, ...]) -> tuple[str, str]:
    """The titles and the codes of subjects."""
    return ",".join(subject.title for subject in subjects), ",".join(subject.code for subject in subjects)


def _end(last: date) -> str:
    """OneRoster's end of what has this last day: the day after."""
    return (last + timedelta(days=1)).isoformat()
