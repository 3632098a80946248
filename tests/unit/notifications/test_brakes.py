"""Which mails an operator's selection reaches."""

import pytest

from notifications.domain.brakes import BadSelection, Selection
from notifications.domain.kinds import KINDS


def test_without_a_kind_or_a_lane_the_security_lane_is_left_alone() -> None:
    assert Selection().lanes == ["direct", "bulk"]
    assert Selection(lane="security").lanes == ["security"]
    assert "security" in Selection(kind="password_reset").lanes


def test_an_unknown_kind_names_those_there_are() -> None:
    with pytest.raises(BadSelection) as wrong:
        Selection(kind="lottery")
    assert all(kind in str(wrong.value) for kind in KINDS)


@pytest.mark.parametrize(("kind", "lane"), [(None, "express"), ("activation", "bulk")])
def test_what_can_choose_no_mail_is_refused(kind: str | None, lane: str) -> None:
    with pytest.raises(BadSelection):
        Selection(kind=kind, lane=lane)
