"""Rights of users: from which addresses they may come, and what they may do to which devices."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, insert, select

from puretango.store._backend import Backend, now
from puretango.store._names import by_name
from puretango.store._schema import table
from puretango.store._statement import Statement

__all__ = ["AccessRights"]

_ADDRESS = table("access_address")
_DEVICE = table("access_device")
_USER: BindParameter[Any] = bindparam("wanted")

_USERS = Statement(select(_ADDRESS.c.user).union(select(_DEVICE.c.user)))
_ADDRESSES = Statement(select(_ADDRESS.c.address).where(_ADDRESS.c.user == _USER))
_DEVICES = Statement(select(_DEVICE.c.device, _DEVICE.c.rights).where(_DEVICE.c.user == _USER))
_ADD_ADDRESS = Statement(
    insert(_ADDRESS).values(
        user=bindparam("user"),
        address=bindparam("address"),
        netmask="FF.FF.FF.FF",
        updated=bindparam("stamp"),
        accessed=bindparam("stamp"),
    )
)
_ADD_DEVICE = Statement(
    insert(_DEVICE).values(
        user=bindparam("user"),
        device=bindparam("device"),
        rights=bindparam("rights"),
        updated=bindparam("stamp"),
        accessed=bindparam("stamp"),
    )
)
_REMOVE_ADDRESS = Statement(
    delete(_ADDRESS).where(_ADDRESS.c.user == _USER, _ADDRESS.c.address == bindparam("which"))
)
_REMOVE_DEVICE = Statement(
    delete(_DEVICE).where(
        _DEVICE.c.user == _USER,
        _DEVICE.c.device == bindparam("which"),
        _DEVICE.c.rights == bindparam("right"),
    )
)
_REMOVE_USER = [Statement(delete(each).where(each.c.user == _USER)) for each in (_ADDRESS, _DEVICE)]


class AccessRights:
    """The rights of users; the user ``*`` stands for everybody without rights of their own."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def users(self) -> list[str]:
        """The users with rights of their own."""
        with self._backend.glancing() as session:
            return by_name(session.column(_USERS))

    def addresses(self, user: str) -> list[str]:
        """Addresses (with * for a part) from which the user may come."""
        with self._backend.glancing() as session:
            return session.column(_ADDRESSES, wanted=user)

    def devices(self, user: str) -> list[tuple[str, str]]:
        """Pattern of devices, and the user's right (``read`` or ``write``) to them."""
        with self._backend.glancing() as session:
            return [(row[0], row[1]) for row in session.rows(_DEVICES, wanted=user)]

    def add_address(self, user: str, address: str) -> None:
        """Allow a user to come from an address."""
        with self._backend.writing() as session:
            session.run(_REMOVE_ADDRESS, wanted=user, which=address)
            session.run(_ADD_ADDRESS, user=user, address=address, stamp=now())

    def remove_address(self, user: str, address: str) -> None:
        """Stop allowing a user to come from an address."""
        with self._backend.writing() as session:
            session.run(_REMOVE_ADDRESS, wanted=user, which=address)

    def add_device(self, user: str, device: str, right: str) -> None:
        """Give a user a right to the devices that match a pattern."""
        with self._backend.writing() as session:
            session.run(_REMOVE_DEVICE, wanted=user, which=device, right=right)
            session.run(_ADD_DEVICE, user=user, device=device, rights=right, stamp=now())

    def remove_device(self, user: str, device: str, right: str) -> None:
        """Take a right away from a user."""
        with self._backend.writing() as session:
            session.run(_REMOVE_DEVICE, wanted=user, which=device, right=right)

    def remove_user(self, user: str) -> None:
        """Forget a user's rights."""
        with self._backend.writing() as session:
            for statement in _REMOVE_USER:
                session.run(statement, wanted=user)

    def clone(self, source: str, target: str) -> None:
        """Give one user the rights of another, replacing the present ones."""
        with self._backend.writing():
            addresses, devices = self.addresses(source), self.devices(source)
            self.remove_user(target)
            for address in addresses:
                self.add_address(target, address)
            for device, right in devices:
                self.add_device(target, device, right)
