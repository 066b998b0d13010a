"""TangoBusyFlyer on the simulated BusyController, under the RunEngine: the same code as on EPICS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.interop.equipment.iocs import needs, run_python

PREPARE = """
    import time, threading
    from event_model import DocumentNames, schema_validators
    from bluesky import RunEngine
    from bluesky.plans import fly
    from bluesky.utils import RunEngineInterrupted
    from puretango.bluesky import TangoBusyFlyer, FlightError
    from puretango.sim import BusyController
    from puretango.testing import MultiDeviceTestContext

    context = MultiDeviceTestContext([{"class": BusyController, "devices": [{"name": "sim/busy/1"}]}])
    context.__enter__()
    documents = []
    def check(name, document):
        schema_validators[DocumentNames[name]].validate(document)
        documents.append((name, document))
    def made(points=5, dwell=0.01, **kw):
        flyer = TangoBusyFlyer(context.get_device_access("sim/busy/1"), name="flyer", **kw)
        flyer.wait_for_connection(timeout=30)
        flyer.num_points.put(points)
        flyer.dwell.put(dwell)
        return flyer
    def rest(flyer):
        until(lambda: not flyer.busy.get())
        return bool(flyer.busy.get())
    RE = RunEngine({})
    RE.subscribe(check)
"""


@pytest.fixture
def run(tmp_path: Path) -> Any:
    """Runs a program with a flyer prepared."""
    needs("ophyd", "h5py", "hdf5plugin")

    def run(source: str) -> Any:
        environment = {"OPHYD_CONTROL_LAYER": "dummy", "TMPDIR": str(tmp_path)}
        return run_python(PREPARE + source, environment)

    return run


def test_flights_yield_the_points_taken(run: Any) -> None:
    """Different numbers of points, the shortest flights, own times, valid documents."""
    answer = run("""
    flyer = made(20, 0.005)
    begin = time.time()
    RE(fly([flyer]))
    flyer.num_points.put(3)
    RE(fly([flyer]))
    pages = [d for n, d in documents if n == "event_page"]
    flyer.num_points.put(2)
    flyer.dwell.put(0.0)
    counts, fresh, last = [], [], 0.0
    for n in range(50):
        flyer.kickoff().wait(30)
        flyer.complete().wait(30)
        events = list(flyer.collect())
        counts.append(len(events))
        fresh.append(events[0]["time"] > last)
        last = events[-1]["time"]
    result = dict(lengths=[len(p["seq_num"]) for p in pages], positions=pages[1]["data"]["flyer_positions"],
                  times=pages[0]["data"]["flyer_times"], begin=begin, counts=counts, fresh=all(fresh),
                  stops=[d["exit_status"] for n, d in documents if n == "stop"],
                  source=next(d for n, d in documents if n == "descriptor")["data_keys"]["flyer_times"]["source"])
    """)
    assert answer["lengths"] == [20, 3]
    assert answer["positions"] == [-1.0, 0.0, 1.0]
    assert answer["times"] == sorted(answer["times"])
    assert answer["times"][0] > answer["begin"]
    assert answer["stops"] == ["success", "success"]
    assert answer["counts"] == [2] * 50
    assert answer["fresh"] is True
    assert "sim/busy/1/times" in answer["source"]


def test_timeout_stop_and_a_fault(run: Any) -> None:
    """A flight that takes too long, one that is stopped, and one that its controller ends early."""
    answer = run("""
    flyer = made(200, 0.1, timeout=0.3)
    flyer.kickoff().wait(30)
    errors = [str(flyer.complete().exception(30))]
    idle = [rest(flyer)]
    flyer.timeout = None
    flyer.kickoff().wait(30)
    errors.append(str(made(200, 0.1).kickoff().exception(30)))
    until(lambda: flyer.count.get() >= 1)
    flyer.stop()
    errors.append(str(flyer.complete().exception(30)))
    idle.append(rest(flyer))
    taken = len(list(flyer.collect()))
    flyer.kickoff().wait(30)
    flyer.busy.put(False)
    errors.append(str(flyer.complete().exception(30)))
    result = dict(errors=errors, idle=idle, taken=taken)
    """)
    late, busy, stopped, fault = answer["errors"]
    assert "busy after 0.3 s" in late
    assert "busy already" in busy
    assert "was stopped" in stopped
    assert "reports a fault" in fault
    assert answer["idle"] == [False, False]
    assert 1 <= answer["taken"] < 200


def test_pause_resume_and_abort(run: Any) -> None:
    """On hold during a pause, complete after resume; at rest after abort."""
    answer = run("""
    flyer = made(60, 0.03)
    outcome = []
    for end in (RE.resume, RE.abort):
        documents.clear()
        when(lambda: 0 < flyer.count.get() < 30, RE.request_pause)
        try:
            RE(fly([flyer]))
        except RunEngineInterrupted:
            pass
        until(lambda: flyer.count.get() == flyer.count.get(), step=0.1)
        at = int(flyer.count.get())
        never(lambda: flyer.count.get() != at, 0.3)
        held = int(flyer.count.get()) == at
        end()
        pages = [d for n, d in documents if n == "event_page"]
        outcome.append([held, len(pages[0]["seq_num"]), documents[-1][1]["exit_status"], rest(flyer)])
    result = outcome
    """)
    resumed, aborted = answer
    assert resumed == [True, 60, "success", False]
    assert aborted[0] is True
    assert 0 < aborted[1] < 60
    assert aborted[2:] == ["abort", False]


def test_a_server_that_dies_in_flight(run: Any) -> None:
    """The flight fails with the reason; nothing hangs."""
    answer = run("""
    flyer = made(200, 0.1)
    flyer.kickoff().wait(30)
    context.__exit__(None, None, None)
    error = flyer.complete().exception(20)
    result = [type(error).__name__, str(error)]
    """)
    assert answer[0] != "NoneType"
    assert "sim/busy/1" in answer[1]


def test_a_suspender_and_a_stop(run: Any) -> None:
    """Suspended in flight: on hold until released, then complete. RE.stop(): at rest."""
    answer = run("""
    import asyncio, concurrent.futures
    flyer = made(60, 0.03)
    released = concurrent.futures.Future()
    seen = []
    def suspend():
        RE.request_suspend(lambda: asyncio.wrap_future(released, loop=RE.loop))
        until(lambda: flyer.count.get() == flyer.count.get(), step=0.1)
        seen.append(int(flyer.count.get()))
        never(lambda: flyer.count.get() != seen[0], 0.3)
        seen.append(int(flyer.count.get()))
        released.set_result(None)
    when(lambda: 0 < flyer.count.get() < 30, suspend)
    RE(fly([flyer]))
    page = next(d for n, d in documents if n == "event_page")
    documents.clear()
    flyer.num_points.put(200)
    when(lambda: 0 < flyer.count.get() < 30, RE.request_pause)
    try:
        RE(fly([flyer]))
    except RunEngineInterrupted:
        pass
    RE.stop()
    result = dict(seen=seen, points=len(page["seq_num"]), rest=rest(flyer), stop=documents[-1][1]["exit_status"])
    """)
    assert answer["seen"][0] == answer["seen"][1] < 60
    assert answer["points"] == 60
    assert answer["rest"] is False
    assert answer["stop"] == "success"


def test_collected_in_flight(run: Any) -> None:
    """A declared stream collected while it flies: pages in turn, no point twice, none lost."""
    answer = run("""
    from bluesky import plan_stubs as bps, preprocessors as bpp
    flyer = made(40, 0.02, live=True, stream=None)
    @bpp.stage_decorator([flyer])
    @bpp.run_decorator()
    def plan():
        yield from bps.declare_stream(flyer, name="main", collect=True)
        yield from bps.kickoff(flyer, wait=True)
        yield from bps.collect_while_completing([flyer], [flyer], flush_period=0.2, stream_name="main")
    RE(plan())
    pages = [d for n, d in documents if n == "event_page"]
    whole = [p for page in pages for p in page["data"]["flyer_positions"]]
    documents.clear()
    threading.Timer(0.4, RE.request_pause).start()
    flyer.num_points.put(200)
    try:
        RE(plan())
    except RunEngineInterrupted:
        pass
    RE.abort()
    result = dict(pages=len(pages), points=len(whole), rising=whole == sorted(set(whole)), rest=rest(flyer),
                  name=next(d["name"] for n, d in documents if n == "descriptor"))
    """)
    assert answer["pages"] >= 2
    assert answer["points"] == 40
    assert answer["rising"] is True
    assert answer["name"] == "main"
    assert answer["rest"] is False


def test_progress(run: Any) -> None:
    """Those that watch the flight are told how many points there are, of how many; a ProgressBar draws it."""
    answer = run("""
    import io
    from bluesky.utils import ProgressBar
    flyer = made(20, 0.03)
    updates = []
    flyer.kickoff().wait(30)
    status = flyer.complete()
    status.watch(lambda **update: updates.append(update))
    bar = ProgressBar([status])
    bar.delay_draw, bar.fp = 0, io.StringIO()
    status.wait(30)
    told = [u for u in updates if u.get("current") is not None]
    meters = list(bar.meters)
    until(lambda: updates[-1]["fraction"] == 0.0)
    result = dict(names={u["name"] for u in updates} == {"flyer"}, units=[u["unit"] for u in told][:1],
                  currents=[u["current"] for u in told], targets=sorted({u["target"] for u in told}),
                  fractions=[u["fraction"] for u in told], last=updates[-1]["fraction"], meters=meters)
    """)
    assert answer["names"] is True
    assert answer["units"] == ["points"]
    assert answer["targets"] == [20]
    assert len(answer["currents"]) >= 3
    assert answer["currents"] == sorted(answer["currents"])
    assert answer["fractions"] == sorted(answer["fractions"], reverse=True)
    assert (answer["last"], answer["currents"][-1]) == (0.0, 20)
    assert "flyer: 100%" in answer["meters"][0]
