"""Codes for programs that say what they mean to people."""

from enum import StrEnum
from typing import Self


class WithSentence(StrEnum):
    """A code, stable for programs. `sentence` says it to people."""

    sentence: str

    def __new__(cls, value: str, sentence: str) -> Self:
        """The code with its sentence."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.sentence = sentence
        return member
