"""Forms: what was entered, checked as the API checks it, and what to say beside each field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

B = TypeVar("B", bound=BaseModel)

MAX_FIELDS = 20


@dataclass(frozen=True)
class Form(Generic[B]):
    """A form after it was sent: `body` when all is well, else `errors`, a code for each field that is wrong.

    `entered` is what stays in the fields; a password never does.
    """

    body: B | None
    entered: Mapping[str, str] = field(default_factory=dict, repr=False)
    errors: Mapping[str, str] = field(default_factory=dict)


async def read_form(request: Request, kind: type[B]) -> Form[B]:
    """The form in the request, checked by `kind`. A field left empty is a missing one; unknown fields are ignored."""
    async with request.form(max_files=0, max_fields=MAX_FIELDS) as sent:
        texts = {name: value for name, value in sent.items() if isinstance(value, str) and name in kind.model_fields}
    values = {name: value if name == "password" else value.strip() for name, value in texts.items()}
    entered = {name: value for name, value in values.items() if name != "password"}
    try:
        return Form(kind.model_validate({name: value for name, value in values.items() if value}), entered)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False, include_context=False)
        errors = {str(fault["loc"][0]): fault["type"] for fault in reversed(faults)}
        return Form(None, entered, {name: errors[name] for name in kind.model_fields if name in errors})
