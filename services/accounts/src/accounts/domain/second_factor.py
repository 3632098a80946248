"""The second factor: a code from an app (TOTP, RFC 6238), or one of ten recovery codes. No code is good twice."""

import re
import secrets
from datetime import datetime

import pyotp

STEP_SECONDS = 30
STEPS_APART = 1
"""The clock of a phone may be one step ahead or behind."""

RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters and digits that are easily taken for one another."""

_HALF = 5
_TOTP = re.compile(r"\d{6}")
_RECOVERY = re.compile(rf"[{_LETTERS}]{{{2 * _HALF}}}")


def new_secret() -> str:
    """A fresh secret for an app, base32, 160 bits."""
    return pyotp.random_base32()


def provisioning_uri(secret: str, name: str) -> str:
    """What the QR code says to the app: `otpauth://...`; `name` is what the app shows beside its codes."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Dzwonek")


def matching_step(secret: str, code: str, now: datetime, last_used: int | None) -> int | None:
    """The time step whose code this is; None for a wrong one and for one that was used before."""
    code = "".join(code.split())
    if not _TOTP.fullmatch(code):
        return None
    current = int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    for step in range(current - STEPS_APART, current + STEPS_APART + 1):
        if pyotp.utils.strings_equal(totp.generate_otp(step), code):
            return step if last_used is None or step > last_used else None
    return None


def new_recovery_codes() -> list[str]:
    """Ten fresh codes, 49 bits each, as `abcde-fghjk`."""
    halves = [["".join(secrets.choice(_LETTERS) for _ in range(_HALF)) for _ in "ab"] for _ in range(RECOVERY_CODES)]
    return ["-".join(pair) for pair in halves]


def plain_recovery_code(entered: str) -> str | None:
    """The code as it is compared: without hyphens and spaces, in small letters; None when it cannot be one."""
    plain = re.sub(r"[\s-]", "", entered).lower()
    return plain if _RECOVERY.fullmatch(plain) else None
