"""RFC 9457 problem details: every error of an HTTP API has a stable code and names the field."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"


class FieldError(BaseModel):
    """What is wrong with one field of the request."""

    field: str = Field(description="The field's path in the body, for example `email`; `Idempotency-Key` for a header.")
    code: str = Field(description="Stable, for programs.")
    detail: str = Field(description="For people; never repeats the value.")


class ProblemDetails(BaseModel):
    """The body of every error answer, `application/problem+json`."""

    type: str = Field(
        description="A URI reference that names the kind of problem.", examples=["/problems/token_expired"]
    )
    title: str
    status: int
    code: str = Field(description="Stable, for programs.", examples=["token_expired"])
    detail: str | None = None
    errors: list[FieldError] = []


class ProblemError(Exception):
    """Raised by HTTP handlers to answer with problem details."""

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        *,
        detail: str | None = None,
        errors: Sequence[FieldError] = (),
        retry_after: int | None = None,
    ) -> None:
        super().__init__(code)
        self.headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        self.details = ProblemDetails(
            type=f"/problems/{code}", title=title, status=status, code=code, detail=detail, errors=list(errors)
        )

    def response(self, headers: Mapping[str, str] | None = None) -> JSONResponse:
        """The answer."""
        return JSONResponse(
            self.details.model_dump(exclude_none=True),
            status_code=self.details.status,
            media_type=MEDIA_TYPE,
            headers={"Cache-Control": "no-store", **self.headers, **(headers or {})},
        )


NOT_JSON = ProblemError(400, "not_json", "The body is no JSON", detail="Send JSON as application/json, in UTF-8")


def problem_of(status: int) -> ProblemError:
    """The problem for a bare HTTP status, for example 404: code `not_found`."""
    phrase = HTTPStatus(status).phrase
    return ProblemError(status, phrase.lower().replace(" ", "_").replace("-", "_"), phrase)


def invalid(errors: Sequence[FieldError]) -> ProblemError:
    """422: the request was understood and something in it is wrong."""
    return ProblemError(422, "invalid_request", "The request is not valid", errors=errors)
