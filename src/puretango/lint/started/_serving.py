"""Serving: a server of one class for a trial, and judgements of its State and Status."""

from __future__ import annotations

from typing import Any

from puretango.client import DeviceProxy
from puretango.server import Server

__all__ = ["GOOD", "is_default", "proxy_of", "serve"]

GOOD = ("ON", "OFF", "OPEN", "CLOSE", "STANDBY", "RUNNING", "MOVING", "INSERT", "EXTRACT")
"""States that mean that all is well."""


def serve(
    cls: type, device_class: Any, name: str, properties: dict[str, Any], *others: str
) -> Server:
    device = f"lint/provoked/{name.lower()}"
    served = cls if device_class is None else (device_class, cls, name)
    return Server(
        "lint",
        [served],
        server_name="Provoked",
        devices={name: [device, *others]},
        properties=dict.fromkeys((device, *others), properties),
    )


def proxy_of(server: Any, name: str) -> DeviceProxy:
    return DeviceProxy(f"tango://127.0.0.1:{server.port}/lint/provoked/{name.lower()}#dbase=no")


def is_default(status: str, state: str) -> bool:
    return status.strip().rstrip(".") in ("", f"The device is in {state} state")
