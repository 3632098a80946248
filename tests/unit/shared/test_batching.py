"""A round's rows become batches of one partition each, in their order; what is too large holds up its own key alone."""

from typing import Any

from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.record.default_records import DefaultRecordBatch
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.topics import BROKER_MAX_BYTES
from shared.runtime.batching import Batched, batched
from shared.runtime.outbox import part_of

PARTITIONS = {"some.accounts": 12, "some.mails": 3}
KEYS = [f"key-{number}" for number in range(6)]


def row(key: str, topic: str = "accounts", *, size: int = 10) -> dict[str, Any]:
    return {"key": key, "topic": topic, "headers": '{"ce_id": "1", "ce_type": "żółw"}', "value": b"x" * size}


def of(rows: list[dict[str, Any]], *, batch_size: int = 1000) -> Batched:
    return batched(rows, prefix="some.", partitions=PARTITIONS, new=lambda: BatchBuilder(batch_size, 0))


ROWS = st.builds(row, st.sampled_from(KEYS), st.sampled_from(["accounts", "mails"]), size=st.integers(0, 400))


@given(st.lists(ROWS))
def test_each_row_is_in_one_batch_and_a_key_s_rows_follow_each_other(rows: list[dict[str, Any]]) -> None:
    batches, too_large = of(rows)
    assert not too_large
    sent = [place for batch in batches for place in batch.places]
    assert sorted(sent) == list(range(len(rows)))
    for topic in ("accounts", "mails"):
        for key in KEYS:
            places = [place for place in sent if (rows[place]["key"], rows[place]["topic"]) == (key, topic)]
            assert places == sorted(places)
            where = {(batch.topic, batch.partition) for batch in batches if set(places) & set(batch.places)}
            assert len(where) <= 1


def test_a_batch_holds_its_rows_as_kafka_has_them() -> None:
    (batch,), _ = of([row("a"), row("a", size=3)])
    records = list(DefaultRecordBatch(bytes(batch.records._build())))
    assert [(record.key, record.value) for record in records] == [(b"a", b"x" * 10), (b"a", b"xxx")]
    assert records[0].headers == [("ce_id", b"1"), ("ce_type", "żółw".encode())]
    assert (batch.topic, batch.partition) == ("some.accounts", part_of("a", 12))


def test_a_full_batch_is_followed_by_another() -> None:
    batches, _ = of([row("a", size=400) for _ in range(5)])
    assert [batch.places for batch in batches] == [[0, 1], [2, 3], [4]]


def test_a_row_that_fits_into_no_batch_has_one_of_its_own() -> None:
    batches, too_large = of([row("a"), row("a", size=5000), row("a")])
    assert [batch.places for batch in batches] == [[0], [1], [2]]
    assert not too_large


def test_a_row_that_is_too_large_holds_up_its_own_key_alone() -> None:
    other = next(f"other-{n}" for n in range(1000) if part_of(f"other-{n}", 12) == part_of("giant", 12))
    rows = [row("giant"), row("giant", size=BROKER_MAX_BYTES), row(other), row("giant"), row(other)]
    batches, too_large = of(rows)
    assert [batch.places for batch in batches] == [[0], [2, 4]]
    assert too_large == [1, 3]


def test_no_partition_waits_for_the_second_batch_of_another() -> None:
    far = next(f"far-{n}" for n in range(1000) if part_of(f"far-{n}", 12) != part_of("a", 12))
    batches, _ = of([row("a", size=800), row("a", size=800), row(far), row("a", size=800)])
    assert [batch.places for batch in batches] == [[0], [2], [1], [3]]


def test_a_row_of_a_topic_that_nobody_knows_is_in_no_batch() -> None:
    batches, too_large = of([row("a", "unknown"), row("a")])
    assert [batch.places for batch in batches] == [[1]]
    assert not too_large


def test_the_partition_of_a_key_is_its_crc_32() -> None:
    assert part_of("123456789", 2**32) == 0xCBF43926  # the check value of CRC-32/ISO-HDLC
    assert part_of("123456789", 12) == 0xCBF43926 % 12
