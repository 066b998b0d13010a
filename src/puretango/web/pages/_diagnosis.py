"""The black box, with statistics of clients and requests; locks; and the log levels of devices."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from typing import Any

from puretango.web._call import BadRequest, Call, Rule, get, post
from puretango.web._journal import Journal
from puretango.web._settings import Role
from puretango.web._site import ASYNCIO, Site, bare_name

__all__ = ["Diagnosis", "parse_black_box"]

_LINE = re.compile(r"^(\d\d/\d\d/\d\d\d\d \d\d:\d\d:\d\d:\d\d) : (.*)$")
_CLIENT = re.compile(r" requested from (.*)$", re.DOTALL)


class Diagnosis:
    """The clients of a device."""

    def __init__(self, site: Site, journal: Journal) -> None:
        self._site = site
        self._journal = journal

    def rules(self) -> list[Rule]:
        """What can be asked."""
        return [
            get("black-box", self.black_box),
            get("lock", self.lock),
            post("lock/set", Role.EXPERT, self.set_lock),
        ]

    async def black_box(self, call: Call) -> Any:
        """The last requests, and how often each client made each of them."""
        proxy = await self._site.proxy(call.text("device"))
        count = min(max(call.number("count", 50), 1), 1000)
        lines = [str(line) for line in await proxy.black_box(count, green_mode=ASYNCIO)]
        return parse_black_box(lines)

    async def lock(self, call: Call) -> Any:
        """The client that has locked the device."""
        device = call.text("device")
        admin = await self._site.admin(device)
        longs, strings = await admin.command_inout(
            "DevLockStatus", bare_name(device), green_mode=ASYNCIO
        )
        return {
            "locked": bool(longs[0]),
            "text": str(strings[0]),
            "host": str(strings[1]) if len(strings) > 1 else "",
            "pid": int(longs[1]) if len(longs) > 1 else 0,
        }

    async def set_lock(self, call: Call) -> Any:
        """Lock the device for this server, or remove its lock, whichever client holds it."""
        device, locked = call.text("device"), call.flag("locked")
        proxy = await self._site.proxy(device)
        if locked:
            validity = call.number("validity", 60)
            if not 2 <= validity <= 3600:
                raise BadRequest("a lock holds 2 to 3600 seconds")
            await proxy.lock(validity, green_mode=ASYNCIO)
        else:
            # By force only if it is another client's, which gets an error at its next call.
            own = await proxy.is_locked_by_me(green_mode=ASYNCIO)
            await proxy.unlock(not own, green_mode=ASYNCIO)
        self._journal.write(
            call.identity.user, "locked" if locked else "unlocked", str(proxy.dev_name())
        )
        return {}


def parse_black_box(lines: list[str]) -> dict[str, Any]:
    """The lines of a black box as records, and their statistics by client and request."""
    records = []
    for line in lines:
        match = _LINE.match(line)
        when, text = match.groups() if match else ("", line)
        client = _CLIENT.search(text)
        records.append(
            {
                "time": when,
                "request": text[: client.start()] if client else text,
                "client": client.group(1).strip() if client else "",
            }
        )
    counts = Counter((each["client"], each["request"]) for each in records)
    return {
        "records": records,
        "seconds": _span([each["time"] for each in records]),
        "statistics": [
            {"client": client, "request": request, "count": count}
            for (client, request), count in counts.most_common()
        ],
    }


def _span(times: list[str]) -> float:
    stamps = [
        datetime.strptime(when[:19], "%d/%m/%Y %H:%M:%S").timestamp() + int(when[20:]) / 100
        for when in times
        if when
    ]
    return max(stamps) - min(stamps) if stamps else 0.0
