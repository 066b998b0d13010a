"""Properties, settings, servers and free properties; the wizard."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interop.peers.process import Peer, puretango
from tests.interop.web.browser import Tab
from tests.interop.web.conftest import HERE, KEPT, Site, register
from tests.interop.web.waits import PUSH, until, write_changes

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


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
    write_changes(tab)
    assert list(database.get_device_property(PUSH, "colour")["colour"]) == ["red"]
    tab.click("delete colour")
    tab.see("to be deleted")
    write_changes(tab)
    assert list(database.get_device_property_list(PUSH, "colour")) == []


def test_a_setting_is_changed_from_the_tab_and_undone(site: Site, tab: Tab) -> None:
    """The same bar as properties; written together with one of them."""
    device = site.device(PUSH)
    before = device.get_attribute_config("counted").unit
    tab.open(f"{site.address}/d/{PUSH}?tab=configuration")
    tab.fill("filter settings", "count")
    tab.gone("sluggish")
    tab.click("counted", within="main", kind="summary")
    tab.fill("unit", "apples")
    tab.see("1 change not written yet")
    tab.click("Properties", within=".tabsline")
    tab.fill("new property", "basket", enter=True)
    tab.fill("value of basket", "full")
    tab.see("2 changes not written yet")
    write_changes(tab)
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
    write_changes(tab)
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
