"""Which documents there are and where they lie."""

from collections.abc import Mapping
from pathlib import Path

from pydantic_settings import BaseSettings

from accounts import settings as accounts
from accounts.bootstrap.api import build_app as build_accounts
from devstack.documents.asyncapi import asyncapi
from devstack.documents.settings_page import settings_page
from grades import settings as grades
from messaging import settings as messaging
from notifications.bootstrap.api import build_app as build_notifications
from notifications.settings import processes, sender
from shared.runtime.health import Health
from shared.runtime.openapi import as_text
from shared.runtime.settings import Settings

DOCS = Path(__file__).parents[4] / "docs"

PROCESSES: Mapping[str, type[BaseSettings]] = {
    "accounts api": accounts.ApiSettings,
    "accounts worker": accounts.WorkerSettings,
    "grades worker": grades.WorkerSettings,
    "messaging worker": messaging.WorkerSettings,
    "notifications api": processes.ApiSettings,
    "notifications worker": processes.WorkerSettings,
    "notifications sender": sender.SenderSettings,
    "accounts migrate, grades migrate, messaging migrate, notifications migrate": Settings,
}


def documents() -> Mapping[str, str]:
    """The text of each document by its name in docs/."""
    return {
        "asyncapi.yaml": asyncapi(),
        "openapi-accounts.json": as_text(build_accounts(Health(), origin="").openapi()),
        "openapi-notifications.json": as_text(build_notifications(Health(), origin="").openapi()),
        "settings.md": settings_page(PROCESSES),
    }
