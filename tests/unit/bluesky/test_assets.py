"""The documents about a detector's images, against event-model's schemas."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

event_model = pytest.importorskip("event_model")

from puretango.bluesky.files._assets import ImageFile, make_assets  # noqa: E402

FILE = ImageFile("det_image", PurePosixPath("/data/a b/x_000.h5"), (195, 487), 2)


def check(name: str, document: dict[str, object]) -> None:
    """Valid as it will be emitted, with what the RunEngine fills in."""
    filled = document | {"run_start": "run"}
    event_model.schema_validators[event_model.DocumentNames[name]].validate(
        filled if "resource" in name and name != "datum" else document
    )


def test_stream_documents_in_steps() -> None:
    """The resource once, then a datum for what is new, up to the index asked for."""
    assets = make_assets("stream", FILE)
    assert assets.taken(1.0) == {}
    assets.taken(2.0)
    assets.taken(3.0)
    assert assets.index == 3
    (first, resource), (second, datum) = assets.documents(2)
    assert (first, second) == ("stream_resource", "stream_datum")
    assert resource["uri"] == "file://localhost/data/a%20b/x_000.h5"
    assert resource["parameters"]["dataset"] == "/entry/data/data"
    assert datum["indices"] == {"start": 0, "stop": 2}
    check(first, resource)
    check(second, datum)
    ((name, rest),) = assets.documents()
    assert name == "stream_datum"
    assert rest["indices"] == {"start": 2, "stop": 3}
    assert rest["uid"] != datum["uid"]
    assert list(assets.documents()) == []


def test_resource_documents() -> None:
    """The resource once, a datum per event, and the event's reading names it."""
    assets = make_assets("resource", FILE)
    reading = assets.taken(1.0)["det_image"]
    documents = list(assets.documents())
    assert [name for name, _ in documents] == ["resource", "datum"]
    for name, document in documents:
        check(name, document)
    assert documents[0][1]["resource_path"] == "data/a b/x_000.h5"
    assert documents[0][1]["resource_kwargs"] == {"frame_per_point": 2}
    assert documents[1][1]["datum_id"] == reading["value"]
    assets.taken(2.0)
    ((_, second),) = assets.documents()
    assert second["datum_kwargs"] == {"point_number": 1}


def test_the_data_key() -> None:
    """Frames per event, rows, columns."""
    assert FILE.data_key["shape"] == [2, 195, 487]
    assert FILE.data_key["dtype_numpy"] == "<i4"
