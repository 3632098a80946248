"""Waiting for a mail in any inbox that can be asked what has arrived."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence

from devstack.inbox.mail import Mail, MailSummary

_POLL_SECONDS = 0.05


class MailNotArrivedError(TimeoutError):
    """The awaited mail did not come in time; the message tells what came instead."""


class Arrivals(ABC):
    """The mails that have arrived somewhere."""

    @abstractmethod
    async def mails(self, to: str | None = None) -> Sequence[MailSummary]:
        """The newest mails first: to this envelope recipient."""

    @abstractmethod
    async def mail(self, number: int) -> Mail:
        """One mail with its inside."""

    async def wait_for(
        self,
        to: str,
        subject_contains: str | None = None,
        kind: str | None = None,
        timeout: float = 30,  # noqa: ASYNC109 - a deadline over many requests, told in the error
        *,
        after: int = 0,
    ) -> Mail:
        """The newest mail to `to` of that subject and kind (X-Dzwonek-Kind) with an id over `after`, once it is there.

        Raises MailNotArrivedError after `timeout` seconds.
        """
        deadline = asyncio.get_running_loop().time() + timeout
        while True:
            arrived = [mail for mail in await self.mails(to) if mail.id > after]
            for mail in arrived:
                if (subject_contains or "") in (mail.subject or "") and kind in {None, mail.kind}:
                    return await self.mail(mail.id)
            if asyncio.get_running_loop().time() >= deadline:
                raise MailNotArrivedError(
                    f"no mail to {to} with subject {subject_contains!r} and kind {kind!r} after {timeout} s; "
                    f"arrived: {[(mail.kind, mail.subject) for mail in arrived]}"
                )
            await asyncio.sleep(_POLL_SECONDS)
