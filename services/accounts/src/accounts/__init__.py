"""Portal accounts: registration, activation by a mailed link, expiry of what nobody activated."""

SERVICE = "accounts"
"""The service's name: the source of its events, and the package whose migrations make its database."""
