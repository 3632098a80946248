"""From a claimed mail to what goes over the wire.

The token is unsealed, the message rendered and signed, the envelope addressed.
"""

from dataclasses import dataclass

import structlog

from notifications.dkim import Signer
from notifications.domain.mail import ClaimedMail
from notifications.rendering import CannotRender, MailToRender, Renderer, UnsafeHeader, ascii_address
from notifications.smtp.verp import Verp
from shared.runtime.sealing import SealBroken, Unsealer

log = structlog.get_logger()


class CannotWrite(Exception):  # noqa: N818 - names what happened
    """The mail cannot be written now; `reason` is stable and holds nothing personal."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoSuchAddress(Exception):  # noqa: N818 - names what happened
    """The recipient's address can never stand in an envelope."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in its envelope. Both addresses are ASCII; the content has CRLF lines and is not dot-stuffed."""

    sender: str
    recipient: str
    content: bytes


class Letters:
    """Writes letters, signed where there is a signer.

    They are signed on the event loop: a signature takes half a millisecond, in which a thread would hold the
    interpreter just as well.
    """

    def __init__(self, renderer: Renderer, unsealer: Unsealer, verp: Verp, signer: Signer | None = None) -> None:
        self._renderer = renderer
        self._unsealer = unsealer
        self._verp = verp
        self._signer = signer

    def write(self, mail: ClaimedMail) -> Letter:
        """The letter of a mail, the same bytes at every try. Raises CannotWrite and NoSuchAddress."""
        if mail.sealed_address and not mail.address:
            raise CannotWrite("seal_broken")
        try:
            recipient = ascii_address(mail.address)
        except UnsafeHeader:
            raise NoSuchAddress from None
        return Letter(self._verp.address_of(mail.mail_id), recipient, self._content(mail))

    def _content(self, mail: ClaimedMail) -> bytes:
        try:
            token = self._unsealer.open(mail.sealed_token) if mail.sealed_token is not None else None
            message = self._renderer.render(
                MailToRender(
                    mail_id=mail.mail_id,
                    kind=mail.kind,
                    language=mail.language,
                    address=mail.address,
                    created_at=mail.created_at,
                    thread_id=mail.thread_id,
                    params=mail.params,
                    token=token,
                )
            )
            return self._signer.sign(message) if self._signer else message
        except SealBroken:
            raise CannotWrite("seal_broken") from None
        except CannotRender:
            raise CannotWrite("cannot_render") from None
        except Exception as error:  # noqa: BLE001 - one mail that trips over a fault of ours must not stop the others
            # Without the traceback, whose variables name the recipient.
            log.error("rendering_failed", mail_id=str(mail.mail_id), kind=mail.kind, error=type(error).__name__)  # noqa: TRY400
            raise CannotWrite("rendering_failed") from None
