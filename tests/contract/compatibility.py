"""Whether a consumer of the frozen schema can still read what the current one describes."""

from typing import Any

Schema = dict[str, Any]
_MATTERS = (
    *("type", "enum", "items", "anyOf", "oneOf", "allOf", "properties", "required", "additionalProperties"),
    *("pattern", "maxLength", "minLength", "minimum", "maximum", "const", "format"),
)


def breaks(frozen: Schema, current: Schema) -> list[str]:
    """What the change breaks, a line each that says what to do; empty when only additions were made."""
    found: list[str] = []
    for name, old in frozen.get("properties", {}).items():
        new = current.get("properties", {}).get(name)
        if new is None:
            found.append(f"{name}: removed; put it back, or publish a new version of the event on a new topic")
        elif _shape(frozen, old) != _shape(current, new):
            found.append(f"{name}: retyped; keep its type and add another field, or publish a new version")
    for name in current.get("required", []):
        if name not in frozen.get("properties", {}):
            found.append(f"{name}: new and required; give it a default, older events do not have it")
        elif name not in frozen.get("required", []):
            found.append(f"{name}: required now; older events may lack it, keep its default")
    return found


def _shape(whole: Schema, part: Any) -> Any:  # noqa: ANN401 - JSON
    """What matters of a schema: types, references resolved, allowed values, limits; not titles and descriptions."""
    if isinstance(part, list):
        return [_shape(whole, item) for item in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return _shape(whole, whole["$defs"][part["$ref"].rpartition("/")[2]])
    return {name: _shape_of(whole, name, part[name]) for name in _MATTERS if name in part}


def _shape_of(whole: Schema, name: str, value: Any) -> Any:  # noqa: ANN401 - JSON
    if name == "properties":
        return {key: _shape(whole, item) for key, item in value.items()}
    return _shape(whole, value)
