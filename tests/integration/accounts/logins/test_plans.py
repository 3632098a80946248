"""What a person or an office looks at costs the same however many there are: nothing reads a whole table."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from tests.plans import explain, reads_all_of

from accounts.store import links, offices, ties
from shared.runtime.postgres import Connection, connect

PUPILS = 20_000
TABLES = ("people", "person_roles", "guardianships", "enrolments", "school_logins", "classes")

FILL = """
CREATE FUNCTION id_of(kind text, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE RETURN md5(kind || number)::uuid;

INSERT INTO orgs (org_id, district_id, kind, name, school_id)
SELECT id_of('school', n), id_of('district', 1), 'school', 'Szkoła nr ' || n, id_of('school', n)
FROM generate_series(0, 99) AS n;
INSERT INTO classes (class_id, district_id, school_id, kind, title, grades, own_subjects, subjects, term_ids)
SELECT id_of('class', n), id_of('district', 1), id_of('school', n % 100), 'homeroom', '3b', '{}', '[]', '[]', '{}'
FROM generate_series(0, 999) AS n;
INSERT INTO people (person_id, district_id, given_name, family_name)
SELECT id_of(kind, n), id_of('district', 1), 'Ala', 'Lis'
FROM generate_series(1, $1) AS n, unnest('{pupil,guardian}'::text[]) AS kind;
INSERT INTO person_roles (role_id, person_id, school_id, role)
SELECT gen_random_uuid(), id_of('pupil', n), id_of('school', n % 100), 'student' FROM generate_series(1, $1) AS n;
INSERT INTO guardianships (guardianship_id, district_id, student_id, guardian_id)
SELECT gen_random_uuid(), id_of('district', 1), id_of('pupil', n), id_of('guardian', n)
FROM generate_series(1, $1) AS n;
INSERT INTO enrolments (enrolment_id, district_id, school_id, class_id, person_id, role)
SELECT gen_random_uuid(), id_of('district', 1), id_of('school', n % 100), id_of('class', n % 1000), id_of('pupil', n),
    'student'
FROM generate_series(1, $1) AS n;
INSERT INTO school_logins (login_id, district_id, school_id, person_id, student_id, kind, name, password_hash,
    is_first_password, issued_at, linked_account_id, linked_at)
SELECT id_of(kind, n), id_of('district', 1), id_of('school', n % 100), id_of(kind, n), id_of('pupil', n),
    CASE kind WHEN 'pupil' THEN 'student' ELSE kind END, kind || n, 'x', false, now(),
    CASE WHEN n % 2 = 0 THEN id_of('account', n) END, CASE WHEN n % 2 = 0 THEN now() END
FROM generate_series(1, $1) AS n, unnest('{pupil,guardian}'::text[]) AS kind;
"""


@pytest.fixture
async def many(url: str) -> AsyncIterator[Connection]:
    """A connection that plans for any value, to a database of many schools."""
    connection = await connect(url, application="tests")
    await connection.execute(FILL.replace("$1", str(PUPILS)))
    await connection.execute(f"VACUUM ANALYZE {', '.join(TABLES)}, orgs")
    await connection.execute("SET plan_cache_mode = force_generic_plan")
    yield connection
    await connection.close()


async def id_of(connection: Connection, kind: str) -> UUID:
    found: UUID = await connection.fetchval("SELECT id_of($1, 4)", kind)
    return found


STATEMENTS = {
    "links of an account": (links.SQL["links"], "'{account}', NULL"),
    "the link of a login": (links.SQL["links"], "NULL, '{guardian}'"),
    "children and schools": (
        links.SQL["places"],
        "'{{{guardian},{pupil}}}', '{{guardian,student}}', '{{{pupil},{pupil}}}', '2026-11-27'",
    ),
    "who an account is": (ties.SQL["acting"], "'{account}'"),
    "ties": (ties.SQL["ties"], "'{{{guardian}}}', '2026-11-27'"),
    "where a login belongs": (offices.SQL["whose_login"], "'{guardian}', '2026-11-27'"),
    "the classes of a school": (offices.SQL["counts"], "'{school}', '2026-11-27'"),
}


@pytest.mark.parametrize("what", STATEMENTS)
async def test_it_is_found_by_an_index(many: Connection, what: str) -> None:
    statement, values = STATEMENTS[what]
    ids = {kind: await id_of(many, kind) for kind in ("account", "guardian", "pupil", "school")}
    await many.execute(f"PREPARE asked AS {statement}")
    plan = await explain(many, f"EXECUTE asked ({values.format(**ids)})")
    assert [table for table in TABLES if reads_all_of(plan, table)] == []
    assert plan["Actual Rows"] > 0
