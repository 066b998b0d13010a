"""The life of one subscription at its client, as a table."""

from __future__ import annotations

from enum import Enum
from typing import Final


class SubscriptionState(Enum):
    """Where a subscription is in its life."""

    NEW = "asked for, no answer yet"
    LISTENING = "accepted by a server"
    REFUSED = "not accepted: to be tried again"
    ENDED = "unsubscribed"


class SubscriptionInput(Enum):
    """What can happen to a subscription."""

    ACCEPTED = "a server accepted it"
    REFUSED = "subscribing failed"
    REJECTED = "the server that had accepted it no longer does"
    END = "its client unsubscribed"


_S, _I = SubscriptionState, SubscriptionInput

SUBSCRIPTIONS: Final[dict[tuple[SubscriptionState, SubscriptionInput], SubscriptionState]] = {
    (_S.NEW, _I.ACCEPTED): _S.LISTENING,
    (_S.NEW, _I.REFUSED): _S.REFUSED,
    # Accepted again after a silence, perhaps by another server.
    (_S.LISTENING, _I.ACCEPTED): _S.LISTENING,
    # The server accepted, but the client could not connect: the channel's supervision tries again.
    (_S.LISTENING, _I.REFUSED): _S.LISTENING,
    (_S.LISTENING, _I.REJECTED): _S.REFUSED,
    (_S.REFUSED, _I.ACCEPTED): _S.LISTENING,
    (_S.REFUSED, _I.REFUSED): _S.REFUSED,
    (_S.REFUSED, _I.REJECTED): _S.REFUSED,
    **{(state, _I.END): _S.ENDED for state in _S},
    # The answer was on its way when the client unsubscribed.
    **{(_S.ENDED, what): _S.ENDED for what in (_I.ACCEPTED, _I.REFUSED, _I.REJECTED)},
}
"""State and input → state after it. A pair that is not in it raises PuretangoError."""
