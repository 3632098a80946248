"""What a relay's answer means (decisions.md, What becomes of an answer)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.domain.answers import AnswerClass, Reply, Stage, classify

RCPT, CONTENT, MAIL, DATA = Stage.RCPT, Stage.CONTENT, Stage.MAIL, Stage.DATA


def class_of(stage: Stage, line: str) -> AnswerClass:
    code, _, text = line.partition(" ")
    return classify(Reply(stage, int(code), text)).kind


@pytest.mark.parametrize(
    ("stage", "line"),
    [
        (RCPT, "550 5.1.1 <jan@szkola.example>: Recipient address rejected: User unknown"),
        (CONTENT, "550 5.1.1 The email account that you tried to reach does not exist"),
        (RCPT, "550 5.1.2 Host unknown"),
        (RCPT, "501 5.1.3 Bad recipient address syntax"),
        (RCPT, "551 5.1.6 Mailbox has moved"),
        (RCPT, "556 5.1.10 Domain accepts no mail"),
        (RCPT, "556 Domain does not accept mail"),
        (RCPT, "550 No such user here"),
        (RCPT, "550 Unknown user"),
        (RCPT, "553 Invalid recipient"),
        (RCPT, "550 mailbox not found"),
    ],
)
def test_no_such_mailbox_is_certain(stage: Stage, line: str) -> None:
    assert class_of(stage, line) is AnswerClass.NO_MAILBOX


@pytest.mark.parametrize(
    ("stage", "line"),
    [
        (RCPT, "550 Requested action not taken"),
        (RCPT, "550 5.4.1 Recipient address rejected: Access denied"),
        (RCPT, "550 5.2.1 The account is disabled"),
        (RCPT, "550 5.1.0 Address rejected"),
        (RCPT, "551 User not local; please try elsewhere"),
        (RCPT, "553 5.6.7 Internationalised address not permitted"),
    ],
)
def test_a_refusal_that_leaves_doubt_suppresses_nobody(stage: Stage, line: str) -> None:
    assert class_of(stage, line) is AnswerClass.REFUSED


@pytest.mark.parametrize(
    ("stage", "line"),
    [
        (RCPT, "452 4.2.2 Mailbox full"),
        (RCPT, "552 5.2.2 Over quota"),
        (CONTENT, "552 5.2.2 Over quota"),
        (RCPT, "452 Requested action not taken: insufficient system storage"),
        (RCPT, "552 Requested mail action aborted: exceeded storage allocation"),
        (CONTENT, "552 Quota exceeded"),
    ],
)
def test_a_full_mailbox(stage: Stage, line: str) -> None:
    assert class_of(stage, line) is AnswerClass.MAILBOX_FULL


@pytest.mark.parametrize(
    ("stage", "line"),
    [
        (RCPT, "550 5.7.1 Relaying denied"),
        (CONTENT, "554 5.7.1 Message identified as spam"),
        (MAIL, "550 5.7.23 SPF validation failed"),
        (CONTENT, "550 5.7.26 Unauthenticated mail is prohibited"),
        (RCPT, "554 Your address is on a block list"),
        (RCPT, "550 Sender is blacklisted"),
        (CONTENT, "554 Transaction failed"),
        (RCPT, "553 sorry, that domain isn't in my list of allowed rcpthosts"),
    ],
)
def test_policy(stage: Stage, line: str) -> None:
    assert class_of(stage, line) is AnswerClass.POLICY


@pytest.mark.parametrize(
    ("stage", "line"),
    [
        (RCPT, "501 Syntax error"),
        (MAIL, "501 5.5.4 Invalid arguments"),
        (DATA, "503 5.5.1 Bad sequence of commands"),
        (RCPT, "553 5.1.8 Sender's domain not found"),
        (MAIL, "550 5.1.7 Bad sender"),
        (MAIL, "550 5.1.1 Nobody of that name here"),
        (MAIL, "550 No"),
        (DATA, "554 No"),
        (CONTENT, "552 5.3.4 Message too big"),
        (CONTENT, "552 Message size exceeds fixed limit"),
        (CONTENT, "554 5.6.0 Malformed message"),
        (RCPT, "555 RCPT TO parameters not recognised"),
    ],
)
def test_our_own_fault(stage: Stage, line: str) -> None:
    assert class_of(stage, line) is AnswerClass.OWN_FAULT


@pytest.mark.parametrize(
    ("stage", "line"),
    [
        (RCPT, "421 4.7.0 Try again later"),
        (MAIL, "421 Too many connections"),
        (RCPT, "450 4.7.28 Unusual rate of mail"),
        (RCPT, "451 4.3.2 Not accepting messages"),
        (RCPT, "451 4.4.5 Congested"),
        (RCPT, "450 4.7.1 Too many messages from you"),
        (RCPT, "451 Rate limit exceeded"),
    ],
)
def test_too_fast(stage: Stage, line: str) -> None:
    assert class_of(stage, line) is AnswerClass.RATE


@pytest.mark.parametrize(
    ("stage", "line"),
    [
        (RCPT, "450 4.2.0 Greylisted"),
        (RCPT, "451 4.7.1 Greylisting in action, please come back later"),
        (RCPT, "450 4.1.1 User unknown"),
        (RCPT, "450 4.2.1 The user is receiving mail at a rate that prevents delivery"),
        (CONTENT, "452 4.3.1 Insufficient system storage"),
        (DATA, "451 4.3.0 Temporary failure"),
        (RCPT, "354 Out of step"),
        (DATA, "250 Out of step"),
    ],
)
def test_another_time(stage: Stage, line: str) -> None:
    assert class_of(stage, line) is AnswerClass.TRANSIENT


def test_accepted() -> None:
    answer = classify(Reply(CONTENT, 250, "2.0.0 Ok: queued as 4F3C"))
    assert (answer.kind, answer.code, answer.enhanced) == (AnswerClass.ACCEPTED, 250, "2.0.0")


def test_the_connections_own_end_is_nobodys_rate() -> None:
    assert class_of(MAIL, "421 4.4.2 Timeout exceeded") is AnswerClass.NETWORK


def test_an_enhanced_code_of_another_class_than_the_reply_does_not_count() -> None:
    answer = classify(Reply(RCPT, 450, "5.1.1 User unknown"))
    assert (answer.kind, answer.enhanced) == (AnswerClass.TRANSIENT, None)


@given(stage=st.sampled_from(Stage), code=st.integers(200, 599), text=st.text(max_size=60))
def test_every_answer_has_a_class_and_only_a_permanent_one_suppresses(stage: Stage, code: int, text: str) -> None:
    kind = classify(Reply(stage, code, text)).kind
    if kind is AnswerClass.NO_MAILBOX:
        assert code >= 500
        assert stage in {RCPT, CONTENT}
    if kind is AnswerClass.ACCEPTED:
        assert code < 300
        assert stage is CONTENT
