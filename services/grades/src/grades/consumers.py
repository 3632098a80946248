"""What the worker listens to: which event goes to which handler, which topics make up which consumer group."""

from collections.abc import Mapping, Sequence

from shared.contracts.topics import Topic, by_lane
from shared.runtime.consumer import Handlers
from shared.runtime.roster import projection

GROUPS: Mapping[str, Sequence[Topic]] = by_lane(projection.TOPICS)
"""The topics by lane: a group each, so that no lane's backlog delays another."""


def event_handlers() -> Handlers:
    """The handler of each event."""
    handlers = Handlers()
    projection.listen(handlers)
    return handlers
