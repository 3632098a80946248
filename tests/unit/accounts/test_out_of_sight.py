"""What stands in no log, and what stands in no form again: two things that are said apart."""

from typing import Annotated
from urllib.parse import urlencode

import pytest
from fastapi import Request
from pydantic import BaseModel, Field

from accounts.domain.email_address import EmailAddress
from accounts.domain.registration import AgeBracket
from accounts.handlers.registration import Registration
from accounts.handlers.signing_in import SignIn
from accounts.http.account_bodies import CodeBody, EmailChangeBody, PasswordChangeBody, ProofBody, SignInBody
from accounts.http.bodies import RegistrationBody
from accounts.pages.password_reset import NewPasswordBody
from accounts.store.registrations import PersonalData
from shared.runtime.pages.forms import Form, Secret, read_form

ADDRESS = "anna.nowak@example.org"
PASSWORD = "cztery zielone rowery"
EMAIL = EmailAddress(ADDRESS)


@pytest.mark.parametrize(
    "entered",
    [
        SignIn(EMAIL, PASSWORD),
        Registration(EMAIL, PASSWORD, AgeBracket.ADULT, "pl"),
        PersonalData(EMAIL, PASSWORD, AgeBracket.ADULT, "pl"),
        SignInBody.model_validate({"email": ADDRESS, "password": PASSWORD}),
    ],
)
def test_neither_address_nor_password_is_shown_by_accident(entered: object) -> None:
    assert "anna" not in f"{entered!r} {entered}"
    assert PASSWORD not in f"{entered!r} {entered}"


class Diary(BaseModel):
    """A form with a field that is kept out of logs and one that is secret."""

    place: str = Field(repr=False)
    password: Annotated[str, Secret()]


async def sent(kind: type[BaseModel], **fields: str) -> Form[BaseModel]:
    """The form as it arrives."""
    body = urlencode(fields).encode()

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body}

    headers = [(b"content-type", b"application/x-www-form-urlencoded")]
    return await read_form(Request({"type": "http", "method": "POST", "headers": headers}, receive), kind)


async def test_what_logs_leave_out_stays_in_the_form_and_a_secret_does_not() -> None:
    form = await sent(Diary, place=" Kraków ", password=" two spaces ")
    assert form.entered == {"place": "Kraków"}
    assert form.body == Diary(place="Kraków", password=" two spaces ")


@pytest.mark.parametrize(
    "kind", [SignInBody, ProofBody, PasswordChangeBody, EmailChangeBody, CodeBody, RegistrationBody, NewPasswordBody]
)
async def test_no_form_of_ours_shows_a_password_or_a_code_again(kind: type[BaseModel]) -> None:
    fields = dict.fromkeys(kind.model_fields, "entered")
    form = await sent(kind, **fields)
    assert set(form.entered) == set(fields) - {"password", "new_password", "code"}
