"""What was taken over is what its makers published; and it all stays small, ours and offline."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest

from puretango.web._app import STATIC
from puretango.web._front import Front

VENDOR = STATIC / "vendor"
LISTED = json.loads((VENDOR / "vendor.json").read_text())
FILES = sorted(
    path for path in STATIC.rglob("*") if path.suffix in (".js", ".css", ".html", ".svg")
)


@pytest.mark.parametrize("entry", LISTED, ids=lambda entry: entry["file"])
def test_hashes(entry: dict[str, str]) -> None:
    assert hashlib.sha256((VENDOR / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", entry["version"])
    assert entry["license"] in ("MIT", "Apache-2.0")


def test_nothing_else_is_there() -> None:
    listed = {entry["file"] for entry in LISTED}
    licences = {"LICENSE." + name for name in ("preact", "htm", "signals-core", "uplot")}
    assert {path.name for path in VENDOR.iterdir()} == listed | licences | {"vendor.json"}


def test_size_on_the_wire() -> None:
    """The server sends each file compressed: less than 100 kB for the whole front end, plots included."""
    front = Front(STATIC)
    accepting = {"accept-encoding": "gzip, br"}
    answers = {
        path.name: front.answer(path.relative_to(STATIC).as_posix(), accepting) for path in FILES
    }
    assert all(answer.headers["content-encoding"] == "gzip" for answer in answers.values())
    sizes = {name: len(answer.body) for name, answer in answers.items()}
    assert sum(sizes.values()) < 100_000, sizes


def test_files_are_sent_once() -> None:
    front = Front(STATIC)
    plain = front.answer("app.js", {})
    assert plain.body == (STATIC / "app.js").read_bytes()
    assert plain.headers["content-type"].startswith("text/javascript")
    again = front.answer("app.js", {"if-none-match": plain.headers["etag"]})
    assert (again.status_code, again.body) == (304, b"")
    assert front.answer("../_app.py", {}).status_code == 404
    assert front.answer("nothing.js", {}).status_code == 404


def test_a_release_s_files_are_kept_by_the_browser(tmp_path: Path) -> None:
    """Below the name of their version they never change; a page of an older server gets those of today."""
    front = Front(STATIC)
    lasting = front.answer(f"{front.version}/vendor/htm.js", {})
    assert "immutable" in lasting.headers["cache-control"]
    older = front.answer("000000000000/vendor/htm.js", {})
    assert (older.body, older.headers["cache-control"]) == (lasting.body, "no-cache")
    assert front.answer("000000000000/nothing.js", {}).status_code == 404
    shutil.copytree(STATIC, tmp_path / "static")
    (tmp_path / "static" / "app.js").write_text("// another")
    assert Front(tmp_path / "static").version != front.version


def test_the_page_names_every_module_from_the_start() -> None:
    front = Front(STATIC)
    found = re.findall(rf'modulepreload" href="/static/{front.version}/([^"]+)"', front.index)
    named = set(found)
    assert named == {path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*.js")} - {
        "vendor/uplot.js"
    }


def test_no_address_outside() -> None:
    """No page of ours names another machine."""
    for path in FILES:
        if path.parent == VENDOR:
            continue
        for found in re.findall(r"https?://[^\s'\"`)]+", path.read_text()):
            assert found.startswith("http://www.w3.org/"), (path.name, found)


def test_modules_name_only_files_that_are_there() -> None:
    index = (STATIC / "index.html").read_text()
    mapped = json.loads(re.findall(r'"importmap">(.*?)</script>', index)[0])["imports"]
    for target in mapped.values():
        assert (STATIC / target.removeprefix("/static/")).exists()
    for path in STATIC.rglob("*.js"):
        if path.parent == VENDOR:
            continue
        for name in re.findall(r"from '([^']+)'", path.read_text()):
            assert name in mapped or (path.parent / name).exists(), (path.name, name)
