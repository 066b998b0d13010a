"""The listing about the Pilatus detector, run against the simulated IOC."""

from __future__ import annotations

from tests.interop.equipment.documents.seeds import code_blocks, seed
from tests.interop.equipment.iocs import Ioc
from tests.interop.equipment.stock import PREPARE, PVS


def listing(ioc: Ioc) -> str:
    """The complete support code with this IOC's prefix and paths, and its unclosed quote closed."""
    code = code_blocks(seed("004"))[0]
    disk = ioc.directory / "disk"
    for old, new in (
        ('"Pilatus:"', f'"{ioc.prefix}"'),
        ('"/mnt/fileserver/data"', '"/data"'),
        ('"/export/raid5/fileshare/data"', f'"{disk}/data"'),
        ('["wait_for_plugins"] = "Yes\n', '["wait_for_plugins"] = "Yes"\n'),
    ):
        assert old in code, old
        code = code.replace(old, new)
    return code


def test_every_pv_of_the_class_is_served(pilatus_ioc: Ioc) -> None:
    """Each PV that the listing's class can name connects; setpoints and readbacks agree."""
    answer = pilatus_ioc.python(
        PREPARE
        + PVS
        + """
    from caproto.threading.client import Context
    names = sorted(set(walk(namespace["MyPilatusDetector"], prefix)) | {prefix + "cam1:WaitForPlugins"})
    pvs = Context().get_pvs(*names)
    missing = []
    for pv in pvs:
        try:
            pv.wait_for_connection(timeout=30)
        except Exception:
            missing.append(pv.name)
    values = {pv.name: list(pv.read().data)[:4] for pv in pvs}
    values = {k: [v.decode() if isinstance(v, bytes) else v for v in vs] for k, vs in values.items()}
    pairs = [n for n in names if n + "_RBV" in values]
    result = {"names": len([n for n in names if not n.endswith(".DISA")]), "missing": missing,
              "pairs": len(pairs),
              "differ": [n for n in pairs if values[n] != values[n + "_RBV"]]}
    """,
        listing=listing(pilatus_ioc),
        prefix=pilatus_ioc.prefix,
    )
    assert answer == {"names": 477, "missing": [], "pairs": 158, "differ": []}


def test_stage_trigger_wait_unstage(pilatus_ioc: Ioc) -> None:
    """What the document does by hand: prime, stage, trigger, wait, unstage, look into the file."""
    answer = pilatus_ioc.python(
        PREPARE
        + """
    import time
    from ophyd.areadetector.plugins import UnprimedPlugin
    primed = True
    try:
        det.stage()
        det.unstage()
    except UnprimedPlugin:
        primed = False
        det.unstage()
        det.hdf1.warmup()
    before = {k: det.cam.stage_sigs and getattr(det.cam, k).get() for k in ("acquire_time", "num_images")}
    det.stage()
    status = det.trigger()
    running = status.done
    status.wait(30)
    name = det.hdf1.full_file_name.get()
    det.unstage()
    local = namespace["BLUESKY_FILES_ROOT"] + name[len(namespace["PILATUS_FILES_ROOT"]):]
    with h5py.File(local, "r") as root:
        image = root["/entry/data/data"]
        filters = image.id.get_create_plist()
        result = dict(primed=primed, shape=image.shape, filter=filters.get_filter(0)[0],
                      total=int(image[()].sum()), nexus=root["entry"].attrs["NX_class"])
    after = {k: getattr(det.cam, k).get() for k in before}
    result.update(running=running, success=status.success, name=name, restored=before == after,
                  fn=det.hdf1._fn == local, missing=det.missing_plugins())
    """,
        listing=listing(pilatus_ioc),
    )
    assert answer["primed"] is False
    assert answer["running"] is False
    assert answer["success"] is True
    assert answer["restored"] is True
    assert answer["fn"] is True
    assert answer["missing"] == []
    assert answer["shape"] == [1, 195, 487]
    assert answer["filter"] == 32004  # LZ4
    assert answer["nexus"] == "NXentry"
    assert answer["total"] > 0
    assert answer["name"].endswith("_000.h5")


def test_count_under_the_run_engine(pilatus_ioc: Ioc) -> None:
    """RE(count([det])): valid documents whose resource leads to the images."""
    answer = pilatus_ioc.python(
        PREPARE
        + """
    if sum(det.hdf1.array_size.get()) == 0:
        det.hdf1.warmup()
    det.read_attrs.append("hdf1")
    RunEngine({})(count([det], 3), check)
    kinds = [name for name, _ in documents]
    resource = next(document for name, document in documents if name == "resource")
    with h5py.File(resource["root"] + resource["resource_path"], "r") as root:
        shape = root["/entry/data/data"].shape
    result = dict(kinds=kinds, shape=shape, spec=resource["spec"],
                  data=[d["data"] for n, d in documents if n == "event"],
                  datum=[d["datum_id"] for n, d in documents if n == "datum"])
    """,
        listing=listing(pilatus_ioc),
    )
    assert answer["kinds"] == [
        *("start", "descriptor", "resource", "datum", "event"),
        *("datum", "event", "datum", "event", "stop"),
    ]
    assert answer["shape"] == [3, 195, 487]
    assert answer["spec"] == "AD_HDF5"
    assert [event["det_image"] for event in answer["data"]] == answer["datum"]


def test_the_shorter_listings(pilatus_ioc: Ioc) -> None:
    """The classes without a file writer, with the import that they lack: staged, counted."""
    blocks = [
        block for block in code_blocks(seed("004"))[1:] if "class MyPilatusDetector(" in block
    ]
    assert len(blocks) >= 3
    answer = pilatus_ioc.python(
        """
    from event_model import DocumentNames, schema_validators
    from bluesky import RunEngine
    from bluesky.plans import count

    def check(name, document):
        schema_validators[DocumentNames[name]].validate(document)
        documents.append(name)

    result = []
    for block in blocks:
        namespace = {}
        exec("from ophyd import *", namespace)
        exec(block, namespace)
        det = namespace["MyPilatusDetector"](prefix, name="det")
        documents = []
        det.cam.stage_sigs.update(acquire_time=0.02, acquire_period=0.03, num_images=2)
        # Without a writer there are no datum documents to hand out.
        det.generate_datum = lambda *args: None
        sigs = list(det.stage_sigs)
        RunEngine({})(count([det]), check)
        result.append([sigs, det.missing_plugins(), documents, int(det.cam.num_images_counter.get())])
    """,
        blocks=[block.replace('"Pilatus:"', f'"{pilatus_ioc.prefix}"') for block in blocks],
        prefix=pilatus_ioc.prefix,
    )
    for sigs, missing, documents, images in answer:
        assert sigs == ["cam.acquire", "cam.image_mode"]
        assert missing == []
        assert documents[0] == "start"
        assert documents[-1] == "stop"
        assert images == 2
