"""Everything that makes or shows a secret in the life of an account, from its registration to its end."""

from collections.abc import Mapping
from secrets import token_urlsafe

import asyncpg

from accounts.http.calls import DEVICE_COOKIE
from devstack.system import System
from notifications.retention import erasure
from shared.runtime.postgres import create_pool
from shared.runtime.scheduler import run_alone
from tests.commands import run_command
from tests.e2e.person import Person
from tests.integration.accounts.browser import Browser
from tests.waiting import until

LINKS = ("/activate/", "/password/reset/", "/email/confirm/")


async def live(person: Person, system: System, *, email: str, mistyped: str) -> None:
    """A life until now, with mistakes in between. Its second address is `email`; `mistyped` is nobody's."""
    await person.register()
    await person.activate()
    await person.mail("welcome")
    await err(person)
    await person.sign_in()
    await person.client.get("/guest/api/v1/me", headers=person.bearer)
    await person.reset_password("piec zoltych tramwajow")
    laptop = Browser(person.client)
    await sign_in_with(laptop, person)
    await person.sign_in()
    await be_refused_a_mail(person, system, mistyped)
    await person.change_email(email)
    await person.mail("email_changed_here")
    app = await person.switch_on_second_factor()
    await person.mail("second_factor_changed")
    await be_known_again(laptop, person)
    await person.call("DELETE", "sessions", None, 204)
    await person.sign_in(**person.proof())
    await take_along(person)
    await ask_for_deletion(person)
    await person.call("DELETE", "me/deletion", None, 200)
    await person.mail("account_kept")
    await person.open_links(*LINKS)
    assert app.secret in person.secrets


async def err(person: Person) -> None:
    """A wrong password, and a link that was mailed to nobody."""
    password, token = "zle haslo ktorego nie ma", token_urlsafe(32)
    person.secrets |= {password, token}
    await person.call("POST", "sessions", {"email": person.email, "password": password}, 401)
    await person.call("POST", "password-resets/completions", {"token": token, "new_password": password}, 422)
    await person.call("POST", "email-changes/confirmations", {"token": token}, 422)


async def sign_in_with(browser: Browser, person: Person) -> None:
    """By the pages, with a wrong code first where one is asked for. What the browser is given is secret."""
    await browser.sign_in(person.email, person.password)
    person.secrets |= set(browser.cookies.values())
    if person.recovery_codes:
        wrong = "qwert-yuiop"
        person.secrets.add(wrong)
        for code in (wrong, person.recovery_codes.pop()):
            await browser.post("/sign-in/code?lang=en", {"code": code})
    person.secrets |= {*browser.cookies.values(), await browser.form_token()}


async def be_known_again(browser: Browser, person: Person) -> None:
    """In a browser with the cookie that it got before."""
    known_by = browser.cookies[DEVICE_COOKIE]
    await sign_in_with(browser, person)
    assert browser.cookies[DEVICE_COOKIE] == known_by


async def be_refused_a_mail(person: Person, system: System, mistyped: str) -> None:
    """Asks for an address without a mailbox, which gets nothing any more afterwards."""
    words = f"5.1.1 <{mistyped}>: no such mailbox"
    await person.inbox.behave([{"match": mistyped, "stage": "rcpt", "action": "reply", "code": 550, "text": words}])
    await person.ask_for_email(mistyped)

    async def suppressed() -> bool:
        return mistyped in await notifications(system, "suppressions", "list")

    await until(suppressed, seconds=40)


async def take_along(person: Person) -> None:
    """All that is kept of the person, as a file."""
    answer = await person.client.post("/api/v1/me/exports", json=person.proof(), headers=person.bearer)
    assert answer.headers["content-type"] == "application/zip"


async def ask_for_deletion(person: Person) -> None:
    await person.call("POST", "me/deletion", person.proof(), 202)
    await person.mail("account_deletion_requested")


async def be_deleted(person: Person, system: System) -> None:
    """The seven days pass, and the jobs that look for it do all their work."""
    await ask_for_deletion(person)
    connection = await asyncpg.connect(system.databases["accounts"])
    await connection.execute("UPDATE accounts SET deletion_at = now() WHERE email = $1", person.email)
    await connection.close()
    await person.mail("account_deleted")
    async with await create_pool(system.databases["notifications"], size=1) as pool:
        [job] = erasure.jobs()

        async def nothing_is_left() -> bool:
            await run_alone(pool, job)
            return bool(await pool.fetchval("SELECT count(*) = 0 FROM erasures"))

        await until(nothing_is_left, seconds=40)


async def ask_about(person: Person, system: System) -> Mapping[str, bytes]:
    """What operators are shown by each command, who stop a mail to the person and cancel it."""
    which = ("--kind", "password_reset", "--yes")
    shown = {"mail pause": await notifications(system, "mail", "pause", *which)}
    await person.call("POST", "password-resets", {"email": person.email}, 202)

    async def stopped() -> str | None:
        life = await notifications(system, "mail", "where", person.email)
        return life if "paused by the operator" in life else None

    shown["mail where"] = await until(stopped, seconds=40)
    shown["mail brakes"] = await notifications(system, "mail", "brakes")
    shown["mail cancel"] = await notifications(system, "mail", "cancel", *which)
    shown["mail resume"] = await notifications(system, "mail", "resume", *which)
    shown["suppressions list"] = await notifications(system, "suppressions", "list")
    assert "Cancelled: 1." in shown["mail cancel"]
    return {command: text.encode() for command, text in shown.items()}


async def notifications(system: System, *arguments: str) -> str:
    """What the command prints."""
    code, printed = await run_command(system.databases["notifications"], "notifications", *arguments)
    assert code == 0, printed
    return printed
