"""The ten tasks of docs/web.md, out of the manuals of Jive, Astor, ATKPanel and LogViewer, done in a browser.

Each is done by the words of the page alone: what is clicked is what the page says. The site is a C++ database, a C++
TangoTest, a C++ Starter, a PyTango device and one of ours.
"""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path

import pytest

from tests.interop.peers.process import Peer, puretango
from tests.interop.web.browser import Tab
from tests.interop.web.conftest import HERE, KEPT, Site
from tests.interop.web.waits import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "web.md").read_text()


def test_the_page_has_these_tasks() -> None:
    titles = re.findall(r"^### (\d+)\. ", PAGE, re.MULTILINE)
    assert titles == [str(number) for number in range(1, 11)]


def test_1_change_a_property_and_take_it_back(site: Site, tab: Tab, pictures: Path) -> None:
    tab.open(f"{site.address}/d/lab/push/1?tab=properties")
    tab.fill("new property", "speed")
    tab.click("Add")
    tab.fill("value of speed", "10\n20")
    tab.see("1 change not written yet")
    tab.click("Review")
    tab.see("Write these changes?")
    tab.picture(pictures / "changes.png")
    tab.click("Write", within="dialog")
    tab.see("1 change written")
    assert list(site.database.get_device_property("lab/push/1", "speed")["speed"]) == ["10", "20"]
    tab.fill("value of speed", "30")
    tab.click("Review")
    tab.see("Write these changes?")
    tab.click("Write", within="dialog")
    tab.gone("not written yet")
    assert list(site.database.get_device_property("lab/push/1", "speed")["speed"]) == ["30"]
    tab.click("history of speed")
    tab.see("Restore")
    tab.click("close", within="dialog")
    tab.click("Journal")
    tab.see("lab/push/1:speed")
    tab.picture(pictures / "journal.png")
    tab.click("Undo")
    tab.see("undone")
    assert list(site.database.get_device_property("lab/push/1", "speed")["speed"]) == ["10", "20"]


def test_2_set_up_a_new_device_with_the_wizard(
    site: Site, tab: Tab, peer_directory: Path, pictures: Path
) -> None:
    tab.open(f"{site.address}/new")
    tab.fill("server", "TangoTest/fresh")
    tab.fill("class", "TangoTest")
    tab.fill("device", "sys/tg_test/fresh")
    tab.click("Register")
    tab.see("its server runs")
    command = puretango("serve", "TangoTest", "fresh")
    with Peer("fresh", command, peer_directory, environment={"TANGO_HOST": site.tango_host}):
        tab.see("Property 1 of", timeout=25)
        for _ in range(10):
            if "Sleep_period" in tab.text("main"):
                break
            tab.click("Leave as it is")
        tab.see("Data generation period")
        tab.fill("Sleep_period", "300")
        tab.picture(pictures / "wizard.png")
        tab.click("Next")
        while "Write and restart" not in tab.text("main"):
            tab.click("Leave as it is")
        tab.click("Write and restart", kind="button.main")
        tab.until("location.pathname === '/d/sys/tg_test/fresh'")
        tab.see("RUNNING")
    stored = site.database.get_device_property("sys/tg_test/fresh", "Sleep_period")
    assert list(stored["Sleep_period"]) == ["300"]


def test_3_test_a_device(site: Site, tab: Tab) -> None:
    tab.open(f"{site.address}/d/sys/tg_test/1")
    tab.click("Commands")
    tab.fill("argument of DevString", "hello", enter=True)
    tab.see("hello")
    tab.see(" ms")
    tab.click("Attributes")
    tab.click("short_scalar_ro")
    tab.click("Read from device")
    tab.see("VALID at")


def test_4_operate_a_device(site: Site, tab: Tab) -> None:
    tab.open(f"{site.address}/d/sys/tg_test/1")
    tab.fill("filter attributes", "ampli")
    tab.gone("double_scalar_w")
    tab.fill("set ampli", "7", enter=True)
    tab.until("document.querySelector('.mark.done')")
    tab.until_value("sys/tg_test/1/ampli", lambda text: text.startswith("7"))
    tab.click("ampli")
    tab.until("document.querySelector('.plot canvas')", timeout=25)
    assert site.device("sys/tg_test/1").ampli == 7


