"""A setting that is misspelt is a setting that does nothing: a process says so when it starts.

Several processes may read one file of settings, so a variable that this one does not know is often another's. Only a
name that is nearly one of its own is told of.
"""

import os
from collections.abc import Mapping
from difflib import get_close_matches

import structlog
from pydantic_settings import BaseSettings

from shared.runtime.settings import PREFIX

log = structlog.get_logger()

_NEAR = 0.8
"""How alike names must be, from 0 to 1. A test holds it against the settings that the processes have."""


def warn_of_misspelt(settings: type[BaseSettings]) -> None:
    """Logs one line with the variables that look like misspelt ones of `settings`, and what they look like."""
    if found := misspelt(settings, os.environ):
        log.warning("settings_unknown", meant=found)


def misspelt(settings: type[BaseSettings], environment: Mapping[str, str]) -> Mapping[str, str]:
    """The names in the environment that are nearly names of settings, with those names. Values are not looked at."""
    known = [name.upper() for name in settings.model_fields]
    ours = [name.upper().removeprefix(PREFIX) for name in environment if name.upper().startswith(PREFIX)]
    nearest = {name: get_close_matches(name, known, 1, _NEAR) for name in ours if name not in known}
    return {PREFIX + name: PREFIX + match for name, matches in nearest.items() for match in matches}
