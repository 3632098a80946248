"""Messaging: what school and family write to each other. So far it knows who is who."""

from shared.runtime import roster

SERVICE = "messaging"
"""The service's name: the source of its events."""

PACKAGES = (roster.PACKAGE,)
"""The packages whose migrations make its database."""
