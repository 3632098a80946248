"""Styles for mail programs, which honour a `style` attribute where they ignore a stylesheet.

`templates/inline.css` is the one place for them: each `class="name"` of a template gets the declarations of `.name`
when the template is compiled, so that it costs nothing per mail. `templates/head.css` holds what only a stylesheet can
say, dark mode and small screens, and goes into the head.
"""

import re
from collections.abc import Mapping
from importlib import resources

from jinja2.ext import Extension
from markupsafe import Markup

_CLASS = re.compile(r'class="([a-z -]+)"')
_RULE = re.compile(r"\.([a-z-]+)\s*\{([^}]*)\}")


class InlineStyles(Extension):
    """Jinja extension that writes the styles of classes into the templates it compiles."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002 - Jinja's
        """The source of a template with its styles. Raises KeyError for a class without a rule."""
        return with_styles(source) if name is not None and name.endswith(".html") else source


def with_styles(html: str) -> str:
    """`html` with a `style` beside each `class`. Raises KeyError for a class without a rule."""
    return _CLASS.sub(lambda found: f'{found[0]} style="{_declarations(found[1])}"', html)


def _declarations(classes: str) -> str:
    return ";".join(_RULES[name] for name in classes.split())


def _read_rules() -> Mapping[str, str]:
    rules = {}
    for name, body in _RULE.findall(_read("inline.css")):
        declarations = (part.strip() for part in body.split(";"))
        rules[name] = ";".join(re.sub(r":\s+", ":", declaration) for declaration in declarations if declaration)
    return rules


def _read(name: str) -> str:
    return (resources.files("notifications") / "templates" / name).read_text(encoding="utf-8")


_RULES = _read_rules()

HEAD_CSS = Markup(_read("head.css").strip())  # noqa: S704 - our own file
"""What goes into `<style>`."""
