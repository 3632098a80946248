"""The settings of the API and of the worker, from the environment (prefix `DZWONEK_`)."""

from datetime import timedelta

from pydantic import Field, ValidationInfo, field_validator

from notifications.retention.days import Ages
from notifications.settings.private_keys import PrivateKeysFile
from shared.runtime.auth.wiring import AuthSettings
from shared.runtime.settings import KafkaSettings, Settings


class ApiSettings(Settings, AuthSettings):
    """What `notifications api` needs. It speaks to PostgreSQL alone, and to accounts for the keys of access tokens."""


class WorkerSettings(Settings, KafkaSettings):
    """What `notifications worker` needs: it turns events into mails and keeps the tables in order."""

    sealing_private_keys_file: PrivateKeysFile = Field(
        description="The private keys (a JWK set) that open sealed addresses and tokens. Old keys stay in it as long as"
        " a record sealed to them is kept."
    )
    partitions_ahead_days: int = Field(
        default=3, ge=1, le=30, description="How many days ahead the tables have their partitions."
    )
    mail_retention_days: int = Field(
        default=365, ge=30, le=3650, description="How long mails and notices are kept: what became of them, no content."
    )
    attempt_retention_days: int = Field(
        default=90, ge=7, le=3650, description="How long the relay's answers are kept; no longer than the mails."
    )
    notice_key_retention_days: int = Field(
        default=365,
        ge=30,
        le=3650,
        description="How long a fact is known as told, so that no replay tells it again; at least as long as the mails"
        " that it became.",
    )

    @field_validator("attempt_retention_days")
    @classmethod
    def _not_longer_than_mails(cls, days: int, info: ValidationInfo) -> int:
        """An attempt without its mail would tell nothing."""
        if days > info.data.get("mail_retention_days", days):
            raise ValueError("it is longer than DZWONEK_MAIL_RETENTION_DAYS: make it as long or shorter")
        return days

    @field_validator("notice_key_retention_days")
    @classmethod
    def _not_shorter_than_mails(cls, days: int, info: ValidationInfo) -> int:
        """What is still on record as mailed must not be mailed again."""
        if days < info.data.get("mail_retention_days", days):
            raise ValueError("it is shorter than DZWONEK_MAIL_RETENTION_DAYS: make it as long or longer")
        return days

    @property
    def ages(self) -> Ages:
        """The retention as the jobs take it."""
        return Ages(
            mails=timedelta(days=self.mail_retention_days),
            attempts=timedelta(days=self.attempt_retention_days),
            notice_keys=timedelta(days=self.notice_key_retention_days),
        )
