"""Events of links between school logins and portal accounts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from accounts import SERVICE
from accounts.domain.credentials import Credentials
from accounts.domain.links import Link
from accounts.domain.school_logins import ending
from accounts.events.roster import Row
from shared.contracts.accounts import LoginLinked, LoginUnlinked
from shared.contracts.envelope import Event, EventData
from shared.contracts.roster import LinkChanged
from shared.runtime.events import new_event

By = Literal["account", "login", "school", "guardian"]
"""Who ends a link: somebody signed in with the account or with the login; the school or the pupil's guardian, by giving
the login another password."""


def login_linked(account: Credentials, link: Link, now: datetime) -> Event[EventData]:
    """For the owner of the account: a login was linked."""
    data = LoginLinked(**_told(account, link), linked_at=now)
    return new_event(SERVICE, data, now=now, district=link.district_id, school=link.school_id)


def login_unlinked(account: Credentials, link: Link, now: datetime, *, by: By) -> Event[EventData]:
    """For the owner of the account: a login is linked no longer."""
    data = LoginUnlinked(**_told(account, link), unlinked_at=now, by=by)
    return new_event(SERVICE, data, now=now, district=link.district_id, school=link.school_id)


def link_changed(link: Link, now: datetime) -> Event[EventData]:
    """For every service: which account is which person by a login."""
    return link_told({**vars(link), "scope_id": link.scope_id}, link.district_id, now)


def link_told(row: Row, district: UUID, now: datetime) -> Event[EventData]:
    """The same, made of a row."""
    data = LinkChanged(
        login_id=row["login_id"],
        kind=row["kind"],
        scope_id=row["scope_id"],
        person_id=row["person_id"],
        account_id=row["account_id"],
        version=row["version"],
    )
    return new_event(SERVICE, data, now=now, district=district)


def _told(account: Credentials, link: Link) -> Mapping[str, Any]:
    return {
        "account_id": account.account_id,
        "version": account.version + 1,
        "language": account.language,
        "login_id": link.login_id,
        "login_kind": link.kind.value,
        "login_ending": ending(link.name),
        "school_name": link.school,
    }
