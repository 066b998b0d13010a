"""ophyd's own classes, as EPICS users have them today, on the simulated IOCs."""

from __future__ import annotations

from tests.interop.equipment.iocs import Ioc
from tests.interop.equipment.stock import PREPARE, PVS

PILATUS = """
from ophyd import (ADComponent, DetectorBase, EpicsSignal, ImagePlugin, PilatusDetectorCam,
                   SingleTrigger)
from ophyd.areadetector.filestore_mixins import FileStoreHDF5IterativeWrite
from ophyd.areadetector.plugins import HDF5Plugin_V34

class Camera(PilatusDetectorCam):
    wait_for_plugins = ADComponent(EpicsSignal, "WaitForPlugins")

class Writer(FileStoreHDF5IterativeWrite, HDF5Plugin_V34):
    pass

class MyPilatusDetector(SingleTrigger, DetectorBase):
    cam = ADComponent(Camera, "cam1:")
    image = ADComponent(ImagePlugin, "image1:")
    hdf1 = ADComponent(Writer, "HDF1:", write_path_template="/data/%Y/%m/",
                       read_path_template="{disk}/data/%Y/%m/")

det = MyPilatusDetector("{prefix}", name="det")
det.hdf1.create_directory.put(-3)
det.cam.stage_sigs.update(num_images=2, acquire_time=0.05, acquire_period=0.06,
                          wait_for_plugins="Yes")
det.hdf1.stage_sigs.update(lazy_open=1, compression="BSLZ4")
det.hdf1.stage_sigs["capture"] = det.hdf1.stage_sigs.pop("capture")
"""

FLYER = """
    import time, threading
    from event_model import DocumentNames, schema_validators
    from bluesky import RunEngine
    from bluesky.plans import fly
    from ophyd import Component, Device, DeviceStatus, EpicsSignal, EpicsSignalRO

    class Flyer(Device):
        busy = Component(EpicsSignal, "mybusy", string=True)
        times = Component(EpicsSignalRO, "t_array")
        positions = Component(EpicsSignalRO, "x_array")
        read_back = Component(EpicsSignalRO, "x_array.NORD")
        room = Component(EpicsSignalRO, "x_array.NELM")
        status = None

        def kickoff(self):
            self.status = DeviceStatus(self)
            threading.Thread(target=self.fly).start()
            return self.status

        def fly(self):
            self.busy.put("Busy", wait=True, use_complete=True, timeout=30)
            self.status.set_finished()

        def complete(self):
            return self.status

        def describe_collect(self):
            return {"primary": {"x": dict(source=self.positions.pvname, dtype="number", shape=[])}}

        def collect(self):
            for t, x in zip(self.times.get(), self.positions.get()):
                yield dict(time=t, data={"x": x}, timestamps={"x": t})

    flyer = Flyer(prefix, name="flyer")
    flyer.wait_for_connection(timeout=30)
    documents = []
    def check(name, document):
        schema_validators[DocumentNames[name]].validate(document)
        documents.append((name, document))
    RunEngine({})(fly([flyer]), check)
    page, = [d for n, d in documents if n == "event_page"]
    result = dict(x=page["data"]["x"], count=int(flyer.read_back.get()), room=int(flyer.room.get()),
                  state=flyer.busy.get())
"""


def pilatus(ioc: Ioc) -> str:
    """The class and its object for this IOC."""
    return PILATUS.replace("{disk}", str(ioc.directory / "disk")).replace("{prefix}", ioc.prefix)


def test_every_pv_connects(pilatus_ioc: Ioc) -> None:
    """477 PVs of the class; each setpoint agrees with its readback."""
    answer = pilatus_ioc.python(
        PREPARE
        + PVS
        + """
    from caproto.threading.client import Context
    names = sorted(set(walk(namespace["MyPilatusDetector"], prefix)) | {prefix + "cam1:WaitForPlugins"})
    pvs = Context().get_pvs(*names)
    for pv in pvs:
        pv.wait_for_connection(timeout=30)
    values = {pv.name: list(pv.read().data)[:4] for pv in pvs}
    pairs = [n for n in names if n + "_RBV" in values]
    result = dict(names=len([n for n in names if not n.endswith(".DISA")]), pairs=len(pairs),
                  differ=[n for n in pairs if values[n] != values[n + "_RBV"]])
    """,
        listing=pilatus(pilatus_ioc),
        prefix=pilatus_ioc.prefix,
    )
    assert answer == {"names": 477, "pairs": 158, "differ": []}


def test_the_stock_detector_counts(pilatus_ioc: Ioc) -> None:
    """warmup, stage_sigs, capture, trigger, unstage; two frames per point in the file."""
    answer = pilatus_ioc.python(
        PREPARE
        + """
    det.hdf1.warmup()
    det.read_attrs.append("hdf1")
    RunEngine({})(count([det], 2), check)
    resource = next(document for name, document in documents if name == "resource")
    with h5py.File(resource["root"] + resource["resource_path"], "r") as root:
        shape = root["/entry/data/data"].shape
    result = dict(shape=shape, frames=resource["resource_kwargs"], missing=det.missing_plugins(),
                  ports=sorted(det.get_asyn_port_dictionary()), image=list(det.image.array_size.get()),
                  stop=documents[-1][1]["exit_status"], capture=int(det.hdf1.capture.get()))
    """,
        listing=pilatus(pilatus_ioc),
    )
    # The image mode is Multiple, as the trigger mix-in stages it.
    assert answer["shape"] == [4, 195, 487]
    assert answer["frames"] == {"frame_per_point": 2}
    assert answer["missing"] == []
    assert answer["ports"] == ["FileHDF1", "Image1", "PIL"]
    assert answer["image"] == [0, 195, 487]
    assert answer["stop"] == "success"
    assert answer["capture"] == 0


def test_a_flyer_of_ones_own(busy_ioc: Ioc) -> None:
    """Put-completion of the busy record ends the flight; the waveforms hold the points taken."""
    answer = busy_ioc.python(FLYER, prefix=busy_ioc.prefix)
    assert len(answer["x"]) == answer["count"] == 11
    assert answer["x"][0] == -1.0
    assert answer["x"][-1] == 1.0
    assert answer["room"] == 65_536
    assert answer["state"] == "Done"


def test_the_fields_of_the_records(busy_ioc: Ioc) -> None:
    """Record types, and the types and sizes of the waveforms, as EPICS would tell them."""
    answer = busy_ioc.python(
        """
    from caproto.sync.client import read

    def text(field):
        return read(prefix + field, data_type=0, repeater=False).data[0].decode()

    fields = ["mybusy.RTYP", "t_array.RTYP", *(f"{w}.FTVL" for w in waves), "x_array.NELM"]
    result = [text(field) for field in fields]
    """,
        prefix=busy_ioc.prefix,
        waves=["t_array", "x_array", "y_array", "str_wave"],
    )
    assert answer == ["busy", "waveform", "DOUBLE", "DOUBLE", "DOUBLE", "CHAR", "65536"]
