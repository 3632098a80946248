"""docs/settings.md, made from the settings classes."""

from collections.abc import Mapping

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from shared.runtime.settings import PREFIX

HEAD = """# Settings

Every process reads its settings from the environment when it starts and refuses to start with a wrong one: it prints
one line that names the variable and the mend, and ends with exit code 2. Variables that end in `_FILE` name a file
that holds the value. This page is made from the code (`make documents`).
"""


def settings_page(classes: Mapping[str, type[BaseSettings]]) -> str:
    """The page for the processes, given as name -> settings class."""
    return "\n".join([HEAD, *(_section(name, settings) for name, settings in classes.items())])


def _section(name: str, settings: type[BaseSettings]) -> str:
    rows = [_row(field, info) for field, info in settings.model_fields.items()]
    table = [
        "| variable | default | what it is |",
        "|---|---|---|",
        *sorted(rows, key=lambda row: "required" not in row),
    ]
    return f"## `{name}`\n\n" + "\n".join(table) + "\n"


def _row(name: str, info: FieldInfo) -> str:
    description = " ".join((info.description or "").split()).replace("|", "\\|")
    return f"| `{PREFIX}{name.upper()}` | {_default(info)} | {description} |"


def _default(info: FieldInfo) -> str:
    if info.default_factory is not None:
        return "by the machine"
    if info.default is PydanticUndefined:
        return "**required**"
    return "none" if info.default in {"", None} else f"`{info.default}`"
