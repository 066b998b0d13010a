"""What the event subscriber's attributes and commands show of an archiver."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from puretango.archive.collecting import PAUSED, STARTED, STOPPED, Archiver, Entry
from puretango.values import DevState

if TYPE_CHECKING:
    from puretango.archive.collecting._statistics import Counters

__all__ = ["NUMBERS", "PER_ATTRIBUTE", "state_and_status", "status_text"]


def _in_state(state: str) -> Callable[[Archiver, float], list[Entry]]:
    return lambda archiver, _: [e for e in archiver.entries.values() if e.state == state]


def _faulty(archiver: Archiver, delay: float) -> list[Entry]:
    now = time.monotonic()
    return [entry for entry in archiver.entries.values() if entry.faulty(now, delay)]


def _ok(archiver: Archiver, delay: float) -> list[Entry]:
    now = time.monotonic()
    return [
        entry
        for entry in archiver.entries.values()
        if entry.state == STARTED and not entry.faulty(now, delay)
    ]


def _waiting(archiver: Archiver, _: float) -> list[Entry]:
    return [archiver.entries[name] for name in archiver.waiting() if name in archiver.entries]


# Lists of names: the attribute's name and which entries it has.
NAME_LISTS: dict[str, tuple[Callable[[Archiver, float], list[Entry]], str]] = {
    "AttributeOkList": (_ok, "Returns the attributes not on error list"),
    "AttributeNokList": (_faulty, "Returns the attributes on error list"),
    "AttributePendingList": (_waiting, "Returns the attributes waiting to be archived"),
    "AttributeStartedList": (_in_state(STARTED), "Returns the attributes started list"),
    "AttributePausedList": (_in_state(PAUSED), "Returns the attributes paused list"),
    "AttributeStoppedList": (_in_state(STOPPED), "Returns the attributes stopped list"),
}

# Numbers: type, unit, description and the function that gives them.
NUMBERS: dict[str, tuple[str, str, str, Callable[[Archiver, float], Any]]] = {
    "AttributeOkNumber": (
        "DevLong",
        "",
        "Number of archived attributes not in error",
        lambda a, d: len(_ok(a, d)),
    ),
    "AttributeNokNumber": (
        "DevLong",
        "",
        "Number of archived attributes in error",
        lambda a, d: len(_faulty(a, d)),
    ),
    "AttributePendingNumber": (
        "DevLong",
        "",
        "Number of samples waiting to be archived",
        lambda a, _: a.pending,
    ),
    "AttributeMaxPendingNumber": (
        "DevLong",
        "",
        "Largest number of samples that have waited to be archived",
        lambda a, _: a.totals.most_pending,
    ),
    "AttributeNumber": (
        "DevLong",
        "",
        "Number of configured attributes",
        lambda a, _: len(a.entries),
    ),
    "AttributeStartedNumber": (
        "DevLong",
        "",
        "Number of archived attributes started",
        lambda a, d: len(_in_state(STARTED)(a, d)),
    ),
    "AttributePausedNumber": (
        "DevLong",
        "",
        "Number of archived attributes paused",
        lambda a, d: len(_in_state(PAUSED)(a, d)),
    ),
    "AttributeStoppedNumber": (
        "DevLong",
        "",
        "Number of archived attributes stopped",
        lambda a, d: len(_in_state(STOPPED)(a, d)),
    ),
    "AttributeMaxStoreTime": (
        "DevDouble",
        "s",
        "Maximum storing time",
        lambda a, _: a.totals.stored.high,
    ),
    "AttributeMinStoreTime": (
        "DevDouble",
        "s",
        "Minimum storing time",
        lambda a, _: a.totals.stored.low,
    ),
    "AttributeMaxProcessingTime": (
        "DevDouble",
        "s",
        "Maximum processing (from event reception to storage) time",
        lambda a, _: a.totals.processed.high,
    ),
    "AttributeMinProcessingTime": (
        "DevDouble",
        "s",
        "Minimum processing (from event reception to storage) time",
        lambda a, _: a.totals.processed.low,
    ),
    "AttributeRecordFreq": (
        "DevDouble",
        "ev/period",
        "Record frequency",
        lambda a, _: float(sum(_rate(e.counters, "ok") for e in a.entries.values())),
    ),
    "AttributeFailureFreq": (
        "DevDouble",
        "ev/period",
        "Failure frequency",
        lambda a, _: float(sum(_rate(e.counters, "nok") for e in a.entries.values())),
    ),
    "StatisticsResetTime": (
        "DevDouble",
        "s",
        "Seconds elapsed since last statistics reset",
        lambda a, _: time.time() - a.totals.reset_at,
    ),
    "AttributeMaxAge": (
        "DevDouble",
        "s",
        "Age of the last sample of the started attribute that has waited longest",
        lambda a, _: max((_age(e) for e in a.entries.values() if e.state == STARTED), default=0.0),
    ),
}

# Per attribute, in the order of AttributeList: type, description and the function that gives them.
PER_ATTRIBUTE: dict[str, tuple[str, str, Callable[[Entry, float], Any]]] = {
    "AttributeList": ("DevString", "Returns the configured attribute list", lambda e, _: e.name),
    "AttributeRecordFreqList": (
        "DevDouble",
        "Returns the record frequency of each attribute, in events per period",
        lambda e, _: float(_rate(e.counters, "ok")),
    ),
    "AttributeFailureFreqList": (
        "DevDouble",
        "Returns the failure frequency of each attribute, in events per period",
        lambda e, _: float(_rate(e.counters, "nok")),
    ),
    "AttributeEventNumberList": (
        "DevLong",
        "Returns the number of events received for each attribute",
        lambda e, _: e.counters.ok + e.counters.nok,
    ),
    "AttributeErrorList": (
        "DevString",
        "Returns the error of each attribute",
        lambda e, delay: e.faulty(time.monotonic(), delay),
    ),
    "AttributeStrategyList": (
        "DevString",
        "Returns the strategy of each attribute",
        lambda e, _: "|".join(e.settings.strategy),
    ),
    "AttributeTTLList": (
        "DevULong",
        "Returns the time to live of each attribute, in hours; 0: for ever",
        lambda e, _: e.settings.ttl,
    ),
    "AttributeAgeList": (
        "DevDouble",
        "Returns the age of the last sample of each attribute, in seconds; NaN if not started",
        lambda e, _: _age(e) if e.state == STARTED else float("nan"),
    ),
    "AttributeVerboseList": (
        "DevString",
        "Returns what the rate guard says of each attribute",
        lambda e, _: e.guard.advice(),
    ),
}


def _rate(counters: Counters, which: str) -> int:
    """Events of the last complete window; of the running one until there is one."""
    whole: int = getattr(counters, f"{which}_window")
    running: int = getattr(counters, f"{which}_running")
    return whole or running


def _age(entry: Entry) -> float:
    return time.monotonic() - entry.heard if entry.heard else float("inf")


def status_text(archiver: Archiver, entry: Entry, delay: float) -> str:
    """The text of AttributeStatus: HDB++'s words and lines, followed by our own."""
    counters = entry.counters
    error = entry.faulty(time.monotonic(), delay)
    event = error or ("Event received" if counters.ok else "Not subscribed")
    lines = [
        f"Event status       : {event}",
        f"Events engine      : {'ZMQ' if entry.subscribed else 'NOT AVAILABLE'}",
        f"Archiving          : {entry.state}",
        f"Event OK counter   : {counters.ok} - {_told(counters.last_ok)}",
        f"Event NOK counter  : {counters.nok} - {_told(counters.last_nok)}",
        f"DB ERRORS counter  : {counters.failed_writes} - {_told(counters.last_failed_write)}",
        f"Storing time AVG   : {counters.stored.mean:.6f}s",
        f"Processing time AVG: {counters.processed.mean:.6f}s",
        f"Duplicates         : {counters.duplicates}",
    ]
    extra = [entry.note, entry.guard.advice(), archiver.trouble and f"store: {archiver.trouble}"]
    lines += [f"Warning            : {text}" for text in extra if text]
    return "\n".join(lines) + "\n"


