"""Somebody with a portal account in a running system, who uses the API and reads the mails; notes every secret seen."""

import re
from dataclasses import dataclass, field

import httpx
import pyotp

from devstack.inbox import InboxClient
from devstack.inbox.mail import Mail
from shared.terms import current_version

MAIL_SECONDS = 30
TOKEN_LENGTH = 43
"""Of 256 bits in base64."""

_LINK = re.compile(r"/(?:activate|password/reset|email/confirm)/([\w-]{43})")


@dataclass
class Person:
    """Calls the API of the system behind `client`. `secrets` holds whatever must stand nowhere else."""

    client: httpx.AsyncClient
    inbox: InboxClient
    email: str
    password: str
    secrets: set[str] = field(default_factory=set)
    bearer: dict[str, str] = field(default_factory=dict)
    recovery_codes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.secrets |= {self.email, self.password}

    async def register(self) -> None:
        body = {"email": self.email, "password": self.password, "age_bracket": "adult", "language": "en"}
        await self.call("POST", "registrations", body, 202)

    async def activate(self) -> None:
        token = await self.token_from("activation")
        body = {"token": token, "password": self.password, "terms_version": current_version()}
        await self.call("POST", "activations", body, 200)

    async def sign_in(self, **other: str) -> dict[str, str]:
        """Signs in. Returns the header that shows it, which later calls use as well."""
        body = {"email": self.email, "password": self.password, **other}
        answer = await self.call("POST", "sessions", body, 201)
        self.secrets |= {answer["access_token"], answer["session_token"]}
        self.bearer = {"Authorization": f"Bearer {answer['access_token']}"}
        return self.bearer

    async def reset_password(self, password: str) -> None:
        await self.call("POST", "password-resets", {"email": self.email}, 202)
        token = await self.token_from("password_reset")
        self.secrets.add(password)
        self.password = password
        await self.call("POST", "password-resets/completions", {"token": token, "new_password": password}, 200)

    async def ask_for_email(self, email: str) -> None:
        """Asks for another address; a link goes there."""
        self.secrets.add(email)
        await self.call("POST", "me/email-changes", {"email": email, **self.proof()}, 202)

    async def change_email(self, email: str) -> None:
        await self.ask_for_email(email)
        self.email = email
        token = await self.token_from("email_change_confirm")
        await self.call("POST", "email-changes/confirmations", {"token": token}, 200)

    async def switch_on_second_factor(self) -> pyotp.TOTP:
        setup = await self.call("POST", "me/second-factor/setups", {"password": self.password}, 201)
        app = pyotp.TOTP(setup["secret"])
        answer = await self.call("PUT", "me/second-factor", {"code": app.now()}, 200)
        self.recovery_codes = list(answer["recovery_codes"])
        self.secrets |= {setup["secret"], *self.recovery_codes}
        return app

    def proof(self) -> dict[str, str]:
        """What matters asks for it: the password, and where the account asks for a code, one that is good."""
        return {"password": self.password, **({"code": self.recovery_codes.pop()} if self.recovery_codes else {})}

    async def open_links(self, *paths: str) -> None:
        """Opens the pages of links with every token that was seen."""
        for path in paths:
            for token in [secret for secret in self.secrets if len(secret) == TOKEN_LENGTH]:
                await self.client.get(f"{path}{token}?lang=en", headers={"Accept": "text/html"})

    async def mail(self, kind: str) -> Mail:
        """The newest mail of a kind; the signed address that it comes from is a secret, too."""
        mail = await self.inbox.wait_for(self.email, kind=kind, timeout=MAIL_SECONDS)
        self.secrets.add(mail.envelope.sender)
        return mail

    async def token_from(self, kind: str) -> str:
        """The token in the link of the newest mail of a kind."""
        mail = await self.mail(kind)
        (token,) = {match[1] for link in mail.links if (match := _LINK.search(link))}
        self.secrets.add(token)
        return token

    async def call(self, method: str, path: str, body: object, status: int) -> dict[str, str]:
        """Calls an operation that has to answer with the status."""
        answer = await self.client.request(method, f"/api/v1/{path}", json=body, headers=self.bearer)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        content: dict[str, str] = answer.json() if answer.content else {}
        return content
