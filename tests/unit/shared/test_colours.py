"""The colours of the pages contrast enough, in light and in dark (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from importlib.resources import files

import pytest

CSS = (files("shared.runtime.pages") / "static" / "pages.css").read_text(encoding="utf-8")
LIGHT, DARK = (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block)) for block in CSS.split("@media")[:2])

TEXT = [
    ("ink", "paper"),
    ("ink", "surface"),
    ("ink", "wash"),
    ("muted", "paper"),
    ("muted", "surface"),
    ("board", "paper"),
    ("board", "surface"),
    ("board", "wash"),
    ("board-deep", "wash"),
    ("on-board", "board"),
    ("on-board", "board-deep"),
    ("error", "surface"),
    ("error", "wash"),
    ("error", "error-wash"),
    ("ink", "error-wash"),
]
SHAPES = [("line", "surface"), ("line", "wash"), ("board", "surface"), ("error", "surface"), ("focus", "paper")]
SHAPES += [("focus", "surface"), ("focus", "wash")]


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(colours: dict[str, str], one: str, other: str) -> float:
    lighter, darker = sorted((luminance(colours[one]), luminance(colours[other])), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_text_and_shapes_stand_out(colours: dict[str, str]) -> None:
    faint = {pair: contrast(colours, *pair) for pair in TEXT if contrast(colours, *pair) < 4.5}
    faint |= {pair: contrast(colours, *pair) for pair in SHAPES if contrast(colours, *pair) < 3}
    assert faint == {}


def test_both_schemes_have_the_same_colours_and_none_stands_outside_them() -> None:
    assert LIGHT.keys() == DARK.keys()
    rules = CSS.split("box-sizing", 1)[1]
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b", rules)
