"""Questions about what a device is: state and status, ping, names, info, configurations.

If an answer can change only together with the device's stamp, the bytes of the first answer are kept.
Nothing of the author's runs then, and nothing is waited for: such a question is answered at once,
on a loop too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from puretango.idl import OPERATIONS
from puretango.server.access._reading import ALL_NAMES
from puretango.server.base._calling import drive
from puretango.server.base._visit import FACTS as FACT_RULES
from puretango.server.base._visit import Visit
from puretango.server.device._deviceclass import DeviceClass
from puretango.server.device._deviceimpl import DeviceImpl
from puretango.server.dispatch._operations import HANDLERS, state_now, status_now
from puretango.server.dispatch._plan import Task
from puretango.server.dispatch._reply import encoded, text_answer
from puretango.values import DevState

if TYPE_CHECKING:
    from puretango.giop import Invocation
    from puretango.net import Answer

PLAIN = frozenset(
    {"ping", "_get_name", "_get_description", "_get_adm_name", "_is_a", "_non_existent"}
)
_INFOS = frozenset({"info", "info_3", "info_6"})
_CONFIGS = frozenset(
    {
        "get_attribute_config",
        "get_attribute_config_2",
        "get_attribute_config_3",
        "get_attribute_config_5",
    }
)
FACTS = PLAIN | _INFOS | _CONFIGS
"""The operations whose answers may be kept."""


def state_task(
    device: DeviceImpl, _request: Invocation, operation: str, _arguments: tuple[Any, ...]
) -> Task:
    """The task of _get_state or _get_status."""
    handler = HANDLERS[operation]
    ask, codec = handler.work, OPERATIONS[operation]
    visit = handler.visit(device, ())
    if device._tango.is_asyncio:

        async def ask_awaited() -> Answer:
            return encoded(codec, await ask(device))

        return Task(visit, ask_awaited, failed=handler.failed)
    work = _state_work(device) if operation == "_get_state" else _status_work(device)
    return Task(visit, work, failed=handler.failed)


def _state_work(device: DeviceImpl) -> Callable[[], Answer]:
    answers = {state: encoded(OPERATIONS["_get_state"], state) for state in DevState}
    return lambda: answers[state_now(device)]


def _status_work(device: DeviceImpl) -> Callable[[], Answer]:
    codec = OPERATIONS["_get_status"]
    return lambda: text_answer(codec, status_now(device))


def fact_task(
    device: DeviceImpl, _request: Invocation, operation: str, arguments: tuple[Any, ...]
) -> Task | None:
    """The task of a question whose answer lasts; None if this one's does not."""
    if not _lasts(device, operation, arguments):
        return None
    handler = HANDLERS[operation]
    kept: list[Answer] = []

    def answer() -> Answer:
        if not kept:
            result = drive(handler.work(device, *arguments))
            status, body = encoded(OPERATIONS[operation], result)
            kept.append((status, body if isinstance(body, bytes) else b"".join(body)))
        return kept[0]

    rules = FACT_RULES._replace(noted=handler.rules.noted)
    visit = Visit(device, rules, operation, *handler.entry(device, *arguments))
    return Task(visit, answer, at_once=True)


def _lasts(device: DeviceImpl, operation: str, arguments: tuple[Any, ...]) -> bool:
    """True if the answer can only change when the device's stamp does."""
    if operation in _INFOS:
        about = type(device._tango.device_class)
        return (
            type(device).get_version_info is DeviceImpl.get_version_info
            and about.get_doc_url is DeviceClass.get_doc_url
            and about.get_type is DeviceClass.get_type
        )
    return operation in PLAIN or _are_own(device, arguments[0])


def _are_own(device: DeviceImpl, names: list[str]) -> bool:
    """True if all attributes asked for exist and none is forwarded."""
    attributes = device._tango.attributes
    if len(names) == 1 and names[0].lower() in ALL_NAMES:
        return not attributes.has_forwarded
    found = [attributes.find(name) for name in names]
    return all(one is not None and not one.forwarded for one in found)
