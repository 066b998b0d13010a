"""BusyFlyer on the simulated busy IOC, under the RunEngine."""

from __future__ import annotations

from tests.interop.equipment.iocs import Ioc

PREPARE = """
    import time, threading
    import event_model
    from event_model import DocumentNames, schema_validators
    from bluesky import RunEngine
    from bluesky.plans import fly
    from bluesky import plan_stubs as bps
    from bluesky.utils import RunEngineInterrupted
    from puretango.bluesky import SimulatedBusyFlyer, EpicsBusyFlyer, FlightError

    documents = []
    def check(name, document):
        schema_validators[DocumentNames[name]].validate(document)
        documents.append((name, document))
    def made(points=5, dwell=0.01, cls=SimulatedBusyFlyer, **kw):
        flyer = cls(prefix, name="flyer", **kw)
        flyer.wait_for_connection(timeout=30)
        if hasattr(flyer, "num_points"):
            flyer.num_points.put(points, wait=True)
            flyer.dwell.put(dwell, wait=True)
        return flyer
    def rest(flyer):
        until(lambda: not flyer.busy.get())
        return int(flyer.busy.get())
    RE = RunEngine({})
    RE.subscribe(check)
"""


def test_a_flight_yields_the_points_taken_with_their_times(busy_ioc: Ioc) -> None:
    """Twice with different numbers of points: no stale ones, no false end, own times."""
    answer = busy_ioc.python(
        PREPARE
        + """
    from bluesky.protocols import (Collectable, Configurable, EventCollectable,
        EventPageCollectable, Flyable, HasHints, HasName, Pausable, Readable, Stageable, Stoppable)
    flyer = made(20, 0.005)
    claims = [isinstance(flyer, p) for p in (Collectable, Configurable, EventCollectable,
        EventPageCollectable, Flyable, HasHints, HasName, Pausable, Readable, Stageable, Stoppable)]
    begin = time.time()
    RE(fly([flyer]))
    flyer.num_points.put(3, wait=True)
    RE(fly([flyer]))
    pages = [d for n, d in documents if n == "event_page"]
    flyer.kickoff().wait(30)
    flyer.complete().wait(30)
    events = list(flyer.collect())
    result = dict(pages=pages, begin=begin, claims=claims, events=events, again=list(flyer.collect()),
                  stops=[d["exit_status"] for n, d in documents if n == "stop"],
                  descriptor=next(d for n, d in documents if n == "descriptor"))
    """,
        prefix=busy_ioc.prefix,
    )
    assert all(answer["claims"])
    assert answer["stops"] == ["success", "success"]
    first, second = answer["pages"]
    assert len(first["seq_num"]) == 20
    assert second["data"]["flyer_positions"] == [-1.0, 0.0, 1.0]
    for page in (first, second):
        times = page["data"]["flyer_times"]
        assert times == sorted(times) == page["timestamps"]["flyer_signals"]
        assert times[0] > answer["begin"]
    assert len(answer["events"]) == 3
    assert answer["events"][0]["timestamps"]["flyer_positions"] == answer["events"][0]["time"]
    assert answer["again"] == []
    assert answer["descriptor"]["name"] == "primary"
    assert set(answer["descriptor"]["data_keys"]) == {
        "flyer_times", "flyer_positions", "flyer_signals"
    }  # fmt: skip


def test_no_false_end_on_a_stale_done(busy_ioc: Ioc) -> None:
    """Fifty of the shortest flights: each ends after its own points, never before."""
    answer = busy_ioc.python(
        PREPARE
        + """
    flyer = made(2, 0.0, cls=SimulatedBusyFlyer)
    plain = made(cls=EpicsBusyFlyer)
    counts, fresh = [], []
    last = 0.0
    for n in range(50):
        one = (flyer, plain)[n % 2]
        one.kickoff().wait(30)
        one.complete().wait(30)
        events = list(one.collect())
        counts.append(len(events))
        fresh.append(events[0]["time"] > last)
        last = events[-1]["time"]
    result = dict(counts=counts, fresh=all(fresh))
    """,
        prefix=busy_ioc.prefix,
    )
    assert answer == {"counts": [2] * 50, "fresh": True}


def test_timeouts_and_stop(busy_ioc: Ioc) -> None:
    """A flight that takes too long fails and is stopped; so is one that somebody stops."""
    answer = busy_ioc.python(
        PREPARE
        + """
    flyer = made(200, 0.1, timeout=0.3)
    flyer.kickoff().wait(30)
    error = flyer.complete().exception(30)
    late = [type(error).__name__, str(error)]
    idle = [rest(flyer)]
    flyer.timeout = None
    flyer.kickoff().wait(30)
    try:
        flyer.kickoff()
        twice = False
    except FlightError:
        twice = True
    other = made(200, 0.1)
    busy = str(other.kickoff().exception(30))
    until(lambda: flyer.count.get() >= 1)
    flyer.stop()
    stopped = str(flyer.complete().exception(30))
    idle.append(rest(flyer))
    taken = len(list(flyer.collect()))
    flyer.kickoff().wait(30)
    flyer.stop(success=True)
    flyer.complete().wait(30)
    result = dict(late=late, idle=idle, twice=twice, busy=busy, stopped=stopped, taken=taken)
    """,
        prefix=busy_ioc.prefix,
    )
    assert answer["late"][0] == "FlightError"
    assert "busy after 0.3 s" in answer["late"][1]
    assert answer["idle"] == [0, 0]
    assert answer["twice"] is True
    assert "busy already" in answer["busy"]
    assert "was stopped" in answer["stopped"]
    assert 1 <= answer["taken"] < 200


