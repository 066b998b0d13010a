"""Every public name of PyTango is here too, but for a list with reasons."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

import pytest

pytest.importorskip("tango")

MODULES = (
    "",
    "asyncio",
    "asyncio_executor",
    "constants",
    "futures",
    "futures_executor",
    "green",
    "log4tango",
    "release",
    "server",
    "telemetry",
    "test_context",
    "utils",
)

INTERNAL_MODULES = {
    "attr_data", "attribute_proxy", "auto_monitor", "base_types", "codec", "connection", "db",
    "device_attribute", "device_class", "device_proxy", "device_server", "encoded_attribute",
    "globals", "group", "group_reply", "pytango_init", "pytango_pprint", "pyutil", "tango_numpy",
    "tango_object", "time_val",
}  # fmt: skip
"""PyTango says of each: an internal module. `puretango.compat` serves them all the same."""

MISSING = {
    # A server builds its classes itself.
    "class_factory", "delete_class_list",
    # The library's build.
    "constants.PYBIND11_VERSION", "constants.PYBIND11_VERSION_MAJOR",
    "constants.PYBIND11_VERSION_MINOR", "constants.PYBIND11_VERSION_PATCH",
    # PyTango's own machinery, public only for want of an underscore.
    "asyncio_executor.run_coroutine_threadsafe", "green.fill_green_doc",
    "green.get_thread_pool_executor",
    "server.from_typeformat_to_type", "server.inheritance_patch", "server.is_tango_object",
    "test_context.parse_command_line_args",
    "utils.PyTangoHelpFormatter", "utils.copy_doc", "utils.document_method",
    "utils.document_static_method", "utils.eval_in_fallback_frames", "utils.get_attrs",
    "utils.get_property_from_db",
}  # fmt: skip

MISSING_MEMBERS = {
    # There are no classes in C++.
    "Util.add_Cpp_TgClass",
    # An enum of the C++ class, which nothing here sets.
    "DeviceData.except_flags", "DeviceDataHistory.except_flags",
    # Known of a history that was read, not of one just made.
    "DeviceAttributeHistory.has_failed",
    # How PyTango's contexts run their server.
    "DeviceTestContext.append_db_file", "DeviceTestContext.command",
    "DeviceTestContext.post_init", "DeviceTestContext.pre_init", "DeviceTestContext.target",
    "MultiDeviceTestContext.append_db_file", "MultiDeviceTestContext.command",
    "MultiDeviceTestContext.post_init", "MultiDeviceTestContext.pre_init",
    "MultiDeviceTestContext.target",
}  # fmt: skip

OTHER = {"Server"}
"""PyTango's experimental Server serves any Python object, puretango's is the server itself."""


def module_pairs() -> list[tuple[str, ModuleType, ModuleType]]:
    found = []
    for name in MODULES:
        tail = f".{name}" if name else ""
        peer, own = (importlib.import_module(f"{top}{tail}") for top in ("tango", "puretango"))
        found.append((f"{name}." if name else "", peer, own))
    return found


def has(owner: Any, name: str) -> bool:
    try:
        getattr(owner, name)
    except (AttributeError, ImportError):
        return False
    return True


def belongs(module: ModuleType, name: str) -> bool:
    """Defined in the module or declared public: not merely imported for its own use."""
    value = getattr(module, name)
    if isinstance(value, ModuleType) and not value.__name__.startswith("tango"):
        return False
    if module.__name__ in ("tango", "tango.constants") or name in getattr(module, "__all__", ()):
        return True
    return getattr(value, "__module__", None) == module.__name__


def test_every_public_name_is_here() -> None:
    missing = {
        f"{prefix}{name}"
        for prefix, peer, own in module_pairs()
        for name in dir(peer)
        if not name.startswith("_") and belongs(peer, name) and not has(own, name)
    }
    assert missing - INTERNAL_MODULES == MISSING
    assert missing & INTERNAL_MODULES <= INTERNAL_MODULES


def instance(kind: type) -> Any:
    """An instance, for members that only instances have; the class where that needs arguments."""
    try:
        return kind()
    except BaseException:
        return kind


@pytest.mark.parametrize("module", ["", "server", "test_context"])
def test_every_public_member_of_every_class_is_here(
    module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TANGO_HOST", "127.0.0.1:1")
    (_, peer, own) = module_pairs()[MODULES.index(module)]
    missing = set()
    for name in dir(peer):
        kind = getattr(peer, name)
        if name.startswith("_") or not isinstance(kind, type) or not has(own, name):
            continue
        mine = getattr(own, name)
        if name in OTHER or not isinstance(mine, type):
            continue
        there, here = instance(kind), instance(mine)
        missing |= {
            f"{name}.{member}"
            for member in dir(there if not isinstance(there, type) else kind)
            if not member.startswith("_") and not has(mine, member) and not has(here, member)
        }
    assert missing - MISSING_MEMBERS == set()


def test_the_list_of_exceptions_is_not_longer_than_it_must_be() -> None:
    own: Any = importlib.import_module("puretango")
    server = importlib.import_module("puretango.server")
    context = importlib.import_module("puretango.test_context")
    stale = {
        entry
        for entry in MISSING_MEMBERS
        for name, member in [entry.split(".")]
        if has(
            instance(
                getattr(next(place for place in (own, server, context) if has(place, name)), name)
            ),
            member,
        )
    }
    assert stale == set()


def test_an_import_with_a_star_gives_the_same_names() -> None:
    given: list[set[str]] = []
    for package in ("tango", "puretango"):
        names: dict[str, Any] = {}
        exec(f"from {package} import *", names)
        given.append({name for name in names if not name.startswith("__")})
    assert given[0] - given[1] == {"class_factory", "delete_class_list"}
    assert given[1] - given[0] == set()