def test_5_start_stop_and_restart_servers(site: Site, tab: Tab, pictures: Path) -> None:
    tab.open(site.address)
    tab.click("Hosts", within="nav")
    tab.click(HERE, within="main")
    row = f"main tr[data-server='{KEPT}']"
    shows = f'(document.querySelector("{row} .state")||{{}}).innerText'
    tab.until(f"{shows} === 'STOPPED'")
    tab.see("Level 1")
    tab.click("Start", within=row)
    tab.until(f"{shows} === 'RUNNING'", 30)
    assert site.device("sys/tg_test/kept").ping() > 0
    tab.picture(pictures / "host.png")
    tab.click("Restart", within=row)
    tab.see("restarted", timeout=40)
    assert site.device("sys/tg_test/kept").ping() > 0
    tab.click("Hard kill", within=row)
    tab.see("kill -9")
    tab.fill(f"Type {KEPT}", KEPT)
    tab.click("Kill", within="dialog footer")
    tab.until(f"{shows} === 'STOPPED'")
    tab.click("Log", within=row)
    tab.see(f"Log of {KEPT}")


def test_5_a_death_is_red_within_seconds(site: Site, tab: Tab) -> None:
    starter = site.device(f"tango/admin/{HERE}")
    row = f"main tr[data-server='{KEPT}']"
    shows = f'(document.querySelector("{row} .state")||{{}}).innerText'
    tab.open(f"{site.address}/h/{HERE}")
    tab.until(f"{shows} === 'STOPPED'")
    starter.DevStart(KEPT)
    tab.until(f"{shows} === 'RUNNING'", 30)
    tab.js(
        f"window.red = new Promise(done => {{ const look = () => {shows} !== 'RUNNING'"
        " ? done(Date.now()) : setTimeout(look, 10); look(); }); 1"
    )
    pid = int(site.database.get_device_info("sys/tg_test/kept").pid)
    begun = time.time()
    os.kill(pid, signal.SIGKILL)
    # Two seconds are what a quiet machine keeps; the tests beside this one have theirs too.
    assert tab.js("window.red") / 1000 - begun < 4.0


def test_5_one_that_dies_as_it_starts_does_not_run(site: Site, tab: Tab) -> None:
    """Starter says ON of a server that has died since it was asked last: that nobody answers is told sooner."""
    starter = site.device(f"tango/admin/{HERE}")
    row = f"main tr[data-server='{KEPT}']"
    shows = f'(document.querySelector("{row} .state")||{{}}).innerText'
    tab.open(f"{site.address}/h/{HERE}")
    tab.until(f"{shows} === 'STOPPED'")
    tab.js(
        f"window.green = 0;"
        f"setInterval(() => {{ if ({shows} === 'RUNNING') window.green = Date.now() / 1000; }}, 10); 1"
    )
    before = str(site.database.get_device_info("sys/tg_test/kept").started_date)
    starter.DevStart(KEPT)
    until(
        lambda: (
            str(site.database.get_device_info("sys/tg_test/kept").started_date) != before
            and int(site.database.get_device_info("sys/tg_test/kept").pid)
        )
    )
    os.kill(int(site.database.get_device_info("sys/tg_test/kept").pid), signal.SIGKILL)
    died = time.time()
    until(lambda: KEPT in starter.DevGetStopServers(True))
    # Whether Starter has ever said that it runs is a matter of its own rounds, which last two seconds.
    assert tab.js("window.green") - died < 2.5


def test_6_poll_an_attribute(site: Site, tab: Tab, pictures: Path) -> None:
    tab.open(f"{site.address}/d/lab/push/1?tab=polling")
    tab.see("Nothing is polled")
    tab.choose("what to poll", "sluggish (attribute)")
    tab.fill("period", "400")
    tab.click("Poll", within=".card .row")
    tab.see("Proposed: sluggish every 1", timeout=20)
    tab.picture(pictures / "polling.png")
    tab.click("Use these")
    tab.gone("Proposed:", timeout=20)
    period = site.device("lab/push/1").get_attribute_poll_period("sluggish")
    assert 1150 <= period <= 1300  # 0.7 s of each period: at least 0.7 / 0.6
    tab.click("stop polling sluggish")
    tab.see("Nothing is polled")


def test_7_events_and_alarms(site: Site, tab: Tab) -> None:
    tab.open(f"{site.address}/d/lab/push/1?tab=polling")
    tab.choose("attribute", "number")
    tab.click("Test its events")
    tab.see("✓ subscribed")
    tab.see("API_")
    tab.open(f"{site.address}/d/lab/push/1/number")
    tab.fill("max alarm", "50")
    tab.fill("unit", "mm")
    tab.see("2 changes not written yet")
    tab.click("Review")
    tab.see("Write these changes?")
    tab.click("Write", within="dialog")
    tab.see("2 changes written")
    tab.fill("set number", "60", enter=True)
    tab.until("document.querySelector('.cell.q2')")
    tab.see("A ALARM")
    assert site.device("lab/push/1").get_attribute_config("number").unit == "mm"
    tab.fill("set number", "1", enter=True)
    tab.until("!document.querySelector('.cell.q2')")


