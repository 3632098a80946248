"""DKIM (RFC 6376, RFC 8301): a mail's signature, and the DNS record that it is checked with."""

from notifications.dkim.signer import Signer

__all__ = ["Signer"]
