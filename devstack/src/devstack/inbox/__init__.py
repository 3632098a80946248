"""An SMTP server that keeps every mail and shows it: what a mailbox is to the demo and to the tests.

`python -m devstack.inbox --smtp-port 1025 --http-port 8025 --folder DIR`. It is the real protocol on a real socket; it
delivers nothing onwards, and on request it misbehaves (behaviour.py). Not for production.
"""

from devstack.inbox.arrivals import Arrivals, MailNotArrivedError
from devstack.inbox.client import InboxClient
from devstack.inbox.mail import LedgerEntry, Mail, MailSummary, Receipt

__all__ = ["Arrivals", "InboxClient", "LedgerEntry", "Mail", "MailNotArrivedError", "MailSummary", "Receipt"]
