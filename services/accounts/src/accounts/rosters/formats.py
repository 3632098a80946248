"""What a file is that is no zip, or a zip of another kind: so that somebody who sent it knows what to send."""

from collections.abc import Collection
from typing import BinaryIO

from accounts.domain.oneroster.codes import Code

HEAD = 512
"""Bytes by which a format is told."""

_ZIP = b"PK\x03\x04"
_ZIP_OF_NOTHING = b"PK\x05\x06"
_OLD_SPREADSHEET = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def flaw_of_format(archive: BinaryIO) -> Code | None:
    """Why a file cannot be a zip, by its beginning, or that it is one of nothing. It stands at its beginning after."""
    head = archive.read(HEAD)
    archive.seek(0)
    if not head or head.startswith(_ZIP_OF_NOTHING):
        return Code.EMPTY
    if head.startswith(_ZIP):
        return None
    if head.startswith(_OLD_SPREADSHEET):
        return Code.SPREADSHEET
    beginning = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return Code.WEB_PAGE if beginning.startswith((b"<!doctype html", b"<html", b"<!--")) else Code.NOT_A_ZIP


def is_spreadsheet(names: Collection[str]) -> bool:
    """Whether a zip of these files is a spreadsheet: Excel's, or LibreOffice's."""
    return "[Content_Types].xml" in names or {"mimetype", "content.xml"} <= set(names)
