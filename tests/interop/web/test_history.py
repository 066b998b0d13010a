"""History and live values on one axis, in a real browser; and the way from a run to the archive of its time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from puretango.archive import (
    ArchiveService,
    FileStore,
    Gap,
    GapKind,
    Kind,
    Row,
    RunMarks,
    page_of_run,
)
from puretango.archive import Settings as Archiving
from puretango.testing import TangoSystem
from puretango.web import Settings, WebServer
from tests.interop.web.browser import Tab
from tests.unit.hub.devices import Pushing
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

NAME = "lab/push/1/number"
RUN = {"uid": "a1b2c3d4", "scan_id": 7, "plan_name": "scan"}


@dataclass
class Archived:
    """A control system whose archive goes back an hour and a half."""

    system: TangoSystem
    address: str
    directory: Path
    now: float

    @property
    def device(self) -> Any:
        return self.system.get_device("lab/push/1")


def _past(name: str, store: FileStore, now: float) -> None:
    """A ramp of a sample a second until a minute ago: ten minutes of it lost, five in ALARM."""
    kind = Kind("DevDouble", access="READ_WRITE")
    volts = store.generation(name, kind, int((now - 5400) * 1e9))
    rows = []
    for number in range(5340):
        ago = 5400 - number
        at = int((now - ago) * 1e9)
        if not 2200 < ago < 2800:
            quality = 2 if 1200 < ago < 1500 else 0
            rows.append(Row(volts.id, at, at, quality, float(number), None))
    begin, end = int((now - 2800) * 1e9), int((now - 2200) * 1e9)
    store.write(rows, [Gap(name, GapKind.DISCONNECTED, begin, end, 0, "nobody listens")])


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archived]:
    directory, now = tmp_path_factory.mktemp("archive"), time.time()
    state = tmp_path_factory.mktemp("state")
    with TangoSystem({Pushing: ["lab/push/1"]}, short_names=False) as system:
        name = f"tango://{system.tango_host}/{NAME}"
        marks = RunMarks(f"file:{directory}")
        marks("start", {**RUN, "time": now - 1900})
        marks("stop", {"run_start": "a1b2c3d4", "time": now - 1700, "exit_status": "success"})
        settings = Settings(
            tango_host=system.tango_host, state=state, port=0, archive=f"file:{directory}"
        )
        with FileStore(directory) as store, ArchiveService(store) as service:
            _past(name, store, now)
            service.add([name], Archiving(poll_period=1.0))
            with WebServer(settings) as web:
                yield Archived(system, web.address, directory, now)


def colours(tab: Tab) -> set[tuple[int, ...]]:
    """Every colour of the plot, with its opacity."""
    found = tab.js(
        """(() => {
          const canvas = document.querySelector('[aria-label^="history of"] canvas');
          const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
          const seen = new Set();
          for (let at = 0; at < data.length; at += 4) if (data[at + 3] === 255) seen.add(data.slice(at, at + 3).join());
          return [...seen];
        })()"""
    )
    return {tuple(map(int, each.split(","))) for each in found}


def test_history_and_live_values_on_one_axis(archived: Archived, tab: Tab, pictures: Path) -> None:
    tab.open(f"{archived.address}/a?a={NAME}&last=5400")
    tab.see("ALARM")
    tab.see("1 gap")
    tab.see("nobody listens")
    tab.see("run #7 scan: success")
    archived.device.number = 4321.0
    tab.see("now 4321")  # comes by itself, long before the archive is asked again
    tab.until("document.querySelector('[aria-label^=\"history of\"] canvas')")
    # The line, the ground of an ALARM, the foot of a gap without connection, and a run's bar.
    wanted = {(47, 129, 199), (251, 228, 226), (179, 38, 30), (11, 110, 117)}
    until(lambda: wanted <= colours(tab), step=0.1)
    tab.picture(pictures / "archive.png")


def test_a_shorter_time_is_dragged_and_named_by_the_address(archived: Archived, tab: Tab) -> None:
    tab.open(f"{archived.address}/a?a={NAME}&last=5400")
    tab.see("samples")
    box = tab.until(
        """(() => {
          const over = document.querySelector('.u-over');
          if (!over) return null;
          const {x, y, width, height} = over.getBoundingClientRect();
          return width > 50 ? [x, y + height / 2, width] : null;
        })()"""
    )
    x, y, width = box
    drag = (("mouseMoved", 0.1), ("mousePressed", 0.1), ("mouseMoved", 0.2), ("mouseReleased", 0.2))
    for kind, at in drag:
        tab.ask(
            "Input.dispatchMouseEvent",
            type=kind, x=x + at * width, y=y, button="left", buttons=1, clickCount=1,
        )  # fmt: skip
    tab.until("location.search.includes('from=')")
    query = dict(part.split("=") for part in tab.js("location.search.slice(1)").split("&"))
    assert float(query["to"]) - float(query["from"]) == pytest.approx(540, abs=30)
    assert float(query["from"]) - (archived.now - 5400) == pytest.approx(540, abs=120)
    tab.see("samples")


def test_the_attributes_own_page_has_its_history(archived: Archived, tab: Tab) -> None:
    tab.open(f"{archived.address}/d/{NAME}")
    tab.see("nobody listens")
    tab.open(f"{archived.address}/d/lab/push/1/counted")
    tab.until("document.querySelector('[aria-label^=\"trend of\"]')")


def test_attributes_are_found_by_a_part_of_their_name(archived: Archived, tab: Tab) -> None:
    tab.open(archived.address)
    tab.click("Archive", within="nav")
    tab.fill("archived attribute", "push/1/num")
    tab.see("1 of 1 archived attributes")
    tab.click(f"tango://{archived.system.tango_host}/{NAME}", within="main")
    tab.see("samples")


def test_other_times_are_chosen(archived: Archived, tab: Tab) -> None:
    """By a button, by half a step, by typing; a run of the list; and an attribute taken away."""
    tab.open(f"{archived.address}/a?a={NAME}&last=5400")
    tab.see("run #7 scan: success")
    tab.click("1 gap", within="main", kind="summary")
    tab.until("!document.querySelector('main details').open")
    tab.click("run #7 scan: success", within="main")
    tab.until("location.search.includes('run=a1b2c3d4')")
    tab.until("/20[01] samples/.test(document.body.innerText)")
    tab.click("8 h", within="main")
    tab.until("location.search.includes('last=28800')")
    times = {}
    for button, sign in (("earlier", -1), ("later", 1)):
        before = times or {"from": archived.now - 28800, "to": archived.now}
        tab.click(button)
        tab.until(
            f"location.search.includes('from=') && location.search !== {times.get('all', '')!r}"
        )
        times = tab.js(
            "({...Object.fromEntries(new URLSearchParams(location.search)), all: location.search})"
        )
        moved = float(times["to"]) - float(before["to"])
        assert moved == pytest.approx(sign * 14400, abs=120)
    for name, text in (("from", "2020-01-01T00:00:00"), ("to", "2020-01-02T00:00:00")):
        tab.js(
            f"(e => {{ e.value = {text!r}; e.dispatchEvent(new Event('change', {{bubbles: true}})); }})"
            f"(document.querySelector('input[aria-label={name}]')); 1"
        )
        wanted = tab.js(f"String(new Date({text!r}).getTime() / 1000)")
        tab.until(f"new URLSearchParams(location.search).get({name!r}) === {wanted!r}")
    tab.see("0 samples")
    tab.click(f"remove {NAME}")
    tab.until("!document.querySelector('[aria-label^=\"history of\"]')")


def test_a_run_leads_to_the_archive_of_its_time(archived: Archived, tab: Tab) -> None:
    run = {
        "start": {**RUN, "time": archived.now - 1900},
        "stop": {"time": archived.now - 1700, "exit_status": "success"},
    }
    tab.open(page_of_run(run, archived.address, [NAME]))
    tab.see("run #7 scan: success")
    tab.until("/20[01] samples/.test(document.body.innerText)")
    tab.open(f"{archived.address}/a?run=a1b2&a={NAME}")
    tab.until("/20[01] samples/.test(document.body.innerText)")
