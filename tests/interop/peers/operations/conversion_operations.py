"""Every type, format and way with values that do not fit: kept as they are, or refused; never changed.

Run in a client's process: `run(tango, device, way, type name)` gives {case: outcome}, where an outcome is
"kept", "refused" or what the value was changed to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.interop.peers.devices.conversions import FORMATS, LABELS

SCALARS = (
    "0", "1", "2", "7", "-1", "255", "256", "300", "40000", "2**31", "2**32", "2**63", "2**64", "-2**31-1", "-2**63-1",
    "1.5", "nan", "inf", "1e300", "True", "None", "'7'", "b'7'", "np.int64(1)", "np.int16(300)", "np.uint64(2**63)",
    "np.float64(1.5)", "[1]", "14", "object()",
)  # fmt: skip
SPECTRA = (
    *(f"[{item}]" for item in SCALARS), "[]", "[1, 300]", "(1, 0)", "{1: 2}", "5", "'abc'", "[1] * 9", "[[1]]",
    "np.array([300])", "np.array([-1])", "np.array([1.5])", "np.array([1.0])", "np.array([nan])", "np.array([1e300])",
    "np.array([2**63], dtype=np.uint64)", "np.array([2**31])", "np.array([7], dtype=np.int16)", "np.array([True])",
    "np.array([1 + 2j])", "np.array(['a'])", "np.array([300], dtype=object)", "np.array(5)",
)  # fmt: skip
IMAGES = (
    "[[300]]", "[[-1]]", "[[1.5]]", "[[7]]", "[[2**63]]", "[[2**64]]", "[[1, 0], [0, 1]]", "[[1], [0, 1]]",
    "np.array([[300]])", "np.array([[-1.5]])", "np.array([[7]], dtype=np.int16)", "np.array([[1, 0], [0, 1]])",
    "np.array([1])", "[1]", "5", "None", "np.zeros((9, 1))",
)  # fmt: skip
VALUES = dict(zip(FORMATS, (SCALARS, SPECTRA, IMAGES), strict=True))

Way = Callable[[Any, Any, str, Any], Any]
CLIENT_WAYS: dict[str, Way] = {}
SERVER_WAYS: dict[str, Way] = {}


def _client(function: Way) -> Way:
    CLIENT_WAYS[function.__name__] = function
    return function


def _server(function: Way) -> Way:
    SERVER_WAYS[function.__name__] = function
    return function


@_client
def write(tango: Any, proxy: Any, name: str, value: Any) -> Any:
    proxy.write_attribute(name, value)
    return proxy.read_attribute(name).value


@_client
def write_read(tango: Any, proxy: Any, name: str, value: Any) -> Any:
    return proxy.write_read_attribute(name, value).value


@_client
def several(tango: Any, proxy: Any, name: str, value: Any) -> Any:
    proxy.write_attributes([(name, value)])
    return proxy.read_attribute(name).value


@_client
def asynch(tango: Any, proxy: Any, name: str, value: Any) -> Any:
    proxy.write_attribute_reply(proxy.write_attribute_asynch(name, value), 3000)
    return proxy.read_attribute(name).value


@_client
def member(tango: Any, proxy: Any, name: str, value: Any) -> Any:
    setattr(proxy, name, value)
    return proxy.read_attribute(name).value


@_client
def attribute_proxy(tango: Any, proxy: Any, name: str, value: Any) -> Any:
    host, port = proxy.get_dev_host(), proxy.get_dev_port()
    tango.AttributeProxy(f"tango://{host}:{port}/{proxy.dev_name()}/{name}#dbase=no").write(value)
    return proxy.read_attribute(name).value


@_client
def group(tango: Any, proxy: Any, name: str, value: Any) -> Any:
    host, port = proxy.get_dev_host(), proxy.get_dev_port()
    members = tango.Group("g")
    members.add(f"tango://{host}:{port}/{proxy.dev_name()}#dbase=no")
    if members.write_attribute(name, value)[0].has_failed():
        raise ValueError("refused by the server")
    return proxy.read_attribute(name).value


@_server
def read(tango: Any, proxy: Any, name: str, value: Any) -> Any:
    return proxy.read_attribute(f"give_{name}").value


@_server
def read_several(tango: Any, proxy: Any, name: str, value: Any) -> Any:
    return proxy.read_attributes([f"give_{name}", "State"])[0].value


@_server
def push(tango: Any, proxy: Any, name: str, value: Any) -> Any:
    return proxy.command_inout("Push", f"give_{name}")


@_server
def push_archive(tango: Any, proxy: Any, name: str, value: Any) -> Any:
    return proxy.command_inout("PushArchive", f"give_{name}")


@_server
def set_value(tango: Any, proxy: Any, name: str, value: Any) -> Any:
    return proxy.command_inout("Set", f"give_{name}")


@_server
def set_write_value(tango: Any, proxy: Any, name: str, value: Any) -> Any:
    proxy.command_inout("SetWrite", name)
    return proxy.read_attribute(name).w_value


@_server
def fill(tango: Any, proxy: Any, name: str, value: Any) -> Any:
    proxy.command_inout("Fill", f"give_{name}")
    proxy.set_source(tango.DevSource.CACHE)
    try:
        return proxy.read_attribute(f"give_{name}").value
    finally:
        proxy.set_source(tango.DevSource.DEV)


def _flat(value: Any, kind: str) -> list[Any]:
    """Items as they compare: floats of 32 bits as such, labels and states as their numbers."""
    import numpy as np

    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [item for each in value for item in _flat(each, kind)]
    if kind == "DevString":
        return [value.decode() if isinstance(value, bytes) else value]
    if kind == "DevFloat":
        with np.errstate(over="ignore"):
            value = float(np.float32(value))
    if kind == "DevDouble":
        value = float(value)
    if kind == "DevState":
        value = int(value)
    return ["nan" if value != value else value]


def run(tango: Any, device: str, way: str, kind: str) -> dict[str, str]:
    """All cases of one type by one way."""
    import numpy as np

    proxy = tango.DeviceProxy(device)
    proxy.set_timeout_millis(10_000)
    names = {"np": np, "tango": tango, "nan": float("nan"), "inf": float("inf")}
    found: dict[str, str] = {}
    for form, expressions in VALUES.items():
        for expression in expressions:
            if way in SERVER_WAYS:
                proxy.command_inout("Give", expression)
            value = eval(expression, names)
            call = {**CLIENT_WAYS, **SERVER_WAYS}[way]
            try:
                got = call(tango, proxy, f"{form}_{kind}", value)
            except Exception:
                found[f"{form} {expression}"] = "refused"
                continue
            found[f"{form} {expression}"] = _verdict(got, value, kind)
    return found


def _verdict(got: Any, value: Any, kind: str) -> str:
    if got is None:  # a command that gives nothing: it has taken the value
        return "taken"
    try:
        same = _flat(got, kind) == _flat(value, kind)
    except Exception:
        same = False
    if (
        kind == "DevEnum"
        and same
        and not all(0 <= int(item) < len(LABELS) for item in _flat(got, kind))
    ):
        same = False
    return "kept" if same else f"changed to {got!r}"
