"""Device pages in a real browser: C++ TangoTest, a PyTango device and ours, used as a person uses them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.interop.web.browser import Browser, Tab
from tests.interop.web.conftest import Site

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def test_a_device_is_found_looked_at_and_set(site: Site, tab: Tab, pictures: Path) -> None:
    """Ctrl+K, a part of the name, Enter; every kind of value; Enter in a field sets it."""
    tab.open(site.address)
    tab.see("Choose a device")
    tab.key("k", control=True)
    tab.fill("find", "tg_test/1")
    tab.until("document.querySelector('.palette li.here')")
    tab.picture(pictures / "search.png")
    tab.key("Enter")
    tab.until("location.pathname === '/d/sys/tg_test/1'")
    tab.see("RUNNING")
    tab.see("The device is in RUNNING state.")
    tab.until_value("sys/tg_test/1/double_scalar", lambda text: text not in ("", "…"))
    first = tab.value("sys/tg_test/1/double_scalar")
    tab.until_value("sys/tg_test/1/double_scalar", lambda text: text != first)
    tab.fill("set ampli", "2.5", enter=True)
    tab.until_value("sys/tg_test/1/ampli", lambda text: text == "2.50" or text == "2.5")
    assert site.device("sys/tg_test/1").ampli == 2.5
    tab.choose("set boolean_scalar", "false")
    tab.until_value("sys/tg_test/1/boolean_scalar", lambda text: text == "false", "set")
    tab.fill("set long64_scalar", "9007199254740993", enter=True)
    tab.until_value("sys/tg_test/1/long64_scalar", lambda text: text == "9007199254740993", "set")
    tab.fill("set short_scalar", "99999", enter=True)
    tab.until("document.querySelector('.mark.bad')")
    tab.picture(pictures / "device.png")


def test_curves_and_images_are_drawn(site: Site, tab: Tab, pictures: Path) -> None:
    tab.open(f"{site.address}/d/sys/tg_test/1/wave")
    tab.until("document.querySelector('.plot canvas')")
    # Something is drawn: not all pixels of the plot are alike.
    drawn = (
        "(() => { const c = document.querySelector('%s'); if (!c || !c.width) return false;"
        "const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
        "return new Set(new Uint32Array(d.buffer)).size > 20; })()"
    )
    tab.until(drawn % ".plot canvas")
    tab.picture(pictures / "spectrum.png")
    tab.open(f"{site.address}/d/sys/tg_test/1/short_image_ro")
    tab.until(drawn % ".picture canvas")
    tab.see("251 × 251")
    tab.picture(pictures / "image.png")
    tab.open(f"{site.address}/d/sys/tg_test/1/double_scalar")
    tab.until(drawn % ".plot canvas", timeout=25)
    tab.click("Read from device")
    tab.see("VALID at")
    tab.click("Read from cache")
    tab.see("API_AttrNotPolled" if not _is_polled(site) else "cache:")
    tab.picture(pictures / "attribute.png")


def _is_polled(site: Site) -> bool:
    return bool(site.device("sys/tg_test/1").is_attribute_polled("double_scalar"))


def test_commands_are_run(site: Site, tab: Tab, pictures: Path) -> None:
    tab.open(f"{site.address}/d/sys/tg_test/1?tab=commands")
    tab.fill("argument of DevDouble", "2.75")
    tab.click("DevDouble")
    tab.see("2.75")
    tab.fill("argument of DevVarStringArray", "a\nnaïve")
    tab.click("DevVarStringArray")
    tab.see('["a","naïve"]')
    tab.fill("argument of DevLong", "no number")
    tab.click("DevLong")
    tab.until("document.querySelector('[role=alert]')")
    tab.picture(pictures / "commands.png")


def test_a_pytango_device_and_ours(site: Site, tab: Tab) -> None:
    for device, attribute in (("test/rich/1", "State"), ("lab/push/1", "number")):
        tab.open(f"{site.address}/d/{device}")
        tab.see(device)
        tab.until(f"document.querySelector('.state').innerText.trim().length > 1 && {attribute!r}")
    tab.until_value("lab/push/1/text", lambda text: text == "tiède")
    tab.until_value("lab/push/1/large", lambda text: text == "9007199254740993")
    tab.until_value("lab/push/1/broken", lambda text: text.startswith("no value"))
    tab.see("ValueError: the cable is out")


def test_two_browsers_see_one_value(site: Site, tab: Tab, browser: Browser) -> None:
    """One writes; the other sees value and journal within half a second."""
    other = browser.tab(f"{site.address}/d/lab/push/1/number")
    other.until_value("lab/push/1/number", lambda text: text not in ("", "…"))
    journal = browser.tab(f"{site.address}/journal")
    journal.see("Journal")
    tab.open(f"{site.address}/d/lab/push/1")
    tab.until_value("lab/push/1/number", lambda text: text not in ("", "…"))
    took, kept = [], []
    for value in ("12.25", "13.25", "14.25"):
        other.js(
            "window.seen = new Promise(done => new MutationObserver(() => {"
            " const cell = document.querySelector('[data-part=value]');"
            f" if (cell.textContent.startsWith('{value}')) done(Date.now()); }})"
            ".observe(document.body, {subtree: true, childList: true, characterData: true})); 1"
        )
        journal.js(
            "window.seen = new Promise(done => new MutationObserver(() => {"
            f" if (document.querySelector('tbody').innerText.includes('{value}')) done(Date.now()); }})"
            ".observe(document.body, {subtree: true, childList: true, characterData: true})); 1"
        )
        tab.fill("set number", value)
        begun = time.time()
        tab.key("Enter")
        took.append(other.js("window.seen") / 1000 - begun)
        kept.append(journal.js("window.seen") / 1000 - begun)
        # The device pushes as it is written to, with the set value of before: it does not stay.
        other.until_value("lab/push/1/number", lambda text, value=value: text == value, part="set")
    # The best of three: the machine has other work too.
    assert min(took) < 0.5, took
    assert min(kept) < 0.5, kept
    browser.close_tab(other)
    browser.close_tab(journal)


def test_an_address_is_a_view(site: Site, tab: Tab) -> None:
    """Links, the browser's back, and a reload lead to the same view."""
    tab.open(f"{site.address}/d/sys/tg_test/1")
    tab.click("ampli")
    tab.until("location.pathname === '/d/sys/tg_test/1/ampli'")
    tab.see("Configuration")
    tab.js("history.back()")
    tab.until("location.pathname === '/d/sys/tg_test/1'")
    tab.see("expert view")
    tab.open(f"{site.address}/no/such/page")
    tab.see("There is no such page")


