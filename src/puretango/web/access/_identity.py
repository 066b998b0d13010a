"""Who a user is, and their role: by token, by a reverse proxy's header, or as the only user of the machine."""

from __future__ import annotations

import hmac
from http.cookies import CookieError, SimpleCookie
from typing import NamedTuple

from starlette.datastructures import Headers

from puretango.web._settings import Role, Settings, SettingsError

__all__ = ["COOKIE", "Identity", "identify"]

COOKIE = "puretango"


class Identity(NamedTuple):
    """Somebody with a role; ``known`` is False for a user without the token that is required."""

    user: str
    role: Role
    known: bool = True


def identify(settings: Settings, headers: Headers, peer: str) -> Identity:
    """The user of a request, by its headers and the address it came from."""
    found = _by_proxy(settings, headers, peer) or _by_token(settings, headers, peer)
    if settings.read_only:
        return found._replace(role=Role.VIEWER)
    return found


def _by_proxy(settings: Settings, headers: Headers, peer: str) -> Identity | None:
    if not settings.user_header or peer not in settings.proxies:
        return None
    user = headers.get(settings.user_header, "").strip()
    if not user:
        return None
    role = Role.VIEWER
    if settings.role_header:
        for group in headers.get(settings.role_header, "").split(","):
            role = max(role, _role_of(settings, group.strip()))
    return Identity(user[:80], role)


def _role_of(settings: Settings, group: str) -> Role:
    if group in settings.groups:
        return settings.groups[group]
    try:
        return Role.named(group)
    except SettingsError:
        return Role.VIEWER


def _by_token(settings: Settings, headers: Headers, peer: str) -> Identity:
    if not settings.tokens:
        if settings.user_header:
            return Identity("nobody", Role.VIEWER, known=False)
        return Identity(peer or "local", Role.EXPERT)
    role = token_role(settings, _token(headers))
    if role is None:
        return Identity("nobody", Role.VIEWER, known=False)
    return Identity(f"{role.name.lower()}@{peer or 'local'}", role)


def token_role(settings: Settings, given: str) -> Role | None:
    """The role of a token; None for an unknown one. It takes as long for a wrong token as for a right one."""
    found: Role | None = None
    for token, role in settings.tokens.items():
        if hmac.compare_digest(token.encode(), given.encode("utf-8", "replace")):
            found = role
    return found


def _token(headers: Headers) -> str:
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return given.strip()
    try:
        cookie = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return ""
    return cookie[COOKIE].value if COOKIE in cookie else ""
