"""SMTP: the relay, conversations with it, and the envelope of a mail."""
