"""Logs are JSON lines without what people wrote."""

import json
import logging

import pytest
import structlog

from shared.runtime.logs import configure_logs


@pytest.fixture(autouse=True)
def _restored() -> object:
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    logging.basicConfig(handlers=[], force=True)


def fail() -> None:
    raise ValueError("the address anna@example.org is wrong")


def test_an_exception_is_logged_without_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", service="accounts", process="api")
    try:
        fail()
    except ValueError:
        structlog.get_logger().exception("failed")
        logging.getLogger("library").exception("failed too")
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["error"] for line in lines] == ["ValueError", "ValueError"]
    assert all("fail" in json.loads(line)["frames"][-1] for line in lines)
    assert "anna" not in "".join(lines)


def test_of_a_group_each_exception_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", service="accounts", process="api")
    try:
        fail()
    except ValueError as error:
        inner = ExceptionGroup("of anna@example.org", [error, KeyError("anna@example.org")])
        structlog.get_logger().error("failed", exc_info=ExceptionGroup("parts", [inner, OSError("example.org")]))
    (line,) = capsys.readouterr().out.splitlines()
    assert [cause["error"] for cause in json.loads(line)["causes"]] == ["ValueError", "KeyError", "OSError"]
    assert "fail" in json.loads(line)["causes"][0]["frames"][-1]
    assert "example" not in line


def test_a_line_names_service_and_process(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", service="accounts", process="worker")
    structlog.get_logger().info("hello", count=3)
    structlog.get_logger().debug("not shown")
    line = json.loads(capsys.readouterr().out)
    assert (line["service"], line["process"], line["event"], line["count"]) == ("accounts", "worker", "hello", 3)
