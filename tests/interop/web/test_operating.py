"""Polling, hosts, logs and watch lists, with all their controls."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interop.web.browser import Tab
from tests.interop.web.conftest import HERE, KEPT, Site, has_run_here, register
from tests.interop.web.waits import PUSH, live, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


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
    tab.fill("attribute to watch", "sys/tg_test/1/wave", enter=True)
    tab.until("document.querySelector('.grid .plot canvas')")
    # What is no scalar is no line of the trend.
    assert tab.js("[...document.querySelectorAll('main input[type=checkbox]')].length") == 1
    tab.click("remove sys/tg_test/1/wave")
    tab.until("!document.querySelector('.grid .plot')")
    tab.click("remove sys/tg_test/1/ampli")
    tab.see("Nothing is watched yet")
    tab.open(f"{site.address}/w")
    tab.click("delete short")
    tab.gone("short")
    assert not (site.state / "watch" / "short.json").exists()
