"""The simulated Pilatus without any control layer: acquisition and files."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

h5py = pytest.importorskip("h5py")
pytest.importorskip("hdf5plugin")

from puretango.sim.camera._camera import CameraState, ImageMode  # noqa: E402
from puretango.sim.camera._filewriter import FileWriter, WriteMode, format_name  # noqa: E402
from puretango.sim.camera._hdf5 import Compression, CompressionSettings  # noqa: E402
from puretango.sim.pilatus._pilatus import PilatusModel  # noqa: E402


@pytest.fixture
def model(tmp_path: Path) -> Iterator[PilatusModel]:
    model = PilatusModel((64, 48), root=tmp_path, seed=1)
    camera, writer = model.camera, model.writer
    camera.settings.acquire_time = 0.002
    camera.settings.acquire_period = 0.003
    writer.enabled = True
    settings = writer.settings
    settings.name, settings.number, settings.auto_increment = "img", 0, True
    settings.create_directory = -2
    writer.set_path("/a/b")
    yield model
    model.close()


def shoot(model: PilatusModel, images: int = 1) -> None:
    """One acquisition of so many images."""
    model.camera.settings.image_mode = ImageMode.MULTIPLE
    model.camera.settings.num_images = images
    assert model.camera.start()
    assert model.camera.wait(30)


def frames(path: Path) -> tuple[int, ...]:
    """The shape of the images in a file."""
    with h5py.File(path, "r") as root:
        shape: tuple[int, ...] = root["/entry/data/data"].shape
        return shape


def test_acquisition_counts_and_takes_its_time(model: PilatusModel) -> None:
    """Counters, state, time and the plugins' array sizes."""
    model.camera.settings.acquire_time = 0.02
    model.camera.settings.acquire_period = 0.03
    begin = time.monotonic()
    shoot(model, 3)
    assert time.monotonic() - begin >= 0.08
    camera = model.camera
    assert (camera.images_counter, camera.array_counter) == (3, 3)
    assert camera.state is CameraState.IDLE
    assert model.writer.array_size == (64, 48, 0)
    assert model.image.array_size == (0, 0, 0)  # it is disabled
    assert camera.frame is not None
    assert camera.frame.data.sum() > 0


def test_a_continuous_acquisition_ends_when_stopped(model: PilatusModel) -> None:
    """Stop interrupts a long exposure."""
    model.camera.settings.image_mode = ImageMode.CONTINUOUS
    model.camera.settings.acquire_time = 60
    model.camera.start()
    assert not model.camera.wait(0.02)
    model.camera.stop()
    assert model.camera.wait(30)
    assert model.camera.state is CameraState.ABORTED
    assert model.camera.images_counter == 0


def test_stream_mode_appends_to_one_file(model: PilatusModel, tmp_path: Path) -> None:
    """With LazyOpen the name is settled at capture, the file opened with the first frame."""
    writer = model.writer
    writer.settings.mode, writer.settings.lazy_open = WriteMode.STREAM, True
    writer.settings.num_capture = 0
    assert writer.start_capture()
    assert writer.full_name == "/a/b/img_000.h5"
    assert writer.settings.number == 1
    assert not (tmp_path / "a/b/img_000.h5").exists()
    shoot(model, 2)
    shoot(model, 1)
    writer.stop_capture()
    assert writer.num_captured == 3
    assert frames(tmp_path / "a/b/img_000.h5") == (3, 48, 64)
    with h5py.File(tmp_path / "a/b/img_000.h5", "r") as root:
        assert root["entry/data"].attrs["signal"] == "data"
        assert root["entry/instrument/detector/data"] == root["entry/data/data"]
        assert list(root["entry/instrument/NDAttributes/NDArrayUniqueId"]) == [1, 2, 3]


def test_stream_mode_ends_with_the_last_frame_wanted(model: PilatusModel, tmp_path: Path) -> None:
    """NumCapture closes the file by itself; later frames go nowhere."""
    shoot(model)
    writer = model.writer
    writer.settings.mode, writer.settings.num_capture = WriteMode.STREAM, 2
    assert writer.start_capture()
    shoot(model, 4)
    assert writer.wait(30)
    assert writer.num_captured == 2
    assert frames(tmp_path / "a/b/img_000.h5")[0] == 2


def test_single_and_capture_modes(model: PilatusModel, tmp_path: Path) -> None:
    """A file per frame; and a buffer that is written when it is full."""
    writer = model.writer
    writer.settings.auto_save = True
    shoot(model, 2)
    assert sorted(p.name for p in (tmp_path / "a/b").iterdir()) == ["img_000.h5", "img_001.h5"]
    writer.settings.mode, writer.settings.num_capture = WriteMode.CAPTURE, 3
    assert writer.start_capture()
    shoot(model, 3)
    assert not writer.capturing
    assert frames(tmp_path / "a/b/img_002.h5")[0] == 3
    writer.settings.auto_save = False
    writer.settings.mode = WriteMode.SINGLE
    assert writer.write_now()
    assert frames(tmp_path / "a/b/img_003.h5")[0] == 1


@pytest.mark.parametrize("kind", [k for k in Compression if k is not Compression.JPEG])
def test_every_compression_gives_the_image_back(
    model: PilatusModel, tmp_path: Path, kind: Compression
) -> None:
    """Bit for bit, whichever filter."""
    model.writer.settings.auto_save = True
    model.writer.settings.compression = CompressionSettings(kind)
    shoot(model)
    assert not model.writer.write_error, model.writer.write_message
    assert model.camera.frame is not None
    with h5py.File(tmp_path / "a/b/img_000.h5", "r") as root:
        assert (root["entry/data/data"][0] == model.camera.frame.data).all()


