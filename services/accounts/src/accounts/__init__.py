"""Portal accounts: registration, activation by a mailed link, expiry of what nobody activated."""
