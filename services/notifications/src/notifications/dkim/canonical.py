"""The relaxed canonical form of a mail (RFC 6376, 3.4.2 and 3.4.4): what a signature holds for.

Relays may fold a header anew and touch blanks at the ends of lines; the canonical form stays the same.
"""

import re
from collections.abc import Sequence

_BEGIN_OF_FIELD = re.compile(rb"\r\n(?![ \t])")
_BREAK = re.compile(rb"\r\n")
_BLANKS = re.compile(rb"[ \t]+")
_BLANKS_AT_END = re.compile(rb" +\r\n")


def fields_of(head: bytes) -> Sequence[tuple[bytes, bytes]]:
    """The header fields of `head`, which has CRLF lines and none at its end: the name in small letters, the field."""
    return [(field.partition(b":")[0].rstrip(b" \t").lower(), field) for field in _BEGIN_OF_FIELD.split(head)]


def relaxed_field(field: bytes) -> bytes:
    """A header field on one line, without a line break at its end."""
    name, _, value = field.partition(b":")
    unfolded = _BLANKS.sub(b" ", _BREAK.sub(b"", value))
    return name.rstrip(b" \t").lower() + b":" + unfolded.strip(b" ")


def relaxed_body(body: bytes) -> bytes:
    """`body`, in which every line ends with CRLF. Our own, in base64, cost nothing: there are no blanks to look for."""
    if b"  " in body or b"\t" in body or b" \r\n" in body:
        body = _BLANKS_AT_END.sub(b"\r\n", _BLANKS.sub(b" ", body))
    text = body
    while text.endswith(b"\r\n"):
        text = text[:-2]
    return text + b"\r\n" if text else b""
