"""The subject of every sample in every language."""

SUBJECTS = {
    "activation": {
        "pl": "Aktywacja konta w Dzwonku",
        "en": "Activate your Dzwonek account",
        "uk": "Активація облікового запису Dzwonek",
    },
    "activation_reminder": {
        "pl": "Konto w Dzwonku czeka na aktywację do 15 września 2026 r.",
        "en": "Your Dzwonek account is waiting to be activated by 15 September 2026",
        "uk": "Обліковий запис Dzwonek чекає на активацію до 15 вересня 2026 р.",
    },
    "welcome": {
        "pl": "Konto w Dzwonku jest aktywne",
        "en": "Your Dzwonek account is active",
        "uk": "Обліковий запис Dzwonek активовано",
    },
    "account_exists": {
        "pl": "Konto w Dzwonku z tym adresem już istnieje",
        "en": "There is already a Dzwonek account with this address",
        "uk": "Обліковий запис Dzwonek із цією адресою вже існує",
    },
    "new_sign_in": {
        "pl": "Nowe logowanie do konta w Dzwonku",
        "en": "A new sign-in to your Dzwonek account",
        "uk": "Новий вхід до облікового запису Dzwonek",
    },
    "new_sign_in-unknown": {
        "pl": "Nowe logowanie do konta w Dzwonku",
        "en": "A new sign-in to your Dzwonek account",
        "uk": "Новий вхід до облікового запису Dzwonek",
    },
    "password_reset": {
        "pl": "Nowe hasło do konta w Dzwonku",
        "en": "A new password for your Dzwonek account",
        "uk": "Новий пароль до облікового запису Dzwonek",
    },
    "password_changed": {
        "pl": "Zmieniono hasło do konta w Dzwonku",
        "en": "The password of your Dzwonek account was changed",
        "uk": "Пароль до облікового запису Dzwonek змінено",
    },
    "password_changed-reset": {
        "pl": "Zmieniono hasło do konta w Dzwonku",
        "en": "The password of your Dzwonek account was changed",
        "uk": "Пароль до облікового запису Dzwonek змінено",
    },
    "second_factor_changed": {
        "pl": "Logowanie do Dzwonka wymaga teraz kodu",
        "en": "Signing in to Dzwonek now asks for a code",
        "uk": "Для входу в Dzwonek тепер потрібен код",
    },
    "second_factor_changed-off": {
        "pl": "Logowanie do Dzwonka nie wymaga już kodu",
        "en": "Signing in to Dzwonek no longer asks for a code",
        "uk": "Для входу в Dzwonek код більше не потрібен",
    },
    "second_factor_changed-operator": {
        "pl": "Logowanie do Dzwonka nie wymaga już kodu",
        "en": "Signing in to Dzwonek no longer asks for a code",
        "uk": "Для входу в Dzwonek код більше не потрібен",
    },
    "codes_guessed": {
        "pl": "Ktoś próbuje dostać się do konta w Dzwonku",
        "en": "Somebody is trying to get into your Dzwonek account",
        "uk": "Хтось намагається потрапити до облікового запису Dzwonek",
    },
    "email_change_confirm": {
        "pl": "Potwierdzenie nowego adresu konta w Dzwonku",
        "en": "Confirm the new address of your Dzwonek account",
        "uk": "Підтвердження нової адреси облікового запису Dzwonek",
    },
    "email_change_requested": {
        "pl": "Prośba o zmianę adresu konta w Dzwonku",
        "en": "Somebody wants to change the address of your Dzwonek account",
        "uk": "Запит на зміну адреси облікового запису Dzwonek",
    },
    "email_changed": {
        "pl": "Konto w Dzwonku ma teraz inny adres",
        "en": "Your Dzwonek account has another address now",
        "uk": "Обліковий запис Dzwonek тепер має іншу адресу",
    },
    "email_changed_here": {
        "pl": "To jest teraz adres konta w Dzwonku",
        "en": "This is the address of your Dzwonek account now",
        "uk": "Тепер це адреса облікового запису Dzwonek",
    },
    "login_linked": {
        "pl": "Połączono login ze szkoły z kontem w Dzwonku",
        "en": "A school login was linked with your Dzwonek account",
        "uk": "Логін зі школи прив’язано до облікового запису Dzwonek",
    },
    "login_linked-pupil": {
        "pl": "Połączono login ze szkoły z kontem w Dzwonku",
        "en": "A school login was linked with your Dzwonek account",
        "uk": "Логін зі школи прив’язано до облікового запису Dzwonek",
    },
    "login_linked-staff": {
        "pl": "Połączono login ze szkoły z kontem w Dzwonku",
        "en": "A school login was linked with your Dzwonek account",
        "uk": "Логін зі школи прив’язано до облікового запису Dzwonek",
    },
    "login_unlinked": {
        "pl": "Odłączono login ze szkoły od konta w Dzwonku",
        "en": "A school login is no longer linked with your Dzwonek account",
        "uk": "Логін зі школи відв’язано від облікового запису Dzwonek",
    },
    "login_unlinked-login": {
        "pl": "Odłączono login ze szkoły od konta w Dzwonku",
        "en": "A school login is no longer linked with your Dzwonek account",
        "uk": "Логін зі школи відв’язано від облікового запису Dzwonek",
    },
    "login_unlinked-school": {
        "pl": "Odłączono login ze szkoły od konta w Dzwonku",
        "en": "A school login is no longer linked with your Dzwonek account",
        "uk": "Логін зі школи відв’язано від облікового запису Dzwonek",
    },
    "login_unlinked-guardian": {
        "pl": "Odłączono login ze szkoły od konta w Dzwonku",
        "en": "A school login is no longer linked with your Dzwonek account",
        "uk": "Логін зі школи відв’язано від облікового запису Dzwonek",
    },
    "account_kept": {
        "pl": "Konto w Dzwonku zostaje",
        "en": "Your Dzwonek account is kept",
        "uk": "Обліковий запис Dzwonek збережено",
    },
    "account_kept-reset": {
        "pl": "Konto w Dzwonku zostaje",
        "en": "Your Dzwonek account is kept",
        "uk": "Обліковий запис Dzwonek збережено",
    },
    "account_deleted": {
        "pl": "Konto w Dzwonku zostało usunięte",
        "en": "Your Dzwonek account was deleted",
        "uk": "Обліковий запис Dzwonek видалено",
    },
    "account_deletion_requested": {
        "pl": "Konto w Dzwonku zostanie usunięte 15 września 2026 r.",
        "en": "Your Dzwonek account will be deleted on 15 September 2026",
        "uk": "Обліковий запис Dzwonek буде видалено 15 вересня 2026 р.",
    },
}
