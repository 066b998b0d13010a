"""A server whose State and Status on request differ from those it has set: which of them does an event carry?

Usage: python standing.py tango|puretango INSTANCE ARGUMENTS…
"""

import importlib
import sys

tango = importlib.import_module(sys.argv.pop(1))
server = importlib.import_module(f"{tango.__name__}.server")


class Standing(server.Device):
    """Always ON by what it has set, always in FAULT by what it answers."""

    def init_device(self):
        super().init_device()
        self.set_state(tango.DevState.ON)
        self.set_status("as set")
        for name in ("State", "Status"):
            self.set_change_event(name, True, False)
            self.set_archive_event(name, True, False)

    def dev_state(self):
        return tango.DevState.FAULT

    def dev_status(self):
        return "as asked"

    @server.command
    def push(self):
        self.push_change_event("State")
        self.push_change_event("State", tango.DevState.MOVING)
        self.push_change_event("Status")
        self.push_change_event("Status", "given")
        self.push_archive_event("State", tango.DevState.MOVING)
        self.push_event("State", [], [], tango.DevState.MOVING)


if __name__ == "__main__":
    Standing.run_server()
