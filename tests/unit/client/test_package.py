"""The top-level package: PyTango's names, each loaded when first used."""

from __future__ import annotations

import inspect
import operator
import re
import subprocess
import sys
from pathlib import Path

import pytest

import puretango

NAMES = (
    "DeviceProxy AttributeProxy Database Group ApiUtil DevFailed DevState CmdArgType DevDouble "
    "READ_WRITE SPECTRUM ArgType EventData DbDatum Except Release utils constants green server "
    "Attribute Util DeviceClass AttributeConfig_5 EncodedAttribute ClientAddr TimeVal "
    "EnsureOmniThread requires_pytango str_2_obj"
)


@pytest.mark.parametrize("name", NAMES.split())
def test_names(name: str) -> None:
    assert getattr(puretango, name) is getattr(puretango, name)


def test_unknown_names() -> None:
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        _ = puretango.nothing_of_the_kind  # type: ignore[attr-defined]  # on purpose: there is none


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def test_importing_loads_next_to_nothing() -> None:
    heavy = ["numpy", "zmq", "asyncio", "sqlalchemy", "puretango.client", "puretango.server"]
    loaded = run(f"import sys, puretango; print([m for m in {heavy!r} if m in sys.modules])")
    assert loaded == "[]"


def test_a_client_loads_no_server_and_no_event_loop() -> None:
    heavy = ["zmq", "asyncio", "sqlalchemy", "puretango.server", "puretango.events"]
    code = f"import sys, puretango; puretango.DeviceProxy; print([m for m in {heavy!r} if m in sys.modules])"
    assert run(code) == "[]"


@pytest.mark.parametrize(
    "name", ["DeviceProxy", "AttributeProxy", "Database", "Group", "server.Device", "server.Server"]
)
def test_every_public_method_can_be_found_by_its_def(name: str) -> None:
    cls = operator.attrgetter(name)(puretango)
    sources = "".join(
        path.read_text("utf-8") for path in Path(puretango.__file__).parent.rglob("*.py")
    )
    defined = set(re.findall(r"def (\w+)\(", sources))
    methods = [
        each
        for each in dir(cls)
        if not each.startswith("_") and inspect.isroutine(getattr(cls, each, None))
    ]
    assert len(methods) > 5
    assert set(methods) <= defined
