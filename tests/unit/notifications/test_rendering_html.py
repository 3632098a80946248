"""The HTML of every mail: accessible, readable in light and dark, nothing loaded from anywhere, no link but ours."""

import re
from functools import lru_cache
from itertools import pairwise

import pytest
from tests.unit.notifications.mail_page import Page, contrast
from tests.unit.notifications.rendered import (
    PLAIN_PAGES,
    SECRET_PAGES,
    a_mail,
    body,
    every_mail,
    every_mail_with_a_button,
    message,
    sample,
)

from notifications.rendering.inline import with_styles
from notifications.rendering.preview import SAMPLE_IDENTITY

READABLE = 4.5
VISIBLE = 3.0
LIGHT_AND_DARK = [False, True]

in_light_and_dark = pytest.mark.parametrize("dark", LIGHT_AND_DARK, ids=["light", "dark"])


@lru_cache
def page(kind: str, language: str) -> Page:
    return Page(sample(kind, language, "html"))


@every_mail
def test_the_language_is_told_also_where_the_program_takes_the_html_element_away(kind: str, language: str) -> None:
    (html,), (article,) = page(kind, language).all("html"), page(kind, language).all("div")[1:]
    assert article.attributes["role"] == "article"
    for element in (html, article):
        assert (element.attributes["lang"], element.attributes["dir"]) == (language, "ltr")


@every_mail
def test_the_title_is_the_subject(kind: str, language: str) -> None:
    (title,) = page(kind, language).all("title")
    assert title.text == message(a_mail(kind, language))["Subject"].replace("\u00a0", " ")


@every_mail
def test_headings_are_real_begin_with_one_h1_and_skip_no_level(kind: str, language: str) -> None:
    levels = [int(heading.tag[1]) for heading in page(kind, language).all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


@every_mail
def test_tables_are_for_layout_and_say_so(kind: str, language: str) -> None:
    tables = page(kind, language).all("table")
    assert tables
    assert {table.attributes.get("role") for table in tables} == {"presentation"}
    for hidden_table in re.findall(r"<!--\[if mso\]>(<table [^>]*>)", sample(kind, language, "html")):
        assert 'role="presentation"' in hidden_table


@every_mail
def test_nothing_is_loaded_and_nothing_runs(kind: str, language: str) -> None:
    html = sample(kind, language, "html")
    parsed = Page(html)
    assert not parsed.all(
        "img", "picture", "video", "audio", "svg", "link", "script", "iframe", "object", "form", "base"
    )
    assert not re.search(r"url\(|@import|@font-face|src=|background=|javascript:|\son\w+=", html, re.IGNORECASE)


@every_mail
def test_the_links_lead_to_the_pages_of_the_installation_and_nowhere_else(kind: str, language: str) -> None:
    mail = a_mail(kind, language)
    pages = [f"{SECRET_PAGES[kind]}/{mail.token}"] if kind in SECRET_PAGES else PLAIN_PAGES[kind]
    targets = [link.attributes["href"] for link in page(kind, language).all("a")]
    assert list(dict.fromkeys(targets)) == [f"{SAMPLE_IDENTITY.public_url}/{page}" for page in pages]
    for subtype in ("plain", "html"):
        addresses = re.findall(r"\w+://[^\s\"<]+", sample(kind, language, subtype))
        assert set(addresses) == set(targets)


@every_mail_with_a_button
def test_the_link_of_the_button_stands_below_it_in_clear_and_in_the_text(kind: str, language: str) -> None:
    button, clear = page(kind, language).all("a")[:2]
    assert button.attributes["href"] == clear.attributes["href"] == clear.text
    assert f"{clear.text}\n" in sample(kind, language, "plain").replace("\r\n", "\n")


@every_mail
def test_a_secret_stands_in_the_mails_that_are_made_for_it_alone(kind: str, language: str) -> None:
    mail = a_mail(kind, language)
    assert mail.token
    for subtype in ("plain", "html"):
        assert (mail.token in body(message(mail), subtype)) == (kind in SECRET_PAGES)


@in_light_and_dark
@every_mail
def test_all_text_has_the_contrast_that_people_need(kind: str, language: str, dark: bool) -> None:
    parsed = page(kind, language)
    shown = [element for element in parsed.root if element.is_shown and "".join(element.texts).strip()]
    assert len(shown) >= 7
    for element in shown:
        text, behind = parsed.colours(element, dark=dark)
        assert contrast(text, behind) >= READABLE, (element.tag, element.text[:40], text, behind)


@in_light_and_dark
@every_mail_with_a_button
def test_the_button_stands_out_from_its_card(kind: str, language: str, dark: bool) -> None:
    parsed = page(kind, language)
    button = parsed.all("a")[0]
    cell = next(above for above in button.ancestry if above.attributes.get("class") == "card")
    assert contrast(parsed.behind(button, dark=dark), parsed.behind(cell, dark=dark)) >= VISIBLE


@every_mail
def test_dark_mode_is_declared_and_changes_the_page(kind: str, language: str) -> None:
    parsed = page(kind, language)
    schemes = [
        meta.attributes["content"] for meta in parsed.all("meta") if meta.attributes.get("name") == "color-scheme"
    ]
    assert schemes == ["light dark"]
    (title,) = parsed.all("h1")
    light_text, light_behind = parsed.colours(title, dark=False)
    dark_text, dark_behind = parsed.colours(title, dark=True)
    assert contrast(light_behind, "#000000") > contrast(light_text, "#000000")
    assert contrast(dark_behind, "#000000") < contrast(dark_text, "#000000")


@every_mail
def test_text_is_large_enough(kind: str, language: str) -> None:
    parsed = page(kind, language)
    sizes = [float(element.style["font-size"].removesuffix("px")) for element in parsed.root
             if "font-size" in element.style and element.text.strip("\u00a0 ")]  # fmt: skip
    assert min(sizes) >= 13


@every_mail_with_a_button
def test_the_button_is_easy_to_hit(kind: str, language: str) -> None:
    style = page(kind, language).all("a")[0].style
    padding = float(style["padding"].split("px")[0])
    assert float(style["line-height"].removesuffix("px")) + 2 * padding >= 44


@every_mail
def test_the_preview_that_lists_show_is_there_and_hidden_in_the_mail(kind: str, language: str) -> None:
    preview = next(
        element for element in page(kind, language).all("div") if element.attributes.get("class") == "preview"
    )
    assert len(preview.text) > 20
    assert not preview.is_shown


def test_a_class_without_a_style_is_refused_when_templates_are_compiled() -> None:
    with pytest.raises(KeyError):
        with_styles('<p class="no-such-class">')
