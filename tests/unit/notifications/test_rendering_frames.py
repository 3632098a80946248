"""What is rendered once for many mails has in each of them that one's own values."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment
from tests.unit.notifications.rendered import a_mail, body, message

from notifications.rendering.frame import Blanks, with_blanks
from notifications.rendering.preview import SAMPLE_PARAMS
from shared.runtime.i18n import LANGUAGES, local_date, local_time

INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - a bound
NAMES = st.text(st.characters(exclude_categories=["C"]) | st.sampled_from("<>&\"'%{}\ue000\ue0010"), max_size=20)


@settings(deadline=None)  # the first mail of a kind lays out its frame
@given(language=st.sampled_from(LANGUAGES), at=INSTANTS, browser=NAMES)
def test_each_mail_has_its_own_values(language: str, at: datetime, browser: str) -> None:
    params = {"signed_in_at": at.isoformat(), "browser": f"({browser})"}
    text = body(message(a_mail("new_sign_in", language, params=params)), "plain")
    assert f": ({browser})." in text
    assert local_date(at, language=language) in text
    assert local_time(at, language=language) in text


@settings(deadline=None)
@given(browser=NAMES, system=NAMES)
def test_what_is_written_into_html_is_escaped(browser: str, system: str) -> None:
    params = {**SAMPLE_PARAMS["new_sign_in"], "browser": f"<i>{browser}", "system": f'"{system}'}
    mail = message(a_mail("new_sign_in", "en", params=params))
    assert "<i>" in body(mail, "plain")
    assert "<i>" not in body(mail, "html")
    assert "&lt;i&gt;" in body(mail, "html")


def test_a_value_may_look_like_a_blank() -> None:
    blanks = Blanks(["name"])
    frame = blanks.cut(Environment(autoescape=True).from_string("{{ name }}!").render(blanks.variables), is_html=True)
    assert frame.filled({"name": "\ue0000\ue001 & <b>"}) == "\ue0000\ue001 &amp; &lt;b&gt;!"


def test_a_value_is_filtered_when_it_is_known() -> None:
    environment = Environment(autoescape=True)
    environment.filters["short"] = with_blanks(lambda value, length: value[:length])
    blanks = Blanks(["name"])
    template = environment.from_string("{{ name|short(3) }}, {{ name|short(1) }}; {{ 'Jan'|short(2) }}")
    frame = blanks.cut(template.render(blanks.variables), is_html=True)
    assert frame.filled({"name": "Halina"}) == "Hal, H; Ja"


@pytest.mark.parametrize("template", ["{% if name %}a{% endif %}", "{{ name or 'nobody' }}", "{{ 'a' if name }}"])
def test_words_cannot_depend_on_a_value_that_is_only_written(template: str) -> None:
    with pytest.raises(TypeError, match="depend on name"):
        Environment(autoescape=True).from_string(template).render(Blanks(["name"]).variables)
