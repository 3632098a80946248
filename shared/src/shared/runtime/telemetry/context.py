"""The W3C trace context, version 00, as far as it can be read without a library."""

import re

TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
"""Anything else is not passed on, as it could be anything."""

_SAMPLED = 1


def is_sampled(traceparent: str | None) -> bool:
    """Whether what this context stands for is recorded, so that what follows from it is, too."""
    if traceparent is None or not TRACEPARENT.fullmatch(traceparent):
        return False
    return bool(int(traceparent[-2:], 16) & _SAMPLED)
