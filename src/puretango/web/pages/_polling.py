"""Polling and events: what is polled and how long that takes, proposed periods, a test of events."""

from __future__ import annotations

import asyncio
import re
import time
from typing import Any

from puretango.errors import DevFailed
from puretango.values import EventSubMode, EventType, GreenMode
from puretango.web._call import BadRequest, Call, Rule, get, post
from puretango.web._journal import Journal
from puretango.web._settings import Role
from puretango.web._site import ASYNCIO, Site

__all__ = ["PollingPage", "parse_status", "proposed_periods"]

BUSY = 0.6
"""The share of a device's time that polling may take: 40 % stay free (seed 002, Polling limitations)."""
_STEP = 50
"""A proposed period is rounded up to a multiple of so many milliseconds."""

_KINDS = {
    "change": EventType.CHANGE_EVENT,
    "alarm": EventType.ALARM_EVENT,
    "periodic": EventType.PERIODIC_EVENT,
    "archive": EventType.ARCHIVE_EVENT,
    "user": EventType.USER_EVENT,
    "attr_conf": EventType.ATTR_CONF_EVENT,
    "data_ready": EventType.DATA_READY_EVENT,
}


class PollingPage:
    """A device's polling, and whether its attributes send events."""

    def __init__(self, site: Site, journal: Journal) -> None:
        self._site = site
        self._journal = journal

    def rules(self) -> list[Rule]:
        """What can be asked."""
        return [
            get("polling", self.polling),
            get("events", self.events),
            post("polling/set", Role.EXPERT, self.change),
        ]

    async def polling(self, call: Call) -> Any:
        """The polled objects, how long each takes, whether it is late; and periods that leave 40 % of the time free."""
        device = call.text("device")
        proxy = await self._site.proxy(device)
        texts = await proxy.polling_status(green_mode=ASYNCIO)
        objects = [parse_status(str(text)) for text in texts]
        return {"objects": objects, **proposed_periods(objects)}

    async def change(self, call: Call) -> Any:
        """Poll an attribute or command every ``period`` ms; 0 ends its polling."""
        device, kind, name = call.text("device"), call.text("kind"), call.text("name")
        period = call.number("period")
        if kind not in ("attribute", "command") or not 0 <= period <= 86_400_000:
            raise BadRequest("kind is attribute or command, period 0 to 86400000 ms")
        proxy = await self._site.proxy(device)
        before = await getattr(proxy, f"get_{kind}_poll_period")(name, green_mode=ASYNCIO)
        if period:
            await getattr(proxy, f"poll_{kind}")(name, period, green_mode=ASYNCIO)
        elif before:
            await getattr(proxy, f"stop_poll_{kind}")(name, green_mode=ASYNCIO)
        self._journal.write(
            call.identity.user,
            "polling",
            f"{proxy.dev_name()}/{name}",
            old=f"{before} ms" if before else "",
            new=f"{period} ms" if period else "",
        )
        return {}

    async def events(self, call: Call) -> Any:
        """Subscribe to each type of event of an attribute, and report the results."""
        device, attribute = call.text("device"), call.text("attribute")
        proxy = await self._site.proxy(device)
        found = await asyncio.gather(
            *(self._try(proxy, attribute, name, kind) for name, kind in _KINDS.items())
        )
        return {"events": found}

    async def _try(self, proxy: Any, attribute: str, name: str, kind: EventType) -> dict[str, Any]:
        start = time.perf_counter()
        try:
            number = await proxy.subscribe_event(
                attribute, kind, _ignore, EventSubMode.SyncRead, green_mode=ASYNCIO
            )
        except DevFailed as failed:
            first = failed.args[0]
            return {"event": name, "ok": False, "text": f"{first.reason}: {first.desc.strip()}"}
        took = (time.perf_counter() - start) * 1000
        await asyncio.to_thread(proxy.unsubscribe_event, number, green_mode=GreenMode.Synchronous)
        return {"event": name, "ok": True, "text": "subscribed", "took": took}


async def _ignore(event: Any) -> None:
    """Do nothing: only subscribing is tested."""


_NUMBER = r"([0-9.]+)"


def parse_status(text: str) -> dict[str, Any]:
    """One object of DevPollStatus: kind, name, period and time needed in ms, whether it is late, its error."""
    kind, _, name = text.partition("\n")[0].partition(" name = ")
    found: dict[str, Any] = {
        "kind": "command" if "command" in kind else "attribute",
        "name": name.strip(),
        "period": _number(rf"Polling period \(mS\) = {_NUMBER}", text),
        "ring": _number(rf"ring buffer depth = {_NUMBER}", text),
        "took": _number(rf"Time needed for the last .*?\(mS\) = {_NUMBER}", text),
        "stamp": _number(rf"Data not updated since {_NUMBER}", text),
        "last": [],
        "error": "",
    }
    deltas = re.search(r"Delta between last records \(in mS\) = ([0-9, ]+)", text)
    if deltas:
        found["last"] = [
            float(each) for each in deltas.group(1).replace(" ", "").split(",") if each
        ]
    if "FAILED" in text:
        found["error"] = text.partition("FAILED")[2].partition("\n")[2].strip()
    period = found["period"]
    found["late"] = bool(
        period
        and found["last"]
        and found["last"][0] > 1.5 * period
        and found["last"][0] - period > 20
    )
    return found


def _number(pattern: str, text: str) -> float | None:
    match = re.search(pattern, text)
    return float(match.group(1)) if match else None


def proposed_periods(objects: list[dict[str, Any]]) -> dict[str, Any]:
    """How busy polling keeps a device, and longer periods that leave 40 % of its time free.

    ``busy`` is the sum of each object's time needed over its period. If it is above 0.6, every period
    is stretched by the same factor.
    """
    timed = [each for each in objects if each["period"] and each["took"] is not None]
    busy = sum(each["took"] / each["period"] for each in timed)
    factor = busy / BUSY
    proposal = []
    for each in timed:
        period = int(each["period"])
        if factor > 1:
            period = -(-int(each["period"] * factor + 0.5) // _STEP) * _STEP
        if period != each["period"]:
            proposal.append({"kind": each["kind"], "name": each["name"], "period": period})
    return {"busy": busy, "proposal": proposal}
