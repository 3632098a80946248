"""E-mail addresses: what is accepted, what is kept and when two are the same."""

from dataclasses import dataclass, field

from email_validator import EmailSyntaxError, validate_email

from accounts.domain.refusal import Refused

MAX_LENGTH = 254
"""Characters of an address in ASCII form (RFC 5321, 4.5.3.1.3: a path of 256 with its angle brackets)."""


MAX_LOCAL_PART = 64
"""Characters before the @ (RFC 5321, 4.5.3.1.1): a relay refuses more."""


@dataclass(frozen=True)
class EmailAddress:
    """An accepted address: the local part as given, the domain in ASCII (IDNA), so that any mail server takes it."""

    text: str = field(repr=False)

    @property
    def key(self) -> str:
        """Equal for all spellings of one address. The address is ASCII, so that no other normal form is needed."""
        return self.text.casefold()

    @property
    def local_part(self) -> str:
        """What stands before the @."""
        return self.text.rpartition("@")[0]


def parse_email(text: str) -> EmailAddress:
    """The address in `text`; international domains and plus addresses are good ones.

    Raises Refused: `email_too_long`, `email_local_part_not_ascii` (few mail servers deliver to one), `email_invalid`.
    Whether the mailbox exists is shown by the activation, not by a look-up.
    """
    if len(text) > MAX_LENGTH:
        raise Refused("email_too_long", f"At most {MAX_LENGTH} characters")
    local_part, at, _ = text.rpartition("@")
    if at and not local_part.isascii():
        raise Refused(
            "email_local_part_not_ascii", "Before the @ only letters from a to z, digits and ASCII signs are accepted"
        )
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailSyntaxError:
        found = None
    if found is None or len(local_part) > MAX_LOCAL_PART:
        raise Refused("email_invalid", "This is no e-mail address")
    address = f"{local_part}@{found.ascii_domain}"
    if len(address) > MAX_LENGTH:
        raise Refused("email_too_long", f"At most {MAX_LENGTH} characters")
    return EmailAddress(address)
