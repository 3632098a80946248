"""Envelope senders that tell a bounce's mail."""

from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.smtp.verp import BadKey, Verp

OLD, NEW = b"o" * 32, b"n" * 32
DOMAIN = "bounces.dzwonek.example.org"


@given(st.uuids())
def test_an_address_tells_its_mail_whatever_case_it_comes_back_in(mail: UUID) -> None:
    address = Verp(DOMAIN, [NEW]).address_of(mail)
    local, _, domain = address.partition("@")
    assert domain == DOMAIN
    assert len(local) <= 64
    assert address == address.lower()
    for returned in (address, address.upper()):
        assert Verp(DOMAIN.upper(), [NEW, OLD]).mail_of(returned) == mail


@given(mail=st.uuids(), place=st.integers(0, 59), letter=st.sampled_from("0123456789abcdefg"))
def test_a_changed_address_is_not_believed(mail: UUID, place: int, letter: str) -> None:
    verp = Verp(DOMAIN, [NEW])
    address = verp.address_of(mail)
    changed = address[:place] + letter + address[place + 1 :]
    assert verp.mail_of(changed) == (mail if changed == address else None)


def test_old_keys_are_believed_and_sign_no_more() -> None:
    mail = UUID(int=7)
    before, after = Verp(DOMAIN, [OLD]), Verp(DOMAIN, [NEW, OLD])
    assert after.mail_of(before.address_of(mail)) == mail
    assert before.mail_of(after.address_of(mail)) is None


@pytest.mark.parametrize("address", ["", "@", "bounce+@x.example", "jan@" + DOMAIN, "bounce+é.é@" + DOMAIN, "bounce+a"])
def test_other_addresses_tell_no_mail(address: str) -> None:
    assert Verp(DOMAIN, [NEW]).mail_of(address) is None


def test_a_mail_at_another_domain_is_not_ours() -> None:
    address = Verp("other.example", [NEW]).address_of(UUID(int=7))
    assert Verp(DOMAIN, [NEW]).mail_of(address) is None


@pytest.mark.parametrize("content", ["short", "ab" * 31, "ab" * 32 + "\nno hex", "\n"])
def test_a_weak_key_file_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "verp.key"
    file.write_text(content)
    with pytest.raises(BadKey, match="64 hex digits"):
        Verp.from_file(DOMAIN, file)


def test_keys_come_one_a_line(tmp_path: Path) -> None:
    file = tmp_path / "verp.key"
    file.write_text(f"{NEW.hex()}\n{OLD.hex()}\n")
    mail = UUID(int=7)
    verp = Verp.from_file(DOMAIN, file)
    assert verp.address_of(mail) == Verp(DOMAIN, [NEW]).address_of(mail)
    assert verp.mail_of(Verp(DOMAIN, [OLD]).address_of(mail)) == mail
