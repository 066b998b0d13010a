"""Every kind of value, seen and set; regions of images; a device restarted, named and read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from puretango.errors import DevFailed
from tests.interop.peers.devices.rich import LABELS
from tests.interop.web.browser import Tab
from tests.interop.web.conftest import Site
from tests.interop.web.waits import PUSH, live, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def test_a_device_is_restarted_named_and_looked_at(site: Site, tab: Tab) -> None:
    device = site.device(PUSH)
    device.number = 5.0
    tab.open(f"{site.address}/d/{PUSH}")
    tab.until_value(f"{PUSH}/number", lambda text: text.startswith("5"))
    tab.click("Restart device")
    tab.see("restarted")
    tab.until_value(f"{PUSH}/number", lambda text: text.startswith("0"))
    assert device.number == 0.0
    tab.click("change alias")
    tab.fill("alias", "pusher")
    tab.click("Keep", within="dialog")
    tab.see("alias pusher")
    assert site.database.get_device_alias("pusher").lower() == PUSH
    tab.open(f"{site.address}/journal")
    tab.click("Undo")
    tab.see("undone")
    with pytest.raises(DevFailed):
        site.database.get_device_alias("pusher")
    tab.open(f"{site.address}/d/sys/tg_test/1/ampli")
    for source in ("device", "cache", "cache-device"):
        tab.click(f"Read from {source}")
        # TangoTest is not polled: its cache has nothing, and says so.
        tab.see("not polled" if source == "cache" else f"{source}: ")
    tab.click("Watch it beside others")
    tab.until("location.pathname === '/w'")
    tab.until_value("sys/tg_test/1/ampli", live)


def test_what_is_for_experts_and_what_is_set_by_other_means(site: Site, tab: Tab) -> None:
    """The view with what is for experts, a spectrum, a command."""
    tango_test = site.device("sys/tg_test/1")
    tab.open(f"{site.address}/d/sys/tg_test/1")
    tab.until_value("sys/tg_test/1/ampli", live)
    hidden = tab.js("document.querySelectorAll('[data-part=value]').length")
    tab.click("expert view", kind="label")
    tab.until("document.querySelector('input[type=checkbox]').checked")
    assert tab.js("document.querySelectorAll('[data-part=value]').length") >= hidden
    tab.fill("set double_spectrum", "1.5 2.5 3.5")
    tab.key("Enter", control=True)
    until(lambda: list(tango_test.double_spectrum)[:3] == [1.5, 2.5, 3.5])
    tab.click("Commands", within=".tabsline")
    tab.until("document.querySelectorAll('main button.main').length > 5")
    tab.click("expert view", kind="label")
    tab.until("document.querySelector('input[type=checkbox]').checked")
    tab.click("Status", within="main .card", kind="button.main")
    tab.see("The device is in RUNNING state.")


def test_every_kind_of_value_is_seen_and_set(site: Site, tab: Tab, pictures: Path) -> None:
    """A PyTango device with each type as scalar, spectrum and image: the page has them all, and sets them."""
    rich = site.device("test/rich/1")
    tab.open(f"{site.address}/d/test/rich/1")
    for each in (
        "DevBoolean",
        "DevDouble",
        "DevLong64",
        "DevState",
        "DevEnum",
        "DevUChar",
    ):
        tab.until_value(f"test/rich/1/{each}_scalar", live)
    for label, option in (
        ("DevBoolean_scalar", "true"), ("DevState_scalar", "MOVING"), ("DevEnum_scalar", LABELS[1]),
    ):  # fmt: skip
        tab.choose(f"set {label}", option)
        tab.until_value(f"test/rich/1/{label}", lambda text, option=option: text == option)
    for name, text, shown in (
        ("DevULong64_scalar", "18446744073709551615", "18446744073709551615"),
        ("DevLong64_scalar", "-9223372036854775808", "-9223372036854775808"),
        ("DevDouble_scalar", "-1e-7", "-0.00"), ("DevString_scalar", "<b>x</b>é", "<b>x</b>é"),
        ("encoded", "text, {}", "text, 2 bytes"),
    ):  # fmt: skip
        tab.fill(f"set {name}", text, enter=True)
        tab.until_value(f"test/rich/1/{name}", lambda found, shown=shown: found == shown)
    # Nothing is cut off without a mark: the longest integer is shown whole, a longer text with dots and whole on hover.
    width = (
        "(e => [e.scrollWidth, e.clientWidth])(document.querySelector('[data-attribute$=\"%s\"]'))"
    )
    for name in ("DevULong64_scalar", "DevLong64_scalar"):
        needed, has = tab.js(width % name)
        assert needed <= has, name
    tab.fill("set DevString_scalar", "long " * 20 + "<b>x</b>é", enter=True)
    tab.until_value(
        "test/rich/1/DevString_scalar", lambda text: text.endswith("é") and "long" in text
    )
    cell = "document.querySelector('[data-attribute$=DevString_scalar]')"
    assert tab.js(f"getComputedStyle({cell}).textOverflow") == "ellipsis"
    tab.js(f"{cell}.scrollIntoView({{block: 'center'}}); 1")
    x, y = tab.js(f"(b => [b.x + 20, b.y + 8])({cell}.getBoundingClientRect())")
    tab.ask("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
    tab.until(f"{cell}.title.includes('long <b>x</b>é')")
    tab.fill("set DevDouble_scalar", "NaN", enter=True)
    tab.see("DevDouble_scalar: ")  # Tango takes none: what it says is told in one line
    assert rich.DevULong64_scalar == 2**64 - 1
    assert rich.DevDouble_scalar == -1e-7
    assert rich.encoded == ("text", b"{}")
    for name, text, wanted in (
        ("DevString_spectrum", "one\ntwo words", ["one", "two words"]),
        ("DevULong64_spectrum", "1 18446744073709551615", [1, 2**64 - 1]),
        ("DevDouble_image", "1 2 3\n4 5 6", [[1, 2, 3], [4, 5, 6]]),
        ("DevBoolean_spectrum", "true false", [True, False]),
    ):
        tab.fill(f"set {name}", text)
        tab.key("Enter", control=True)
        until(lambda name=name, wanted=wanted: _plain(rich.read_attribute(name).value) == wanted)
    tab.until_value("test/rich/1/DevString_spectrum", lambda text: text == "one  two words")
    assert tab.js("document.querySelector('main b')") is None  # the text is shown, not run
    tab.picture(pictures / "kinds.png")


def _plain(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else list(value)


def test_a_region_of_an_image(site: Site, tab: Tab, pictures: Path) -> None:
    """Drawn with the mouse, typed, and given up."""
    name = "sys/tg_test/1/short_image_ro"
    tab.open(f"{site.address}/d/{name}")
    tab.see("251 × 251: ")
    box = (
        "(() => { const b = document.querySelector('.picture canvas').getBoundingClientRect();"
        "return [b.x, b.y, b.width, b.height]; })()"
    )
    tab.js("document.querySelector('.picture').scrollIntoView()")
    x, y, width, height = tab.js(box)
    for kind, share, held in (("mousePressed", 0.2, 1), ("mouseMoved", 0.4, 1), ("mouseMoved", 0.6, 1),
                              ("mouseReleased", 0.6, 0)):  # fmt: skip
        tab.ask("Input.dispatchMouseEvent", type=kind, x=x + share * width, y=y + share * height, button="left",
                buttons=held, clickCount=1)  # fmt: skip
    tab.see("region 50 50 101 101: ")
    assert tab.js("document.querySelector('.picture canvas').width") == 101
    tab.picture(pictures / "region.png")
    tab.click("Whole image")
    tab.see("251 × 251: ")
    tab.fill(f"region of {name}", "10 20 30 40", enter=True)
    tab.see("region 10 20 30 40: ")
    assert tab.js("document.querySelector('.picture canvas').height") == 40
    tab.open(site.address)


def test_arrays_that_are_no_curves_say_what_they_hold(site: Site, tab: Tab) -> None:
    """States and labels by their names; texts that are all empty are counted; a spectrum of one value is a dot."""
    tab.open(f"{site.address}/d/test/rich/1")
    tab.until_value("test/rich/1/DevState_spectrum", lambda text: text == "ON  FAULT")
    tab.until_value("test/rich/1/DevEnum_spectrum", lambda text: text == LABELS[0])
    tab.open(f"{site.address}/d/sys/tg_test/1")
    tab.until_value("sys/tg_test/1/string_image", lambda text: text.endswith(" empty"))
    tab.open(f"{site.address}/d/{PUSH}/curve")
    tab.until(
        "(c => c && c.getContext('2d').getImageData(0, 0, c.width, c.height).data"
        ".some((v, i, d) => i % 4 === 2 && v === 199 && d[i - 2] === 47))(document.querySelector('.plot canvas'))"
    )


def test_a_device_that_does_not_run_says_whose_it_is(site: Site, tab: Tab) -> None:
    """Its class and its server, one click away from starting it."""
    tab.open(f"{site.address}/d/sys/tg_test/kept")
    tab.see("is not exported")
    tab.see("TangoTest/kept")
    assert "Restart device" not in tab.text("main .head")
    tab.click("TangoTest/kept", within=".facts")
    tab.see("STOPPED")
