"""Rules over a running device that was observed for a time."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from puretango.lint._finding import Found
from puretango.lint._registry import Checks
from puretango.lint.live._checks import TROUBLE, is_default
from puretango.lint.live._observation import Observation, Sample

__all__ = ["checks"]

checks = Checks()


@checks.check("TS003", "TS004", "TS021")
def sampled_state(seen: Observation) -> Iterator[Found]:
    """Over time: Status fits State, and faults do not last."""
    if not seen.samples:
        return
    told: dict[str, str] = {}
    for sample in seen.samples:
        if sample.state in TROUBLE and is_default(sample.status, sample.state):
            yield Found("TS003", f"State was {sample.state} and Status said no more than that")
            break
    before = (seen.state, seen.status)
    for sample in seen.samples:
        if sample.state != before[0] and sample.status == before[1] and sample.status:
            told.setdefault(f"{before[0]} to {sample.state}", sample.status)
        before = (sample.state, sample.status)
    for change, status in told.items():
        yield Found("TS004", f"State went from {change} and Status stayed {status[:60]!r}")
    counted = Counter(sample.state for sample in seen.samples)
    span = seen.samples[-1].at - seen.samples[0].at
    if span >= 60 and set(counted) <= {"FAULT", "UNKNOWN"}:
        yield Found("TS021", f"State was {seen.state} for {span:.0f} s")


@checks.check("TA018", "TA020", "TA021", "TA029")
def sampled_values(seen: Observation) -> Iterator[Found]:
    """Over time: types and sizes fit the values."""
    if not seen.samples:
        return
    for attribute in seen.model.own_attributes():
        series = [
            one for one in seen.series(attribute.name) if not one.reason and one.value is not None
        ]
        member = f"attribute {attribute.name}"
        if len(series) < 3:
            continue
        room = attribute.max_dim_x * max(1, attribute.max_dim_y)
        largest = max(one.dim_x * max(1, one.dim_y) for one in series)
        if attribute.data_format != "SCALAR" and room > 1_000_000 and largest < room / 100:
            said = f"{attribute.name} declares {room} elements and gave at most {largest}"
            yield Found("TA018", said, member=member)
        if attribute.data_format != "SCALAR":
            continue
        if attribute.data_type == "DevString" and all(_is_number(str(one.value)) for one in series):
            yield Found("TA021", f"{attribute.name} is a text that holds a number", member=member)
        is_flag = attribute.is_integer and attribute.name.startswith("is")
        if is_flag and {int(one.value) for one in series} <= {0, 1}:
            said = f"{attribute.name} is {attribute.data_type} and only ever 0 or 1: DevBoolean"
            yield Found("TA020", said, member=member)
        yield from _noise(attribute.name, attribute.abs_change, [one.value for one in series])


def _noise(name: str, threshold: str, values: list[object]) -> Iterator[Found]:
    try:
        limit = abs(float(threshold))
        numbers = [float(one) for one in values]  # type: ignore[arg-type]  # numbers, as the kind checked before shows
    except (TypeError, ValueError):
        return
    fired = sum(abs(new - old) >= limit for old, new in pairwise(numbers))
    if len(numbers) >= 5 and fired > 0.8 * (len(numbers) - 1):
        mean = sum(numbers) / len(numbers)
        sigma = (sum((one - mean) ** 2 for one in numbers) / len(numbers)) ** 0.5
        said = f"{name}: {fired} of {len(numbers) - 1} samples differ by more than abs_change {limit:g}"
        yield Found("TA029", said, member=f"attribute {name}", advice=f"3 sigma is {3 * sigma:.3g}")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@checks.check("TS007")
def cached_state(seen: Observation) -> Iterator[Found]:
    """State is the same whether it is asked for or polled."""
    period = next((one.period for one in seen.polling if one.name.lower() == "state"), 0.0)
    for before, now in pairwise(seen.samples):
        steady = before.state == now.state and (now.at - before.at) * 1000 > 2 * period
        if now.cached and steady and now.cached not in (now.state, ""):
            said = f"State is {now.state}, and polling has {now.cached} for more than two periods"
            yield Found("TS007", said)
            return


_MOVING = ("MOVING", "RUNNING")
_AFTER = 2.0
"""Seconds within which a state that belongs to a request must have come."""


@checks.check("TS006")
def late_state(seen: Observation) -> Iterator[Found]:
    """A request that starts a movement has changed State when it returns."""
    for request in seen.later:
        if not request.operation.startswith(("write_attributes", "command_inout")):
            continue
        after = [one for one in seen.samples if 0 < one.clock - request.at < _AFTER]
        earlier = [one for one in seen.samples if one.clock <= request.at]
        if len(after) < 2 or not earlier or earlier[-1].state in _MOVING:
            continue
        late = next((one for one in after[1:] if one.state in _MOVING), None)
        if after[0].state not in _MOVING and late is not None:
            what = ", ".join(request.members) or request.operation
            said = f"State was still {after[0].state} after {what}, and {late.state} only later"
            yield Found("TS006", said)
            return


@checks.check("TA032")
def valid_nonsense(seen: Observation) -> Iterator[Found]:
    """A value known to be invalid does not have quality VALID."""
    told: set[str] = set()
    for sample in seen.samples:
        if sample.state not in ("FAULT", "UNKNOWN"):
            continue
        for name, read in sample.values.items():
            nonsense = isinstance(read.value, float) and math.isnan(read.value)
            if nonsense and read.quality == "ATTR_VALID" and name not in told:
                told.add(name)
                said = f"{name} is NaN and VALID while State is {sample.state}"
                yield Found("TA032", said, member=f"attribute {name}")


@checks.check("TL002")
def wordy(seen: Observation) -> Iterator[Found]:
    """Above DEBUG there are few messages: checked by the attribute ``log``, if there is one."""
    if len(seen.samples) < 2:
        return
    first, last = seen.samples[0], seen.samples[-1]
    span = last.at - first.at
    new = [line for line in _log(last) if line not in set(_log(first))]
    loud = [line for line in new if " INFO " in line]
    if span > 0 and len(loud) > span:
        said = f"{len(loud)} messages at INFO in {span:.0f} s: such as {loud[-1][:80]!r}"
        yield Found("TL002", said)


def _log(sample: Sample) -> list[str]:
    read = sample.values.get("log")
    value = read.value if read is not None else None
    return [str(one) for one in value] if isinstance(value, (list, tuple)) else []
