"""Forms: what was entered, checked as the API checks it, and what to say beside each field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

B = TypeVar("B", bound=BaseModel)

MAX_FIELDS = 20


@dataclass(frozen=True)
class Secret:
    """Marks a field, in its `Annotated` type, that is taken as it was entered and never stands in the form again."""


@dataclass(frozen=True)
class Form(Generic[B]):
    """A form after it was sent: `body` when all is well, else `errors`, a code for each field that is wrong.

    `entered` is what stays in the fields; a secret never does.
    """

    body: B | None
    entered: Mapping[str, str] = field(default_factory=dict, repr=False)
    errors: Mapping[str, str] = field(default_factory=dict)

    def refused(self, errors: Mapping[str, str]) -> "Form[B]":
        """The same form with what turned out to be wrong later."""
        return Form(None, self.entered, errors)


async def read_form(request: Request, kind: type[B]) -> Form[B]:
    """The form in the request, checked by `kind`. A field left empty is a missing one; unknown fields are ignored.

    Fields that are marked as Secret are taken as they are.
    """
    sent = {name: value for name, value in (await sent_texts(request)).items() if name in kind.model_fields}
    secret = {
        name for name, known in kind.model_fields.items() if any(isinstance(mark, Secret) for mark in known.metadata)
    }
    values = {name: value if name in secret else value.strip() for name, value in sent.items()}
    entered = {name: value for name, value in values.items() if name not in secret}
    try:
        return Form(kind.model_validate({name: value for name, value in values.items() if value}), entered)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False, include_context=False)
        errors = {str(fault["loc"][0]): fault["type"] for fault in reversed(faults)}
        return Form(None, entered, {name: errors[name] for name in kind.model_fields if name in errors})


async def sent_texts(request: Request) -> dict[str, str]:
    """The fields of the form in the request, as they were sent."""
    async with request.form(max_files=0, max_fields=MAX_FIELDS) as sent:
        return {name: value for name, value in sent.items() if isinstance(value, str)}