def test_8_read_logs(site: Site, tab: Tab, pictures: Path) -> None:
    tab.open(f"{site.address}/d/lab/push/1")
    tab.click("Show its logs")
    tab.until("location.pathname === '/logs'")
    tab.see("lab/push/1")
    for device in ("sys/tg_test/1", "test/rich/1"):  # C++ and PyTango send here too
        tab.click("Add a device")
        tab.fill("find", device)
        tab.until("document.querySelector('.palette li.here')")
        tab.key("Enter")
        tab.choose(f"level of {device}", "DEBUG")
    ours = site.device("lab/push/1")
    ours.Tell("the valve is open")
    tab.see("no good: the valve is open")
    site.device("sys/tg_test/1").DevDouble(1.0)
    tab.until(
        "[...document.querySelectorAll('.logs .line')].some(e => e.innerText.includes('sys/tg_test/1'))"
    )
    tab.picture(pictures / "logs.png")
    tab.choose("level", "ERROR and graver")
    tab.until("!document.querySelector('.logs .INFO') && document.querySelector('.logs .ERROR')")
    tab.fill("filter text", "valve")
    tab.see("no good: the valve is open")
    tab.js(
        "window.make = URL.createObjectURL; URL.createObjectURL = (blob) => (window.blob = blob, make(blob));"
        "document.querySelector('a[download]').addEventListener('click', (e) => e.preventDefault()); 1"
    )
    tab.click("Export 1")
    exported = tab.js("window.blob.text()")
    assert exported.endswith("\tERROR\tlab/push/1\tno good: the valve is open\n")
    tab.fill("name of the list", "mine")
    tab.click("Save")
    tab.see("list kept")
    for device in ("lab/push/1", "sys/tg_test/1", "test/rich/1"):
        tab.click(f"log no more {device}")
    tab.until(
        "![...document.querySelectorAll('select')].some(e => (e.ariaLabel || '').startsWith('level of'))"
    )
    assert list(ours.get_logging_target()) == []
    tab.click("mine")
    tab.until(
        "[...document.querySelectorAll('select')].some(e => e.ariaLabel === 'level of lab/push/1')"
    )
    for device in ("lab/push/1", "sys/tg_test/1", "test/rich/1"):
        tab.click(f"log no more {device}")


def test_9_find_out_who_uses_a_device(site: Site, tab: Tab, pictures: Path) -> None:
    tab.open(f"{site.address}/d/sys/tg_test/1?tab=use")
    tab.see("Who asks what")
    tab.see("read_attributes")
    tab.picture(pictures / "use.png")
    tab.click("Lock for a minute")
    tab.see("is locked by")
    tab.click("Take the lock away")
    tab.see("not locked")


def test_10_watch_attributes_from_anywhere(site: Site, tab: Tab, pictures: Path) -> None:
    tab.open(f"{site.address}/w?a=")
    for name in ("sys/tg_test/1/ampli", "lab/push/1/number", "sys/tg_test/1/double_scalar"):
        tab.fill("attribute to watch", name, enter=True)
        tab.until_value(name, lambda text: text not in ("", "…"))
    tab.click("sys/tg_test/1/double_scalar", kind="label")
    tab.until("document.querySelector('.plot canvas')", timeout=25)
    address = tab.js("location.href")
    assert "a=lab%2Fpush%2F1%2Fnumber" in address
    tab.open(address)  # somebody else, given the address
    tab.until_value("lab/push/1/number", lambda text: text not in ("", "…"))
    tab.fill("name of the watch list", "beam")
    tab.click("Save", within="main .head")
    tab.until("location.pathname === '/w/beam'")
    tab.until_value("sys/tg_test/1/double_scalar", lambda text: text not in ("", "…"))
    tab.picture(pictures / "watch.png")
    assert (site.state / "watch" / "beam.json").exists()


def test_logs_in_the_terminal(site: Site, peer_directory: Path) -> None:
    """The same consumer without a browser."""
    before = len(site.device("lab/push/1").get_logging_target())
    command = puretango("logs", "lab/push/1", "--level", "INFO", "--count", "2")
    with Peer("logs", command, peer_directory, environment={"TANGO_HOST": site.tango_host}) as peer:
        ours = site.device("lab/push/1")
        while len(ours.get_logging_target()) == before:
            assert not peer.ended, peer.output()
        ours.Tell("from here")
        peer.wait_for("no good: from here")
        while not peer.ended:
            pass
        lines = peer.output().splitlines()
    assert [line.split("  ", 1)[1] for line in lines] == [
        "INFO   lab/push/1  from here", "ERROR  lab/push/1  no good: from here",
    ]  # fmt: skip
    assert len(ours.get_logging_target()) == before
