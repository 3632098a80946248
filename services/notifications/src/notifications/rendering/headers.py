"""Header fields as RFC 5322 and RFC 2047 want them: ASCII, folded, and never with a line break from outside."""

import re
import unicodedata
from base64 import b64encode
from functools import lru_cache

import idna

from notifications.rendering.mail import CannotRender

_WIDTH = 76
_ENCODED_WORD = 75
_WORD_FRAME = len("=?utf-8?b??=")
_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOT_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_BREAKING = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode's control characters, lone surrogates, line and paragraph separators: nothing that may reach a header."""


class UnsafeHeader(CannotRender):
    """A value that may not stand in a header: it could end the line, or it is no address."""


@lru_cache(maxsize=1024)
def text_field(name: str, text: str) -> str:
    """The whole field `Name: text`, folded, without the closing line break. Raises UnsafeHeader."""
    _refuse_breaks(name, text)
    if _PLAIN.fullmatch(text) and "=?" not in text and len(name) + 2 + len(text) <= _WIDTH:
        return f"{name}: {text}"
    return f"{name}: {encoded_words(text, first_offset=len(name) + 2)}"


def encoded_words(text: str, *, first_offset: int) -> str:
    """`text` as RFC 2047 encoded words, one a line; `first_offset` columns of the first line are taken.

    No word ends within a character.
    """
    words: list[str] = []
    piece = bytearray()
    room = _room(_WIDTH - first_offset)
    for character in text:
        encoded = character.encode()
        if len(piece) + len(encoded) > room:
            words.append(_word(piece))
            piece.clear()
            room = _room(_ENCODED_WORD)
        piece += encoded
    words.append(_word(piece))
    return "\r\n ".join(words)


def mailbox_field(name: str, display_name: str, address: str) -> str:
    """The whole field `Name: display name <address>`, the name left out where it is empty. Raises UnsafeHeader."""
    mailbox = f"<{ascii_address(address)}>"
    if not display_name:
        return f"{name}: {mailbox}"
    _refuse_breaks(name, display_name)
    is_plain = _PHRASE.fullmatch(display_name) and "=?" not in display_name
    phrase = display_name if is_plain else encoded_words(display_name, first_offset=len(name) + 2)
    named = f"{name}: {phrase}"
    fits = len(named.rpartition("\n")[2]) + 1 + len(mailbox) <= _WIDTH
    return f"{named} {mailbox}" if fits else f"{named}\r\n {mailbox}"


def ascii_address(address: str) -> str:
    """`address` as SMTP without SMTPUTF8 carries it: an international domain becomes punycode (RFC 5891).

    Raises UnsafeHeader for what is no address, and for a local part outside ASCII, which few servers take.
    """
    local, _, domain = address.rpartition("@")
    if not _DOT_ATOM.fullmatch(local):
        raise UnsafeHeader("the local part of the address is not a dot-atom of ASCII")
    return f"{local}@{ascii_host(domain)}"


@lru_cache(maxsize=4096)
def ascii_host(host: str) -> str:
    """`host` in ASCII. Raises UnsafeHeader when it is no host name."""
    if _HOST.fullmatch(host):
        return host
    try:
        encoded = idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise UnsafeHeader("not a host name") from None
    if not _HOST.fullmatch(encoded):
        raise UnsafeHeader("not a host name")
    return encoded


def message_id(left: str, host: str) -> str:
    """`<left@host>`. Raises UnsafeHeader."""
    if not _DOT_ATOM.fullmatch(left):
        raise UnsafeHeader("the left side of a Message-ID is not a dot-atom of ASCII")
    return f"<{left}@{ascii_host(host)}>"


def _refuse_breaks(name: str, text: str) -> None:
    if not text.isprintable() and any(unicodedata.category(character) in _BREAKING for character in text):
        raise UnsafeHeader(f"{name} holds a control character or a lone surrogate")


def _room(columns: int) -> int:
    """How many bytes an encoded word of so many columns can carry in base64."""
    return max((columns - _WORD_FRAME) // 4 * 3, 4)


def _word(piece: bytearray) -> str:
    return f"=?utf-8?b?{b64encode(piece).decode('ascii')}?="
