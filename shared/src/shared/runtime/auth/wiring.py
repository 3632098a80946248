"""What a service wires to know who is asking: the settings, the parts, and `Auth` for its application."""

from pathlib import Path

from pydantic import Field, HttpUrl

from shared.runtime.auth.access_tokens import Verifier
from shared.runtime.auth.public_keys import PublicKeys
from shared.runtime.auth.requests import Auth
from shared.runtime.auth.revocations import Revocations
from shared.runtime.health import Health
from shared.runtime.postgres import Pool
from shared.runtime.settings import PublicSettings


class AuthSettings(PublicSettings):
    """What an API needs to check who is signed in."""

    jwks_url: HttpUrl = Field(
        description="Where accounts publishes the keys of access tokens, `http://accounts-api:8000/.well-known/jwks.json`."
    )
    jwks_cache_file: Path = Field(
        description="Where the keys are kept for a start at which accounts cannot be reached; the folder is writable."
    )


def public_keys(settings: AuthSettings, health: Health) -> PublicKeys:
    """The keys, whose `run` is a part of the process; without any the process is not ready."""
    keys = PublicKeys(str(settings.jwks_url), settings.jwks_cache_file)
    health.ready["access token keys"] = keys.missing
    return keys


def authentication(keys: PublicKeys, pool: Pool) -> Auth:
    """What stands in `app.state.auth` once the database is open."""
    return Auth(Verifier(keys), revoked=Revocations(pool).revoked, unknown_key=keys.ask_soon)
