"""The settings of the server, chosen by the person who starts it."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

__all__ = ["Role", "Settings", "SettingsError"]


class Role(IntEnum):
    """What a user may do; each role includes those before it."""

    VIEWER = 1
    OPERATOR = 2
    EXPERT = 3

    @classmethod
    def named(cls, text: str) -> Role:
        """The role of this name; SettingsError if there is none."""
        try:
            return cls[text.strip().upper()]
        except KeyError:
            raise SettingsError(f"{text!r} is not a role (viewer, operator, expert)") from None


class SettingsError(ValueError):
    """The server cannot be started with these settings."""


@dataclass(frozen=True)
class Settings:
    """The address to listen on, the users, and the control system."""

    tango_host: str
    """``host:port`` of the database; empty for a system without one."""
    state: Path
    """The folder of the journal and the watch lists; made when first needed."""
    host: str = "127.0.0.1"
    port: int = 8000
    read_only: bool = False
    """True if everybody is a viewer."""
    tokens: Mapping[str, Role] = field(default_factory=dict)
    """Tokens, and the role of a user who knows one. Without any, everybody is an expert."""
    user_header: str = ""
    """The header in which a reverse proxy names the user; empty if none is trusted."""
    role_header: str = ""
    """The header in which a reverse proxy names the user's groups."""
    groups: Mapping[str, Role] = field(default_factory=dict)
    """Roles by group; the names of the roles are groups by themselves."""
    proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    """The addresses from which a reverse proxy's headers are trusted."""
    hosts: tuple[str, ...] = ()
    """Further names under which browsers reach this server."""
    archive: str = ""
    """The address of the archive whose history is shown, as for ArchiveReader; empty for none."""

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
