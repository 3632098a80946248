"""What is recorded of an attempt."""

from datetime import timedelta

import pytest
from tests.unit.notifications.claimed_mails import NOW, a_mail

from notifications.domain.answers import Answer, AnswerClass, Reply, Stage, classify, no_answer
from notifications.sender.outcome import Attempt, answered, given_back, put_off


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


def test_a_refusal_is_an_answer_and_silence_is_none_whomever_it_is_of() -> None:
    refused = Attempt(NOW, NOW, classify(Reply(Stage.RCPT, 550, "5.1.1 Unknown")))
    assert answered(a_mail(), refused).domain_answered is True
    for about_recipient, silent in ((True, True), (True, False), (False, True)):
        lost = Attempt(NOW, NOW, no_answer("lost", about_recipient=about_recipient, silent=silent))
        assert answered(a_mail(), lost).domain_answered is False
    assert put_off(a_mail(), NOW).domain_answered is None


def test_a_mail_that_is_put_off_is_due_in_a_moment_but_not_after_its_end() -> None:
    outcome = put_off(a_mail(), NOW)
    assert outcome.due_at is not None
    assert (outcome.state, outcome.tried) == (None, False)
    assert NOW < outcome.due_at <= NOW + timedelta(seconds=2)
    assert put_off(a_mail(not_after=NOW), NOW).due_at == NOW


def test_a_retry_that_would_come_too_late_is_the_end() -> None:
    attempt = Attempt(NOW, NOW, classify(Reply(Stage.RCPT, 451, "4.3.0 Later")))
    outcome = answered(a_mail(not_after=NOW + timedelta(seconds=50)), attempt)
    assert (outcome.state, outcome.reason) == ("expired", "transient")
