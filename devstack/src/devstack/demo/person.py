"""An invented person of the story, and their mailbox."""

import re
from dataclasses import dataclass, field
from typing import Self

from faker import Faker

from devstack.demo.steps import StoryError, check
from devstack.district.names import plain
from devstack.inbox.arrivals import Arrivals, MailNotArrivedError
from devstack.inbox.mail import Mail

MAIL_SECONDS = 30


@dataclass
class Person:
    """Somebody with an address and a password."""

    inbox: Arrivals
    language: str
    address: str
    password: str = field(repr=False)

    @classmethod
    def invented(cls, inbox: Arrivals, language: str) -> Self:
        """A person who does not exist."""
        return cls.called(Faker("pl_PL").name(), inbox, language)

    @classmethod
    def called(cls, name: str, inbox: Arrivals, language: str) -> Self:
        """The person of that name, with an address that nobody can have (RFC 2606)."""
        faker = Faker()
        address = f"{'.'.join(map(plain, name.split()))}+{faker.random_number(4, fix_len=True)}@rodzina.example.org"
        return cls(inbox, language, address, faker.password(length=16))

    async def mail(self, kind: str) -> Mail:
        """The newest mail of a kind, in the person's language. Raises StoryError when none comes."""
        try:
            mail = await self.inbox.wait_for(self.address, kind=kind, timeout=MAIL_SECONDS)
        except MailNotArrivedError as error:
            raise StoryError(str(error)) from None
        check(mail.text is not None and mail.html is not None, "the mail is not both text and HTML")
        check(f'lang="{self.language}"' in (mail.html or ""), f"the mail is not in {self.language}")
        return mail


def link_in(mail: Mail, path: str) -> str:
    """The link with a token below `path`. Raises StoryError when the mail has none."""
    links = [link for link in mail.links if re.search(rf"{path}/[\w-]{{43}}", link)]
    check(bool(links), f"there is no link below {path} in the mail")
    return links[0]
