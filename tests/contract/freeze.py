"""Freezes the contracts: a golden payload and its schema for each event that has none yet.

Run `python -m tests.contract.freeze` after adding an event, and commit what it writes. It never overwrites: what was
published once must parse for ever.
"""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

from devstack.documents.asyncapi import payload_schemas
from shared.contracts.accounts import (
    AccountActivated,
    AccountDeleted,
    AccountDeletionCancelled,
    AccountDeletionRequested,
    AccountRegistered,
    ActivationRequested,
    EmailChanged,
    EmailChangeRequested,
    LoginLinked,
    LoginUnlinked,
    PasswordChanged,
    PasswordResetRequested,
    RegistrationAttempted,
    RegistrationExpired,
    SecondFactorChanged,
    SecondFactorGuessed,
    SignedInFromNewDevice,
)
from shared.contracts.envelope import EventData
from shared.contracts.notifications import MailStateChanged
from shared.contracts.roster import (
    ClassChanged,
    EnrolmentChanged,
    GuardianshipChanged,
    LinkChanged,
    PersonChanged,
    PersonRole,
    SchoolChanged,
    Subject,
    TermChanged,
)
from shared.contracts.sessions import SessionRevoked

GOLDEN = Path(__file__).parent / "golden"

_ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
_OTHER_ID = UUID("01890a5d-ac96-774b-bcce-b302099a8058")
_SEALED = "eyJhbGciOiJFQ0RILUVTIn0..aXY.Y2lwaGVy.dGFn"
_AT = datetime(2026, 9, 1, 6, 30, tzinfo=UTC)
_END = datetime(2026, 9, 15, 6, 30, tzinfo=UTC)

SAMPLES: tuple[EventData, ...] = (
    AccountRegistered(
        account_id=_ID,
        version=1,
        language="pl",
        email=_SEALED,
        activation_token=_SEALED,
        reminder_token=_SEALED,
        registered_at=_AT,
        expires_at=_END,
        terms_version="2026-09-01",
    ),
    ActivationRequested(
        account_id=_ID,
        version=2,
        language="uk",
        activation_token=_SEALED,
        reminder_token=_SEALED,
        registered_at=_AT,
        expires_at=_END,
        terms_version="2026-09-01",
    ),
    AccountActivated(account_id=_ID, version=3, language="en", activated_at=_AT, terms_version="2026-09-01"),
    RegistrationExpired(account_id=_ID, version=4, expired_at=_END),
    RegistrationAttempted(account_id=_ID, version=5, attempted_at=_AT),
    SignedInFromNewDevice(
        account_id=_ID, version=6, language="pl", browser="Firefox", system="Android", signed_in_at=_AT
    ),
    PasswordResetRequested(
        account_id=_ID, version=7, language="pl", reset_token=_SEALED, requested_at=_AT, expires_at=_END
    ),
    PasswordChanged(account_id=_ID, version=8, language="uk", by_reset=True, changed_at=_AT),
    SecondFactorChanged(account_id=_ID, version=9, language="en", enabled=True, changed_at=_AT),
    SecondFactorGuessed(account_id=_ID, version=15, language="pl", guessed_at=_AT),
    EmailChangeRequested(
        account_id=_ID,
        version=10,
        language="pl",
        new_email=_SEALED,
        confirmation_token=_SEALED,
        requested_at=_AT,
        expires_at=_END,
    ),
    EmailChanged(account_id=_ID, version=11, language="pl", email=_SEALED, changed_at=_AT),
    AccountDeletionRequested(account_id=_ID, version=12, language="pl", requested_at=_AT, deleted_at=_END),
    AccountDeletionCancelled(account_id=_ID, version=13, language="pl", cancelled_at=_AT),
    AccountDeleted(account_id=_ID, version=14, language="pl", deleted_at=_END),
    LoginLinked(
        account_id=_ID,
        version=15,
        language="uk",
        login_id=_OTHER_ID,
        login_kind="guardian",
        login_ending="78",
        school_name="Szkoła Podstawowa nr 3",
        linked_at=_AT,
    ),
    LoginUnlinked(
        account_id=_ID,
        version=16,
        language="uk",
        login_id=_OTHER_ID,
        login_kind="guardian",
        login_ending="78",
        school_name="Szkoła Podstawowa nr 3",
        unlinked_at=_END,
        by="school",
    ),
    SessionRevoked(session_id=_ID, account_id=_ID, reason="signed_out", revoked_at=_AT, tokens_end_at=_END),
    MailStateChanged(
        mail_id=_ID,
        account_id=_ID,
        lane="security",
        kind="activation",
        state="refused",
        reason="no_mailbox",
        changed_at=_AT,
    ),
    SchoolChanged(school_id=_ID, version=1, name="Szkoła Podstawowa nr 7"),
    TermChanged(
        term_id=_ID,
        version=2,
        kind="semester",
        title="I semestr 2026/2027",
        begins_on=date(2026, 9, 1),
        ends_on=date(2027, 1, 29),
        parent_id=_OTHER_ID,
    ),
    ClassChanged(
        class_id=_ID,
        school_id=_OTHER_ID,
        version=3,
        kind="homeroom",
        title="3b",
        grades=("03",),
        subjects=(Subject(code="MAT", title="matematyka"),),
        term_ids=(_ID,),
    ),
    PersonChanged(
        person_id=_ID,
        version=4,
        given_name="Żaneta",
        family_name="Gżegżółka",
        born_on=date(2017, 5, 3),
        language="uk",
        roles=(PersonRole(role="student", school_id=_OTHER_ID, begins_on=date(2026, 9, 1)),),
        ends_on=date(2027, 6, 25),
    ),
    EnrolmentChanged(
        enrolment_id=_ID,
        class_id=_OTHER_ID,
        school_id=_OTHER_ID,
        person_id=_ID,
        version=5,
        role="teacher",
        homeroom=True,
        subjects=("MAT",),
        begins_on=date(2026, 9, 1),
    ),
    GuardianshipChanged(
        guardianship_id=_ID,
        student_id=_ID,
        guardian_id=_OTHER_ID,
        version=6,
        see=True,
        excuse=False,
        receive=True,
        sign=False,
    ),
    LinkChanged(login_id=_ID, kind="guardian", scope_id=_ID, person_id=_OTHER_ID, account_id=_ID, version=7),
)


def freeze() -> list[Path]:
    """Writes what is missing. Returns the paths written."""
    schemas = payload_schemas()
    written = []
    for sample in SAMPLES:
        for suffix, content in (("json", sample.model_dump(mode="json")), ("schema.json", schemas[sample.TYPE])):
            path = GOLDEN / f"{sample.TYPE}.{suffix}"
            if not path.exists():
                path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
                written.append(path)
    return written


if __name__ == "__main__":
    for path in freeze():
        print(path.relative_to(Path.cwd()))  # noqa: T201 - a command's output
