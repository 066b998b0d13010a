"""The answer to ZmqEventSubscriptionChange: where to listen, and for what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from puretango.errors import MarshalError
from puretango.events._topic import Topic, heartbeat_base

SUBSCRIBER_HWM = 1000
NAMES_SINCE = 930
"""The first release of the C++ library whose servers name the topics."""
MULTICAST_RATE = 0
MULTICAST_IVL = 0


class SubscriptionAnswer(NamedTuple):
    """A server's answer to a subscriber."""

    release: int
    """The server's library, as 1033 for 10.3.3."""
    device_idl: int
    hwm: int
    rate: int
    ivl: int
    zmq_release: int
    endpoints: tuple[tuple[str, str], ...]
    """(heartbeat, event) endpoints: the server's choice first, then its other addresses."""
    topic: str
    heartbeat: str
    """The base of the heartbeat's topic."""

    def with_names(self, host: str, admin: str, topic: Topic) -> SubscriptionAnswer:
        """This answer with the topic names added, for a server that leaves them to its clients."""
        named = topic._replace(host=host, idl=min(topic.idl, self.device_idl))
        return self._replace(topic=named.text, heartbeat=heartbeat_base(host, admin))

    def longs(self) -> list[int]:
        """The numbers that travel."""
        return [self.release, self.device_idl, self.hwm, self.rate, self.ivl, self.zmq_release]

    def strings(self) -> list[str]:
        """The strings that travel."""
        return [*(each for pair in self.endpoints for each in pair), self.topic, self.heartbeat]


def parse_answer(longs: Sequence[int], strings: Sequence[str]) -> SubscriptionAnswer:
    """The answer in a DevVarLongStringArray; MarshalError if it makes no sense."""
    least = 4 if len(longs) and int(longs[0]) >= NAMES_SINCE else 2
    if len(longs) < 2 or len(strings) < least or len(strings) % 2:
        raise MarshalError(f"no answer to a subscription: {list(longs)} {list(strings)}")
    numbers = [int(each) for each in longs]
    # Servers before 9.3 sent fewer numbers.
    numbers += [SUBSCRIBER_HWM, MULTICAST_RATE, MULTICAST_IVL, 0][len(numbers) - 2 :]
    # Names come since 9.3.0; the library's release is the first number.
    named = numbers[0] >= NAMES_SINCE
    points = strings[:-2] if named else strings
    pairs = tuple((points[each], points[each + 1]) for each in range(0, len(points), 2))
    release, idl, hwm, rate, ivl, zmq_release = numbers[:6]
    return SubscriptionAnswer(
        release,
        idl,
        hwm,
        rate,
        ivl,
        zmq_release,
        pairs,
        strings[-2] if named else "",
        strings[-1] if named else "",
    )
