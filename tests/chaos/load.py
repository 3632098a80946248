"""The load: numbered registrations, each sent until it is accepted or refused for good."""

import asyncio
from collections import Counter
from collections.abc import Sequence, Set
from http import HTTPStatus

import httpx

LATER = {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
AGAIN_SECONDS = 0.05
ANSWER_SECONDS = 20

HOME = "example.org"
NOBODYS = "nobody.example.org"
"""Addresses there have no mailbox, in the trial in which the mail server says so."""

ASIDE = "aside.example.org"
"""Who has an address there does more than register, and is looked after by the trial instead of the ledger."""

PASSWORD = "zielony wagon 7"
PATH = "/api/v1/registrations"


class Load:
    """People who register, an address each, and what they were answered.

    Who was asked for and is not among `accepted` may have been registered or not: the answer was lost.

    Args:
        url: where the gateway is.
        at_once: how many wait for an answer at the same time.
    """

    def __init__(self, url: str, *, at_once: int = 4) -> None:
        self._url = url
        self._at_once = at_once
        self._count = 0
        self.domains: Sequence[str] = [HOME]
        """Whoever registers has an address at one of these, in turn."""
        self.asked: set[str] = set()
        self.accepted: set[str] = set()
        self.answers: Counter[int] = Counter()
        """How often each status was answered."""
        self.lost = 0
        """Requests without an answer."""
        self.waiting: set[object] = set()
        """Requests that wait for theirs."""
        self.wrong: list[str] = []
        """Answers that promise nothing and are no refusal as they should be."""
        self.poison: set[str] = set()
        """The ids of events that nobody can handle, which were put into the topics on purpose."""

    @property
    def refused(self) -> Counter[int]:
        """How often each status was answered that lets a request be sent again."""
        return Counter({status: self.answers[status] for status in LATER if self.answers[status]})

    async def register_until(self, stop: asyncio.Event) -> None:
        """Lets people register until `stop`, and returns when all who had begun are registered."""
        async with (
            httpx.AsyncClient(base_url=self._url, trust_env=False, timeout=ANSWER_SECONDS) as client,
            asyncio.TaskGroup() as people,
        ):
            for _ in range(self._at_once):
                people.create_task(self._one_after_the_other(client, stop))

    async def register_at(self, *urls: str, people: int) -> Sequence[Set[tuple[int, bytes]]]:
        """Lets so many people register at all of these at once, and then at each again. Returns what each was answered.

        Raises httpx.TransportError when an answer is lost.
        """
        limits = httpx.Limits(max_connections=people * len(urls))
        async with httpx.AsyncClient(trust_env=False, timeout=ANSWER_SECONDS, limits=limits) as client:
            return await asyncio.gather(*(self._registered(client, self._next(), urls) for _ in range(people)))

    async def _registered(self, client: httpx.AsyncClient, address: str, urls: Sequence[str]) -> Set[tuple[int, bytes]]:
        answers = await asyncio.gather(*(self._send(client, url + PATH, address) for url in urls))
        answers += [await self._send(client, url + PATH, address) for url in urls]
        return {(answer.status_code, answer.content) for answer in answers}

    async def _one_after_the_other(self, client: httpx.AsyncClient, stop: asyncio.Event) -> None:
        while not stop.is_set():
            address = self._next()
            while not await self._done(client, address):  # noqa: ASYNC110 - the server decides
                await asyncio.sleep(AGAIN_SECONDS)

    def _next(self) -> str:
        self._count += 1
        address = f"n{self._count}@{self.domains[self._count % len(self.domains)]}"
        self.asked.add(address)
        return address

    async def _done(self, client: httpx.AsyncClient, address: str) -> bool:
        """Sends the request once. False when it is to be sent again."""
        try:
            answer = await self._send(client, PATH, address)
        except httpx.TransportError:
            self.lost += 1
            return False
        return answer.status_code not in LATER

    async def _send(self, client: httpx.AsyncClient, url: str, address: str) -> httpx.Response:
        body = {"email": address, "password": PASSWORD, "age_bracket": "adult", "language": "pl"}
        self.waiting.add(request := object())
        try:
            answer = await client.post(url, json=body, headers={"Idempotency-Key": f"key-of-{address}"})
        finally:
            self.waiting.remove(request)
        self.answers[answer.status_code] += 1
        if answer.status_code == HTTPStatus.ACCEPTED:
            self.accepted.add(address)
        elif not is_refusal(answer):
            self.wrong.append(f"{answer.status_code} {answer.text}")
        return answer


def has_no_mailbox(address: str) -> bool:
    """Whether the mail server says so of the address."""
    return address.endswith(f"@{NOBODYS}")


def is_refusal(answer: httpx.Response) -> bool:
    """Whether it says in our form that the request may be sent again later; a service also says when."""
    says_when = answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE or "Retry-After" in answer.headers
    in_form = answer.headers.get("Content-Type") == "application/problem+json"
    return answer.status_code in LATER and in_form and says_when
