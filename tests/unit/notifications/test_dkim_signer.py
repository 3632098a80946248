"""Signed mails are believed by a receiver as long as nobody has changed them."""

import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.signatures import DOMAIN, SELECTOR, is_genuine, signer
from tests.unit.notifications.rendered import a_mail, every_mail, renderer

from notifications.dkim import Signer
from notifications.rendering import Renderer, SenderIdentity

LIST_FIELDS = (
    b"List-Unsubscribe: <https://dzwonek.example.org/unsubscribe/x>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
)


@every_mail
def test_every_mail_is_believed(kind: str, language: str) -> None:
    assert is_genuine(signer().sign(renderer().render(a_mail(kind, language))))


def signed(by: Signer | None = None) -> bytes:
    return (by or signer()).sign(renderer().render(a_mail()))


def test_a_mail_with_long_folded_fields_is_believed() -> None:
    identity = SenderIdentity(
        "https://dzwonek.example.org", "Gmina Łódź, „Dzwonek” " * 3, "poczta@łódź.example", "d.example"
    )
    message = Renderer(identity).render(a_mail(language="uk"))
    assert b"\r\n =?utf-8?b?" in message
    assert is_genuine(signer().sign(message))


def test_a_retry_is_the_same_bytes() -> None:
    assert signed() == signed()


def test_the_signature_says_what_it_covers() -> None:
    message = signer().sign(LIST_FIELDS + renderer().render(a_mail()))
    unfolded = re.sub(rb"\r\n[ \t]+", b" ", message).partition(b"\r\n")[0].decode()
    tags = dict(tag.strip().split("=", 1) for tag in unfolded.partition(":")[2].split(";"))
    assert (tags["a"], tags["c"]) == ("rsa-sha256", "relaxed/relaxed")
    assert (tags["d"], tags["s"]) == (DOMAIN, SELECTOR)
    assert set(tags["h"].replace(" ", "").split(":")) == {
        "from",
        "to",
        "subject",
        "date",
        "message-id",
        "references",
        "mime-version",
        "content-type",
        "auto-submitted",
        "list-unsubscribe",
        "list-unsubscribe-post",
    }
    assert set(tags) == {"v", "a", "c", "d", "s", "h", "bh", "b"}
    assert is_genuine(message)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (b"\r\nSubject: ", b"\r\nSubject: Re: "),
        (b"\r\nTo: <anna", b"\r\nTo: <jan"),
        (b"\r\nDate: ", b"\r\nDate: Mon, 01 Jan 2001 00:00:00 +0000 "),
        (b"\r\nAuto-Submitted: auto-generated", b""),
        (b"\r\nFrom: ", b"\r\nFrom: x@example.com\r\nFrom: "),
        (b"\r\nSubject: ", b"\r\nSubject: Another\r\nSubject: "),
        (b"\r\nContent-Type: multipart", b"\r\nContent-Type: text/plain\r\nContent-Type: multipart"),
        (b"--\r\n", b"--\r\nA word more.\r\n"),
        (b"\r\n\r\nPC", b"\r\n\r\nQC"),
    ],
    ids=repr,
)
def test_a_changed_mail_is_not_believed(was: bytes, now: bytes) -> None:
    message = signed()
    assert message.count(was) >= 1
    before, _, after = message.rpartition(was)
    assert not is_genuine(before + now + after)


def test_a_mail_that_was_folded_anew_on_the_way_is_believed() -> None:
    message = signed()
    anew = message.replace(b"\r\nDate: ", b"\r\nDATE:\r\n\t ").replace(
        b"multipart/alternative;\r\n", b"multipart/alternative; "
    )
    assert anew != message
    assert is_genuine(b"Received: by relay.example\r\n" + anew + b"\r\n\r\n")


def test_another_key_is_not_believed() -> None:
    assert not is_genuine(signed(), by=signer(3072))


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_a_signature_fits_what_the_largest_mail_leaves_of_100_kb(bits: int) -> None:
    message = renderer().render(a_mail())
    long_name = Signer(".".join(["a" * 60] * 4), "s" * 63, signer(bits)._key)
    message = LIST_FIELDS + message
    assert len(long_name.sign(message)) - len(message) < 2048
    assert max(map(len, long_name.sign(message).split(b"\r\n"))) < 998


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(pem)
    with pytest.raises(ValueError, match="holds no RSA key"):
        Signer.from_file(DOMAIN, SELECTOR, tmp_path / "key.pem")
