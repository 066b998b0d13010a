"""The diagrams of docs/lifecycles.md, drawn from the tables that run: `python -m tests.unit.docs.lifecycles`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from puretango import events, giop
from puretango.server.base import _life

PAGE = Path(__file__).resolve().parents[3] / "docs" / "lifecycles.md"

Arrow = tuple[str, str, str]
"""State, state after it, and what happens (and is done)."""


def _plain(table: Mapping[tuple[Any, Any], Any]) -> Iterable[Arrow]:
    for (state, what), after in table.items():
        yield state.name, after.name, what.name


def _doing(table: Mapping[tuple[Any, Any], Any]) -> Iterable[Arrow]:
    for (state, what), (after, doing) in table.items():
        yield state.name, after.name, what.name + ("" if doing is None else f" / {doing.name}")


def _messages(role: giop.Role) -> Iterable[Arrow]:
    for (direction, state, kind), after in giop.TRANSITIONS[role].items():
        yield state.name, after.name, f"{direction} {kind.name}"


LIVES: dict[str, tuple[str, list[Arrow]]] = {
    "server": ("MADE", list(_doing(_life.SERVER))),
    "device": ("MADE", list(_doing(_life.DEVICE))),
    "client's connection": ("OPEN", list(_messages(giop.Role.CLIENT))),
    "server's connection": ("OPEN", list(_messages(giop.Role.SERVER))),
    "subscription": ("NEW", list(_plain(events.SUBSCRIPTIONS))),
    "source of events": ("IDLE", list(_plain(events.TRANSITIONS))),
}


def diagram(first: str, arrows: Iterable[Arrow]) -> str:
    """A state diagram in mermaid's words; arrows between the same two states are one."""
    together: dict[tuple[str, str], list[str]] = {}
    for state, after, what in arrows:
        together.setdefault((state, after), []).append(what)
    lines = ["stateDiagram-v2", f"    [*] --> {first}"]
    lines += [
        f"    {state} --> {after}: {'<br>'.join(sorted(what))}"
        for (state, after), what in sorted(together.items())
    ]
    return "\n".join(lines)


def words(kinds: Iterable[type[Enum]]) -> str:
    """What the names stand for, as a list."""
    return "\n".join(f"- `{one.name}`: {one.value}" for kind in kinds for one in kind)


MEANINGS: dict[str, tuple[type[Enum], ...]] = {
    "server": (_life.ServerState, _life.ServerInput, _life.ServerAction),
    "device": (_life.DeviceLife, _life.DeviceInput, _life.DeviceAction),
    "subscription": (events.SubscriptionState, events.SubscriptionInput),
    "source of events": (events.ChannelState, events.ChannelInput),
}


def drawn(page: str) -> str:
    """The page with its diagrams and lists as the tables have them now."""
    for name, (first, arrows) in LIVES.items():
        block = f"```mermaid\n{diagram(first, arrows)}\n```"
        if name in MEANINGS:
            block += f"\n\n{words(MEANINGS[name])}"
        page = re.sub(
            rf"(<!-- life: {name} -->\n).*?(<!-- end -->)",
            lambda found, block=block: f"{found[1]}{block}\n{found[2]}",  # type: ignore[misc]  # mypy infers no such lambda
            page,
            flags=re.DOTALL,
        )
    return page


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text("utf-8")), "utf-8")
