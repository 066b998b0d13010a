"""Every control of the pages that the ten tasks leave out, pressed in a browser.

Its effect is looked for at the device, in the database, or on the page that it changes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from puretango.client import DbDevInfo
from puretango.errors import DevFailed
from tests import waiting
from tests.interop.peers.devices.rich import LABELS
from tests.interop.peers.process import Peer, puretango
from tests.interop.web.browser import Tab
from tests.interop.web.conftest import HERE, KEPT, Site, has_run_here, register

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

PUSH = "lab/push/1"


def until(true: Callable[[], Any]) -> Any:
    """Wait for something outside the browser; of a device, say, that is just being restarted."""
    return waiting.until(true, step=0.05, forgiving=DevFailed)


def live(text: str) -> bool:
    """A value is shown."""
    return text not in ("", "…")


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


def test_changes_are_taken_back_deleted_and_restored(site: Site, tab: Tab) -> None:
    database = site.database
    database.put_device_property(PUSH, {"colour": ["red"]})
    database.put_device_property(PUSH, {"colour": ["green"]})
    tab.open(f"{site.address}/d/{PUSH}?tab=properties")
    tab.fill("value of colour", "blue")
    tab.click("Take back")
    tab.gone("not written yet")
    tab.fill("value of colour", "blue")
    tab.click("Review")
    tab.click("Back", within="dialog")
    tab.until("!document.querySelector('dialog')")
    tab.click("Discard all")
    tab.gone("not written yet")
    assert list(database.get_device_property(PUSH, "colour")["colour"]) == ["green"]
    tab.click("history of colour")
    tab.until(
        "[...document.querySelectorAll('dialog tr')].some(row => row.innerText.includes('red'))"
    )
    tab.js(
        "[...document.querySelectorAll('dialog tr')].find(row => row.innerText.includes('red'))"
        ".querySelector('button').id = 'red'; 1"
    )
    tab.click("Restore", within="dialog", kind="#red")
    _write(tab)
    assert list(database.get_device_property(PUSH, "colour")["colour"]) == ["red"]
    tab.click("delete colour")
    tab.see("to be deleted")
    _write(tab)
    assert list(database.get_device_property_list(PUSH, "colour")) == []


def _write(tab: Tab) -> None:
    tab.click("Review")
    tab.see("Write these changes?")
    tab.click("Write", within="dialog")
    tab.gone("not written yet")


def test_a_setting_is_changed_from_the_tab_and_undone(site: Site, tab: Tab) -> None:
    """The same bar as properties; written together with one of them."""
    device = site.device(PUSH)
    before = device.get_attribute_config("counted").unit
    tab.open(f"{site.address}/d/{PUSH}?tab=configuration")
    tab.click("counted", within="main", kind="summary")
    tab.fill("unit", "apples")
    tab.see("1 change not written yet")
    tab.click("Properties", within=".tabsline")
    tab.fill("new property", "basket", enter=True)
    tab.fill("value of basket", "full")
    tab.see("2 changes not written yet")
    _write(tab)
    assert device.get_attribute_config("counted").unit == "apples"
    assert list(site.database.get_device_property(PUSH, "basket")["basket"]) == ["full"]
    tab.open(f"{site.address}/journal?subject={PUSH}/counted")
    tab.click("Undo")
    tab.see("undone")
    assert device.get_attribute_config("counted").unit == before


def test_what_cannot_be_written_is_told_over_the_dialog(
    site: Site, tab: Tab, pictures: Path
) -> None:
    """Limits of a text: the device refuses; the words are seen although a dialog is open, and nothing is lost."""
    tab.open(f"{site.address}/d/{PUSH}/text")
    tab.fill("min value", "5")
    tab.click("Review")
    tab.click("Write", within="dialog")
    # In the layer over everything, and opened after the dialog: nothing lies over it.
    tab.until("(e => e && e.matches(':popover-open'))(document.querySelector('.notice.bad'))")
    tab.picture(pictures / "refused.png")
    tab.click("Back", within="dialog")
    tab.see("1 change not written yet")
    tab.click("Discard all")
    tab.gone("not written yet")


def test_servers_devices_and_free_properties(site: Site, tab: Tab, peer_directory: Path) -> None:
    """A server's page: its devices restarted, one deleted, the server ended and deleted; a free property edited."""
    database = site.database
    register(database, "TangoTest/short", TangoTest="lab/short/1")
    register(database, "TangoTest/short", TangoTest="lab/short/2")
    command = puretango("serve", "TangoTest", "short")
    tab.open(f"{site.address}/s/TangoTest/short")
    tab.see("STOPPED")
    with Peer(
        "short", command, peer_directory, environment={"TANGO_HOST": site.tango_host}
    ) as peer:
        tab.see("RUNNING")
        device = site.device("lab/short/1")
        device.ampli = 3.0
        tab.click("Restart its devices")
        tab.see("restarted")
        until(lambda: device.ampli == 0.0)
        tab.click("delete lab/short/2")
        tab.fill("Type lab/short/2", "lab/short/2")
        tab.click("Delete", within="dialog footer")
        tab.until("!document.querySelector('dialog')")
        assert "lab/short/2" not in list(database.get_device_name("TangoTest/short", "TangoTest"))
        tab.click("End it")
        tab.click("Cancel", within="dialog")
        assert not peer.ended
        tab.click("End it")
        tab.fill("Type TangoTest/short", "TangoTest/short")
        tab.click("End it", within="dialog footer")
        until(lambda: peer.ended)
    tab.see("STOPPED")
    tab.click("Delete", within="main .head")
    tab.fill("Type TangoTest/short", "TangoTest/short")
    tab.click("Delete", within="dialog footer")
    tab.until("location.pathname === '/'")
    assert list(database.get_device_name("TangoTest/short", "TangoTest")) == []
    tab.open(f"{site.address}/new")
    tab.fill("free object", "Ring")
    tab.click("Edit")
    tab.until("location.pathname === '/p/Ring'")
    tab.fill("new property", "current")
    tab.click("Add")
    tab.fill("value of current", "200")
    _write(tab)
    assert list(database.get_property("Ring", "current")["current"]) == ["200"]


