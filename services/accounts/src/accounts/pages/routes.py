"""All pages of the service."""

from fastapi import APIRouter

from accounts.pages import (
    account,
    deletion,
    email_change,
    entry,
    export,
    linked_logins,
    office,
    password_change,
    password_reset,
    registration,
    school_sign_in,
    second_factor,
    sessions,
    signing_in,
)

router = APIRouter(include_in_schema=False)
for part in (
    entry,
    registration,
    signing_in,
    school_sign_in,
    sessions,
    account,
    linked_logins,
    office,
    password_change,
    password_reset,
    email_change,
    second_factor,
    export,
    deletion,
):
    router.include_router(part.router)
