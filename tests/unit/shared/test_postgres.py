"""Whose fault an error is: the event's, or the database's, which may be mended."""

import asyncpg
import pytest

from shared.runtime.postgres import transient, unavailable


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.CannotConnectNowError("starting"),
        asyncpg.ReadOnlySQLTransactionError("failover"),
        asyncpg.InvalidPasswordError("changed"),
        asyncpg.InvalidAuthorizationSpecificationError("no login"),
        asyncpg.InvalidCatalogNameError("renamed"),
        asyncpg.ObjectNotInPrerequisiteStateError("connections not allowed"),
        asyncpg.QueryCanceledError("by hand"),
        asyncpg.OutOfMemoryError("full"),
        asyncpg.DiskFullError("full"),
        asyncpg.TooManyConnectionsError("full"),
        asyncpg.DeadlockDetectedError("clash"),
        asyncpg.ConnectionDoesNotExistError("cut"),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.InternalClientError("cannot switch to state 15; another operation (2) is in progress"),
        ConnectionRefusedError(),
        TimeoutError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_the_database_refuses_for_now_is_tried_again(error: Exception) -> None:
    assert unavailable(error)
    assert transient(error)


@pytest.mark.parametrize(
    "error",
    [asyncpg.UndefinedColumnError("not migrated"), asyncpg.InsufficientPrivilegeError("a grant is missing")],
    ids=lambda error: type(error).__name__,
)
def test_what_an_operator_has_to_mend_buries_no_event(error: Exception) -> None:
    assert not unavailable(error)
    assert transient(error)


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.InvalidTextRepresentationError("bad"),
        asyncpg.CheckViolationError("bad"),
        asyncpg.DataError("bad"),
        FileNotFoundError(),
        KeyError("bug"),
        ValueError("bug"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_bad_data_and_bugs_are_not_tried_again(error: Exception) -> None:
    assert not transient(error)
