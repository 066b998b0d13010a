"""A device that counts a hundred times a second and sends an archive event for each number.

``python counting.py PORT``: lab/count/1, registered if TANGO_HOST names a database, else served without one.
"""

from __future__ import annotations

import itertools
import os
import sys
import time

from puretango.server import Device, Server, attribute


class Counting(Device):
    """Counts up."""

    def init_device(self) -> None:
        super().init_device()
        self.set_archive_event("count", True, False)

    @attribute(dtype=int)
    def count(self) -> int:
        return -1


def main(port: int) -> None:
    """Count for ever."""
    host = os.environ.get("TANGO_HOST", "")
    where = {"database": host, "server_name": "Counting"} if host else {}
    options = where or {"devices": {"Counting": ["lab/count/1"]}}
    with Server("1", [Counting], port=port, **options) as server:
        (device,) = [each for each in server.devices if each.get_name() == "lab/count/1"]
        for number in itertools.count():
            device.push_archive_event("count", number)
            time.sleep(0.01)


if __name__ == "__main__":
    main(int(sys.argv[1]))
