"""Pages of a class: what they say, and when they are out of date."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from puretango.authoring import check_docs, docs_of, write_docs
from puretango.model import ClassModel, read_source, read_xmi

UNIT = Path(__file__).resolve().parents[2] / "data" / "xmi" / "HeatingUnit.xmi"

SUPPLY = '''
from puretango.server import Device, attribute, command, device_property
from puretango import DevState

class Supply(Device):
    """Drives a magnet & its coil.

    States:

    ON: current flows
    FAULT: a fuse has blown

    Guideline: TF003 because the fuse is mended by hand
    """

    Host = device_property(dtype=str, mandatory=True, doc="Host name, such as supply1")
    current = attribute(dtype=float, unit="A", min_alarm=0, max_alarm=100, abs_change=0.1,
                        polling_period=500, doc="Of the coil | measured")

    def init_device(self):
        super().init_device()
        self.set_state(DevState.ON)

    def blow(self):
        self.set_state(DevState.FAULT)

    @command
    def On(self):
        """Switch on."""
'''


@pytest.fixture
def model() -> ClassModel:
    return read_source("supply.py", SUPPLY).classes[0].model


def test_markdown_says_all(model: ClassModel) -> None:
    text = docs_of(model)["Supply.md"]
    assert "Drives a magnet & its coil." in text
    assert "| ON | current flows | init_device |" in text
    assert "| Host | DevString | mandatory | Host name, such as supply1 |" in text
    assert "| current | DevDouble | A | READ | Of the coil \\| measured |" in text
    assert "| current |  | 0 to 100 | 0.1 |  | 500 ms |" in text
    assert "| On | – | – |  | Switch on. |" in text
    assert "| TF003 | the class | the fuse is mended by hand |" in text
    assert "puretango prop put lab/supply/1 Host" in text
    assert "[*] --> FAULT: blow" in text
    assert "Guideline:" not in text


class _Looker(HTMLParser):
    """Checks that tags are closed in order, and keeps what leads outside."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.outside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "rect"):
            self.open.append(tag)
        self.outside += [v for k, v in attrs if k in ("src", "href") and v]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        return

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_html_is_one_sound_file(model: ClassModel) -> None:
    text = docs_of(replace(model, description="<script>alert(1)</script>"))["Supply.html"]
    looker = _Looker()
    looker.feed(text)
    assert looker.open == []
    assert looker.outside == []
    assert "<script>" not in text
    assert "<svg" in text
    assert "&lt;script&gt;" in text


def test_a_pogo_file_has_its_page() -> None:
    text = docs_of(read_xmi(UNIT).model)["HeatingUnit.md"]
    assert "| Heat | – | – | FAULT, UNKNOWN | Start heating. |" in text
    assert "| mode | DevEnum: RAMP, HOLD |" in text
    assert "| Family | Temperature |" in text


def test_pages_are_checked(model: ClassModel, tmp_path: Path) -> None:
    assert len(check_docs([model], tmp_path)) == 2
    write_docs([model], tmp_path)
    assert check_docs([model], tmp_path) == []
    changed = replace(model, attributes=(replace(model.attributes[0], unit="mA"),))
    told = check_docs([changed], tmp_path)
    assert [re.sub(r".*/", "", line) for line in told] == [
        "Supply.md: is out of date",
        "Supply.html: is out of date",
    ]