def _told(seconds: float) -> str:
    if not seconds:
        return "YYYY-MM-DD HH:MM:SS.UUUUUU"
    return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M:%S.%f")


def state_and_status(archiver: Archiver, delay: float) -> tuple[DevState, str]:
    """The device's state: OFF if all is stopped, FAULT if nothing is stored, ALARM if something is wrong, else ON."""
    active = [entry for entry in archiver.entries.values() if entry.state != STOPPED]
    faulty = _faulty(archiver, delay)
    if archiver.trouble:
        return DevState.FAULT, f"The store takes no samples: {archiver.trouble}"
    if archiver.store.trouble:
        return DevState.ALARM, f"The store: {archiver.store.trouble}"
    if not active:
        return DevState.OFF, "Archiving stopped"
    if len(faulty) == len(active):
        return DevState.FAULT, _faults("All attributes faulty", faulty)
    if faulty:
        return DevState.ALARM, _faults(f"{len(faulty)} of {len(active)} attributes faulty", faulty)
    return DevState.ON, f"Archiving {len(active)} attributes"


def _faults(head: str, faulty: list[Entry]) -> str:
    told = [f"{entry.name}: {entry.error or 'no event in its period'}" for entry in faulty[:10]]
    more = [f"and {len(faulty) - 10} more"] if len(faulty) > 10 else []
    return "\n".join([head, *told, *more])
