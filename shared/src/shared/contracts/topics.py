"""The topics of the installation: name, lane, partitions and how long they keep.

Partitions are never raised, because that would move keys between partitions and break their order: more partitions
means a `.v2` topic.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

MAX_RECORD_BYTES = 256 * 1024
"""The largest value that an event may have. What is larger is dead-lettered, never handled."""

BROKER_MAX_BYTES = 2 * 1024 * 1024
"""What topics accept, so that an oversized record reaches the consumer and is dead-lettered with its reason."""


class Lane(StrEnum):
    """A class of work with outbox slots, topics, consumer groups and sender connections of its own.

    No backlog in one lane delays another: a roster import's millions of rows stand in nobody's way.
    """

    SECURITY = "security"
    DIRECT = "direct"
    BULK = "bulk"
    ROSTER = "roster"


class Topic(BaseModel):
    """One topic and its configuration. `retention` is None for a compacted topic, which keeps the last state."""

    model_config = ConfigDict(frozen=True)

    name: str
    lane: Lane
    partitions: int = 12
    retention: timedelta | None = timedelta(days=14)
    max_bytes: int = BROKER_MAX_BYTES

    def config(self) -> dict[str, str]:
        """The topic-level settings that Kafka takes when the topic is created."""
        settings = {"max.message.bytes": str(self.max_bytes)}
        if self.retention is None:
            settings["cleanup.policy"] = "compact"
            settings["max.compaction.lag.ms"] = str(int(timedelta(days=1).total_seconds() * 1000))
        else:
            settings["cleanup.policy"] = "delete"
            settings["retention.ms"] = str(int(self.retention.total_seconds() * 1000))
        return settings


ACCOUNTS_ACCOUNT = Topic(name="accounts.account.v1", lane=Lane.SECURITY)
ACCOUNTS_SESSION = Topic(name="accounts.session.v1", lane=Lane.SECURITY, retention=timedelta(days=1))
"""A day: what it tells is of no use longer than an access token lives."""

NOTIFICATIONS_MAIL_SECURITY = Topic(name="notifications.mail-security.v1", lane=Lane.SECURITY)
NOTIFICATIONS_MAIL_DIRECT = Topic(name="notifications.mail-direct.v1", lane=Lane.DIRECT)
NOTIFICATIONS_MAIL_BULK = Topic(name="notifications.mail-bulk.v1", lane=Lane.BULK, partitions=48)

ROSTER_SCHOOL = Topic(name="roster.school.v1", lane=Lane.ROSTER, retention=None)
ROSTER_TERM = Topic(name="roster.term.v1", lane=Lane.ROSTER, retention=None)
ROSTER_CLASS = Topic(name="roster.class.v1", lane=Lane.ROSTER, retention=None)
ROSTER_PERSON = Topic(name="roster.person.v1", lane=Lane.ROSTER, retention=None)
ROSTER_ENROLMENT = Topic(name="roster.enrolment.v1", lane=Lane.ROSTER, retention=None)
ROSTER_GUARDIANSHIP = Topic(name="roster.guardianship.v1", lane=Lane.ROSTER, retention=None)
ROSTER_LINK = Topic(name="roster.link.v1", lane=Lane.SECURITY, retention=None)
"""In the lane of security: what an account may see ends at once with its link, whatever is being imported."""

EVENT_TOPICS = (
    ACCOUNTS_ACCOUNT,
    ACCOUNTS_SESSION,
    ROSTER_SCHOOL,
    ROSTER_TERM,
    ROSTER_CLASS,
    ROSTER_PERSON,
    ROSTER_ENROLMENT,
    ROSTER_GUARDIANSHIP,
    ROSTER_LINK,
    NOTIFICATIONS_MAIL_SECURITY,
    NOTIFICATIONS_MAIL_DIRECT,
    NOTIFICATIONS_MAIL_BULK,
)


def by_lane(topics: Iterable[Topic]) -> Mapping[str, Sequence[Topic]]:
    """The topics of each lane that has any of them: a consumer group each, so that no lane's backlog delays another."""
    lanes: dict[str, list[Topic]] = {}
    for topic in topics:
        lanes.setdefault(topic.lane, []).append(topic)
    return lanes


def dead_letter_topic(service: str) -> Topic:
    """Where `service` puts the records that it cannot handle, each with its reason; kept 30 days."""
    return Topic(
        name=f"{service}.dead-letter.v1",
        lane=Lane.DIRECT,
        partitions=1,
        retention=timedelta(days=30),
        max_bytes=2 * BROKER_MAX_BYTES,
    )


def retry_topic(service: str) -> Topic:
    """Where `dead-letters redrive` puts records back for `service` alone: nobody else sees them again."""
    return Topic(name=f"{service}.retry.v1", lane=Lane.DIRECT, partitions=1, retention=timedelta(days=14))
