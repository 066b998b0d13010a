"""The frame and the navigator: trees, search, links, colours, the keyboard."""

from __future__ import annotations

import pytest

from puretango.client import DbDevInfo
from tests.interop.web.browser import Tab
from tests.interop.web.conftest import HERE, Site
from tests.interop.web.waits import PUSH

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def test_the_frame(site: Site, tab: Tab) -> None:
    """Find by the button and by arrows, the links on top, the colours, the telephone's menu, the field for a name."""
    tab.open(f"{site.address}/d/{PUSH}")
    tab.click("puretango", within="header")
    tab.see("Choose a device")
    tab.click("Find…", within="header")
    tab.fill("find", "tango")
    tab.until("document.querySelectorAll('.palette li').length > 1")
    first = tab.text(".palette li.here")
    tab.key("ArrowDown")
    tab.until(f"document.querySelector('.palette li.here').innerText !== {first!r}")
    tab.fill("find", "tg_test/1")
    tab.until("document.querySelectorAll('.palette li').length")
    tab.click("sys/tg_test/1", within=".palette", kind="li span")
    tab.until("location.pathname === '/d/sys/tg_test/1'")
    for link, title in (("Hosts", "Hosts"), ("Logs", "Logs"), ("Watch", "Watch lists"), ("Journal", "Journal"),
                        ("New", "Wizard")):  # fmt: skip
        tab.click(link, within="header nav")
        tab.until(f"document.querySelector('main h1').innerText === {title!r}")
    colour = "getComputedStyle(document.body).backgroundColor"
    before = tab.js(colour)
    tab.click("change colours")
    tab.until(f"{colour} !== {before!r}")
    tab.key("k", control=True)
    tab.until("document.querySelector('dialog[open]')")
    tab.key("Escape")
    tab.until("!document.querySelector('dialog')")
    tab.size(390, 800)
    tab.open(site.address)
    tab.until("getComputedStyle(document.querySelector('.side')).display === 'none'")
    tab.click("navigator", kind="button")
    tab.until("getComputedStyle(document.querySelector('.side')).display !== 'none'")
    tab.click("sys", within=".side")
    tab.click("tg_test", within=".side")
    tab.click("1", within=".side .tree .tree .tree", kind="button.name")
    tab.until("location.pathname.startsWith('/d/sys/tg_test/')")


def test_the_six_trees(site: Site, tab: Tab) -> None:
    site.database.put_device_alias("sys/tg_test/1", "tester")
    site.database.put_property("Beam", {"energy": ["12"]})
    tab.open(site.address)
    for tree, text, address in (
        ("Servers", "TangoTest", ""), ("Classes", "Pushing", "/c/Pushing"), ("Hosts", HERE, f"/h/{HERE}"),
        ("Aliases", "tester", "/d/sys/tg_test/1"), ("Properties", "Beam", "/p/Beam"), ("Devices", "lab", ""),
    ):  # fmt: skip
        tab.click(tree, within=".side .tabs")
        tab.click(text, within=".side .tree", kind="button.name")
        if address:
            tab.until(f"location.pathname.toLowerCase() === {address.lower()!r}")
        else:
            tab.until("document.querySelector('.side .tree .tree')")
    tab.click("fold", within=".side", kind="button.fold")
    tab.until("!document.querySelector('.side .tree .tree')")
    tab.click("unfold", within=".side", kind="button.fold")
    tab.until("document.querySelector('.side .tree .tree')")


def test_a_long_level_comes_in_parts(site: Site, tab: Tab) -> None:
    """Five hundred at once, the others by the button; the search finds them all the same."""
    infos = []
    for number in range(520):
        info = DbDevInfo()
        info.name, info._class, info.server = (
            f"many/long/{number:04}",
            "TangoTest",
            "TangoTest/many",
        )
        infos.append(info)
    site.database.add_server("TangoTest/many", infos, with_dserver=True)
    tab.open(site.address)
    tab.click("many", within=".side", kind="button.name")
    tab.click("long", within=".side .tree .tree", kind="button.name")
    count = "document.querySelectorAll('.side .tree .tree .tree li').length"
    tab.until(f"{count} === 500")
    tab.click("20 more…", within=".side")
    tab.until(f"{count} === 520")
    tab.click("Find…", within="header")
    tab.fill("find", "long/0519")
    tab.until("document.querySelector('.palette li.here')")
    tab.key("Enter")
    tab.until("location.pathname === '/d/many/long/0519'")
    tab.see("is not exported")
    tab.click("Ask again")
    tab.see("is not exported")
    site.database.delete_server("TangoTest/many")


UNNAMED = """[...document.querySelectorAll('button, input, select, textarea, a, [role=img]')].filter((each) =>
  !(each.getAttribute('aria-label') || each.placeholder || each.title || each.innerText
    || (each.closest('label') || {}).textContent || '').trim()).map((each) => each.outerHTML)"""


