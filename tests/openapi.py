"""Sends to an API whatever its document allows or not: no fault of ours, no answer that the document lacks."""

import time
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

EXAMPLES = 15
CHECKS: list[CheckFunction] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]

gently = settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
"""For tests of each operation, which go over HTTP."""


def check(case: "schemathesis.Case[Any]", address: str, bearer: dict[str, str]) -> None:
    """Sends the case, signed in where its operation wants that. Raises when the answer is not as documented."""
    signed_in = case.operation.definition.raw.get("security")
    case.call_and_validate(base_url=address, headers=bearer if signed_in else None, checks=CHECKS)


def wait_for(address: str) -> None:
    """Returns when the process is ready."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{address}/readyz").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"{address} is not ready")
