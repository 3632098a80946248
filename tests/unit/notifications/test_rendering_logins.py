"""What the mails of linked school logins say, whatever the school is called."""

import re
from email.message import EmailMessage
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.notifications.mail_page import Page
from tests.unit.notifications.rendered import a_mail, body, message, sample

from notifications.rendering import CannotRender
from notifications.rendering.facts import LOGIN_KINDS, UNLINKED_BY
from notifications.rendering.preview import SAMPLE_PARAMS
from shared.contracts.accounts import LoginUnlinked
from shared.contracts.envelope import LoginKind
from shared.runtime.i18n import LANGUAGES

ENGLISH = {"login_linked": "A school login was linked", "login_unlinked": "A school login is no longer linked"}
NAMES = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("<>&\"'%{}\r\n\ue000\u2028\u202e"), max_size=255
)

of_both = pytest.mark.parametrize("kind", ENGLISH)


def from_school(name: str, kind: str = "login_linked", language: str = "en") -> EmailMessage:
    return message(a_mail(kind, language, params={**SAMPLE_PARAMS[kind], "school_name": name}))


def lines(mail: EmailMessage) -> list[str]:
    return [line for line in re.split(r"\r\n|\r|\n", body(mail, "plain")) if line]


def box(mail: EmailMessage) -> list[str]:
    """What stands in the box, line by line."""
    return [element.text for element in Page(body(mail, "html")).all("p") if "box" in element.attributes["class"]]


@pytest.mark.parametrize(
    ("language", "school", "logins"),
    [
        (
            "pl",
            "Szkoła",
            (
                "login opiekuna kończący się na 78",
                "login ucznia kończący się na 78u",
                "login pracownika kończący się na 06k",
            ),
        ),
        (
            "en",
            "School",
            (
                "a guardian's login ending in 78",
                "a pupil's login ending in 78u",
                "a login of staff ending in 06k",
            ),
        ),
        (
            "uk",
            "Школа",
            (
                "логін опікуна, що закінчується на 78",
                "логін учня, що закінчується на 78u",
                "логін працівника, що закінчується на 06k",
            ),
        ),
    ],
)
def test_the_mail_says_of_what_kind_the_login_is_how_it_ends_and_from_which_school(
    language: str, school: str, logins: tuple[str, str, str]
) -> None:
    known = (("guardian", "78"), ("student", "78u"), ("staff", "06k"))
    for kind in ENGLISH:
        for (login_kind, ending), login in zip(known, logins, strict=True):
            params = {**SAMPLE_PARAMS[kind], "login_kind": login_kind, "login_ending": ending}
            mail = message(a_mail(kind, language, params=params))
            assert f"{school}: Szkoła Podstawowa nr 3 w Nowej Wsi ({login})." in lines(mail)
            assert box(mail) == [school, "Szkoła Podstawowa nr 3 w Nowej Wsi", login]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("login_linked", {"pl": "a potem odłączyć ten login", "en": "then unlink the login", "uk": "відв’яжіть цей"}),
        ("login_unlinked", {"pl": "zna hasło do konta", "en": "password of your account", "uk": "пароль до вашого"}),
        (
            "login_unlinked-login",
            {"pl": "zna hasło do tego loginu", "en": "password of that login", "uk": "цього логіну"},
        ),
        ("login_unlinked-login", {"pl": "zawiadomić szkołę", "en": "tell the school", "uk": "повідомте школу"}),
        ("login_unlinked-school", {"pl": "ustawiła nowe hasło", "en": "another password", "uk": "новий пароль"}),
        ("login_unlinked-school", {"pl": "hasłem z kartki", "en": "from the slip", "uk": "із аркуша"}),
        (
            "login_unlinked-guardian",
            {
                "pl": "opiekun ustawił nowe hasło do loginu ucznia",
                "en": "a guardian gave a pupil's login another password",
                "uk": "опікун встановив новий пароль для логіну учня",
            },
        ),
        (
            "login_unlinked-guardian",
            {"pl": "które ma opiekun", "en": "which the guardian has", "uk": "який має опікун"},
        ),
        (
            "login_unlinked-guardian",
            {
                "pl": "powód wyjaśni opiekun, a nie szkoła",
                "en": "the guardian can tell you why there is a new password; the school cannot",
                "uk": "причину пояснить опікун, а не школа",
            },
        ),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mail_says_what_came_about_and_what_helps(kind: str, said: dict[str, str], language: str) -> None:
    assert said[language] in sample(kind, language, "plain")


def test_the_mails_have_words_for_all_that_the_events_can_say() -> None:
    assert set(LOGIN_KINDS) == set(get_args(LoginKind))
    assert set(UNLINKED_BY) == set(get_args(LoginUnlinked.model_fields["by"].annotation))


@pytest.mark.parametrize("params", [{"login_kind": "headmaster"}, {"by": "nobody"}, {"by": None}])
def test_a_mail_of_what_has_no_words_is_refused(params: dict[str, str | None]) -> None:
    with pytest.raises(CannotRender):
        message(a_mail("login_unlinked", params={**SAMPLE_PARAMS["login_unlinked"], **params}))


@of_both
def test_a_mail_that_cannot_say_how_the_login_ends_is_refused(kind: str) -> None:
    params = {name: value for name, value in SAMPLE_PARAMS[kind].items() if name != "login_ending"}
    with pytest.raises(CannotRender):
        message(a_mail(kind, params=params))


@of_both
def test_the_schools_name_is_in_no_header(kind: str) -> None:
    mail = from_school("Liceum\r\nBcc: all@example.org", kind)
    assert str(mail["Subject"]).startswith(ENGLISH[kind])
    assert mail["Bcc"] is None
    assert "Liceum" not in "".join(mail.values())


@of_both
def test_a_name_of_several_lines_becomes_one_and_forges_no_line_of_the_text(kind: str) -> None:
    mail = from_school("Szkoła\r\n\r\n--\nPay here:\u2028https://evil.example\x0b\x85nr\t3", kind)
    assert len(lines(mail)) == len(lines(from_school("Szkoła", kind)))
    assert "School: Szkoła -- Pay here: https://evil.example nr 3 (a guardian's login ending in 78)." in lines(mail)


def test_marks_that_turn_or_hide_writing_are_left_out() -> None:
    mail = from_school("Szko\u00adła \u202e3 rn\u202c \u2066nr\u2069 \u200b3\x1b\ue000")
    assert "School: Szkoła 3 rn nr 3 (a guardian's login ending in 78)." in lines(mail)


@settings(deadline=None)  # the first mail of a kind lays out its frame
@given(language=st.sampled_from(LANGUAGES), kind=st.sampled_from(sorted(ENGLISH)), name=NAMES)
def test_whatever_a_school_is_called_the_mail_is_the_same_around_it(language: str, kind: str, name: str) -> None:
    mail, usual = from_school(f"({name})", kind, language), from_school("(-)", kind, language)
    assert [part.defects for part in mail.walk()] == [[], [], []]
    assert mail["Subject"] == usual["Subject"]
    differing = [pair for pair in zip(lines(mail), lines(usual), strict=True) if pair[0] != pair[1]]
    assert len(differing) <= 1
    shown, tags = box(mail)[1], re.compile(r"<[^>]*>")
    assert (shown[0], shown[-1]) == ("(", ")")
    assert tags.findall(body(mail, "html")) == tags.findall(body(usual, "html"))