def test_the_wizard_goes_back_and_starts_by_a_starter(site: Site, tab: Tab) -> None:
    tab.open(f"{site.address}/new?server={KEPT}&class=TangoTest&device=sys/tg_test/kept")
    tab.click(f"on {HERE}")
    tab.see("start asked for")
    tab.see("Property 1 of", timeout=60)
    tab.click("Leave as it is")
    tab.see("Property 2 of")
    tab.click("Back", within="main .card .row")
    tab.see("Property 1 of")
    site.device(f"tango/admin/{HERE}").HardKillServer(KEPT)


def test_polling_periods_and_black_box(site: Site, tab: Tab) -> None:
    device = site.device(PUSH)
    device.poll_attribute("counted", 3000)
    tab.open(f"{site.address}/d/{PUSH}?tab=polling")
    tab.fill("period in ms", "2000", enter=True)
    until(lambda: device.get_attribute_poll_period("counted") == 2000)
    device.stop_poll_attribute("counted")
    tab.open(f"{site.address}/d/{PUSH}?tab=use")
    tab.see("Who asks what")
    device.Push(1)
    tab.click("Ask again")
    tab.until("document.querySelector('main').innerText.includes('cmd = Push')")


def test_a_host_as_a_whole(site: Site, tab: Tab) -> None:
    """All servers started and stopped level by level, one put on another level, the Starter's own log."""
    second = f"{KEPT}b"
    register(site.database, second, TangoTest="sys/tg_test/keptb")
    has_run_here(site.database, second, 2)
    site.device(f"tango/admin/{HERE}").UpdateServersInfo()
    row, other = (f"main tr[data-server='{name}']" for name in (KEPT, second))
    shows, others = (
        f'(document.querySelector("{each} .state")||{{}}).innerText' for each in (row, other)
    )
    tab.open(f"{site.address}/h/{HERE}")
    tab.until(f"{shows} === 'STOPPED' && {others} === 'STOPPED'")
    tab.fill(f"level of {KEPT}", "3", enter=True)
    tab.see("Level 3")
    until(lambda: site.database.get_server_info(KEPT).level == 3)
    tab.js(
        "window.told = []; new MutationObserver(() => window.told.push(document.querySelector('main .head').innerText))"
        ".observe(document.querySelector('main'), {subtree: true, childList: true, characterData: true}); 1"
    )
    tab.click("Start all")
    tab.see("start done", timeout=60)
    for level in (2, 3):
        assert tab.js(f"window.told.some(text => text.includes('start level {level}: TangoTest'))")
    tab.until(f"{shows} === 'RUNNING' && {others} === 'RUNNING'")
    pids = [
        int(site.database.get_device_info(f"sys/tg_test/{name}").pid) for name in ("keptb", "kept")
    ]
    first, then = (
        int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]) for pid in pids
    )
    assert first < then  # level 2, and level 3 after it
    tab.click("Stop", within=row)
    tab.until(f"{shows} === 'STOPPED'", 40)
    tab.click("Start", within=row)
    tab.until(f"{shows} === 'RUNNING'", 40)
    tab.click("Stop all")
    tab.see("stop done", timeout=60)
    tab.until(f"{shows} === 'STOPPED' && {others} === 'STOPPED'")
    tab.click("Starter's log")
    tab.see("Log of Starter")
    tab.click("close", within="dialog")
    tab.fill(f"level of {KEPT}", "1", enter=True)
    tab.see("Level 1")