def test_faults_are_shown_and_end_the_capture(model: PilatusModel, tmp_path: Path) -> None:
    """An unprimed plugin, a missing path, a file in the way, a filter that cannot work."""
    writer = model.writer
    writer.settings.mode = WriteMode.STREAM
    assert not writer.start_capture()
    assert "must collect an array" in writer.write_message
    shoot(model)
    writer.settings.create_directory = -1
    writer.set_path("/x/y/z")
    assert not writer.path_exists
    assert not writer.start_capture()
    assert "directories are missing" in writer.write_message
    (tmp_path / "file").write_text("in the way")
    writer.settings.create_directory = -5
    writer.set_path("/file/y")
    assert writer.write_error
    writer.set_path("/../outside")
    assert writer.write_error
    assert not (tmp_path.parent / "outside").exists()
    writer.set_path("/a/b")
    writer.settings.compression = CompressionSettings(Compression.JPEG)
    writer.settings.num_capture = 0
    writer.settings.lazy_open = True
    assert writer.start_capture()
    shoot(model)
    assert writer.write_error
    assert not writer.capturing
    writer.settings.compression = CompressionSettings()
    assert writer.start_capture()
    assert not writer.write_error


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from puretango.sim.pilatus._pilatus import PilatusModel
from puretango.sim.camera._filewriter import WriteMode
from puretango.sim.camera._camera import ImageMode
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
model = PilatusModel((512, 512), root=Path(sys.argv[1]))
model.camera.settings.acquire_time = model.camera.settings.acquire_period = 0.001
model.camera.settings.image_mode, model.camera.settings.num_images = ImageMode.MULTIPLE, 20
writer = model.writer
writer.enabled, writer.settings.create_directory = True, -1
writer.set_path("/a")
writer.settings.mode, writer.settings.lazy_open, writer.settings.num_capture = WriteMode.STREAM, True, 0
resource.setrlimit(resource.RLIMIT_FSIZE, (4_000_000, 4_000_000))
assert writer.start_capture()
model.camera.start()
assert model.camera.wait(20)
print(writer.write_error, writer.capturing, writer.write_message)
model.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files")
def test_a_full_disk_ends_the_capture_with_the_reason(tmp_path: Path) -> None:
    """Neither the camera nor the process suffers."""
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.stdout.startswith("True False"), done.stdout + done.stderr


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("%s%s_%3.3d.h5", "/d/n_007.h5"),
        ("%s%s.h5", "/d/n.h5"),
        ("%s%s_%06d", "/d/n_000007"),
        ("%s%%%s_%d", "/d/%n_7"),
    ],
)
def test_file_templates(template: str, name: str) -> None:
    """C conversions, filled in order."""
    assert format_name(template, "/d/", "n", 7) == name


@pytest.mark.parametrize("template", ["%d", "%s%s%s", "%s%s_%999d", "%s%s%x", "%s%s%d%d"])
def test_bad_file_templates(template: str) -> None:
    """What cannot be filled is refused."""
    with pytest.raises(ValueError, match="template"):
        format_name(template, "/d/", "n", 7)


def test_a_writer_without_root_writes_where_it_is_told(tmp_path: Path) -> None:
    """Without a root the paths are this machine's own."""
    writer = FileWriter("f")
    writer.settings.create_directory = -1
    writer.set_path(str(tmp_path / "here"))
    assert writer.path_exists
    assert (tmp_path / "here").is_dir()


def test_a_file_in_swmr_mode_is_read_while_it_grows(model: PilatusModel, tmp_path: Path) -> None:
    """Readers see each frame as it is written."""
    writer = model.writer
    writer.settings.mode, writer.settings.lazy_open = WriteMode.STREAM, True
    writer.settings.num_capture, writer.settings.swmr = 0, True
    assert writer.start_capture()
    shoot(model)
    with h5py.File(tmp_path / "a/b/img_000.h5", "r", libver="latest", swmr=True) as reader:
        images = reader["/entry/data/data"]
        assert images.shape[0] == 1
        shoot(model, 2)
        images.refresh()
        assert images.shape[0] == 3
    writer.stop_capture()
    assert not writer.write_error


def test_a_temporary_suffix_goes_when_the_file_is_complete(
    model: PilatusModel, tmp_path: Path
) -> None:
    """Nobody takes a half-written file for a whole one."""
    writer = model.writer
    writer.settings.mode, writer.settings.lazy_open = WriteMode.STREAM, True
    writer.settings.num_capture, writer.settings.temp_suffix = 0, ".part"
    assert writer.start_capture()
    shoot(model)
    assert [p.name for p in (tmp_path / "a/b").iterdir()] == ["img_000.h5.part"]
    writer.stop_capture()
    assert [p.name for p in (tmp_path / "a/b").iterdir()] == ["img_000.h5"]


def test_a_region_outside_of_the_detector(model: PilatusModel) -> None:
    """Its images are as large as the detector says they are."""
    model.camera.settings.min_x, model.camera.settings.min_y = 1000, 1000
    shoot(model)
    assert model.camera.frame is not None
    assert model.camera.frame.data.shape == model.camera.image_shape == (1, 1)
