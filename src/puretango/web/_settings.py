"""What the person who starts the server decides."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

__all__ = ["Role", "Settings", "SettingsError"]


class Role(IntEnum):
    """What somebody may do; each includes those before it."""

    VIEWER = 1
    OPERATOR = 2
    EXPERT = 3

    @classmethod
    def named(cls, text: str) -> Role:
        """The role of this name; SettingsError if there is none."""
        try:
            return cls[text.strip().upper()]
        except KeyError:
            raise SettingsError(f"{text!r} is no role (viewer, operator, expert)") from None


class SettingsError(ValueError):
    """The server cannot be started like this."""


@dataclass(frozen=True)
class Settings:
    """Where to listen, for whom, on which control system."""

    tango_host: str
    """``host:port`` of the database; empty for a system without one."""
    state: Path
    """The folder of the journal and the watch lists; made when first needed."""
    host: str = "127.0.0.1"
    port: int = 8000
    read_only: bool = False
    """True: everybody is a viewer."""
    tokens: Mapping[str, Role] = field(default_factory=dict)
    """Secret texts, and what whoever knows one may do. Without any, everybody is an expert."""
    user_header: str = ""
    """The header in which a reverse proxy names the user; empty: none is believed."""
    role_header: str = ""
    """The header in which a reverse proxy names the user's groups."""
    groups: Mapping[str, Role] = field(default_factory=dict)
    """Roles by group; the names of the roles are groups by themselves."""
    proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    """From where the headers of a reverse proxy are believed."""
    hosts: tuple[str, ...] = ()
    """Further names under which browsers reach this server."""
    archive: str = ""
    """Where the archive is whose history is shown, as ArchiveReader takes it; empty: none is."""

    def check(self) -> None:
        """Raise SettingsError if the server would be open to everybody."""
        if self.is_loopback or self.tokens or self.user_header:
            return
        raise SettingsError(
            f"--host {self.host} lets other machines in: give a --token (or --user-header behind a "
            "reverse proxy), or stay on 127.0.0.1"
        )

    @property
    def is_loopback(self) -> bool:
        """True if no other machine can connect."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False
