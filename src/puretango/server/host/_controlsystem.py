"""Properties in the database for all servers of a control system, and for the server as a whole."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from puretango.server.host._core import ServerCore

NAN_ALLOWED = "WAttrNaNAllowed"
AUTO_ALARM = "AutoAlarmOnChangeEvent"
POOL_SIZE = "polling_threads_pool_size"
MULTICAST = "MulticastEvent"
NAMES = (NAN_ALLOWED, AUTO_ALARM, MULTICAST)
LOG = logging.getLogger("puretango.server")


def read_control_system(server: ServerCore) -> None:
    """Take over the free properties of CtrlSystem, and the admin device's property of its polling."""
    found = server.store.control_system(NAMES)
    server.nan_allowed = _is_true(found.get(NAN_ALLOWED), default=False)
    server.auto_alarm = _is_true(found.get(AUTO_ALARM), default=server.auto_alarm)
    if found.get(MULTICAST):
        LOG.warning(
            "CtrlSystem/%s asks for multicast events (%s): the libzmq of pyzmq's wheels has no PGM, "
            "so these events go by TCP, to each subscriber",
            MULTICAST,
            " ".join(found[MULTICAST]),
        )
    texts = server.store.read_device(server.admin_name).get(POOL_SIZE)
    if texts and texts[0].strip().isdigit():
        server.poller.scheduler.most_threads = max(1, int(texts[0]))


def _is_true(texts: list[str] | None, *, default: bool) -> bool:
    return texts[0].strip().lower() == "true" if texts else default
