"""Lacking: a class started without its database or its properties, or as a second device."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any

from puretango.client import DeviceProxy
from puretango.errors import DevFailed
from puretango.lint.started._probe import NO_DATABASE, Watch, probe
from puretango.lint.started._serving import GOOD, is_default, proxy_of, serve
from puretango.model import ClassModel

__all__ = ["two_of_one", "without_database", "without_properties"]

_Provoked = tuple[str, str, str]


def without_database(cls: type, device_class: Any, model: ClassModel) -> Iterator[_Provoked]:
    """If reading the properties fails, init_device catches it, and the device shows the error."""
    watch = Watch(no_properties=True)
    properties = {one.name: "1" for one in model.device_properties if one.mandatory}
    try:
        with serve(probe(cls, watch), device_class, model.name, properties) as server:
            state = proxy_of(server, model.name).state().name
    except BaseException:  # noqa: BLE001 - the server does not come up: that is the finding
        state = "no server"
    error = watch.init_error
    if error is not None and NO_DATABASE in str(error):
        yield "TI006", "reading the properties fails, and the error leaves init_device", ""
    elif watch.properties_failed and state in GOOD:
        yield "TI006", f"reading the properties fails, and State is {state}", ""


_ONLY_ONE = re.compile(r"(?i)only one (?:instance|device)|singleton")


def two_of_one(cls: type, device_class: Any, model: ClassModel) -> Iterator[_Provoked]:
    """A second device of a class that can only have one is in FAULT, and says why."""
    if not _ONLY_ONE.search(model.description):
        return
    properties = {one.name: "1" for one in model.device_properties if one.mandatory}
    second = f"lint/provoked/{model.name.lower()}2"
    with contextlib.suppress(DevFailed, OSError):
        with serve(cls, device_class, model.name, properties, second) as server:
            name = f"tango://127.0.0.1:{server.port}/{second}#dbase=no"
            proxy = DeviceProxy(name)
            state, status = proxy.state().name, str(proxy.status())
        if state != "FAULT":
            yield "TI009", f"a second device is {state}: FAULT is asked for, with the reason", ""
        elif is_default(status, state):
            yield "TI009", "a second device is in FAULT and Status does not say why", ""


def without_properties(cls: type, device_class: Any, model: ClassModel) -> Iterator[_Provoked]:
    """A mandatory property is missing: FAULT, and Status says which."""
    missing = [one.name for one in model.device_properties if one.mandatory]
    try:
        with serve(cls, device_class, model.name, {}) as server:
            proxy = proxy_of(server, model.name)
            state, status = proxy.state().name, str(proxy.status())
    except BaseException as error:  # noqa: BLE001 - the server does not come up: that is the finding
        text = str(error).splitlines()[0][:80] if str(error) else type(error).__name__
        yield "TI005", f"without {missing[0]} the server ends: {text}", f"property {missing[0]}"
        return
    if state != "FAULT":
        yield "TI005", f"without {missing[0]} State is {state}", f"property {missing[0]}"
    elif not any(name in status for name in missing):
        yield "TI005", f"without {missing[0]} Status does not say so", f"property {missing[0]}"
