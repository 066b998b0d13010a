"""Random device classes and requests, the same for one seed whoever makes them.

`random_device.py tango SEED INSTANCE …` serves one; `ask(tango, device, seed)` sends it the requests of a seed.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Collection
from pathlib import Path
from random import Random
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[4]))  # as a script it is no module of it

from tests.interop.peers.plain import plain

RANGES = {
    "DevUChar": (0, 255), "DevShort": (-(2**15), 2**15 - 1), "DevUShort": (0, 2**16 - 1),
    "DevLong": (-(2**31), 2**31 - 1), "DevULong": (0, 2**32 - 1), "DevLong64": (-(2**63), 2**63 - 1),
    "DevULong64": (0, 2**64 - 1),
}  # fmt: skip
TYPES = (*RANGES, "DevBoolean", "DevFloat", "DevDouble", "DevString", "DevState", "DevEnum")
COMMAND_TYPES = (
    *(name for name in TYPES if name not in ("DevEnum", "DevUChar")), "DevVarLongArray", "DevVarDoubleArray",
    "DevVarStringArray", "DevVarCharArray", "DevVarLongStringArray", "DevVoid",
)  # fmt: skip
LABELS = ["off", "on", "auto", "\u00e9teint"]
WORDS = ("", "mm", "\u00b0C", "a label", "k\u03a9", "x" * 40)
_WAYS = (
    "read",
    "read",
    "several",
    "write",
    "write",
    "write_read",
    "writes",
    "command",
    "state",
    "set",
)
_MODES = ("plain",) * 6 + ("quality", "invalid", "raises", "throws", "none", "wrong")


def scalar(chance: Random, kind: str) -> Any:
    """A value of the type, often one at the edge; states as their numbers."""
    if kind in RANGES:
        low, high = RANGES[kind]
        return chance.choice((low, high, 0, 1, chance.randint(low, high), chance.randint(0, 100)))
    if kind == "DevBoolean":
        return chance.random() < 0.5
    if kind in ("DevFloat", "DevDouble"):
        return chance.choice((0.0, -1.5, 2.0**-10, float(chance.randint(-1000, 1000)), 1e30))
    if kind == "DevString":
        return chance.choice(("", "word", "caf\u00e9 \u00b5", "two\nlines", "y" * 300))
    return chance.randrange(14 if kind == "DevState" else len(LABELS))


def value(chance: Random, kind: str, form: int, most: int) -> Any:
    """A value of the type and format, within its size."""
    if form == 0:
        return scalar(chance, kind)
    width = chance.randint(1, most)
    if form == 1:
        return [scalar(chance, kind) for _ in range(width)]
    return [[scalar(chance, kind) for _ in range(width)] for _ in range(chance.randint(1, 3))]


def wrong_value(chance: Random, form: int) -> Any:
    """Something that hardly fits."""
    single = chance.choice((None, "word", 1.5, 2**70, -1, [1], {}, "7"))
    return single if form == 0 else chance.choice((single, [single], [[single]]))


def specification(seed: int) -> dict[str, Any]:
    """What a seed's device has."""
    chance = Random(seed)
    attributes = []
    for number in range(chance.randint(4, 8)):
        kind, form = chance.choice(TYPES), chance.choice((0, 0, 1, 2))
        one: dict[str, Any] = {
            "name": f"attr{number}", "kind": kind, "form": form, "most": chance.randint(2, 5),
            "access": chance.choice(("READ", "READ", "READ_WRITE", "WRITE")), "mode": chance.choice(_MODES),
            "quality": chance.choice(("ATTR_ALARM", "ATTR_WARNING", "ATTR_CHANGING", "ATTR_VALID")),
            "label": chance.choice(WORDS), "unit": chance.choice(WORDS), "doc": chance.choice(WORDS),
            "refuses": chance.choice(("", "", "", "write fails")), "allowed": chance.random() < 0.9,
        }  # fmt: skip
        one["value"] = value(chance, kind, form, one["most"])
        if one["access"] == "WRITE" or (one["access"] == "READ_WRITE" and form):
            # PyTango shows memory of its own for a set value that was refused.
            one["refuses"], one["allowed"] = "", True
        if kind in RANGES and chance.random() < 0.4:
            one["limits"] = {"max_alarm": 90, "min_value": 1, "max_value": 100, "min_warning": 5}
        attributes.append(one)
    commands = [
        {"name": f"Command{number}", "in": chance.choice(COMMAND_TYPES), "out": chance.choice(COMMAND_TYPES),
         "mode": chance.choice(("plain", "plain", "raises", "throws", "wrong")), "doc": chance.choice(WORDS)}
        for number in range(chance.randint(2, 5))
    ]  # fmt: skip
    for each in commands:
        each["value"] = argument(chance, each["out"])
    return {
        "attributes": attributes,
        "commands": commands,
        "status": chance.choice(("fine", "two\nlines")),
    }


