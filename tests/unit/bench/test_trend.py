"""A trend tells growth from noise."""

import math

import pytest

from bench.soak.trend import HOUR, trend

EVERY_FIVE_SECONDS = [float(second) for second in range(0, 1800, 5)]


def noise(at: float) -> float:
    """Up and down without a rule that a line would find."""
    return 3 * math.sin(at**2)


def test_what_grows_is_told_to_grow() -> None:
    found = trend(EVERY_FIVE_SECONDS, [100 + 12 * at / HOUR for at in EVERY_FIVE_SECONDS])
    assert found.an_hour == pytest.approx(12)
    assert found.error == pytest.approx(0, abs=1e-6)
    assert found.grows(5)
    assert not found.grows(12.1)


def test_noise_alone_is_no_growth() -> None:
    found = trend(EVERY_FIVE_SECONDS, [100 + noise(at) for at in EVERY_FIVE_SECONDS])
    assert abs(found.an_hour) < 3 * found.error
    assert found.error > 0
    assert not found.grows(2)


def test_growth_is_seen_through_noise() -> None:
    assert trend(EVERY_FIVE_SECONDS, [100 + 40 * at / HOUR + noise(at) for at in EVERY_FIVE_SECONDS]).grows(5)


def test_too_few_samples_say_nothing() -> None:
    with pytest.raises(ValueError, match="three samples"):
        trend([1.0, 2.0], [1.0, 2.0])
