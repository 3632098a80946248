"""Notifications: events become notices, notices become mails, mails are sent."""

SERVICE = "notifications"
"""The service's name: the source of its events, and the package whose migrations make its database."""
