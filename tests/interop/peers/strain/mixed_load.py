"""mixed_load.py --minutes M: a control system under mixed load whose processes are killed, and what became of it.

Two servers (blocking and asyncio devices in each) stand in a database of ours, all processes of their own. Clients
read, write, run commands, follow events, subscribe for moments, ask and change the database, blocking and asyncio.
Meanwhile processes are killed, or stopped for seconds, and started again. What was acknowledged must be there, a reply
must belong to its request, a failure must be a DevFailed and belong to a disturbance, and at the end all goes through.
Prints one line of JSON; the exit code is 1 if anything was wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

if __package__:
    from .mixed_plant import DEVICES, Plant, registered
else:
    sys.path.insert(0, str(Path(__file__).parent))
    from mixed_plant import DEVICES, Plant, registered

import puretango
from puretango.asyncio import DeviceProxy as AsyncProxy

AFTERMATH = 6.0
"""Seconds after a disturbance in which calls may fail."""
RECOVERY = 40.0
"""Seconds in which, at the end, every device must answer and send events."""


class Load:
    """The clients, each in a thread of its own, and what they found."""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        self.over = threading.Event()
        self.rounds: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()
        self.longest: dict[str, float] = {}
        self.events: dict[str, float] = {}
        self.errors: dict[str, list[str]] = {}
        self.began = time.monotonic()
        self.proxies = {name: puretango.DeviceProxy(plant.full(name)) for name in DEVICES}
        self.threads: list[threading.Thread] = []

    def begin(self) -> None:
        """Start the clients."""
        self.follow()
        acts = [self.reads, self.reads, self.commands, self.database, self.moments, self.tasks]
        acts += [self.several, self.fresh]
        for number, act in enumerate(acts):
            self._start(act, number)
        for number in range(2):
            self._start(self.writes, number)

    def _start(self, act: Callable[[int], None], number: int) -> None:
        thread = threading.Thread(target=self._repeat, args=(act, number), daemon=True)
        thread.start()
        self.threads.append(thread)

    def _repeat(self, act: Callable[[int], None], number: int) -> None:
        name = act.__name__
        while not self.over.is_set():
            began = time.monotonic()
            try:
                act(number)
            except puretango.DevFailed as failed:
                self._note_failure(name, failed, began)
            except Exception as error:
                self.wrong[f"{name}: {type(error).__name__}: {error}"[:300]] += 1
            self.rounds[name] += 1
            took = time.monotonic() - began
            self.longest[name] = max(took, self.longest.get(name, 0.0))
            self.over.wait(0.002)

    def _note_failure(self, name: str, failed: puretango.DevFailed, began: float) -> None:
        reason = failed.args[0].reason
        if failed.args[-1].reason == "Refused":
            return  # by the device's own word
        if self.plant.disturbed(began, AFTERMATH):
            self.failed[reason] += 1
        else:
            self.wrong[
                f"{name}: undisturbed: {[(e.reason, e.desc) for e in failed.args]}"[:500]
            ] += 1

    def _any(self) -> tuple[str, puretango.DeviceProxy]:
        name = random.choice(DEVICES)
        return name, self.proxies[name]

    def _check(self, what: str, found: object, wanted: object) -> None:
        if found != wanted:
            self.wrong[f"{what}: {found!r} instead of {wanted!r}"[:300]] += 1

    # what they do ---------------------------------------------------------------------------------

    def reads(self, _: int) -> None:
        name, proxy = self._any()
        self._check("who", proxy.read_attribute("who").value, name)
        self._check("wave", len(proxy.read_attribute("wave").value), 2000)

    def several(self, _: int) -> None:
        name, proxy = self._any()
        who, _, state = proxy.read_attributes(["who", "counter", "State"])
        self._check("several", (who.value, str(state.value)), (name, "ON"))

    def writes(self, number: int) -> None:
        """Each has a device of its own: nobody else writes there."""
        proxy = self.proxies[DEVICES[number]]
        value = float(self.rounds["writes"])
        before = self.plant.disturbances
        proxy.write_attribute("setting", value)
        found = proxy.read_attribute("setting").value
        if before == self.plant.disturbances and not self.plant.disturbed(time.monotonic(), 1.0):
            self._check("setting", found, value)

    def commands(self, _: int) -> None:
        _, proxy = self._any()
        numbers = [random.random() for _ in range(5)]
        self._check("Echo", list(proxy.command_inout("Echo", numbers)), numbers)
        try:
            proxy.command_inout("Refuse")
        except puretango.DevFailed as failed:
            if failed.args[0].reason != "Refused":
                raise

    def database(self, number: int) -> None:
        """What the database acknowledged is there, whatever was killed since."""
        base = self.plant.database_client()
        value = str(self.rounds["database"])
        base.put_device_property(DEVICES[number], {"kept": [value]})
        found = list(base.get_device_property(DEVICES[number], "kept")["kept"])
        self._check("kept", found, [value])
        base.get_device_exported("mixed/*")
        base.get_device_property_list(DEVICES[number], "*")

    def moments(self, _: int) -> None:
        _, proxy = self._any()
        one = proxy.subscribe_event("counter", puretango.EventType.CHANGE_EVENT, lambda _: None)
        proxy.unsubscribe_event(one)

    def fresh(self, _: int) -> None:
        name = random.choice(DEVICES)
        proxy = puretango.DeviceProxy(self.plant.full(name))
        self._check("fresh", proxy.read_attribute("who").value, name)

    def tasks(self, _: int) -> None:
        asyncio.run(self._tasks())

    async def _tasks(self) -> None:
        proxies = [await AsyncProxy(self.plant.full(name)) for name in DEVICES]
        for _ in range(10):
            found = await asyncio.gather(*(each.read_attribute("who") for each in proxies))
            self._check("tasks", tuple(each.value for each in found), DEVICES)

    def follow(self) -> None:
        """One subscription to each device, from the beginning to the end."""
        for name, proxy in self.proxies.items():

            def note(event: puretango.EventData, name: str = name) -> None:
                if not event.err:
                    self.events[name] = time.monotonic()
                else:
                    at = time.monotonic() - self.began
                    told = f"{at:.1f} s {event.errors[0].reason}: {event.errors[0].desc}"
                    self.errors.setdefault(name, []).append(told)

            proxy.subscribe_event("counter", puretango.EventType.CHANGE_EVENT, note)

    # the end --------------------------------------------------------------------------------------

    def finish(self) -> list[str]:
        """End the clients; the devices that do not answer, or send nothing, within the time."""
        self.over.set()
        for thread in self.threads:
            thread.join(60)
        left = [f"a client is stuck: {each.name}" for each in self.threads if each.is_alive()]
        calm = time.monotonic()
        silent = set(DEVICES)
        while silent and time.monotonic() < calm + RECOVERY:
            time.sleep(0.2)
            silent = {
                each
                for each in silent
                if self.events.get(each, 0.0) < calm or not self._lives(each)
            }
        return left + [self._describe(each, calm) for each in sorted(silent)]

    def _describe(self, name: str, calm: float) -> str:
        since = calm - self.events.get(name, 0.0)
        told = "; ".join(self.errors.get(name, [])[-3:])
        return (
            f"{name}: answers: {self._lives(name)}, last event {since:.1f} s before, told: {told}"
        )

    def _lives(self, name: str) -> bool:
        try:
            return bool(self.proxies[name].read_attribute("who").value == name)
        except puretango.DevFailed:
            return False


def disturb(plant: Plant, until: float) -> None:
    """Kill, stop and start, with calm in between, until the time has come."""
    acts = (plant.kill_server, plant.stop_server, plant.kill_server, plant.kill_database)
    number = 0
    while time.monotonic() + AFTERMATH < until:
        time.sleep(min(5.0 + 15.0 * (number % 2), until - time.monotonic()))
        acts[number % len(acts)]()
        number += 1


def main(minutes: float) -> int:
    """Start everything, load and disturb it, and tell."""
    with tempfile.TemporaryDirectory() as folder, Plant(Path(folder)) as plant:
        registered(plant)
        load = Load(plant)
        load.begin()
        until = time.monotonic() + 60 * minutes
        before = plant.memory()
        disturb(plant, until)
        while time.monotonic() < until:
            time.sleep(0.2)
        silent = load.finish()
        told = {
            "python": sys.version.split()[0],
            "minutes": minutes,
            "rounds": dict(load.rounds),
            "disturbances": plant.disturbances,
            "failures in them": dict(load.failed),
            "longest round, s": {name: round(took, 1) for name, took in load.longest.items()},
            "MiB at the beginning": before,
            "MiB at the end": plant.memory(),
            "wrong": dict(load.wrong),
            "silent": silent,
            "fatal": plant.fatal(),
        }
    print(json.dumps(told), flush=True)
    return 1 if told["wrong"] or told["silent"] or told["fatal"] else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    code = main(parser.parse_args().minutes)
    sys.stdout.flush()
    os._exit(code)  # clients' threads may be in mid-call
