"""Events of sessions, emitted by the accounts service."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import EventData, Instant
from shared.contracts.topics import ACCOUNTS_SESSION, Topic


class SessionRevoked(EventData):
    """A session has ended before its time: its access tokens, which live on for some minutes, are refused from now on.

    Every service keeps the id for as long as a token of the session may live.
    """

    TYPE: ClassVar[str] = "pl.dzwonek.session.revoked.v1"
    TOPIC: ClassVar[Topic] = ACCOUNTS_SESSION

    session_id: UUID
    account_id: UUID
    reason: str = Field(
        pattern=r"^[a-z_]{1,32}$",
        description="Why, for example `signed_out`. No closed list: a reason not known yet must keep no service from"
        " hearing that the session is over.",
    )
    revoked_at: Instant
    tokens_end_at: Instant = Field(description="No access token of the session lives longer.")

    @property
    def key(self) -> str:
        """The account: all its sessions keep their order."""
        return str(self.account_id)
