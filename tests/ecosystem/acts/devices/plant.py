"""A device for the acts: two numbers, one of which is set, and a command."""

from tango import DevState
from tango.server import Device, attribute, command


class Plant(Device):
    level = 2.0

    def init_device(self):
        super().init_device()
        self.set_state(DevState.ON)

    @attribute(dtype=float, unit="mm", polling_period=100, abs_change="0.1")
    def position(self):
        return self.level

    @position.write
    def position(self, value):
        self.level = value

    @attribute(dtype=float)
    def double(self):
        return 2 * self.level

    @command(dtype_in=str, dtype_out=str)
    def echo(self, text):
        return text


if __name__ == "__main__":
    Plant.run_server()
