"""Grades: what is taught and how it goes. So far it knows who is who."""

from shared.runtime import roster

SERVICE = "grades"
"""The service's name: the source of its events."""

PACKAGES = (roster.PACKAGE,)
"""The packages whose migrations make its database."""
