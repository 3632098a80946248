"""The preview writes every mail in every language, to look at."""

from pathlib import Path

from tests.unit.notifications.rendered import MAILS, a_mail, renderer

from notifications.domain.kinds import KINDS
from notifications.rendering.facts import MOULDS
from notifications.rendering.preview import SAMPLE_PARAMS, write_preview


def test_every_kind_has_a_sample() -> None:
    assert {sample.partition("-")[0] for sample in SAMPLE_PARAMS} == set(MOULDS) == set(KINDS)


def test_every_mail_is_written_as_html_text_and_message_with_an_index(tmp_path: Path) -> None:
    written = write_preview(tmp_path / "new" / "folder")
    names = {f"{kind}.{language}.{ending}" for kind, language in MAILS for ending in ("html", "txt", "eml")}
    assert {path.name for path in written} == {*names, "index.html"}
    assert all(path.stat().st_size > 300 for path in written)
    index = (tmp_path / "new" / "folder" / "index.html").read_text(encoding="utf-8")
    assert all(f'href="{name}"' in index for name in names)


def test_the_written_message_is_the_one_that_would_be_sent(tmp_path: Path) -> None:
    write_preview(tmp_path)
    assert (tmp_path / "welcome.uk.eml").read_bytes() == renderer().render(a_mail("welcome", "uk"))
