"""The main job, end to end: a control system in this process, and bluesky plans over it."""

from __future__ import annotations

import contextlib
import os
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# ophyd loads the EPICS layer that it finds, whose start is slow and not wanted here.
os.environ.setdefault("OPHYD_CONTROL_LAYER", "dummy")

from bluesky import RunEngine
from bluesky.callbacks import LiveTable as _LiveTable
from bluesky.plans import count, scan

from puretango.bluesky import TangoAttribute, TangoDevice
from puretango.errors import DevFailed

TEST_DEVICE = "sys/tg_test/1"
# bluesky leaves it without types.
LiveTable: Any = _LiveTable


def demo(tango_host: str | None = None, plots: str = "demo-output") -> int:
    """Run the demo; on the system at ``tango_host``, or on one of its own. The exit code."""
    started = time.monotonic()
    with _run_engine() as engine, _system(tango_host) as (host, say_more):
        device = f"tango://{host}/{TEST_DEVICE}"
        documents = Documents()
        engine.subscribe(documents)
        _count(engine, device)
        _scan(engine, device)
        picture = _plot_scan(documents, Path(plots))
        _whole_device(device)
        for story in say_more:
            story(engine, Path(plots))
    _farewell(tango_host, picture, time.monotonic() - started)
    return 0


class Documents:
    """The events of the last run, for the plot."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def __call__(self, name: str, document: dict[str, Any]) -> None:
        if name == "start":
            self.events = []
        elif name == "event":
            self.events.append(document["data"])

    def column(self, key: str) -> list[float]:
        """One key's values."""
        return [float(event[key]) for event in self.events]


@contextlib.contextmanager
def _run_engine() -> Iterator[Any]:
    engine = RunEngine({})
    try:
        yield engine
    finally:
        # The RunEngine's loop runs in a thread that nothing else would end.
        engine.loop.call_soon_threadsafe(engine.loop.stop)
        engine._th.join(timeout=5)
        if not engine.loop.is_running():
            engine.loop.close()


Story = Callable[[Any, Path], None]


@contextlib.contextmanager
def _system(tango_host: str | None) -> Iterator[tuple[str, list[Story]]]:
    if tango_host is not None:
        _title(f"Using the Tango control system at {tango_host}")
        yield tango_host, []
        return
    from puretango.sim import TangoTest
    from puretango.testing import TangoSystem

    _title("Starting a Tango control system in this process")
    system = TangoSystem(
        {TangoTest: [TEST_DEVICE]}, server_name="TangoTest", instance="test", short_names=False
    )
    begun = time.monotonic()
    with system:
        took = (time.monotonic() - begun) * 1000
        _tell(f"database          tango://{system.tango_host}  (SQLite, in memory)")
        _tell(f"device server     TangoTest/test  with the device {TEST_DEVICE}")
        _tell(f"both are ready after {took:.0f} ms; no TANGO_HOST and nothing else to install")
        yield system.tango_host, []


def _count(engine: Any, device: str) -> None:
    _title('RE(count([tango_attr], 10, 1), LiveTable(["double_scalar"]))')
    tango_attr = TangoAttribute(f"{device}/double_scalar")
    # The values of TangoTest's sine change every two seconds.
    engine(count([tango_attr], 10, 1), LiveTable(["double_scalar"]))
    tango_attr.destroy()


def _scan(engine: Any, device: str) -> None:
    _title("RE(scan([tango_attr], ampli, 0, 10, 11), LiveTable([ampli, tango_attr]))")
    tango_attr = TangoAttribute(f"{device}/double_scalar")
    ampli = TangoAttribute(f"{device}/ampli")
    before = ampli.get()
    try:
        engine(scan([tango_attr], ampli, 0, 10, 11), LiveTable([ampli, tango_attr]))
    finally:
        ampli.put(before)
        for signal in (tango_attr, ampli):
            signal.destroy()


def _plot_scan(documents: Documents, folder: Path) -> Path | None:
    try:
        import matplotlib

        matplotlib.use("Agg")
        from matplotlib.figure import Figure
    except ImportError:
        return None
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.add_subplot()
    axes.plot(documents.column("ampli"), documents.column("double_scalar"), marker="o")
    axes.set_xlabel("ampli")
    axes.set_ylabel("double_scalar")
    axes.set_title(f"scan of {TEST_DEVICE}/ampli")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "scan.png"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        figure.savefig(path, dpi=120)
    return path


def _whole_device(device: str) -> None:
    _title(f'tt = TangoDevice("{TEST_DEVICE}", name="tt"); tt.read()')
    whole = TangoDevice(device, name="tt")
    begun = time.monotonic()
    readings = whole.read()
    took = (time.monotonic() - begun) * 1000
    _tell(f"{len(readings)} attributes in one request of {took:.1f} ms, for example:")
    for key in ("tt_double_scalar", "tt_string_scalar", "tt_State", "tt_wave"):
        value = readings[key]["value"]
        shown = f"array of {len(value)}" if hasattr(value, "shape") else repr(value)
        _tell(f"  {key:<20} {shown}")
    _tell(f"left out, because they fail on purpose: {', '.join(whole.failing)}")
    _tell(f"and {len(whole.commands)} commands: tt.DevString('hello') gives {_call(whole)!r}")
    whole.destroy()


def _call(whole: TangoDevice) -> Any:
    try:
        return whole.command("DevString")("hello")
    except DevFailed as failure:
        return str(failure)


def _farewell(tango_host: str | None, picture: Path | None, seconds: float) -> None:
    _title(f"Done in {seconds:.0f} s" + ("" if tango_host else "; everything is stopped again"))
    if picture is not None:
        _tell(f"a plot of the scan        {picture}")
    _tell("the same on your system   puretango demo --tango-host HOST:PORT")
    _tell("a database to keep        puretango db --port 10000 --store tango.db")
    _tell("a device server in it     TANGO_HOST=localhost:10000 puretango serve TangoTest test")
    _tell("look around               TANGO_HOST=localhost:10000 puretango ls")


def _title(text: str) -> None:
    print(f"\n=== {text}", flush=True)


def _tell(text: str) -> None:
    print(f"    {text}", flush=True)
