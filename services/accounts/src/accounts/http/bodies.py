"""The bodies of requests and answers. Unknown fields are refused; what breaks a rule is named by field and code."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetPydanticSchema, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError, core_schema

from accounts.domain import email_address, password
from accounts.domain.email_address import EmailAddress, parse_email
from accounts.domain.password import accept_password, opaque_string
from accounts.domain.refusal import Refused
from accounts.domain.registration import AgeBracket, Language
from accounts.handlers.registration import Registration
from shared.runtime.pages.forms import Secret
from shared.terms import current_version

T = TypeVar("T")

PASSWORD = "cztery zielone rowery"  # noqa: S105 - an example
TOKEN = "q9Zb3m6mJvYV0hB2xkqk0m8sS5tq2mJr8b5D7cQnA1E"  # noqa: S105 - an example


def by_rule(rule: Callable[..., T], *values: Any) -> T:  # noqa: ANN401 - hands on what the rule takes
    """What the rule makes of the values; its refusal as Pydantic tells faults."""
    try:
        return rule(*values)
    except Refused as refused:
        raise PydanticCustomError(refused.code, refused.text) from None


def _in_force(version: str) -> str:
    if version != current_version():
        raise PydanticCustomError("terms_outdated", "Other terms are in force")
    return version


Email = Annotated[
    EmailAddress,
    GetPydanticSchema(
        lambda _source, _handler: core_schema.no_info_after_validator_function(
            lambda text: by_rule(parse_email, text), core_schema.str_schema(strict=True)
        ),
        lambda _schema, _handler: {"type": "string", "format": "email", "maxLength": email_address.MAX_LENGTH},
    ),
]
TermsVersion = Annotated[
    str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="The version of the terms.", examples=["2026-09-01"])
]


KnownPassword = Annotated[
    str,
    Secret(),
    Field(max_length=password.MAX_LENGTH),
    AfterValidator(lambda text: by_rule(opaque_string, text)),
    Field(repr=False, json_schema_extra={"format": "password"}, examples=[PASSWORD]),
]
"""A password that somebody has chosen before: it is compared, not judged."""


class Body(BaseModel):
    """What every body has: unknown fields are refused, and no value stands in an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class RegistrationBody(Body):
    """A person who wants a portal account."""

    email: Email = Field(
        description="International domains and plus addresses are accepted; the part before the @ is ASCII.",
        examples=["anna.nowak@example.org"],
    )
    password: Annotated[str, Secret()] = Field(
        repr=False,
        description="Not a common one and not the person's own data; of any characters but control characters.",
        examples=[PASSWORD],
        json_schema_extra={"format": "password", "minLength": password.MIN_LENGTH, "maxLength": password.MAX_LENGTH},
    )
    age_bracket: AgeBracket = Field(examples=["adult"])
    language: Language = Field(description="Of the mails and pages.", examples=["pl"])
    terms_version: Annotated[TermsVersion, AfterValidator(_in_force)] | None = Field(
        default=None, description="The version that was shown; it is accepted later, in the act of activation."
    )

    @field_validator("password")
    @classmethod
    def _acceptable(cls, value: str, info: ValidationInfo) -> str:
        return by_rule(accept_password, value, info.data.get("email"))

    def registration(self) -> Registration:
        """What the use case takes."""
        return Registration(self.email, self.password, self.age_bracket, self.language)


class AskingAgainBody(Body):
    """A person whose activation link did not arrive."""

    email: Email = Field(examples=["anna.nowak@example.org"])


class ActivationBody(Body):
    """A person who presses the button behind the link."""

    token: str = Field(
        repr=False,
        max_length=128,
        description="From the link.",
        examples=[TOKEN],
    )
    password: KnownPassword = Field(description="That was chosen at registration.")
    terms_version: TermsVersion = Field(description="The version of the terms that the person was shown and accepts.")


class AcceptedAnswer(BaseModel):
    """The same whatever the address: what happens is told by mail, to its owner alone."""

    status: Literal["accepted"] = "accepted"


class ActivatedAnswer(BaseModel):
    """The account is active."""

    account_id: UUID = Field(examples=["0197f0c4-5c1e-7a3e-9d5e-2f6b7c8d9e0f"])
    activated_at: datetime = Field(examples=["2026-09-01T08:00:00Z"])
    status: Literal["active"] = "active"
