"""Readings: the attributes of one request, read in C++ Tango's order.

Requests of clients, turns of polling and ``read_directly`` read by the same steps. A reading is
made for names, and stays valid as long as its device has the same stamp: a plan keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from puretango.errors import DevFailed
from puretango.server.access._reader import make_awaited_reader, make_long_reader, make_reader
from puretango.server.access._single import STANDARD, hardware_indexes
from puretango.server.attribute._attribute import Attribute
from puretango.server.attribute._wire import failed_value
from puretango.server.base._calling import HOOKS, drive
from puretango.server.base._failure import AUTHORS_ERRORS, errors_of, throw, to_dev_failed
from puretango.server.base._visit import inside
from puretango.values import DevSource

if TYPE_CHECKING:
    from puretango.server.access._ports import AttributesOwner

ALL_NAMES = ("all attributes", "all attributes_3")


class Reading:
    """Some attributes of a device, and a reader for each; a failure of one does not affect the others.

    The results are AttributeValues of the release; with ``packed``, of release 5, plain numbers are the
    bytes of a whole reply with that one value, and so is State unless ``kept`` is set;
    an array that is the only one is the body of the reply, in parts if it is long.
    """

    __slots__ = (
        "_any",
        "_device",
        "_hardware",
        "_hooked",
        "_indexes",
        "_order",
        "_own",
        "_quick",
        "_readers",
        "found",
    )

    def __init__(
        self,
        device: AttributesOwner,
        names: Sequence[str],
        release: int = 5,
        *,
        packed: bool = False,
        kept: bool = False,
    ) -> None:
        self._device = device
        self.found = [_find(device, name) for name in names]
        """The attributes, or for each the error if there is none."""
        attributes = [one for one in self.found if isinstance(one, Attribute)]
        self._any = bool(attributes)
        fresh = frozenset(one.lower_name for one in attributes if one.lower_name not in STANDARD)
        # Nothing is waited for, and no span is made: the methods are called as they are.
        packed = packed and device._tango.spans is None
        self._quick = packed and not device._tango.is_asyncio
        alone = self._quick and not kept and len(names) == 1
        self._readers: list[Any] = []
        for name, one in zip(names, self.found, strict=True):
            if isinstance(one, DevFailed):
                self._readers.append(_make_failing(name, one, release, self._quick))
            elif self._quick:
                self._readers.append(make_reader(device, one, fresh, kept, alone))
            else:
                make = make_awaited_reader if packed else make_long_reader
                self._readers.append(make(device, one, fresh, kept, release))
        # State comes last, and Status, which describes it, after that, whatever the order of the names.
        self._order = sorted(range(len(names)), key=lambda place: _rank(self.found[place]))
        self._indexes: list[int] | None = None
        self._own = vars(device)
        self._hooked, self._hardware = (HOOKS[at] in device._tango.own_hooks for at in (0, 1))

    def read(self) -> list[Any]:
        """Read all, inside the device's monitor; raises only what a hook raises."""
        if not self._quick:
            found: list[Any] = drive(self.read_awaited())
            return found
        self._before()
        readers = self._readers
        items: list[Any] = [None] * len(readers)
        for place in self._order:
            items[place] = readers[place]()
        return items

    def only(self) -> Callable[[], Any] | None:
        """A function that reads the only attribute; None if there are more, or it has to be awaited."""
        if not self._quick or len(self._readers) != 1:
            return None
        before, read = self._before, self._readers[0]
        hooked, own = self._hooked or self._hardware, self._own

        def read_only() -> Any:
            if hooked or HOOKS[0] in own or HOOKS[1] in own:
                before()
            return read()

        return read_only

    def _before(self) -> None:
        """Call the author's hooks."""
        device, own = self._device, self._own
        if self._any and (self._hooked or HOOKS[0] in own):
            device.always_executed_hook()
        if (self._hardware or HOOKS[1] in own) and (indexes := self._hardware_indexes()):
            device.read_attr_hardware(indexes)

    async def read_awaited(self) -> list[Any]:
        """``read()`` for a device on a loop."""
        if self._quick:
            return self.read()
        device, readers = self._device, self._readers
        try:
            if self._any and device._tango.has_hook:
                await device._tango.call(device.always_executed_hook)
            if device._tango.has_hardware_read and (indexes := self._hardware_indexes()):
                await device._tango.call(device.read_attr_hardware, indexes)
        except AUTHORS_ERRORS as error:
            raise to_dev_failed(error) from error
        items: list[Any] = [None] * len(readers)
        for place in self._order:
            items[place] = await readers[place]()
        return items

    def _hardware_indexes(self) -> list[int]:
        """The argument of read_attr_hardware; found only if the device has that hook."""
        if self._indexes is None:
            attributes = [one for one in self.found if isinstance(one, Attribute)]
            self._indexes = hardware_indexes(self._device, attributes)
        return self._indexes


def _find(device: AttributesOwner, name: str) -> Attribute | DevFailed:
    attribute = device._tango.attributes.find(name)
    if attribute is None:
        return _unknown(name)
    if attribute.startup_error is not None and attribute.lower_name not in STANDARD:
        return attribute.startup_error
    return attribute


def _rank(found: Attribute | DevFailed) -> int:
    if isinstance(found, Attribute) and found.lower_name in STANDARD:
        return 1 + STANDARD.index(found.lower_name)
    return 0


def _unknown(name: str) -> DevFailed:
    return throw(
        "API_AttrNotFound",
        f"{name} attribute not found",
        "MultiAttribute::get_attr_ind_by_name",
    )


def _make_failing(name: str, failure: DevFailed, release: int, quick: bool) -> Any:
    """The reader of an attribute that cannot be read."""

    def read() -> Any:
        return failed_value(release, name, errors_of(failure))

    async def read_awaited() -> Any:
        return read()

    return read if quick else read_awaited


def wanted_names(device: AttributesOwner, names: Sequence[str]) -> list[str]:
    """The names of a request; a single one may mean all attributes."""
    if len(names) == 1 and names[0].lower() in ALL_NAMES:
        return device._tango.attributes.names()
    return list(names)


async def read_attributes(
    device: AttributesOwner, names: Sequence[str], release: int, source: int = DevSource.DEV
) -> list[Any]:
    """The AttributeValues of a request, one for each name; failures are in them."""
    names = wanted_names(device, names)
    if source == DevSource.DEV:
        return await read_from_device(device, names, release)
    results: dict[int, Any] = {}
    left: list[int] = []
    for index, name in enumerate(names):
        if source != DevSource.CACHE and ("attribute", name.lower()) not in device._tango.polled:
            if device._tango.attributes.find(name) is None:  # known without the device's being free
                results[index] = failed_value(release, name, errors_of(_unknown(name)))
            else:
                left.append(index)
            continue
        try:
            results[index] = device._tango.server.poller.cached_value(device, name, release)
        except DevFailed as error:
            if source == DevSource.CACHE:
                results[index] = failed_value(release, name, errors_of(error))
            else:
                left.append(index)
    if left:
        read = await read_from_device(device, [names[index] for index in left], release)
        results.update(zip(left, read, strict=True))
    return [results[index] for index in range(len(names))]


async def read_from_device(
    device: AttributesOwner, names: Sequence[str], release: int
) -> list[Any]:
    """Read attributes from the device itself, inside its monitor."""
    found: list[Any] = await inside(device, read_inside, device, names, release)
    return found


async def read_inside(device: AttributesOwner, names: Sequence[str], release: int) -> list[Any]:
    """Read attributes for a request that is in the device's monitor already."""
    return await Reading(device, names, release).read_awaited()
