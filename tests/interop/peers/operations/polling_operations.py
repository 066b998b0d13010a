"""Polling as clients see it: the status text, histories, cache, errors, triggers and filling, the database."""

from __future__ import annotations

import re
import time
from typing import Any

from tests.interop.peers.operations.event_collector import operation
from tests.interop.peers.operations.registry import is_kept
from tests.interop.peers.plain import attempt, plain
from tests.waiting import until

# Only a database has what this one tells.
WITH_DATABASE = ("polling_in_the_database",)


def _texts(proxy: Any) -> list[str]:
    """The status texts, with what changes from run to run left out."""
    found = []
    for text in proxy.polling_status():
        head = text.partition("\n\tOrigin")[0]
        head = re.sub(r"= \d+\.\d+", "= T", head)
        head = re.sub(r"since (\d+ s and )?\d+ mS", "since N mS", head)
        head = re.sub(r"\(in mS\) = [-\d, ]+", "(in mS) = N", head)
        found.append(head)
    return found


@operation
def polling_status_text(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    attributes = {"limited": 100, "failing": 100, "raising": 150, "State": 100, "expert": 0}
    commands = {"Nothing": 100, "WrittenOnly": 150, "Status": 100, "Fail": 100}
    for one, period in attributes.items():
        proxy.poll_attribute(one, period)
    for one, period in commands.items():
        proxy.poll_command(one, period)
    time.sleep(0.8)
    found = _texts(proxy)
    for one in attributes:
        proxy.stop_poll_attribute(one)
    for one in commands:
        proxy.stop_poll_command(one)
    return [found, attempt(proxy.polling_status)]


@operation
def polling_histories(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    for attribute in ("limited", "failing", "wave"):
        proxy.poll_attribute(attribute, 50)
    for one in ("WrittenOnly", "Raise", "Status"):
        proxy.poll_command(one, 50)
    until(lambda: is_kept(proxy.attribute_history, "limited", "failing", "wave"))
    until(lambda: is_kept(proxy.command_history, "WrittenOnly", "Raise", "Status"))

    def errors(record: Any) -> list[Any]:
        return [(error.reason, error.desc) for error in record.get_err_stack()]

    found: list[Any] = []
    for attribute in ("limited", "failing", "wave"):
        records = proxy.attribute_history(attribute, 3)
        times = [record.time.totime() for record in records if not record.has_failed]
        found.append(
            [
                [
                    [plain(one.value), one.has_failed, str(one.quality), errors(one)]
                    for one in records
                ],
                times == sorted(times),
            ]
        )
    found.extend(
        [[plain(one.extract()) if not one.has_failed() else None, one.has_failed(), errors(one)[:1]]
         for one in proxy.command_history(command, 3)]
        for command in ("WrittenOnly", "Raise", "Status")
    )  # fmt: skip
    for attribute in ("limited", "failing", "wave"):
        proxy.stop_poll_attribute(attribute)
    for one in ("WrittenOnly", "Raise", "Status"):
        proxy.stop_poll_command(one)
    found.extend(
        attempt(call, which, 2)
        for call, which in (
            (proxy.attribute_history, "kept"), (proxy.attribute_history, "no_such"),
            (proxy.command_history, "Nothing"), (proxy.command_history, "NoSuch"),
        )
    )  # fmt: skip
    return found


@operation
def polling_refusals(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    proxy.poll_attribute("expert", 0)
    found = [
        attempt(proxy.poll_attribute, "no_such", 100),
        attempt(proxy.poll_attribute, "limited", 1),
        attempt(proxy.poll_command, "NoSuch", 100),
        attempt(proxy.poll_command, "Sleep", 100),
        attempt(proxy.stop_poll_attribute, "kept"),
        attempt(proxy.stop_poll_command, "Nothing"),
        attempt(proxy.attribute_history, "expert", 1),
    ]
    proxy.set_source(tango.DevSource.CACHE)
    found += [
        attempt(proxy.read_attribute, "kept"),
        attempt(proxy.read_attribute, "expert"),
        attempt(proxy.command_inout, "Nothing"),
    ]
    proxy.set_source(tango.DevSource.CACHE_DEV)
    found += [
        attempt(lambda one=one: proxy.read_attribute(one).value) for one in ("kept", "expert")
    ]
    proxy.stop_poll_attribute("expert")
    return found


@operation
def triggered_and_filled(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    proxy.poll_attribute("fragile", 0)
    proxy.poll_command("WrittenOnly", 0)
    found = [attempt(proxy.FillOrTrigger, ["trigger", "limited"])]
    proxy.write_attribute("fragile", 3.0)
    proxy.FillOrTrigger(["trigger", "fragile"])
    proxy.FillOrTrigger(["trigger command", "WrittenOnly"])
    found.append([one.value for one in proxy.attribute_history("fragile", 10)])
    found.append([one.extract() for one in proxy.command_history("WrittenOnly", 10)])
    proxy.FillOrTrigger(["fill", "fragile"])
    found.append(
        [
            [plain(one.value), one.has_failed, [error.reason for error in one.get_err_stack()]]
            for one in proxy.attribute_history("fragile", 10)
        ]
    )
    found.append([text.partition("\nData")[0] for text in _texts(proxy)])
    proxy.stop_poll_attribute("fragile")
    proxy.stop_poll_command("WrittenOnly")
    proxy.poll_attribute("fragile", 1000)
    found.append(attempt(proxy.FillOrTrigger, ["trigger", "fragile"]))
    proxy.stop_poll_attribute("fragile")
    found.append(attempt(proxy.FillOrTrigger, ["fill", "fragile"]))
    found.append(attempt(proxy.FillOrTrigger, ["trigger command", "WrittenOnly"]))
    return found


@operation
def polling_in_the_database(tango: Any, name: str) -> Any:
    """Periods are device properties, written by the server."""
    if "#dbase=no" in name:
        return None
    proxy = tango.DeviceProxy(name)

    def stored() -> list[list[str]]:
        found = proxy.get_property(["polled_attr", "polled_cmd", "non_auto_polled_attr"])
        return [[text.lower() for text in found[key]] for key in sorted(found)]

    found = [stored()]
    proxy.poll_attribute("limited", 1000)
    proxy.poll_attribute("Wave", 2000)
    proxy.poll_command("WrittenOnly", 3000)
    found.append(stored())
    proxy.poll_attribute("limited", 1500)
    found.append(stored())
    proxy.stop_poll_attribute("wave")
    proxy.stop_poll_attribute("limited")
    found.append(stored())
    proxy.stop_poll_command("WrittenOnly")
    found.append(stored())
    return found
