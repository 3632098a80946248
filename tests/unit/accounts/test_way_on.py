"""`next` leads to a path of this site and nowhere else."""

import pytest

from accounts.pages.way_on import MAX_LENGTH, local_path


@pytest.mark.parametrize(
    "path", ["/", "/account", "/account?lang=pl&done=x", "/grades/żółty", "/" + "x" * (MAX_LENGTH - 1)]
)
def test_a_path_of_this_site_is_taken(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "text",
    [
        "",
        "account",
        " /account",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/x//y",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\r\nSet-Cookie: x=y",
        "/\x00",
        "/\x7f",
        "/\u202egro.elpmaxe",
        "/\ud800",
        "/" + "x" * MAX_LENGTH,
    ],
)
def test_what_a_browser_could_take_for_another_site_is_not(text: str) -> None:
    assert local_path(text) is None
