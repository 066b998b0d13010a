"""Rules over a running device: State and Status, times, polling, its clients."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from puretango.lint._finding import Found
from puretango.lint._registry import Checks
from puretango.lint.live._observation import Observation, Polled, Request
from puretango.lint.source import is_reason
from puretango.model import STATE_NAMES

__all__ = ["TROUBLE", "checks", "is_default"]

checks = Checks()

TROUBLE = ("FAULT", "ALARM", "UNKNOWN", "DISABLE")


def is_default(status: str, state: str) -> bool:
    """True for a Status that says no more than State."""
    return status.strip().rstrip(".") in ("", f"The device is in {state} state", "Not specified")


@checks.check("TS001", "TS003", "TS004", "TS010", "TS011", "TS012")
def state_and_status(seen: Observation) -> Iterator[Found]:
    """State and Status always give a value, and one that helps."""
    for word, error in (("State", seen.state_error), ("Status", seen.status_error)):
        if error:
            yield Found("TS010", f"reading {word} fails: {error}")
    if seen.state_error or seen.status_error:
        return
    state, status = seen.state, seen.status
    if state == "UNKNOWN" and is_default(status, state):
        yield Found("TS001", "State is UNKNOWN and Status says nothing: was it ever set?")
    elif state in TROUBLE and is_default(status, state):
        yield Found("TS003", f"State is {state} and Status says no more than that")
    other = _other_state(status, state)
    if other:
        yield Found("TS004", f"State is {state} and Status tells of {other}")
    if state in ("INSERT", "EXTRACT"):
        yield Found("TS011", f"State is {state}: better {'CLOSE' if state == 'INSERT' else 'OPEN'}")
    if state == "INIT":
        yield Found("TS012", "State is INIT although the device has started")


def _other_state(status: str, state: str) -> str:
    first = status.strip().splitlines()[0] if status.strip() else ""
    for other in STATE_NAMES:
        if other != state and first.rstrip(".") == f"The device is in {other} state":
            return other
    return ""


@checks.check("TT001", "TT002", "TS009")
def times(seen: Observation) -> Iterator[Found]:
    """The response time is minimised."""
    if seen.state_seconds > 0.1:
        yield Found("TS009", f"State takes {seen.state_seconds * 1000:.0f} ms")
    for name, read in seen.reads.items():
        member = f"attribute {name}"
        if read.seconds >= 3:
            yield Found("TT001", f"reading {name} takes {read.seconds:.1f} s", member=member)
        elif read.seconds >= 0.1:
            said = f"reading {name} takes {read.seconds * 1000:.0f} ms"
            yield Found("TT002", said, member=member)


@checks.check("TE004", "TE005", "TE006", "TE007")
def reasons(seen: Observation) -> Iterator[Found]:
    """The errors that clients get when a reading fails."""
    for name, read in seen.reads.items():
        if not read.reason:
            continue
        member = f"attribute {name}"
        if read.reason == "PyDs_PythonError":
            said = (
                f"{name}: a plain Python error reaches the client: {read.text.splitlines()[0][:80]}"
            )
            yield Found("TE004", said, member=member)
        elif not is_reason(read.reason):
            if read.reason != read.reason.upper():
                yield Found(
                    "TE005", f"{name}: reason {read.reason!r} is not in capitals", member=member
                )
            yield Found(
                "TE006", f"{name}: reason {read.reason!r} is not of the list", member=member
            )
        if not read.text.strip() or read.text.strip() == read.reason:
            yield Found("TE007", f"{name}: an error without a description", member=member)


@checks.check("TA017")
def larger_than_declared(seen: Observation) -> Iterator[Found]:
    """No value is larger than its attribute says."""
    for attribute in seen.model.own_attributes():
        for read in seen.series(attribute.name):
            if read.dim_x > attribute.max_dim_x or read.dim_y > max(attribute.max_dim_y, 0):
                if attribute.data_format == "SCALAR":
                    continue
                said = (
                    f"{attribute.name} gives {read.dim_x} x {read.dim_y}, "
                    f"declared are {attribute.max_dim_x} x {attribute.max_dim_y}"
                )
                yield Found("TA017", said, member=f"attribute {attribute.name}")
                break


@checks.check("TA027")
def events(seen: Observation) -> Iterator[Found]:
    """Event criteria without polling."""
    polled = {one.name.lower() for one in seen.polling}
    for attribute in seen.model.own_attributes():
        if (attribute.abs_change or attribute.rel_change) and attribute.name.lower() not in polled:
            said = f"{attribute.name} has event criteria and is not polled: events only if pushed"
            yield Found("TA027", said, member=f"attribute {attribute.name}")


def _of(one: Polled) -> str:
    return f"{'command' if one.is_command else 'attribute'} {one.name}"


@checks.check("TT007", "TT008", "TT011")
def polling(seen: Observation) -> Iterator[Found]:
    """The device is kept free 40 % of the time."""
    load = 0.0
    for one in seen.polling:
        if one.period <= 0:
            continue
        if one.needed is not None:
            load += one.needed / one.period
            if one.needed > one.period:
                better = _rounded(one.needed / 0.6)
                said = f"{one.name} is polled each {one.period:g} ms and takes {one.needed:g} ms"
                yield Found("TT007", said, member=_of(one), advice=f"period {better} ms")
        if one.error:
            yield Found("TT011", f"polling {one.name} failed: {one.error[:80]}", member=_of(one))
        late = [delta for delta in one.deltas if abs(delta - one.period) > 0.2 * one.period]
        if one.deltas and 2 * len(late) >= len(one.deltas):
            said = f"{one.name}: polled each {one.period:g} ms, samples come {one.deltas[0]:g} ms apart"
            yield Found("TT011", said, member=_of(one))
    if load > 0.6:
        said = f"polling takes {load * 100:.0f} % of the device's time"
        advice = "; ".join(
            f"{one.name}: {_rounded(one.period * load / 0.6)} ms" for one in seen.polling
        )
        yield Found("TT008", said, advice=advice)


def _rounded(milliseconds: float) -> int:
    """A round period: rounded up to two digits."""
    whole = int(milliseconds) + 1
    step = 10 ** max(0, len(str(whole)) - 2)
    return int(-(-whole // step) * step)


_READS = ("read_attributes", "read_attribute")


@checks.check("TT009", "TT010", "TM004")
def clients(seen: Observation) -> Iterator[Found]:
    """Key objects are polled, so that further clients cost nothing."""
    polled = {one.name.lower() for one in seen.polling}
    by_member: dict[str, list[Request]] = defaultdict(list)
    writes: dict[str, list[float]] = defaultdict(list)
    for request in seen.requests:
        for member in request.members:
            if request.operation.startswith(_READS):
                by_member[member].append(request)
            elif request.operation.startswith("write_attributes"):
                writes[member].append(request.at)
    slow = {name.lower(): read.seconds for name, read in seen.reads.items() if read.seconds > 0.01}
    for member, requests in by_member.items():
        who = {one.client for one in requests}
        rate = _rate([one.at for one in requests])
        if member in slow and member not in polled and len(who) >= 2 and rate > 5:
            said = (
                f"{len(who)} clients read {member} {rate:.0f} times a second, and nobody polls it"
            )
            yield Found("TT009", said, member=f"attribute {member}", advice="poll it")
    everybody = {one.client for one in seen.requests}
    if len(everybody) >= 2 and "state" not in polled:
        yield Found(
            "TT010", f"{len(everybody)} clients, and State is not polled", advice="poll State"
        )
    memorized = {one.name.lower() for one in seen.model.attributes if one.memorized}
    for member, times_written in writes.items():
        if member in memorized and _rate(times_written) > 10:
            said = f"memorized {member} is written {_rate(times_written):.0f} times a second"
            yield Found("TM004", said, member=f"attribute {member}")


def _rate(at: list[float]) -> float:
    span = max(at) - min(at) if len(at) > 1 else 0.0
    return (len(at) - 1) / span if span > 0 else 0.0
