"""The span of an attempt, in the trace of what caused the mail. It names the mail by its id, never whom it is for."""

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from notifications.domain.answers import Answer, AnswerClass
from notifications.domain.mail import ClaimedMail
from shared.runtime.telemetry.switch import current_tracer

if TYPE_CHECKING:
    from shared.runtime.telemetry.spans import Span


async def in_trace(mail: ClaimedMail, delivering: Awaitable[Answer | None]) -> Answer | None:
    """The answer, told in the mail's trace where that is recorded."""
    span = _begin(mail)
    if span is None:
        return await delivering
    answer = None
    try:
        answer = await delivering
    finally:
        _end(span, answer)
    return answer


def _begin(mail: ClaimedMail) -> "Span | None":
    tracer = current_tracer()
    if tracer is None or mail.traceparent is None:
        return None
    attributes: dict[str, str | int] = {
        "dzwonek.mail.id": str(mail.mail_id),
        "dzwonek.mail.kind": mail.kind,
        "dzwonek.mail.lane": mail.lane,
        "dzwonek.mail.attempt": mail.attempts,
        "network.protocol.name": "smtp",
    }
    return tracer.follow("send mail", "client", attributes, parent=mail.traceparent)


def _end(span: "Span", answer: Answer | None) -> None:
    if answer is None:
        span.end({}, error="connection_had_ended")
        return
    attributes: dict[str, str | int] = {"dzwonek.mail.answer": answer.kind.value}
    if answer.code is not None:
        attributes["dzwonek.mail.answer.code"] = answer.code
    if answer.enhanced is not None:
        attributes["dzwonek.mail.answer.enhanced_code"] = answer.enhanced
    span.end(attributes, error=None if answer.kind is AnswerClass.ACCEPTED else answer.kind.value)