def test_every_control_has_a_name_and_is_reached_by_the_keyboard(site: Site, tab: Tab) -> None:
    """For those who hear the page, and those without a mouse."""
    pages = (
        "/", "/d/sys/tg_test/1", "/d/sys/tg_test/1/ampli", "/d/sys/tg_test/1?tab=commands", f"/d/{PUSH}?tab=properties",
        f"/d/{PUSH}?tab=configuration", f"/d/{PUSH}?tab=polling", f"/d/{PUSH}?tab=use", f"/h/{HERE}", "/logs", "/w",
        "/journal", "/new", "/s/Ours/web",
    )  # fmt: skip
    for page in pages:
        tab.open(site.address + page)
        tab.until("document.querySelector('main').innerText.trim().length > 3")
        assert tab.js(UNNAMED) == [], page
    tab.open(f"{site.address}/d/{PUSH}?tab=properties")
    tab.until("document.querySelector('[aria-label=\"new property\"]')")
    tab.until("document.querySelector('button.fold')")
    wanted = {"Hosts", "Devices", "unfold", "Restart device", "Commands", "new property", "Add"}
    for _ in range(80):
        tab.key("Tab")
        wanted.discard(
            tab.js("(e => e.getAttribute('aria-label') || e.innerText)(document.activeElement)")
        )
        if not wanted:
            break
    assert not wanted


def test_arrows_go_through_the_tree(site: Site, tab: Tab) -> None:
    """Down and up through the lines, right unfolds, left folds, Enter opens."""
    tab.open(site.address)
    tab.until("document.querySelector('.side .name')")
    tab.js(
        "[...document.querySelectorAll('.side .name')].find(e => e.innerText === 'lab').focus(); 1"
    )
    tab.key("ArrowRight")
    tab.until("document.querySelector('.side .tree .tree')")
    tab.key("ArrowDown")
    tab.until("document.activeElement.innerText === 'push'")
    tab.key("ArrowRight")
    tab.until("document.querySelector('.side .tree .tree .tree')")
    tab.key("ArrowDown")
    tab.key("Enter")
    tab.until(f"location.pathname === '/d/{PUSH}'")
    tab.key("ArrowUp")
    tab.key("ArrowLeft")
    tab.until("!document.querySelector('.side .tree .tree .tree')")


def test_what_is_drawn_takes_the_colours_of_the_page(site: Site, tab: Tab) -> None:
    """Dark and light, by the system or the button: the lines of a plot too; a page begins in the last ones chosen."""
    tab.size(1360, 860)
    tab.open(f"{site.address}/d/sys/tg_test/1/wave")
    tab.until("document.querySelector('.plot canvas')")
    line = (
        "(wanted => { const c = document.querySelector('.plot canvas');"
        " const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
        " for (let i = 0; i < d.length; i += 4) if (d[i + 3] === 255 && [0, 1, 2].every(k => d[i + k] === wanted[k]))"
        " return true; return false; })"
    )
    light, dark = [217, 222, 229], [48, 58, 70]
    tab.until(f"{line}({light}) && !{line}({dark})")
    tab.size(1360, 860, dark=True)
    tab.until(f"{line}({dark}) && !{line}({light})")
    tab.click("change colours")  # as the system, dark
    tab.click("change colours")  # light
    tab.until(f"{line}({light}) && !{line}({dark})")
    tab.open(site.address)
    assert tab.js("document.documentElement.dataset.theme") == "light"
    tab.click("change colours")


@pytest.mark.parametrize("width", [390, 900, 1360])
def test_nothing_of_a_line_is_cut_off(site: Site, tab: Tab, width: int) -> None:
    """On a telephone, a tablet and a screen: unit and set value stay within the card, the chosen tab on the screen."""
    device = site.device("sys/tg_test/1")
    config = device.get_attribute_config("double_scalar")
    config.unit, config.min_value, config.max_value = "mA", "-300", "300"
    device.set_attribute_config(config)
    tab.size(width, 860)
    tab.open(f"{site.address}/d/sys/tg_test/1")
    tab.see("double_scalar_rww")
    outside = """[...document.querySelectorAll('.attrs .line')].flatMap(line => {
      const right = line.getBoundingClientRect().right + 1;
      return [...line.querySelectorAll('.cell, .unit, input, select, textarea, .mark')]
        .filter(e => e.getBoundingClientRect().right > right).map(e => line.innerText + e.className + e.tagName); })"""
    tab.until(
        "[...document.querySelectorAll('.unit')].some(e => e.innerText === 'mA' && e.offsetWidth)"
    )
    assert tab.js(outside) == []
    tab.click("Who uses it", within=".tabsline")
    tab.until(
        "(e => e.innerText === 'Who uses it' && e.getBoundingClientRect().right <= innerWidth)"
        "(document.querySelector('.tabsline .here'))"
    )
    assert tab.js("document.documentElement.scrollWidth <= innerWidth")
