"""What the files of these tests wait for alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from puretango.errors import DevFailed
from tests import waiting
from tests.interop.web.browser import Tab

__all__ = ["PUSH", "live", "until", "write_changes"]

PUSH = "lab/push/1"


def until(true: Callable[[], Any]) -> Any:
    """Wait for something outside the browser; of a device, say, that is just being restarted."""
    return waiting.until(true, step=0.05, forgiving=DevFailed)


def live(text: str) -> bool:
    """A value is shown."""
    return text not in ("", "…")


def write_changes(tab: Tab) -> None:
    """Compare what waits in the bar at the foot, and write it."""
    tab.click("Review")
    tab.see("Write these changes?")
    tab.click("Write", within="dialog")
    tab.gone("not written yet")
