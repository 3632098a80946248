"""Reads the HTML of a mail as a mail program would: elements, and the colours in light and dark."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "br", "hr", "img", "link", "input"}
INVISIBLE = {"title", "style", "head"}

Declarations = Mapping[str, str]


@dataclass
class Element:
    """One element; `texts` are the texts that stand directly in it."""

    tag: str
    attributes: dict[str, str]
    parent: "Element | None"
    children: list["Element"] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator["Element"]:
        """This element and everything in it, in the order of the document."""
        yield self
        for child in self.children:
            yield from child

    @property
    def ancestry(self) -> Iterator["Element"]:
        """This element, its parent and so on."""
        element: Element | None = self
        while element:
            yield element
            element = element.parent

    @property
    def text(self) -> str:
        """All the text in it."""
        return " ".join("".join(text for element in self for text in element.texts).split())

    @property
    def style(self) -> dict[str, str]:
        """The declarations of its `style`."""
        return declarations(self.attributes.get("style", ""))

    @property
    def is_shown(self) -> bool:
        """Whether a reader sees it."""
        return not any(above.tag in INVISIBLE or above.style.get("display") == "none" for above in self.ancestry)


class Page(HTMLParser):
    """A parsed mail. Raises AssertionError for tags that do not nest and attributes given twice."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.root = Element("document", {}, None)
        self._open = self.root
        self.feed(html)
        self.close()
        assert self._open is self.root, f"<{self._open.tag}> is never closed"
        css = "".join(element.text for element in self.all("style"))
        dark = re.search(r"@media \(prefers-color-scheme: dark\) \{(.*)\}", css)
        assert dark, "no dark mode"
        self._dark_rules = [
            ([selector.strip().removeprefix(".") for selector in selectors.split(",")], declarations(body))
            for selectors, body in re.findall(r"([^{}]+)\{([^}]*)\}", dark[1])
        ]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        assert len(dict(attrs)) == len(attrs), f"<{tag}> has an attribute twice"
        element = Element(tag, {name: value or "" for name, value in attrs}, self._open)
        self._open.children.append(element)
        if tag not in VOID:
            self._open = element

    def handle_endtag(self, tag: str) -> None:
        """Close it."""
        assert self._open.tag == tag, f"</{tag}> closes <{self._open.tag}>"
        assert self._open.parent
        self._open = self._open.parent

    def handle_data(self, data: str) -> None:
        """Text of the element that is open."""
        self._open.texts.append(data)

    def all(self, *tags: str) -> list[Element]:
        """The elements of these tags, in the order of the document."""
        return [element for element in self.root if element.tag in tags]

    def colours(self, element: Element, *, dark: bool) -> tuple[str, str]:
        """The colours of text and of what is behind it. Raises StopIteration where none is set."""
        return self._nearest(element, "color", dark=dark), self.behind(element, dark=dark)

    def behind(self, element: Element, *, dark: bool) -> str:
        """The colour of the element's own ground, or of the nearest one that has any."""
        return self._nearest(element, "background-color", dark=dark)

    def _nearest(self, element: Element, name: str, *, dark: bool) -> str:
        return next(
            style[name] for style in (self._style(above, dark=dark) for above in element.ancestry) if name in style
        )

    def _style(self, element: Element, *, dark: bool) -> dict[str, str]:
        style = element.style
        if dark:
            classes = element.attributes.get("class", "").split()
            for selectors, rule in self._dark_rules:
                if set(selectors) & set(classes):
                    style.update({name: value.removesuffix("!important").strip() for name, value in rule.items()})
        return style


def declarations(css: str) -> dict[str, str]:
    """`name: value; ...` by name."""
    pairs = (part.partition(":") for part in css.split(";") if part.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


def contrast(one: str, other: str) -> float:
    """The contrast of two colours `#rrggbb` (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    assert re.fullmatch(r"#[0-9a-f]{6}", colour), colour
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
