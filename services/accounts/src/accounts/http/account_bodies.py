"""The bodies of signing in, sessions and what an account is protected by."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from accounts.domain import password
from accounts.domain.password import accept_password
from accounts.domain.registration import Language
from accounts.domain.sessions import Session
from accounts.handlers.beginning import Begun
from accounts.handlers.proving import Proof
from accounts.handlers.sessions import Access
from accounts.handlers.signing_in import SignIn
from accounts.http.bodies import TOKEN, Body, Email, KnownPassword, by_rule
from accounts.http.calls import MAX_TOKEN
from shared.runtime.pages.forms import Secret

ID = "0197f0c4-5c1e-7a3e-9d5e-2f6b7c8d9e0f"
Token = Annotated[str, Field(repr=False, max_length=MAX_TOKEN, description="From the link.", examples=[TOKEN])]
NewPassword = Annotated[
    str,
    Secret(),
    AfterValidator(lambda text: by_rule(accept_password, text, None)),
    Field(
        repr=False,
        description="Not a common one and not the person's own data.",
        examples=["piec zoltych tramwajow"],
        json_schema_extra={"format": "password", "minLength": password.MIN_LENGTH, "maxLength": password.MAX_LENGTH},
    ),
]
Code = Annotated[
    str | None,
    Secret(),
    Field(
        repr=False,
        max_length=32,
        description="From the app, or a recovery code; where the account asks for one.",
        examples=["492039"],
    ),
]


class SignInBody(Body):
    """A person who signs in."""

    email: Email = Field(examples=["anna.nowak@example.org"])
    password: KnownPassword
    code: Code = None
    shared_computer: bool = Field(
        default=False, description="Others use this computer, too: the session ends after 15 idle minutes."
    )

    def sign_in(self) -> SignIn:
        """What the use case takes."""
        return SignIn(self.email, self.password, shared=self.shared_computer, code=self.code)


class ProofBody(Body):
    """Somebody who is signed in shows the password once more."""

    password: KnownPassword
    code: Code = None

    def proof(self) -> Proof:
        """What the use case takes."""
        return Proof(self.password, self.code)


class PasswordChangeBody(ProofBody):
    """Another password in the place of the one that is shown."""

    new_password: NewPassword


class EmailChangeBody(ProofBody):
    """Another address."""

    email: Email = Field(examples=["anna.kowalska@example.org"])


class AskForResetBody(Body):
    """A person who has forgotten the password."""

    email: Email = Field(examples=["anna.nowak@example.org"])


class ResetBody(Body):
    """A new password, by the link."""

    token: Token
    new_password: NewPassword


class TokenBody(Body):
    """A link is used."""

    token: Token


class CodeBody(Body):
    """The first code from an app that is being set up."""

    code: Annotated[str, Secret()] = Field(repr=False, max_length=32, examples=["492039"])


class AccessAnswer(BaseModel):
    """An access token, for `Authorization: Bearer`, and when to renew it."""

    account_id: UUID = Field(examples=[ID])
    session_id: UUID = Field(examples=[ID])
    access_token: str = Field(repr=False)
    expires_at: datetime

    @classmethod
    def of(cls, session: Session, access: Access) -> Self:
        """The answer for a session and its access token."""
        return cls(
            account_id=session.account_id,
            session_id=session.session_id,
            access_token=access.token,
            expires_at=access.expires_at,
        )


class SignedInAnswer(AccessAnswer):
    """A session that began. The session token renews access tokens and is shown to accounts alone."""

    session_token: str = Field(repr=False)

    @classmethod
    def begun(cls, begun: Begun) -> Self:
        """The answer for a session that began."""
        access = AccessAnswer.of(begun.session, begun.access)
        return cls(**access.model_dump(), session_token=begun.session_token)


class SessionAnswer(BaseModel):
    """A place where the account is signed in."""

    session_id: UUID = Field(examples=[ID])
    current: bool = Field(description="Whether it is the one that asks.")
    shared_computer: bool
    browser: str | None = Field(default=None, examples=["Firefox"])
    system: str | None = Field(default=None, examples=["Android"])
    signed_in_at: datetime
    last_used_at: datetime = Field(description="To some minutes: when an access token was last renewed.")
    expires_at: datetime = Field(description="When it ends if it is not used any more.")

    @classmethod
    def of(cls, session: Session, *, current: UUID) -> Self:
        """The answer for a session."""
        return cls(
            session_id=session.session_id,
            current=session.session_id == current,
            shared_computer=session.device.shared,
            browser=session.device.browser,
            system=session.device.system,
            signed_in_at=session.signed_in_at,
            last_used_at=session.last_used_at,
            expires_at=session.expires_at,
        )


class SessionsAnswer(BaseModel):
    """Where the account is signed in, the last used first."""

    sessions: list[SessionAnswer]


class MeAnswer(BaseModel):
    """The account of who is signed in."""

    account_id: UUID = Field(examples=[ID])
    email: str = Field(repr=False, examples=["anna.nowak@example.org"])
    language: Language
    second_factor: bool = Field(description="Whether signing in asks for a code.")
    new_email: str | None = Field(default=None, repr=False, description="The address that waits to be confirmed.")
    deletion_at: datetime | None = Field(default=None, description="When the account will be deleted, if it will.")


class DoneAnswer(BaseModel):
    """It is done."""

    status: Literal["done"] = "done"


class SetupAnswer(BaseModel):
    """What the app is told: the secret, and the same as a URI for a QR code."""

    secret: str = Field(repr=False, examples=["JBSWY3DPEHPK3PXP"])
    uri: str = Field(repr=False, examples=["otpauth://totp/Dzwonek:anna.nowak%40example.org?secret=JBSWY3DPEHPK3PXP"])


class RecoveryCodesAnswer(BaseModel):
    """Ten codes for when the app is lost, shown this once."""

    recovery_codes: list[str] = Field(repr=False, examples=[["abcde-fghjk"]])


class DeletionAnswer(BaseModel):
    """When the account will be deleted."""

    deletion_at: datetime
