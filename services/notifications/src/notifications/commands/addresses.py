"""How an address may stand on record, for the people who ask about it by hand."""

from collections.abc import Sequence

from notifications.rendering import UnsafeHeader, ascii_address


def spellings(address: str) -> Sequence[str]:
    """`address` in small letters, as it was typed and with its international domain as punycode, as mails carry it."""
    typed = address.strip().lower()
    try:
        return [typed, ascii_address(typed).lower()]
    except UnsafeHeader:
        return [typed]
