"""The page of a class: everything that the class says stands in it, in both forms."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from puretango.authoring import BadTarget, find_model, find_models, html_of, markdown_of, page_of
from puretango.authoring.package import TEMPLATES
from puretango.sim import TangoTest
from puretango.testing import DeviceTestContext

SOURCE = '''
from puretango import AttrWriteType
from puretango.server import Device, attribute, command, device_property


class Oven(Device):
    """An oven <with> | a bar.

    ON: it heats
    """

    Address = device_property(dtype=str, mandatory=True, doc="Where it is.")
    temperature = attribute(dtype=float, unit="°C", doc="How hot.", max_alarm="200",
                            access=AttrWriteType.READ_WRITE, max_value="300", min_value="0")

    @command(dtype_in=float, doc_in="minutes")
    def Bake(self, minutes):
        """Bake.

        Guideline: TC301 because bread takes time.
        """
'''


@pytest.fixture
def oven(tmp_path: Path) -> Path:
    """A source of one class."""
    path = tmp_path / "oven.py"
    path.write_text(SOURCE, encoding="utf-8")
    return path


class Checker(HTMLParser):
    """Every element that is opened is closed."""

    EMPTY = {"meta", "br"}

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        """Opened and closed at once."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read_html(text: str) -> str:
    checker = Checker()
    checker.feed(text)
    assert checker.open == []
    return " ".join(checker.text)


def test_markdown_and_html_say_the_same(oven: Path) -> None:
    page = page_of(find_model(str(oven)))
    markdown, html = markdown_of(page), read_html(html_of(page))
    said = (
        "Oven", "temperature", "°C", "How hot.", "mandatory", "Bake", "DevDouble: minutes",
        "0 to 300", "it heats", "API_WAttrOutsideLimit", "TC301", "bread takes time",
        "puretango prop lab/oven/1 Address VALUE",
    )  # fmt: skip
    for text in said:
        assert text in markdown, text
        assert text in html, text
    assert "An oven <with> | a bar." in html
    assert "Guideline:" not in markdown
    assert "<script" not in html_of(page)
    assert "http" not in html_of(page).replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize("kind", list(TEMPLATES))
def test_states_are_drawn(kind: str) -> None:
    model = TEMPLATES[kind].model
    page = page_of(model)
    html = html_of(page)
    read_html(html)
    assert html.count("<rect ") == len(model.states)
    assert html.count("marker-end") == len(model.transitions)
    assert markdown_of(page).count("-->") == len(model.transitions)


def test_a_running_device_has_a_page_too() -> None:
    with DeviceTestContext(TangoTest, device_name="sys/tg_test/1") as proxy:
        name = f"tango://{proxy.get_dev_host()}:{proxy.get_dev_port()}/sys/tg_test/1#dbase=no"
        model = find_model(name)
    assert model.name == "TangoTest"
    text = markdown_of(page_of(model))
    for attribute in ("double_scalar", "wave", "float_image_ro"):
        assert attribute in text


def test_targets(oven: Path, tmp_path: Path) -> None:
    assert [one.name for one in find_models(str(tmp_path))] == ["Oven"]
    assert find_model(f"{oven}:Oven").name == "Oven"
    two = tmp_path / "two.py"
    two.write_text(SOURCE + SOURCE.replace("Oven", "Kiln").split("\n\n\n", 1)[1])
    with pytest.raises(BadTarget, match="choose one"):
        find_model(str(two))
    with pytest.raises(BadTarget, match="no device class Fridge"):
        find_model(f"{oven}:Fridge")
    broken = tmp_path / "broken.py"
    broken.write_text("class Oven(")
    with pytest.raises(BadTarget, match=r"broken\.py"):
        find_model(str(broken))
    (tmp_path / "empty.py").write_text("x = 1\n")
    with pytest.raises(BadTarget, match="no device class"):
        find_model(str(tmp_path / "empty.py"))
    with pytest.raises(BadTarget, match="not a file, module or device"):
        find_model("no such thing")
    bomb = tmp_path / "bomb.xmi"
    bomb.write_text('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    with pytest.raises(BadTarget, match=r"bomb\.xmi"):
        find_model(str(bomb))
