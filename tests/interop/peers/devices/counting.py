"""A device with a polled counter, whose events of every kind come by themselves. `counting.py tango INSTANCE …`."""

import importlib
import sys

tango = importlib.import_module(sys.argv.pop(1))
server = importlib.import_module(f"{tango.__name__}.server")


class Counting(server.Device):
    count = 0

    @server.attribute(
        dtype=int,
        polling_period=100,
        abs_change=1,
        archive_abs_change=1,
        archive_period=500,
        period=300,
    )
    def counted(self):
        self.count += 1
        return self.count

    @server.attribute(dtype=int)
    def still(self):
        return 1


if __name__ == "__main__":
    Counting.run_server()