def test_logs_sorted_held_and_cleared(site: Site, tab: Tab) -> None:
    tab.open(f"{site.address}/d/{PUSH}")
    tab.click("Show its logs")
    tab.until("location.pathname === '/logs'")
    device = site.device(PUSH)
    device.Tell("first")
    tab.see("no good: first")
    lines = "[...document.querySelectorAll('.logs .line')].map(line => line.innerText)"
    tab.click("newest first", kind="label")
    tab.until(
        f"{lines}.findIndex(t => t.includes('INFO')) < {lines}.findIndex(t => t.includes('ERROR'))"
    )
    tab.until("[...document.querySelectorAll('label select')].length")
    tab.js(
        "(() => { const s = [...document.querySelectorAll('label select')].find(e => e.value === 'time');"
        "s.value = 'level'; s.dispatchEvent(new Event('change', {bubbles: true})); return 1; })()"
    )
    tab.click("newest first", kind="label")
    tab.until(f"{lines}[0].includes('ERROR')")
    tab.fill("filter device", "no such")
    tab.gone("no good: first")
    tab.fill("filter device", "push")
    tab.see("no good: first")
    tab.click("Pause")
    device.Tell("second")
    until(lambda: "no good: second" in tab.js("fetch('/api/logs').then((a) => a.text())"))
    tab.gone("no good: second")
    tab.click("Go on")
    tab.see("no good: second")
    tab.fill("name of the list", "always here")
    tab.click("Save for always")
    tab.see("list kept")
    assert (site.state / "logs" / "always here.json").exists()
    tab.click("delete list always here")
    tab.until("!document.body.innerText.includes('always here')")
    assert not (site.state / "logs" / "always here.json").exists()
    tab.click("Clear")
    tab.gone("no good: second")
    tab.click(f"log no more {PUSH}")
    tab.see("No device logs here")


def test_watch_lists_by_hand(site: Site, tab: Tab) -> None:
    tab.open(f"{site.address}/w")
    tab.click("A new one")
    tab.click("Find device")
    tab.fill("find", "tg_test/1")
    tab.until("document.querySelector('.palette li.here')")
    tab.key("Enter")
    tab.until("[...document.querySelectorAll('input')].some(e => e.value === 'sys/tg_test/1/')")
    tab.fill("attribute to watch", "sys/tg_test/1/ampli")
    tab.click("Watch", within="main")
    tab.until_value("sys/tg_test/1/ampli", live)
    tab.fill("name of the watch list", "short")
    tab.click("Save", within="main .head")
    tab.until("location.pathname === '/w/short'")
    tab.click("remove sys/tg_test/1/ampli")
    tab.see("Nothing is watched yet")
    tab.open(f"{site.address}/w")
    tab.click("delete short")
    tab.gone("short")
    assert not (site.state / "watch" / "short.json").exists()


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
