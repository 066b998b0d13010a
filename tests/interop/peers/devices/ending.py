"""Device servers that say how they end.

Usage: python ending.py tango|puretango high|low INSTANCE ARGUMENTS…
"""

import importlib
import signal
import sys

tango = importlib.import_module(sys.argv.pop(1))
server = importlib.import_module(f"{tango.__name__}.server")


def say(*words):
    print(*words, flush=True)


class High(server.Device):
    """Wants to hear of two signals; one of them ends the server."""

    def init_device(self):
        super().init_device()
        self.register_signal(signal.SIGTERM)
        self.register_signal(signal.SIGUSR1)

    def signal_handler(self, signo):
        say("signal", signal.Signals(signo).name)

    def delete_device(self):
        say("deleted")


class Low(tango.LatestDeviceImpl):
    """Of the old style."""

    def __init__(self, cls, name):
        super().__init__(cls, name)
        self.init_device()

    def init_device(self):
        self.set_state(tango.DevState.ON)

    def delete_device(self):
        say("deleted")


class LowClass(tango.DeviceClass):
    pass


def low():
    util = tango.Util(sys.argv)
    util.add_class(LowClass, Low, "Low")
    util = tango.Util.instance()
    util.server_init()
    say("Ready to accept request")
    util.server_run()
    say("after server_run")


if __name__ == "__main__":
    if sys.argv.pop(1) == "low":
        low()
    else:
        High.run_server()
