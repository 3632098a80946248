"""What is recorded of an attempt."""

from datetime import timedelta

import pytest
from tests.unit.notifications.claimed_mails import NOW, a_mail

from notifications.domain.answers import Answer, AnswerClass, Reply, Stage, classify
from notifications.sender.outcome import Attempt, answered, given_back


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("5.1.1 <ola.nowak@szkola.example>: unknown", "5.1.1 <recipient>: unknown"),
        ("5.1.1 OLA.NOWAK@szkola.example; no", "5.1.1 <recipient>; no"),
        ("5.1.1 (forwarded to 'ola@dom.example')", "5.1.1 (forwarded to '<recipient>')"),
        ("4.2.0 Greylisted", "4.2.0 Greylisted"),
        ("5.7.1 two\nlines\x00 and \ttabs", "5.7.1 two lines and tabs"),
        ("", None),
    ],
)
def test_a_kept_reply_names_nobody_and_is_one_line(text: str, kept: str | None) -> None:
    attempt = Attempt(NOW, NOW, Answer(AnswerClass.REFUSED, 550, None, text))
    assert attempt.reply == kept


def test_a_kept_reply_is_short() -> None:
    assert len(Attempt(NOW, NOW, Answer(AnswerClass.REFUSED, 550, None, "x" * 9000)).reply or "") == 500


def test_only_a_missing_mailbox_suppresses_the_address_in_small_letters() -> None:
    for line, suppressed in (("5.1.1 Unknown", "ola.nowak@szkola.example"), ("5.2.1 Disabled", None)):
        outcome = answered(a_mail(), Attempt(NOW, NOW, classify(Reply(Stage.RCPT, 550, line))))
        assert outcome.state == "refused"
        assert outcome.suppressed_address == suppressed


def test_a_mail_that_was_not_tried_is_due_at_once_and_uses_no_attempt_up() -> None:
    outcome = given_back(a_mail(), NOW)
    assert (outcome.state, outcome.due_at, outcome.tried) == (None, NOW, False)


def test_a_retry_that_would_come_too_late_is_the_end() -> None:
    attempt = Attempt(NOW, NOW, classify(Reply(Stage.RCPT, 451, "4.3.0 Later")))
    outcome = answered(a_mail(not_after=NOW + timedelta(seconds=50)), attempt)
    assert (outcome.state, outcome.reason) == ("expired", "transient")
