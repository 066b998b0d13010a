"""Where the pages' links lead, and what else is pressed nowhere in the ten tasks and in test_controls."""

from __future__ import annotations

import time

import pytest

from tests.interop.web.browser import Tab
from tests.interop.web.conftest import HERE, KEPT, Site

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

PUSH = "lab/push/1"


def follow(tab: Tab, link: str, address: str, within: str = "main") -> None:
    """A link leads to an address."""
    tab.click(link, within=within, kind="a")
    tab.until(f"location.pathname.toLowerCase() === {address.lower()!r}")


def test_from_a_device_to_its_class_its_server_and_its_host(site: Site, tab: Tab) -> None:
    tab.open(f"{site.address}/d/{PUSH}/number")
    follow(tab, PUSH, f"/d/{PUSH}")
    follow(tab, "Pushing", "/c/Pushing")
    follow(tab, PUSH, f"/d/{PUSH}")
    follow(tab, "Ours/web", "/s/Ours/web")
    follow(tab, "admin device", "/d/dserver/Ours/web")
    tab.open(f"{site.address}/d/sys/tg_test/1")
    follow(tab, "double_spectrum", "/d/sys/tg_test/1/double_spectrum", within=".grid")
    tab.open(f"{site.address}/s/Ours/web")
    follow(tab, PUSH, f"/d/{PUSH}")
    tab.open(f"{site.address}/s/Ours/web")
    follow(tab, "Pushing", "/c/Pushing")
    tab.open(f"{site.address}/s/Ours/web")
    tab.see("RUNNING")
    host = tab.js("document.querySelector('main .facts a').innerText")
    follow(tab, host, f"/h/{host}")
    tab.open(f"{site.address}/h/{HERE}")
    follow(tab, KEPT, f"/s/{KEPT}")
    follow(tab, "Add devices", "/new")
    assert tab.js("document.querySelector('[placeholder=\"Name/instance\"]').value") == KEPT


def test_the_wizard_of_a_device_that_is_there(site: Site, tab: Tab) -> None:
    """From the device's page and from its server's; back from the last step, and to the device."""
    tab.open(f"{site.address}/d/sys/tg_test/1")
    follow(tab, "Wizard", "/new")
    tab.open(f"{site.address}/s/TangoTest/test")
    follow(tab, "Wizard", "/new")
    tab.see("Property 1 of", timeout=60)
    while "Write and restart" not in tab.text("main"):
        tab.click("Leave as it is")
    tab.click("Back", within="main")
    tab.see("Leave as it is")
    follow(tab, "sys/tg_test/1", "/d/sys/tg_test/1")


def test_an_alias_is_thought_over_and_a_list_is_an_argument(site: Site, tab: Tab) -> None:
    tab.open(f"{site.address}/d/sys/tg_test/1")
    tab.click("change alias")
    tab.fill("alias", "never")
    tab.click("Cancel", within="dialog")
    tab.until("!document.querySelector('dialog')")
    assert "never" not in list(site.database.get_device_alias_list("*"))
    tab.click("Commands", within=".tabsline")
    tab.fill("argument of DevVarDoubleArray", "1.5 2.5")
    tab.click("DevVarDoubleArray", within="main .card", kind="button.main")
    tab.see("[1.5,2.5]")
    tab.fill("argument of DevLong", "seven", enter=True)
    tab.click("the whole stack", within="main [role=alert]", kind="summary")
    tab.until("document.querySelector('main [role=alert] details').open")


def test_the_whole_image_by_a_double_click(site: Site, tab: Tab) -> None:
    name = "sys/tg_test/1/short_image_ro"
    tab.open(f"{site.address}/d/{name}")
    tab.see("251 × 251: ")
    tab.fill(f"region of {name}", "10 20 30 40", enter=True)
    tab.see("region 10 20 30 40: ")
    tab.js("document.querySelector('.picture').scrollIntoView()")
    x, y = tab.js(
        "(b => [b.x + b.width / 2, b.y + b.height / 2])"
        "(document.querySelector('.picture canvas').getBoundingClientRect())"
    )
    for kind, count in (("mousePressed", 1), ("mouseReleased", 1), ("mousePressed", 2),
                        ("mouseReleased", 2)):  # fmt: skip
        tab.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=count)
    tab.see("251 × 251: ")


def test_logs_of_a_time(site: Site, tab: Tab) -> None:
    """From a second on, and up to one; sorted by device."""
    device = site.device(PUSH)
    tab.open(f"{site.address}/d/{PUSH}")
    tab.click("Show its logs")
    tab.until("location.pathname === '/logs'")
    device.Tell("in time")
    tab.see("no good: in time")
    for field, shift in (("from", 3600), ("to", -3600)):
        if time.localtime(time.time() + shift).tm_mday != time.localtime().tm_mday:
            continue  # times of a day, which is over before
        stamp = time.strftime("%H:%M:%S", time.localtime(time.time() + shift))
        label = f"[...document.querySelectorAll('input[type=time]')][{int(field == 'to')}]"
        for text, shown in ((stamp, False), ("", True)):
            tab.js(
                f"(e => {{ e.value = {text!r}; e.dispatchEvent(new Event('input', {{bubbles: true}})); }})"
                f"({label}); 1"
            )
            (tab.see if shown else tab.gone)("no good: in time")
    tab.js(
        "(e => { e.value = 'device'; e.dispatchEvent(new Event('change', {bubbles: true})); })"
        "([...document.querySelectorAll('select')].find(e => e.closest('label')"
        " && e.closest('label').innerText.startsWith('sort by'))); 1"
    )
    tab.see("no good: in time")
    tab.click(f"log no more {PUSH}")
    tab.until(f"!document.querySelector('[aria-label=\"level of {PUSH}\"]')")


def test_a_kept_watch_list_is_opened(site: Site, tab: Tab) -> None:
    tab.open(f"{site.address}/w?a=sys/tg_test/1/ampli")
    tab.fill("name of the watch list", "again")
    tab.click("Save", within="main .head")
    tab.until("location.pathname === '/w/again'")
    tab.open(f"{site.address}/w")
    follow(tab, "again", "/w/again")
    tab.until_value("sys/tg_test/1/ampli", lambda text: text not in ("", "…"))