def argument(chance: Random, kind: str) -> Any:
    """A value of a command's type."""
    if kind == "DevVoid":
        return None
    if kind == "DevVarLongStringArray":
        return [[chance.randint(-9, 9)], [scalar(chance, "DevString")]]
    if kind.startswith("DevVar"):
        inner = {
            "Long": "DevLong",
            "Double": "DevDouble",
            "String": "DevString",
            "Char": "DevUChar",
        }[kind[6:-5]]
        return [scalar(chance, inner) for _ in range(chance.randint(0, 4))]
    return scalar(chance, kind)


def _in_type(tango: Any, kind: str, given: Any) -> Any:
    if kind == "DevState" and isinstance(given, int) and 0 <= given < 14:
        return tango.DevState(given)
    if kind == "DevState" and isinstance(given, list):
        return [_in_type(tango, kind, item) for item in given]
    return given


def _giving(tango: Any, one: dict[str, Any]) -> Any:
    kept: dict[str, Any] = {}

    def read(self: Any) -> Any:
        mode = one["mode"]
        given = kept.get("value", _in_type(tango, one["kind"], one["value"]))
        if mode == "raises":
            raise ValueError("no value")
        if mode == "throws":
            tango.Except.throw_exception("Device_Reason", "what happened", "here")
        if mode == "quality":
            return given, 1.5e9, getattr(tango.AttrQuality, one["quality"])
        if mode == "invalid":
            return given, 1.5e9, tango.AttrQuality.ATTR_INVALID
        return {"none": None, "wrong": object()}.get(mode, given)

    def write(self: Any, given: Any) -> None:
        if one["refuses"]:
            raise ValueError(one["refuses"])
        kept["value"] = given

    def allowed(self: Any, request: Any) -> bool:
        return bool(one["allowed"])

    return read, write, allowed


def make(module: str, seed: int) -> Any:
    """The seed's device class, of PyTango's names."""
    tango, server = importlib.import_module(module), importlib.import_module(f"{module}.server")
    wanted = specification(seed)
    space: dict[str, Any] = {"dev_status": lambda self: wanted["status"]}
    for one in wanted["attributes"]:
        read, write, allowed = _giving(tango, one)
        kind: Any = tango.CmdArgType.names[one["kind"]]
        more: dict[str, Any] = dict(one.get("limits", {}))
        if one["kind"] == "DevEnum":
            more["enum_labels"] = LABELS
        if one["form"]:
            more["max_dim_x"] = 6
        if one["form"] == 2:
            more["max_dim_y"] = 4
        name, access = one["name"], one["access"]
        read.__name__, write.__name__, allowed.__name__ = (
            f"read_{name}",
            f"write_{name}",
            f"is_{name}_allowed",
        )
        space[f"is_{name}_allowed"] = allowed
        space[name] = server.attribute(
            dtype=(kind, (kind,), ((kind,),))[one["form"]], access=getattr(tango.AttrWriteType, access),
            fget=None if access == "WRITE" else read, fset=None if access == "READ" else write,
            label=one["label"], unit=one["unit"], doc=one["doc"], **more,
        )  # fmt: skip
    for each in wanted["commands"]:
        space[each["name"]] = _command(tango, server, each)
    return type(server.Device)("Random", (server.Device,), space)


def _command(tango: Any, server: Any, each: dict[str, Any]) -> Any:
    def act() -> Any:
        if each["mode"] == "raises":
            raise ValueError("failed")
        if each["mode"] == "throws":
            tango.Except.throw_exception("Device_Reason", "what happened", "here")
        return object() if each["mode"] == "wrong" else _in_type(tango, each["out"], each["value"])

    def without(self: Any) -> Any:
        return act()

    def with_one(self: Any, given: Any) -> Any:
        return act()

    method = without if each["in"] == "DevVoid" else with_one
    method.__name__ = each["name"]
    types = tango.CmdArgType.names
    return server.command(
        method, dtype_in=types[each["in"]], dtype_out=types[each["out"]], doc_in=each["doc"]
    )


def _seen(tango: Any, call: Any, write_only: Collection[str] = ()) -> Any:
    try:
        found = call()
    except tango.DevFailed as failed:
        return ["DevFailed", [error.reason for error in failed.args]]
    except Exception as error:
        return [type(error).__name__]
    if isinstance(found, list) and found and type(found[0]).__name__ == "DeviceAttribute":
        return [_reading(one, write_only) for one in found]
    return (
        _reading(found, write_only) if type(found).__name__ == "DeviceAttribute" else plain(found)
    )


