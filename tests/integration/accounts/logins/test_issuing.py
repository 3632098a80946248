"""`logins issue`: a slip for everybody who has no login, and the passwords nowhere else."""

import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import argon2
import pytest
from tests.commands import run_command

from accounts.domain.school_logins import printed_password
from shared.runtime.postgres import Connection

SITE = {"DZWONEK_PUBLIC_URL": "https://dzwonek.example.org"}
SLIP = re.compile(r'<article class="slip" lang="(\w+)">.*?<h2>(.*?)</h2>.*?<dd>(.*?)</dd>.*?<dd>(.*?)</dd>', re.DOTALL)


@dataclass
class Slip:
    language: str
    person: str
    login: str
    password: str


@dataclass
class Office:
    """Hands out logins by the command."""

    url: str
    folder: Path
    settings: Mapping[str, str]
    sheets: int = 0

    async def issues(self, *arguments: str, code: int = 0) -> tuple[list[Slip], str]:
        """The slips, and what was printed."""
        return await self.asks("issue", *arguments, code=code)

    async def asks(self, command: str, *arguments: str, code: int = 0) -> tuple[list[Slip], str]:
        self.sheets += 1
        out = self.folder / f"slips-{self.sheets}.html"
        found, printed = await run_command(
            self.url, "accounts", "logins", command, "--out", str(out), *arguments, settings=self.settings
        )
        assert found == code, printed
        assert "Traceback" not in printed
        text = out.read_text() if out.exists() else ""
        return [Slip(*match) for match in SLIP.findall(text)], printed


CLASS_3B = ("--school", "Szkoła nr 1", "--class", "3b")


@pytest.fixture
def office(url: str, tmp_path: Path, connection: Connection) -> Office:
    return Office(url, tmp_path, SITE)


async def test_pupils_and_guardians_of_a_class_get_one_each(office: Office) -> None:
    slips, printed = await office.issues(*CLASS_3B)
    assert [slip.person for slip in slips] == ["Ala Lis", "Jan Lis", "Ewa Żak-Lis", "Ola Lis", "Jan Lis", "Ewa Żak-Lis"]
    ala, jan, ewa = slips[:3]
    assert ala.login == f"{jan.login}u"
    assert ewa.login not in {jan.login, ala.login}
    assert len({slip.login for slip in slips}) == 6
    assert "6 logins are new" in printed


async def test_a_slip_is_in_the_language_of_whoever_gets_it(office: Office) -> None:
    slips, _ = await office.issues(*CLASS_3B)
    assert {slip.person: slip.language for slip in slips} == {
        "Ala Lis": "pl",
        "Jan Lis": "pl",
        "Ewa Żak-Lis": "uk",
        "Ola Lis": "pl",
    }


async def test_the_sheet_is_for_its_owner_alone_and_has_a_list_to_sign(office: Office) -> None:
    await office.issues(*CLASS_3B)
    sheet = office.folder / "slips-1.html"
    assert stat.S_IMODE(sheet.stat().st_mode) == 0o600
    text = sheet.read_text()
    assert text.count("<tr><td>") == 6
    assert "Data i podpis" in text
    assert "https://dzwonek.example.org" in text


async def test_passwords_are_kept_as_hashes_alone(office: Office, connection: Connection) -> None:
    slips, printed = await office.issues(*CLASS_3B)
    rows = {row["name"]: row for row in await connection.fetch("SELECT * FROM school_logins")}
    for slip in slips:
        row = rows[slip.login]
        assert argon2.PasswordHasher().verify(row["password_hash"], printed_password(slip.password))
        assert row["is_first_password"]
        assert slip.password not in printed
    everything = await connection.fetchval("SELECT string_agg(school_logins::text, '') FROM school_logins")
    assert not any(slip.password in everything for slip in slips)


async def test_again_it_finds_nobody_without_one_and_writes_no_sheet(office: Office) -> None:
    await office.issues(*CLASS_3B)
    slips, printed = await office.issues(*CLASS_3B)
    assert slips == []
    assert not (office.folder / "slips-2.html").exists()
    assert printed == "6 have one already.\n"


async def test_on_request_those_who_have_not_used_theirs_get_another_password(
    office: Office, connection: Connection
) -> None:
    first, _ = await office.issues(*CLASS_3B)
    used = first[0].login
    await connection.execute("UPDATE school_logins SET is_first_password = false WHERE name = $1", used)
    second, _ = await office.issues(*CLASS_3B, "--again")
    assert [slip.login for slip in second] == [slip.login for slip in first if slip.login != used]
    assert {slip.password for slip in first}.isdisjoint(slip.password for slip in second)
    hashes = dict(await connection.fetch("SELECT name, password_hash FROM school_logins"))
    for slip in second:
        assert argon2.PasswordHasher().verify(hashes[slip.login], printed_password(slip.password))


