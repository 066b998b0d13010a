"""The demo: a control system in this process, and bluesky plans over it."""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# ophyd loads the EPICS layer that it finds, whose start is slow and not wanted here.
os.environ.setdefault("OPHYD_CONTROL_LAYER", "dummy")

import bluesky.plan_stubs as bps
from bluesky import RunEngine
from bluesky.callbacks import LiveTable as _LiveTable
from bluesky.plans import count, scan

from puretango.bluesky import Sample, TangoAttribute, TangoDevice, TangoSignal
from puretango.cli._db import at_the_end
from puretango.cli.demo._plots import draw_curve
from puretango.client import DeviceProxy
from puretango.errors import DevFailed

TEST_DEVICE = "sys/tg_test/1"
#: Seconds between two changes of TangoTest's waves.
_PERIOD = 0.2
# bluesky does not type it.
LiveTable: Any = _LiveTable


def demo(tango_host: str | None = None, plots: str = "demo-output", web: bool = False) -> int:
    """Run the demo; on the system at ``tango_host``, or on one of its own. The exit code.

    With ``web`` the system runs on afterwards, shown by its pages, until Ctrl-C.
    """
    started = time.monotonic()
    with _run_engine() as engine, _system(tango_host) as (host, say_more):
        device = f"tango://{host}/{TEST_DEVICE}"
        documents = Documents()
        engine.subscribe(documents)
        _count(engine, device)
        _scan(engine, device)
        picture = _plot_scan(documents, Path(plots))
        _whole_device(device)
        for title, story in say_more:
            _title(title)
            story(engine, host, Path(plots))
        if web:
            _show_pages(host)
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
    # bluesky warns that a flyer can be collected in two ways, which is harmless.
    logging.getLogger("bluesky").setLevel(logging.ERROR)
    try:
        yield engine
    finally:
        # The RunEngine's loop runs in a thread that nothing else would end.
        engine.loop.call_soon_threadsafe(engine.loop.stop)
        engine._th.join(timeout=5)
        if not engine.loop.is_running():
            engine.loop.close()


#: The steps: a title, and a function of the RunEngine, the Tango host and the folder of the plots.
Story = tuple[str, Callable[[Any, str, Path], None]]


@contextlib.contextmanager
def _system(tango_host: str | None) -> Iterator[tuple[str, list[Story]]]:
    if tango_host is not None:
        _title(f"Using the Tango control system at {tango_host}")
        # A missing device is better reported now, in one line, than by the first plan.
        DeviceProxy(f"tango://{tango_host}/{TEST_DEVICE}").ping()
        yield tango_host, []
        return
    from puretango.cli.demo._equipment import DEVICES, fly_story, image_story, on_epics
    from puretango.sim import load_class
    from puretango.testing import TangoSystem

    _title("Starting a Tango control system in this process")
    # TangoTest's waves change once per Sleep_period (ms): shorter than usual, so that it is visible.
    system = TangoSystem(
        {load_class("TangoTest"): [TEST_DEVICE]},
        properties={TEST_DEVICE: {"Sleep_period": str(round(_PERIOD * 1000))}},
        server_name="TangoTest",
        instance="test",
        short_names=False,
    )
    begun = time.monotonic()
    with system:
        equipment = {load_class(name): [device] for name, device in DEVICES.items()}
        system.add_server(equipment, "Equipment", "demo")
        took = (time.monotonic() - begun) * 1000
        _tell(f"database          tango://{system.tango_host}  (SQLite, in memory)")
        _tell(f"device server     TangoTest/test    {TEST_DEVICE}")
        _tell(f"device server     Equipment/demo    {', '.join(DEVICES.values())}")
        _tell(f"all are ready after {took:.0f} ms; no TANGO_HOST and nothing else to install")
        yield (
            system.tango_host,
            [
                ("A fly scan: the controller records, bluesky collects", fly_story),
                ("Images of an area detector, from its HDF5 file", image_story),
                ("The same flyer and detector over EPICS", on_epics),
            ],
        )


def _show_pages(tango_host: str) -> None:
    from puretango.web import Settings, WebServer

    ended = threading.Event()
    with (
        tempfile.TemporaryDirectory() as state,
        WebServer(Settings(tango_host=tango_host, state=Path(state), port=0)) as server,
        at_the_end(ended.set),
    ):
        _title(f"The same system in a browser: {server.address}")
        _tell(f"a device                  {server.address}/d/{TEST_DEVICE}")
        _tell("Ctrl-C ends it")
        ended.wait()


def _count(engine: Any, device: str) -> None:
    _title('RE(count([tango_attr], 10, 0.5), LiveTable(["double_scalar"]))')
    tango_attr = TangoAttribute(f"{device}/double_scalar")
    engine(count([tango_attr], 10, 0.5), LiveTable(["double_scalar"]))
    tango_attr.destroy()


class Peak(TangoSignal):
    """The highest point of a spectrum: a custom signal takes a few lines."""

    def sample(self) -> Sample:
        """The attribute's sample, with the peak for its value."""
        found = super().sample()
        return self.accept(found._replace(value=float(abs(found.value).max())))

    def describe(self) -> dict[str, dict[str, Any]]:
        """One number."""
        key = {"source": self.source_name, "dtype": "number", "shape": [], "precision": 2}
        return {self.name: key}


def _settled_step(detectors: Any, step: Any, pos_cache: Any, *_: Any) -> Any:
    """Move, wait until the wave has followed, read."""
    yield from bps.move_per_step(step, pos_cache)
    yield from bps.sleep(1.2 * _PERIOD)
    yield from bps.trigger_and_read([*detectors, *step])


def _scan(engine: Any, device: str) -> None:
    _title("RE(scan([peak], ampli, 0, 10, 11), LiveTable([ampli, peak]))")
    peak = Peak(f"{device}/wave", name="peak")
    ampli = TangoAttribute(f"{device}/ampli")
    before = ampli.get()
    try:
        plan = scan([peak], ampli, 0, 10, 11, per_step=_settled_step)
        engine(plan, LiveTable([ampli, peak]))
    finally:
        ampli.put(before)
        for signal in (peak, ampli):
            signal.destroy()


def _plot_scan(documents: Documents, folder: Path) -> Path | None:
    return draw_curve(
        folder / "scan.png",
        documents.column("ampli"),
        documents.column("peak"),
        x_label="ampli",
        y_label="peak of wave",
        title=f"A step scan of {TEST_DEVICE}/ampli",
    )


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
        _tell(f"plots                     {picture.parent}")
    _tell("the same on your system   puretango demo --tango-host HOST:PORT")
    _tell("a database to keep        puretango db --port 10000 --store tango.db")
    _tell("a device in it            export TANGO_HOST=localhost:10000")
    _tell(f"                          puretango add TangoTest/test TangoTest {TEST_DEVICE}")
    _tell("its server                puretango serve TangoTest test")
    _tell("look around               puretango ls")


def _title(text: str) -> None:
    print(f"\n=== {text}", flush=True)


def _tell(text: str) -> None:
    print(f"    {text}", flush=True)
