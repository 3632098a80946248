"""Fresh activation links, for the mail and for its reminder."""

from dataclasses import dataclass

from accounts.domain.tokens import new_token, token_hash
from shared.runtime.sealing import Sealer


@dataclass(frozen=True)
class FreshLinks:
    """Two new tokens: sealed for the event, hashed for the table; nobody keeps them in clear."""

    activation: str
    reminder: str
    hashes: tuple[bytes, bytes]


def fresh_links(sealer: Sealer) -> FreshLinks:
    """New links. Made before anything is decided, so that each branch takes the same time."""
    activation, reminder = new_token(), new_token()
    return FreshLinks(sealer.seal(activation), sealer.seal(reminder), (token_hash(activation), token_hash(reminder)))
