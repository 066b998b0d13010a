"""A PyTango device that tells the trace it is in, and what another device tells; the script of a server."""

from __future__ import annotations

import tango
from tango.server import Device, command, run


class Relay(Device):  # type: ignore[misc]  # its base is of whichever implementation is served
    """Tells its trace."""

    @command(dtype_in=str, dtype_out=str)
    def Ask(self, other: str) -> str:
        """The trace here, or over there."""
        if not other:
            return str(tango._tango._telemetry.get_trace_context()["traceparent"])
        return str(tango.DeviceProxy(other).command_inout("Ask", ""))


if __name__ == "__main__":
    run([Relay])
