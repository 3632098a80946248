"""Topics by their lanes."""

import pytest

from grades import consumers as grades
from messaging import consumers as messaging
from shared.contracts.topics import (
    ACCOUNTS_SESSION,
    NOTIFICATIONS_MAIL_BULK,
    ROSTER_LINK,
    ROSTER_PERSON,
    ROSTER_TERM,
    Lane,
    Topic,
    by_lane,
)
from shared.runtime.roster import projection


def test_topics_of_one_lane_stand_together_in_their_order_and_no_other_lane_is_named() -> None:
    told = [ROSTER_TERM, ACCOUNTS_SESSION, ROSTER_PERSON, ROSTER_LINK]
    assert by_lane(told) == {
        Lane.ROSTER: [ROSTER_TERM, ROSTER_PERSON],
        Lane.SECURITY: [ACCOUNTS_SESSION, ROSTER_LINK],
    }
    assert by_lane([NOTIFICATIONS_MAIL_BULK]) == {Lane.BULK: [NOTIFICATIONS_MAIL_BULK]}


@pytest.mark.parametrize("groups", [grades.GROUPS, messaging.GROUPS], ids=["grades", "messaging"])
def test_a_link_that_ends_is_heard_whatever_is_imported(groups: dict[str, list[Topic]]) -> None:
    assert groups[Lane.SECURITY] == [ROSTER_LINK]
    assert {topic for topics in groups.values() for topic in topics} == set(projection.TOPICS)