def test_devices_without_a_database(site: Site, tab: Tab, peer_directory: Path) -> None:
    from tests.interop.peers import cpp

    with cpp.tango_test(peer_directory) as peer:
        peer.wait_for("Ready to accept request")
        name = f"tango://127.0.0.1:{peer.port}/sys/tg_test/1#dbase=no"
        tab.open(site.address)
        tab.fill("device", name, enter=True)
        attribute = name.replace("#", "/double_scalar#")
        tab.until_value(attribute, lambda text: text not in ("", "…"))
        tab.click("double_scalar")
        tab.see("DevDouble, SCALAR")
        tab.until_value(attribute, lambda text: text not in ("", "…"))


OVERLAPPING = """[...document.querySelectorAll('.attrs .line')].filter((line) => {
  const boxes = [...line.querySelectorAll('.label, .cell, .setter > *')].map((e) => e.getBoundingClientRect());
  return boxes.some((a, i) => boxes.some((b, k) => i < k && a.width && b.width && a.left < b.right - 1
    && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1));
}).map((line) => line.innerText)"""


def test_narrow_wide_dark_and_light(site: Site, tab: Tab, pictures: Path) -> None:
    """Nothing is wider than the window, from a telephone to 4k."""
    for name, width, height, dark in (
        ("telephone", 390, 800, True), ("tablet", 820, 1100, False), ("wide", 3840, 2000, True),
    ):  # fmt: skip
        tab.size(width, height, dark)
        for page in ("/d/sys/tg_test/1", "/logs", "/journal", "/d/sys/tg_test/1?tab=polling"):
            tab.open(site.address + page)
            tab.until("document.querySelector('main h1')")
            if page.endswith("tg_test/1"):
                tab.until_value("sys/tg_test/1/double_scalar", lambda text: text not in ("", "…"))
                tab.picture(pictures / f"{name}.png")
            assert tab.js("document.documentElement.scrollWidth") <= width, (name, page)
            assert tab.js(OVERLAPPING) == [], (name, page)
    colour = tab.js("getComputedStyle(document.body).backgroundColor")
    tab.click("change colours")
    tab.click("change colours")
    assert tab.js("getComputedStyle(document.body).backgroundColor") != colour
