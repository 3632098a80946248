"""Topics by their lanes."""

from shared.contracts.topics import (
    ACCOUNTS_SESSION,
    NOTIFICATIONS_MAIL_BULK,
    ROSTER_LINK,
    ROSTER_PERSON,
    ROSTER_TERM,
    Lane,
    by_lane,
)


def test_topics_of_one_lane_stand_together_in_their_order_and_no_other_lane_is_named() -> None:
    told = [ROSTER_TERM, ACCOUNTS_SESSION, ROSTER_PERSON, ROSTER_LINK]
    assert by_lane(told) == {
        Lane.ROSTER: [ROSTER_TERM, ROSTER_PERSON],
        Lane.SECURITY: [ACCOUNTS_SESSION, ROSTER_LINK],
    }
    assert by_lane([NOTIFICATIONS_MAIL_BULK]) == {Lane.BULK: [NOTIFICATIONS_MAIL_BULK]}
