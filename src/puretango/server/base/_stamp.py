"""Stamps: a plan made for a request is good as long as the device wears the same one."""

from __future__ import annotations


class Stamp:
    """Compared by identity only."""

    __slots__ = ()
