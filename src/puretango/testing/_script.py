"""`python -m puretango.testing module.Class`: one device on one port, until it is killed."""

from __future__ import annotations

import socket
from argparse import ArgumentParser
from ast import literal_eval
from collections.abc import Sequence
from typing import Any

from puretango.testing._context import DeviceTestContext
from puretango.testing._device import device_class

__all__ = ["get_host_ip", "run_device_test_context"]


def get_host_ip() -> str:
    """The address by which this machine is reached, or the loopback address if there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 80))  # connecting a UDP socket sends nothing
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def _properties(text: str) -> dict[str, Any]:
    return dict(literal_eval(text))


def run_device_test_context(args: Sequence[str] | None = None) -> None:
    """Run one device on one port, as `python -m tango.test_context` does."""
    parser = ArgumentParser(description="Run a given device on a given port.")
    parser.add_argument(
        "device", metavar="DEVICE", type=device_class, help="The device to run as a python path."
    )
    parser.add_argument("--host", default=None, help="The hostname to use.")
    parser.add_argument("--port", type=int, default=8888, help="The port to use.")
    parser.add_argument("--debug", type=int, default=3, help="The debug level.")
    parser.add_argument(
        "--prop", type=_properties, default={}, help="The properties to set as python dict."
    )
    parser.add_argument(
        "--disable-short-name-lookup",
        action="store_true",
        help="Whether to disable short-name lookup for devices launched by test context",
    )
    options = parser.parse_args(args)
    context = DeviceTestContext(
        options.device,
        properties=options.prop,
        host=options.host or get_host_ip(),
        port=options.port,
        debug=options.debug,
    )
    context.enable_test_context_tango_host_override = not options.disable_short_name_lookup
    context.start()
    print(
        f"{options.device.__name__} started on port {context.port} with properties {options.prop}"
    )
    print(f"Device access: {context.get_device_access()}")
    print(f"Server access: {context.get_server_access()}", flush=True)
    context.join()
    print("Done")
