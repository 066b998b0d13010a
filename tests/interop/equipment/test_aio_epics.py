"""ophyd-async over EPICS: our flyer on the busy IOC, and ophyd-async's own Pilatus on ours."""

from __future__ import annotations

from tests.interop.equipment.iocs import Ioc, needs

PREPARE = """
    import asyncio, threading, time
    from event_model import DocumentNames, schema_validators
    from bluesky import RunEngine
    import bluesky.plan_stubs as bps
    import bluesky.plans as bp
    from bluesky.utils import FailedStatus, RunEngineInterrupted
    from ophyd_async.plan_stubs import ensure_connected
    documents = []
    def check(name, document):
        schema_validators[DocumentNames[name]].validate(document)
        documents.append((name, document))
    def of(kind):
        return [document for name, document in documents if name == kind]
    RE = RunEngine({})
    RE.subscribe(check)
    def do(coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, RE.loop).result(20)
"""


def test_flights_over_the_busy_record(busy_ioc: Ioc) -> None:
    """The points taken, a stop, a timeout, and a pause on hold: the same class as over Tango."""
    needs("aioca", "ophyd_async")
    answer = busy_ioc.python(
        PREPARE
        + """
    from puretango.bluesky.aio import SimulatedBusyFlyer
    flyer = SimulatedBusyFlyer(prefix, "flyer")
    RE(ensure_connected(flyer))
    def flown(points, dwell):
        yield from bps.prepare(flyer, {"num_points": points, "dwell": dwell}, wait=True)
        yield from bp.fly([flyer])
    RE(flown(20, 0.005))
    RE(flown(3, 0.01))
    pages = of("event_page")
    lengths = [len(page["seq_num"]) for page in pages]
    positions = pages[1]["data"]["flyer-positions"]
    begin = time.time()
    RE(flown(2, 0.0))
    fresh = of("event_page")[-1]["time"][0] > begin - 1
    threading.Timer(0.4, RE.request_pause).start()
    try:
        RE(flown(20, 0.04))
    except RunEngineInterrupted:
        time.sleep(0.3)
        RE.resume()
    lengths.append(len(of("event_page")[-1]["seq_num"]))
    flyer.timeout = 0.3
    try:
        RE(flown(200, 0.1))
        late = ""
    except FailedStatus as error:
        late = str(error.__cause__ or error)
    until(lambda: not do(flyer.busy.get_value(cached=False)))
    rest = not do(flyer.busy.get_value(cached=False))
    flyer.timeout = None
    threading.Timer(0.5, RE.request_pause).start()
    try:
        RE(flown(200, 0.1))
    except RunEngineInterrupted:
        RE.abort()
    until(lambda: not do(flyer.busy.get_value(cached=False)))
    result = dict(lengths=lengths, positions=positions, fresh=fresh, late=late, rest=rest,
                  aborted=len(of("event_page")[-1]["seq_num"]), exit=of("stop")[-1]["exit_status"],
                  after=not do(flyer.busy.get_value(cached=False)),
                  source=of("descriptor")[0]["data_keys"]["flyer-times"]["source"])
    """,
        prefix=busy_ioc.prefix,
    )
    assert answer["lengths"] == [20, 3, 20]
    assert answer["positions"] == [-1.0, 0.0, 1.0]
    assert answer["fresh"] is True
    assert "busy after 0.3 s" in answer["late"]
    assert answer["rest"] is True
    assert 0 < answer["aborted"] < 200
    assert answer["exit"] == "abort"
    assert answer["after"] is True
    assert answer["source"] == f"ca://{busy_ioc.prefix}t_array"


def test_stock_pilatus(pilatus_ioc: Ioc) -> None:
    """ophyd-async's own Pilatus on the simulated IOC: counted and flown, read back by h5py."""
    needs("aioca", "ophyd_async")
    answer = pilatus_ioc.python(
        PREPARE
        + """
    import h5py
    from pathlib import PurePosixPath
    from ophyd_async.core import PathInfo, TriggerInfo
    from ophyd_async.epics import adcore, adpilatus
    def paths(datakey=None):
        return PathInfo(directory_path=PurePosixPath("/data"), filename=f"p{len(documents)}")
    writer = adcore.ADWriterFactory.hdf(paths, writer_suffix="HDF1:")
    det = adpilatus.PilatusDetector(prefix, writer, name="det")
    RE(ensure_connected(det))
    def counted():
        yield from bps.prepare(det, TriggerInfo(livetime=0.02, deadtime=0.002), wait=True)
        yield from bps.trigger_and_read([det])
    def flown():
        yield from bps.stage(det)
        yield from bps.open_run()
        yield from bps.prepare(det, TriggerInfo(number_of_events=5, livetime=0.02, deadtime=0.002), wait=True)
        yield from bps.declare_stream(det, name="main", collect=True)
        yield from bps.kickoff(det, wait=True)
        yield from bps.collect_while_completing([det], [det], flush_period=0.1, stream_name="main")
        yield from bps.close_run()
        yield from bps.unstage(det, wait=True)
    RE(bp.count([det], 3, per_shot=lambda detectors: counted()))
    RE(flown())
    shapes = []
    for resource in of("stream_resource"):
        with h5py.File(disk + resource["uri"].removeprefix("file://localhost"), "r") as file:
            shapes.append(file[resource["parameters"]["dataset"]].shape)
    result = dict(shapes=shapes, stop=[d["indices"]["stop"] for d in of("stream_datum")][-1],
                  exits=[d["exit_status"] for d in of("stop")])
    """,
        prefix=pilatus_ioc.prefix,
        disk=str(pilatus_ioc.directory / "disk"),
    )
    assert answer["shapes"] == [[3, 195, 487], [5, 195, 487]]
    assert answer["stop"] == 5
    assert answer["exits"] == ["success", "success"]
