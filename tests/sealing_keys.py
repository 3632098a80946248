"""Pairs of keys to seal and unseal with."""

from pathlib import Path

from shared.runtime.sealing import write_private_key, write_public_half


def generate_keys(private: Path, public: Path) -> None:
    """Writes a fresh pair, as an installation has it."""
    write_private_key(private)
    write_public_half(private, public)
