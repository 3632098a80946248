"""How many guesses a password withstands, as zxcvbn estimates it for an attacker who knows the habits of people.

It takes a millisecond or a few dozen of a core and is called off the event loop, in several threads at once: so the
words of one person go into a copy of zxcvbn's dictionaries, not into the common ones as its own entry point does.
"""

from collections.abc import Sequence

from zxcvbn.matching import RANKED_DICTIONARIES, build_ranked_dict, omnimatch
from zxcvbn.scoring import most_guessable_match_sequence

ESTIMATED_LENGTH = 24
"""Characters that are looked at: the cost grows with the square, and who withstands with these does so with more."""

_ONE_SIGN = str.maketrans("{[<|", "(((1")
"""Signs that stand for the same letter: each one more would double the ways in which zxcvbn reads a password."""


def guesses(password: str, words: Sequence[str]) -> float:
    """The guesses that find `password`, when `words` (the likeliest first) are tried beside those of zxcvbn."""
    start = password[:ESTIMATED_LENGTH].translate(_ONE_SIGN)
    dictionaries = {**RANKED_DICTIONARIES, "here": build_ranked_dict([word.lower() for word in words])}
    return float(most_guessable_match_sequence(start, omnimatch(start, dictionaries))["guesses"])
