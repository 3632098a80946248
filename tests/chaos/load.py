"""The load: numbered registrations, each sent until it is accepted or refused for good."""

import asyncio
from collections import Counter
from http import HTTPStatus

import httpx

LATER = {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
AGAIN_SECONDS = 0.05
ANSWER_SECONDS = 20


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
        self.asked: set[str] = set()
        self.accepted: set[str] = set()
        self.answers: Counter[int] = Counter()
        """How often each status was answered."""
        self.lost = 0
        """Requests without an answer."""
        self.wrong: list[str] = []
        """Answers that promise nothing and are no refusal as they should be."""

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

    async def _one_after_the_other(self, client: httpx.AsyncClient, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self._count += 1
            address = f"n{self._count}@example.org"
            self.asked.add(address)
            while not await self._done(client, address):  # noqa: ASYNC110 - the server decides
                await asyncio.sleep(AGAIN_SECONDS)

    async def _done(self, client: httpx.AsyncClient, address: str) -> bool:
        """Sends the request once. False when it is to be sent again."""
        body = {"email": address, "password": "zielony wagon 7", "age_bracket": "adult", "language": "pl"}
        headers = {"Idempotency-Key": f"key-of-{address}"}
        try:
            answer = await client.post("/api/v1/registrations", json=body, headers=headers)
        except httpx.TransportError:
            self.lost += 1
            return False
        self.answers[answer.status_code] += 1
        if answer.status_code == HTTPStatus.ACCEPTED:
            self.accepted.add(address)
        elif not is_refusal(answer):
            self.wrong.append(f"{answer.status_code} {answer.text}")
        return answer.status_code not in LATER


def is_refusal(answer: httpx.Response) -> bool:
    """Whether it says in our form that the request may be sent again later; a service also says when."""
    says_when = answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE or "Retry-After" in answer.headers
    in_form = answer.headers.get("Content-Type") == "application/problem+json"
    return answer.status_code in LATER and in_form and says_when