def test_pause_and_resume(busy_ioc: Ioc) -> None:
    """The RunEngine pauses in flight: a controller that can hold does, another is stopped.

    After resume no point is missing: the flight goes on, or is flown again.
    """
    answer = busy_ioc.python(
        PREPARE
        + """
    result = []
    for cls in (SimulatedBusyFlyer, EpicsBusyFlyer):
        made(60, 0.03)
        flyer = made(60, 0.03, cls=cls)
        documents.clear()
        when(lambda: 0 < flyer.count.get() < 30, RE.request_pause)
        try:
            RE(fly([flyer]))
            paused = False
        except RunEngineInterrupted:
            paused = True
        until(lambda: flyer.count.get() == flyer.count.get(), step=0.1)
        at = int(flyer.count.get())
        never(lambda: flyer.count.get() != at, 0.3)
        held = int(flyer.count.get()) == at
        RE.resume()
        pages = [d for n, d in documents if n == "event_page"]
        result.append(dict(paused=paused, held=held, begun=0 < at < 60, points=len(pages[0]["seq_num"]),
                      pages=len(pages), stop=documents[-1][1]["exit_status"], idle=rest(flyer)))
    """,
        prefix=busy_ioc.prefix,
    )
    good = {"paused": True, "held": True, "begun": True, "points": 60, "pages": 1}
    assert answer == [good | {"stop": "success", "idle": 0}] * 2


def test_abort_in_flight_leaves_the_controller_at_rest(busy_ioc: Ioc) -> None:
    """Aborted from the pause: stopped, and the points taken are in the documents."""
    answer = busy_ioc.python(
        PREPARE
        + """
    results = []
    for cls in (SimulatedBusyFlyer, EpicsBusyFlyer):
        made(200, 0.02)
        flyer = made(200, 0.02, cls=cls)
        documents.clear()
        threading.Timer(0.4, RE.request_pause).start()
        try:
            RE(fly([flyer]))
        except RunEngineInterrupted:
            pass
        RE.abort()
        idle = rest(flyer)
        pages = [d for n, d in documents if n == "event_page"]
        results.append([idle, documents[-1][1]["exit_status"], len(pages)])
    result = results
    """,
        prefix=busy_ioc.prefix,
    )
    assert answer == [[0, "abort", 1], [0, "abort", 1]]


def test_a_dead_ioc_fails_the_flight(busy_ioc: Ioc) -> None:
    """A flag that does not answer: the flight fails with a reason and nothing hangs."""
    answer = busy_ioc.python(
        PREPARE
        + """
    from ophyd.sim import FakeEpicsSignal
    class Nothing(EpicsBusyFlyer):
        pass
    flyer = Nothing("no:such:", name="flyer")
    error = flyer.kickoff().exception(20)
    result = [type(error).__name__, flyer.flying, type(flyer.complete().exception(1)).__name__]
    """,
        prefix=busy_ioc.prefix,
    )
    assert answer[0].endswith("TimeoutError")
    assert answer[1] is False


def test_a_number_of_points_that_cannot_be(busy_ioc: Ioc) -> None:
    """None, or more than the waveforms hold: the flight fails, and no older points are taken for it."""
    answer = busy_ioc.python(
        PREPARE
        + """
    flyer = made(5)
    outcome = []
    for points in (5, 0, 70_000, 2):
        flyer.num_points.put(points, wait=True)
        flyer.kickoff()
        error = flyer.complete().exception(30)
        outcome.append([None if error is None else str(error), len(list(flyer.collect()))])
    result = outcome
    """,
        prefix=busy_ioc.prefix,
    )
    assert answer[0] == [None, 5]
    for (error, points), wrong in zip(answer[1:3], (0, 70_000)):
        assert f"in alarm: points must be 1 to 65536, not {wrong}" in error
        assert points == 0
    assert answer[3] == [None, 2]


def test_ten_thousand_points(busy_ioc: Ioc) -> None:
    """More than the record of the notebook holds, none of them lost, each with its own time."""
    answer = busy_ioc.python(
        PREPARE
        + """
    flyer = made(10_000, 0.0, timeout=40)
    RE(fly([flyer]))
    pages = [d for n, d in documents if n == "event_page"]
    positions = [x for page in pages for x in page["data"]["flyer_positions"]]
    times = [t for page in pages for t in page["time"]]
    result = [len(positions), positions[0], positions[-1], times == sorted(times),
              all(a < b for a, b in zip(positions, positions[1:]))]
    """,
        prefix=busy_ioc.prefix,
    )
    assert answer == [10_000, -1.0, 1.0, True, True]
