"""How the inbox misbehaves, so that tests can see what becomes of a mail when a server refuses, stalls or breaks off.

Without rules it accepts everything at once.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, TypeAdapter, model_validator

MAX_RULES = 100
EVERYBODY = "*"


class Stage(StrEnum):
    """Where in an SMTP session a rule applies."""

    CONNECT = "connect"
    """In place of the greeting."""
    MAIL = "mail"
    """As the answer to MAIL FROM."""
    RCPT = "rcpt"
    """As the answer to RCPT TO."""
    DATA = "data"
    """As the answer to DATA."""
    FINAL = "final"
    """As the answer to the final dot, when the server has the whole mail."""


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    match: str = Field(
        default=EVERYBODY,
        min_length=1,
        max_length=320,
        description="A recipient's address, a recipient's domain, or `*`.",
    )
    stage: Stage
    times: int | None = Field(default=None, ge=1, description="How often the rule applies; None: always.")
    times_each: int | None = Field(
        default=None, ge=1, description="How often the rule applies to each recipient: 1 is greylisting."
    )
    percent: float = Field(default=100, gt=0, le=100, description="How many of the matching cases it applies to.")

    @model_validator(mode="after")
    def _knows_its_recipient(self) -> Self:
        if self.stage in {Stage.CONNECT, Stage.MAIL} and (self.match != EVERYBODY or self.times_each is not None):
            raise ValueError(
                "at the stages connect and mail no recipient is known yet: match must be *, without times_each"
            )
        return self

    def fits(self, stage: Stage, recipients: Sequence[str]) -> bool:
        """Whether the rule is about this stage and one of these recipients."""
        wanted = self.match.casefold()
        return stage == self.stage and (
            wanted == EVERYBODY
            or any(wanted in (address.casefold(), address.casefold().rpartition("@")[2]) for address in recipients)
        )


class Reply(_Rule):
    """Refuses with this answer; after 421 the connection is closed (RFC 5321, 3.8)."""

    action: Literal["reply"]
    code: int = Field(ge=400, le=599, description="A refusal: 4yz for now, 5yz for ever.")
    text: str = Field(
        pattern=r"^[\x20-\x7e]{1,500}$", description="What follows the code, with its enhanced code: `4.7.1 Later`."
    )


class Delay(_Rule):
    """Waits, then goes on to the next rule that fits. A client that leaves meanwhile has left nothing."""

    action: Literal["delay"]
    seconds: float = Field(gt=0, le=600)


class _BreakOff(_Rule):
    kept: bool = Field(default=False, description="Whether the mail was accepted all the same (stage final).")

    @model_validator(mode="after")
    def _has_what_it_keeps(self) -> Self:
        if self.kept and self.stage != Stage.FINAL:
            raise ValueError("a mail can be kept at the stage final only")
        return self


class Silence(_BreakOff):
    """Never answers; the connection stays open until the client leaves."""

    action: Literal["silence"]


class Reset(_BreakOff):
    """Breaks the connection off (TCP RST)."""

    action: Literal["reset"]


Ending = Reply | Silence | Reset
Rule = Annotated[Reply | Delay | Silence | Reset, Field(discriminator="action")]
RULES: TypeAdapter[list[Rule]] = TypeAdapter(Annotated[list[Rule], Field(max_length=MAX_RULES)])


class AppliedRule(BaseModel):
    """A rule and how often it has applied."""

    rule: Rule
    applied: int
    _applied_to: Counter[str] = PrivateAttr(default_factory=Counter)

    def is_used_up(self, recipients: Sequence[str]) -> bool:
        """Whether the rule has applied as often as it may, or that often to each of these."""
        times, each = self.rule.times, self.rule.times_each
        if times is not None and self.applied >= times:
            return True
        return each is not None and all(self._applied_to[address] >= each for address in _folded(recipients))

    def count(self, recipients: Sequence[str]) -> None:
        """Notes that it applies, to these."""
        self.applied += 1
        if self.rule.times_each is not None:
            self._applied_to.update(_folded(recipients))


class Behaviour:
    """The rules in force. They are asked in their order: every delay that fits counts, the first other one decides."""

    def __init__(self) -> None:
        self._rules: list[AppliedRule] = []
        self._dice = random.Random()  # noqa: S311 - misbehaviour needs no secret

    @property
    def rules(self) -> Sequence[AppliedRule]:
        """The rules with their counts."""
        return self._rules

    def replace(self, rules: Sequence[Rule]) -> None:
        """Puts these rules in force in place of all others, their counts at zero."""
        self._rules = [AppliedRule(rule=rule, applied=0) for rule in rules]

    def at(self, stage: Stage, recipients: Sequence[str] = ()) -> Iterator[Delay | Ending]:
        """What to do now: any delays, then at most one ending. What is yielded counts as applied."""
        for entry in self._rules:
            rule = entry.rule
            if not rule.fits(stage, recipients) or entry.is_used_up(recipients):
                continue
            if self._dice.random() * 100 >= rule.percent:
                continue
            entry.count(recipients)
            yield rule
            if not isinstance(rule, Delay):
                return


def _folded(recipients: Sequence[str]) -> set[str]:
    return {address.casefold() for address in recipients}
