"""The mails that wait for one domain. Its schools take turns, so that one with many mails delays nobody else's."""

from collections import OrderedDict, deque
from collections.abc import Iterator
from uuid import UUID

from notifications.domain.mail import ClaimedMail


class Turns:
    """Mails to take one after the other, those of a school in the order in which they came."""

    def __init__(self) -> None:
        self._schools: OrderedDict[UUID, deque[ClaimedMail]] = OrderedDict()
        self._count = 0

    def __len__(self) -> int:
        """How many there are."""
        return self._count

    def __iter__(self) -> Iterator[ClaimedMail]:
        """All of them."""
        return (mail for mails in self._schools.values() for mail in mails)

    def put(self, mail: ClaimedMail) -> None:
        """One more, behind those of its school."""
        self._schools.setdefault(mail.school_id, deque()).append(mail)
        self._count += 1

    def take(self) -> ClaimedMail:
        """The next one. Raises StopIteration when there is none."""
        school, mails = next(iter(self._schools.items()))
        mail = mails.popleft()
        self._count -= 1
        if mails:
            self._schools.move_to_end(school)
        else:
            del self._schools[school]
        return mail
