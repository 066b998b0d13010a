"""What the detector does by itself: names of files, and what it refuses."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from ophyd.sim import make_fake_device

pytest.importorskip("ophyd")

from puretango.bluesky.detectors._detector import HDF5Detector
from puretango.bluesky.files import DetectorError, Written, as_directory, file_name, name_in


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("%s%s_%3.3d.h5", "/d/n_007.h5"),
        ("%s%s_%6.6d.h5", "/d/n_000007.h5"),
        ("%s%s.h5", "/d/n.h5"),
        ("fixed.h5", "fixed.h5"),
    ],
)
def test_file_names(template: str, name: str) -> None:
    """C templates, with the arguments that they have no place for left out."""
    assert file_name(template, "/d/", "n", 7) == name


@pytest.mark.parametrize("template", ["%d", "%s%s%s%s", "%s%d"])
def test_templates_that_name_no_file(template: str) -> None:
    with pytest.raises(DetectorError, match="file template"):
        file_name(template, "/d/", "n", 7)


@pytest.mark.parametrize(
    ("path", "directory"),
    [
        ("/a/b", "/a/b/"),
        ("/a/b/", "/a/b/"),
        ("C:\\a\\", "C:\\a\\"),
        ("C:\\a\\b", "C:\\a\\b\\"),
        ("\\\\host\\share", "\\\\host\\share\\"),
        ("C:/a", "C:/a/"),
    ],
)
def test_directories_end_with_a_separator(path: str, directory: str) -> None:
    assert as_directory(path) == directory


@pytest.mark.parametrize("directory", ["/d/", "C:\\d\\"])
def test_names_in_the_directory(directory: str) -> None:
    assert name_in(directory, "%s%s_%3.3d.h5", "n", 7) == "n_007.h5"


@pytest.mark.parametrize("template", ["fixed.h5", "x%s%s.h5", "%s", "%s%s/%d.h5", "%%s%s.h5"])
def test_templates_that_put_the_file_elsewhere(template: str) -> None:
    """Without the directory the documents would name a file that is not there."""
    with pytest.raises(DetectorError, match="which is not a file in /d/"):
        name_in("/d/", template, "n", 7)


def test_no_file_is_written_twice(tmp_path: Path) -> None:
    written, there = Written(), tmp_path / "a.h5"
    written.claim(str(there))
    written.claim(str(there))  # nothing came of the first one
    there.touch()
    with pytest.raises(DetectorError, match="would be overwritten"):
        written.claim(str(there))
    written.claim("/not/to/be/seen/from/here.h5")
    with pytest.raises(DetectorError, match="would be overwritten"):
        written.claim("/not/to/be/seen/from/here.h5")


def test_the_kind_of_documents_is_checked() -> None:
    with pytest.raises(ValueError, match="assets"):
        HDF5Detector("", name="det", write_path="/", assets="both")  # type: ignore[arg-type]  # on purpose: it is refused


@pytest.mark.parametrize("paths", [("data", None), ("/data", "data"), ("C:/data", None)])
def test_documents_need_the_whole_path(paths: tuple[str, str | None]) -> None:
    """Otherwise their addresses would lead nowhere: file://localhostdata/."""
    with pytest.raises(ValueError, match="whole path"):
        HDF5Detector("", name="det", write_path=paths[0], read_path=paths[1])


def test_every_detector_has_the_signals_it_needs() -> None:
    """Both control layers, by the same names."""
    from puretango.bluesky import EpicsPilatus, TangoPilatus

    for detector in (EpicsPilatus, TangoPilatus):
        assert set(HDF5Detector.SIGNALS) <= set(detector.component_names)


@pytest.mark.parametrize("cls", ["TangoPilatus", "EpicsPilatus"])
def test_a_detector_on_windows(cls: str, tmp_path: Path) -> None:
    """It gets a directory as Windows has them; the documents name the file as it is seen here."""
    import puretango.bluesky as ours

    make = make_fake_device(getattr(ours, cls))
    det = make(
        "a/b/c",
        name="det",
        write_path="C:\\data\\%Y",
        read_path=f"{tmp_path}/%Y",
        file_name=lambda: "n",
        compression=None,
    )
    for signal in (det.rows, det.columns, det.path_exists):
        signal.sim_put(1)
    for signal in (det.capture, det.acquire, det.write_error, det.num_captured):
        signal.sim_put(0)
    for signal in (det.file_name, det.full_file_name, det.write_message, det.file_path):
        signal.sim_put("")
    det.file_template.sim_put("%s%s_%3.3d.h5")
    det.stage()
    year = datetime.now().strftime("%Y")
    assert det.file_path.get() == f"C:\\data\\{year}\\"
    (_, resource), *_ = det.collect_asset_docs()
    assert resource["uri"] == f"file://localhost{tmp_path}/{year}/n_000.h5"
    det.unstage()