def _reading(one: Any, write_only: Collection[str]) -> Any:
    if one.has_failed:
        return [one.name, "failed", [error.reason for error in one.get_err_stack()]]
    seen = [one.name, str(one.quality), str(one.type), str(one.data_format), one.dim_x, one.dim_y, one.w_dim_x,
            one.w_dim_y, plain(one.value)]  # fmt: skip
    # PyTango's client shows memory of its own as the set value of a write-only array.
    return seen if one.name in write_only else [*seen, plain(one.w_value), one.is_empty]


def _configuration(info: Any) -> list[str]:
    fields = ("name", "label", "unit", "description", "format", "min_value", "max_value", "max_dim_x", "max_dim_y",
              "data_type", "data_format", "writable", "enum_labels", "writable_attr_name")  # fmt: skip
    alarms = [
        getattr(info.alarms, name)
        for name in ("min_alarm", "max_alarm", "min_warning", "max_warning")
    ]
    return [*(str(plain(getattr(info, field))) for field in fields), *alarms]


def ask(tango: Any, device: str, seed: int, count: int = 60) -> list[tuple[str, Any]]:
    """The requests of a seed, each with what came of it."""
    wanted, chance = specification(seed), Random(seed + 1)
    proxy = tango.DeviceProxy(device)
    names = [one["name"] for one in wanted["attributes"]]
    write_only = {one["name"] for one in wanted["attributes"] if one["access"] == "WRITE"}
    found: list[tuple[str, Any]] = []

    def note(what: str, call: Any) -> None:
        # The same once more, and once more: a client or server may remember how it went.
        times = range(chance.choice((1, 1, 1, 3)))
        found.extend((what, _seen(tango, call, write_only)) for _ in times)

    note("attributes", lambda: sorted(proxy.get_attribute_list()))
    note("commands", lambda: [(i.cmd_name, str(i.in_type), str(i.out_type), i.in_type_desc, i.out_type_desc)
                              for i in proxy.command_list_query()])  # fmt: skip
    for name in names:
        note(f"config {name}", lambda name=name: _configuration(proxy.get_attribute_config(name)))
    for _ in range(count):
        one, each = chance.choice(wanted["attributes"]), chance.choice(wanted["commands"])
        name, kind, form = one["name"], one["kind"], one["form"]
        given = value(chance, kind, form, 4) if chance.random() < 0.7 else wrong_value(chance, form)
        given = _in_type(tango, kind, given) if kind == "DevState" else given
        if kind == "DevState" and given == -1:
            given = None  # PyTango's client sends it: no state, at which our server stops reading
        some = chance.sample([*names, "State", "Status", "missing"], chance.randint(1, 3))
        way = chance.choice(_WAYS)
        if way == "read":
            note(f"read {name}", lambda name=name: proxy.read_attribute(chance_case(name)))
        elif way == "several":
            note(f"several {some}", lambda some=some: list(proxy.read_attributes(some)))
        elif way == "write":
            note(f"write {name} {given!r}", lambda n=name, g=given: proxy.write_attribute(n, g))
        elif way == "write_read":
            note(
                f"write_read {name} {given!r}",
                lambda n=name, g=given: proxy.write_read_attribute(n, g),
            )
        elif way == "writes":
            note(
                f"writes {name} {given!r}", lambda n=name, g=given: proxy.write_attributes([(n, g)])
            )
        elif way == "command":
            sent = argument(chance, each["in"]) if chance.random() < 0.8 else wrong_value(chance, 0)
            sent = _in_type(tango, each["in"], sent) if each["in"] == "DevState" else sent
            note(
                f"command {each['name']} {sent!r}",
                lambda c=each["name"], s=sent: proxy.command_inout(c, s),
            )
        elif way == "state":
            note("state", lambda: [str(proxy.state()), proxy.status()])
        else:
            field = chance.choice(("label", "unit", "max_value", "min_value"))
            # Never a maximum that is the minimum: PyTango may accept it, and can then change nothing more.
            limits = {"max_value": ("50", "60"), "min_value": ("40", "30")}.get(field, ("50", "40"))
            text = chance.choice((*WORDS, *limits, "abc"))
            note(
                f"set {name} {field} {text!r}", lambda n=name, f=field, t=text: _set(proxy, n, f, t)
            )
    return found


def chance_case(name: str) -> str:
    """Names are the same in any case of letters."""
    return name.upper()


def _set(proxy: Any, name: str, field: str, text: str) -> Any:
    info = proxy.get_attribute_config(name)
    setattr(info, field, text)
    proxy.set_attribute_config(info)
    return _configuration(proxy.get_attribute_config(name))


if __name__ == "__main__":
    implementation, number = sys.argv.pop(1), int(sys.argv.pop(1))
    importlib.import_module(f"{implementation}.server").run([make(implementation, number)])
