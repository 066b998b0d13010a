"""What the detector does by itself: names of files, and what it refuses."""

from __future__ import annotations

import pytest

pytest.importorskip("ophyd")

from puretango.bluesky.detectors._detector import HDF5Detector
from puretango.bluesky.files._files import DetectorError, as_directory, file_name


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
    ("path", "directory"), [("/a/b", "/a/b/"), ("/a/b/", "/a/b/"), ("C:\\a\\", "C:\\a\\")]
)
def test_directories_end_with_a_separator(path: str, directory: str) -> None:
    assert as_directory(path) == directory


def test_the_kind_of_documents_is_checked() -> None:
    with pytest.raises(ValueError, match="assets"):
        HDF5Detector("", name="det", write_path="/", assets="both")  # type: ignore[arg-type]


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
