"""The DNS record with the public half of a key (RFC 6376, 3.6)."""

from base64 import b64encode
from dataclasses import dataclass

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic_settings import BaseSettings, SettingsConfigDict

from notifications.dkim.signer import Signer
from notifications.settings.values import DkimKeyFile, DkimSelector, HostName
from shared.runtime.settings import PREFIX

_STRING = 255
"""The longest string of a TXT record; a longer value is several, read as one."""


class DkimSettings(BaseSettings):
    """What the record is made of, before anything else of a sender is set up: its settings of the same names."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    demo: bool = False  # a demo's key is refused elsewhere
    dkim_key_file: DkimKeyFile
    dkim_domain: HostName
    dkim_selector: DkimSelector


@dataclass(frozen=True, slots=True)
class Record:
    """A TXT record."""

    name: str
    value: str

    @property
    def zone_line(self) -> str:
        """The record as a zone file has it."""
        strings = [f'"{self.value[start : start + _STRING]}"' for start in range(0, len(self.value), _STRING)]
        return f"{self.name}. IN TXT ( {' '.join(strings)} )"


def record_of(signer: Signer) -> Record:
    """The record that receivers look up for the signatures of `signer`."""
    public = b64encode(signer.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    return Record(f"{signer.selector}._domainkey.{signer.domain}", f"v=DKIM1; k=rsa; p={public}")