async def test_a_teacher_who_is_a_guardian_gets_a_staff_login_as_well(office: Office, connection: Connection) -> None:
    tie = """INSERT INTO guardianships (guardianship_id, district_id, student_id, guardian_id)
        SELECT gen_random_uuid(), district_id, person_id, (SELECT person_id FROM people WHERE given_name = 'Iga')
        FROM people WHERE given_name = 'Ala'"""
    await connection.execute(tie)
    slips, _ = await office.issues(*CLASS_3B)
    assert "Iga Kos" in {slip.person for slip in slips}
    slips, _ = await office.issues("--school", "Szkoła nr 1", "--staff")
    assert [slip.person for slip in slips] == ["Iga Kos"]


async def test_a_guardian_who_takes_the_place_of_another_gets_other_digits(
    office: Office, connection: Connection
) -> None:
    first, _ = await office.issues(*CLASS_3B)
    await connection.execute(
        "UPDATE guardianships SET guardian_id = (SELECT person_id FROM people WHERE given_name = 'Iga')"
        " WHERE guardian_id = (SELECT person_id FROM people WHERE given_name = 'Jan')"
    )
    second, _ = await office.issues(*CLASS_3B)
    assert [slip.person for slip in second] == ["Iga Kos", "Iga Kos"]
    assert {slip.login for slip in second}.isdisjoint(slip.login for slip in first)


async def test_staff_get_logins_of_their_own(office: Office) -> None:
    slips, _ = await office.issues("--school", "szkoła nr 1", "--staff")
    assert [slip.person for slip in slips] == ["Iga Kos"]
    assert slips[0].login.endswith("k")


async def test_a_sheet_that_is_there_is_not_written_over_and_nobody_has_a_login(
    office: Office, connection: Connection
) -> None:
    (office.folder / "slips-1.html").write_text("of yesterday")
    _, printed = await office.issues(*CLASS_3B, code=2)
    assert "is there already" in printed
    assert (office.folder / "slips-1.html").read_text() == "of yesterday"
    assert await connection.fetchval("SELECT count(*) FROM school_logins") == 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--school", "Szkoła nr 9", "--class", "3b"), 1, "there is no school 'Szkoła nr 9'"),
        (("--school", "Szkoła nr 1", "--class", "9z"), 1, "has no class '9z'"),
        (("--school", "Szkoła nr 1"), 2, "say either --class TITLE or --staff"),
        (("--school", "Szkoła nr 1", "--class", "3b", "--staff"), 2, "say either --class TITLE or --staff"),
        (("--school", "Szkoła nr 1", "--class", "3b", "--district", "elsewhere"), 1, "there is no school"),
    ],
)
async def test_what_is_wrong_is_one_line(office: Office, arguments: tuple[str, ...], code: int, words: str) -> None:
    _, printed = await office.issues(*arguments, code=code)
    assert words in printed
    assert len(printed.splitlines()) == 1


async def test_a_lost_slip_is_printed_anew_and_what_was_before_opens_nothing(
    office: Office, connection: Connection
) -> None:
    slips, _ = await office.issues(*CLASS_3B)
    login = slips[1].login
    own = argon2.PasswordHasher().hash("lampa w zielonym lesie")
    set_own = (
        "UPDATE school_logins SET is_first_password = false, password_hash = $2 WHERE name = $1 RETURNING login_id"
    )
    login_id = await connection.fetchval(set_own, login, own)
    session = """INSERT INTO sessions (session_id, account_id, token_hash, form_token, shared_computer, signed_in_at,
        last_used_at, expires_at)
        VALUES (gen_random_uuid(), $1, 'x', 'x', false, now(), now(), now() + interval '1 day')"""
    await connection.execute(session, login_id)
    [slip], printed = await office.asks("reissue", login)
    assert (slip.login, slip.person) == (login, "Jan Lis")
    assert slip.password not in printed
    row = await connection.fetchrow("SELECT * FROM school_logins WHERE name = $1", login)
    assert row is not None
    assert row["is_first_password"]
    assert argon2.PasswordHasher().verify(row["password_hash"], printed_password(slip.password))
    assert await connection.fetchval("SELECT count(*) FROM sessions") == 0
    assert "Szkoła nr 1" in (office.folder / "slips-2.html").read_text()


@pytest.mark.parametrize(
    ("login", "code", "words"),
    [("99999999", 1, "nobody has the login 99999999"), ("anna@example.org", 2, "anna@example.org is no login")],
)
async def test_a_login_that_nobody_has_is_one_line(office: Office, login: str, code: int, words: str) -> None:
    _, printed = await office.asks("reissue", login, code=code)
    assert words in printed
    assert len(printed.splitlines()) == 1


async def test_when_a_slip_was_printed_can_be_shown(office: Office, url: str) -> None:
    slips, _ = await office.issues(*CLASS_3B)
    await office.asks("reissue", slips[0].login)
    code, printed = await run_command(url, "accounts", "logins", "printed", slips[0].login)
    assert code == 0
    assert printed.count("operator") == 2
    for login, code, words in (("99999999", 1, "no slip of 99999999"), ("anna", 2, "anna is no login")):
        found, printed = await run_command(url, "accounts", "logins", "printed", login)
        assert (found, len(printed.splitlines())) == (code, 1)
        assert words in printed
