"""What the mails say: what to do, until when, what happens otherwise, why one gets it; right in each language."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from tests.unit.notifications.mail_page import Page
from tests.unit.notifications.rendered import (
    MAILS,
    a_mail,
    an_activation,
    body,
    every_activation,
    every_mail,
    message,
    sample,
)
from tests.unit.notifications.subjects import SUBJECTS

from notifications.rendering.preview import SAMPLE_TIME
from shared.runtime.i18n import LANGUAGES
from shared.terms import current_version, terms

NO_BREAK = "\u00a0"

UNTIL = {
    "pl": "Link działa do: wtorek, 15 września 2026, 18:30 (czas polski, zostało 14 dni).",
    "en": "The link works until: Tuesday, 15 September 2026, 18:30 (Warsaw time, 14 days left).",
    "uk": "Посилання діє до: вівторок, 15 вересня 2026 р., 18:30 (за польським часом, залишилося 14 днів).",
}

DELETED = {
    "pl": "wszystkie dane podane przy rejestracji zostaną usunięte",
    "en": "everything entered at registration is deleted",
    "uk": "всі дані, введені під час реєстрації, буде видалено",
}

WHY = {
    "pl": "Tę wiadomość wysłano, ponieważ",
    "en": "You are receiving this mail because",
    "uk": "Ви отримали цей лист, тому що",
}

LEFT = {
    "pl": {
        timedelta(days=1): "został 1 dzień",
        timedelta(days=3): "zostały 3 dni",
        timedelta(days=14) - timedelta(seconds=2): "zostało 14 dni",
        timedelta(hours=1): "została 1 godzina",
        timedelta(hours=4): "zostały 4 godziny",
        timedelta(hours=11): "zostało 11 godzin",
        timedelta(minutes=10): "została 1 godzina",
    },
    "en": {
        timedelta(days=1): "1 day left",
        timedelta(days=3): "3 days left",
        timedelta(hours=1): "1 hour left",
        timedelta(hours=4): "4 hours left",
    },
    "uk": {
        timedelta(days=1): "залишився 1 день",
        timedelta(days=3): "залишилося 3 дні",
        timedelta(days=14): "залишилося 14 днів",
        timedelta(hours=1): "залишилася 1 година",
        timedelta(hours=3): "залишилося 3 години",
        timedelta(hours=11): "залишилося 11 годин",
    },
}


def text(kind: str, language: str) -> str:
    return sample(kind, language, "plain").replace("\r\n", "\n").replace(NO_BREAK, " ")


@every_mail
def test_the_subject_says_what_it_is_about(kind: str, language: str) -> None:
    assert str(message(a_mail(kind, language))["Subject"]).replace(NO_BREAK, " ") == SUBJECTS[kind][language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_activation_mail_says_the_day_and_hour_until_which_the_link_works(language: str) -> None:
    assert UNTIL[language] in text("activation", language)


@every_activation
def test_an_activation_mail_says_that_ignoring_it_deletes_the_data(kind: str, language: str) -> None:
    assert DELETED[language] in text(kind, language)


@every_activation
def test_an_activation_mail_says_that_the_password_is_asked_for_and_what_to_do_without_it(
    kind: str, language: str
) -> None:
    asked = {
        "pl": ("hasło ustawione przy rejestracji", "zarejestrować się ponownie"),
        "en": ("the password that was chosen at registration", "register again"),
        "uk": ("пароль, обраний під час реєстрації", "зареєструйтеся ще раз"),
    }
    assert [words for words in asked[language] if words not in text(kind, language)] == []


@every_activation
def test_the_terms_come_in_full_below_the_action(kind: str, language: str) -> None:
    plain = text(kind, language)
    assert terms(current_version(), language).strip() in plain
    assert plain.index("/activate/") < plain.index("§ 1.") < plain.index(WHY[language])
    page = Page(sample(kind, language, "html"))
    assert [heading.text.split(".")[0] for heading in page.all("h3")] == [f"§ {number}" for number in range(1, 11)]


@every_mail
def test_the_foot_says_why_one_gets_the_mail(kind: str, language: str) -> None:
    why = re.search(rf"\n--\n({WHY[language]}.*dzwonek\.example\.org\.)\n", text(kind, language))
    assert why
    assert why[1] in Page(sample(kind, language, "html")).root.text


@every_mail
def test_text_and_html_say_the_same(kind: str, language: str) -> None:
    html = Page(sample(kind, language, "html")).root.text
    title, *paragraphs = [line for line in text(kind, language).split("\n") if line]
    assert title in html
    said = [paragraph for paragraph in paragraphs if paragraph.endswith(".") and ": " not in paragraph]
    assert len(said) >= 3
    assert [paragraph for paragraph in said if re.sub(r"^(\d\.|-) ", "", paragraph) not in html] == []


@every_mail
def test_no_template_or_placeholder_shows(kind: str, language: str) -> None:
    for subtype in ("plain", "html"):
        content = sample(kind, language, subtype)
        assert not re.search(r"\{\{|\{%|%\(|\bNone\b|Undefined|&amp;#|&lt;", content)


@pytest.mark.parametrize(("kind", "language"), [mail for mail in MAILS if mail[1] != "en"])
def test_no_english_is_left_in_another_language(kind: str, language: str) -> None:
    said = re.sub(r"https://\S+", "", text(kind, language))
    assert not re.search(r"\b(the|you|your|account|until)\b", said, re.IGNORECASE)


@pytest.mark.parametrize(
    ("language", "left", "expected"), [(language, *case) for language in LEFT for case in LEFT[language].items()]
)
def test_the_time_that_is_left_is_counted_in_the_grammar_of_the_language(
    language: str, left: timedelta, expected: str
) -> None:
    mail = an_activation(language, created_at=SAMPLE_TIME, expires_at=SAMPLE_TIME + left)
    for subtype in ("plain", "html"):
        assert expected in body(message(mail), subtype)


@pytest.mark.parametrize(
    ("expires_at", "expected"),
    [
        (datetime(2026, 9, 14, 22, 30, tzinfo=UTC), "wtorek, 15 września 2026, 00:30"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "niedziela, 25 października 2026, 02:30"),
        (datetime(2026, 10, 25, 12, 0, tzinfo=UTC), "niedziela, 25 października 2026, 13:00"),
        (datetime(2027, 1, 1, 0, 0, tzinfo=UTC), "piątek, 1 stycznia 2027, 01:00"),
    ],
)
def test_times_are_those_of_warsaw(expires_at: datetime, expected: str) -> None:
    mail = an_activation("pl", created_at=expires_at - timedelta(days=14), expires_at=expires_at)
    assert expected in body(message(mail), "plain")


@pytest.mark.parametrize(
    ("registered_at", "until"),
    [
        (datetime(2026, 3, 20, 11, 0, tzinfo=UTC), "piątek, 3 kwietnia 2026, 13:00"),
        (datetime(2026, 10, 20, 10, 0, tzinfo=UTC), "wtorek, 3 listopada 2026, 11:00"),
    ],
    ids=["noon, before summer time", "noon, before winter time"],
)
def test_fourteen_days_over_a_change_of_the_clocks_end_at_another_hour(registered_at: datetime, until: str) -> None:
    mail = an_activation("pl", created_at=registered_at, expires_at=registered_at + timedelta(days=14))
    said = body(message(mail), "plain").replace(NO_BREAK, " ")
    assert f"Link działa do: {until} (czas polski, zostało 14 dni)." in said


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("pl", "W dniu 1 września 2026 r. o godz. 18:30 (czasu polskiego)"),
        ("en", "On 1 September 2026 at 18:30 (Warsaw time)"),
        ("uk", "1 вересня 2026 р. (18:30 за польським часом)"),
    ],
)
def test_the_owner_is_told_when_somebody_tried_the_address(language: str, expected: str) -> None:
    assert expected in text("account_exists", language)


@pytest.mark.parametrize("language", ["pl"])
def test_polish_addresses_nobody_as_a_man_or_a_woman_or_by_thou(language: str) -> None:
    for kind, of in MAILS:
        if of == language:
            assert not re.search(
                r"\b(Pan|Pani|Twoj\w+|Twój|Ciebie|Ci|kliknij|zalogowałeś|otrzymujesz)\b", text(kind, of)
            )


@every_mail
def test_every_mail_says_what_to_do_if_it_was_not_you(kind: str, language: str) -> None:
    not_you = {
        "pl": r"Jeśli (rejestracja była pomyłką|(zrobił to|poprosił o to) ktoś inny)",
        "en": r"[Ii]f (it was not you|you did not register)",
        "uk": r"Якщо (це були не ви|ви не реєструвалися|про це просили не ви)",
    }
    if kind != "welcome":
        assert re.search(not_you[language], text(kind, language))


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("pl", "Przeglądarka i system: Firefox, Android."),
        ("en", "Browser and system: Firefox, Android."),
        ("uk", "Браузер і система: Firefox, Android."),
    ],
)
def test_a_new_sign_in_names_browser_and_system_where_they_are_known(language: str, expected: str) -> None:
    assert expected in text("new_sign_in", language)
    assert expected.split(":", maxsplit=1)[0] not in text("new_sign_in-unknown", language)
    of_system = a_mail("new_sign_in", language, params={"signed_in_at": SAMPLE_TIME.isoformat(), "system": "Android"})
    assert ": Android." in body(message(of_system), "plain")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("pl", "Termin usunięcia: wtorek, 15 września 2026, 18:30 (czas polski)."),
        ("en", "The day of the deletion: Tuesday, 15 September 2026, 18:30 (Warsaw time)."),
        ("uk", "Дата видалення: вівторок, 15 вересня 2026 р., 18:30 (за польським часом)."),
    ],
)
def test_a_deletion_that_was_asked_for_says_the_exact_day(language: str, expected: str) -> None:
    assert expected in text("account_deletion_requested", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_password_set_by_a_link_and_one_set_by_who_knew_the_old_have_different_words(language: str) -> None:
    by_knowing, by_reset = (text(kind, language).split("\n") for kind in ("password_changed", "password_changed-reset"))
    assert [one == other for one, other in zip(by_knowing, by_reset, strict=True) if one].count(False) == 3


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("second_factor_changed", {"pl": "zawiadomić szkołę", "en": "tell your school", "uk": "повідомте школу"}),
        ("account_deletion_requested", {"pl": "zawiadomić szkołę", "en": "tell your school", "uk": "повідомте школу"}),
        ("account_deletion_requested", {"pl": "wystarczy, aby", "en": "That alone keeps", "uk": "досить, щоб"}),
        ("second_factor_changed-operator", {"pl": "administratorzy", "en": "those who run", "uk": "адміністратори"}),
        ("account_kept", {"pl": "jest zalogowany", "en": "is signed in", "uk": "увійшов"}),
        ("account_kept-reset", {"pl": "ponownie o to poprosić", "en": "ask for it again", "uk": "попросіть про це ще"}),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_warning_says_what_helps(kind: str, said: dict[str, str], language: str) -> None:
    assert said[language] in text(kind, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_signed_out_everywhere_is_told_so(language: str) -> None:
    everywhere = {
        "pl": "Na wszystkich urządzeniach nastąpiło wylogowanie",
        "en": "The account was signed out everywhere.",
        "uk": "На всіх пристроях виконано вихід",
    }
    assert {kind for kind, of in MAILS if of == language and everywhere[language] in text(kind, of)} == {
        "password_changed-reset",
        "second_factor_changed-operator",
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_last_mails_to_an_address_say_that_they_are_the_last(language: str) -> None:
    last = {"pl": "To ostatnia wiadomość", "en": "This is the last mail", "uk": "Це останній лист"}
    assert {kind for kind, of in MAILS if of == language and last[language] in text(kind, of)} == {
        "email_changed",
        "account_deleted",
    }
