"""What a use case refuses, as pages tell it: beside the field, or as a page of its own."""

from collections.abc import Mapping

from accounts.handlers.email_change import AddressUnchanged
from accounts.handlers.passwords import PasswordRefused
from accounts.handlers.proving import CodeNeeded, WrongCode, WrongPassword
from accounts.http.problems import Refusal, problem_for
from shared.runtime.problems import ProblemError

WRONG_FIELD = (WrongPassword, CodeNeeded, WrongCode, PasswordRefused, AddressUnchanged)
"""What is wrong with one field of a form."""


def wrong_fields(refusal: Exception) -> Mapping[str, str]:
    """The wrong fields of a form, each with its code."""
    problem = problem_of(refusal)
    return {error.field: error.code for error in problem.details.errors} if problem else {}


def problem_of(error: Exception) -> ProblemError | None:
    """The problem details for what a use case refused; None for what is no refusal."""
    return problem_for(error) if isinstance(error, Refusal) else None
