"""The history of a forwarded attribute: its root's history, in the form of the device's own."""

from __future__ import annotations

from typing import Any

from puretango.errors import DevFailed
from puretango.server.polling._fill import attribute_records
from puretango.server.polling._history import attribute_history
from puretango.server.polling._timed import TimedAttrData


def root_history(attribute: Any, count: int, release: int) -> Any:
    """The last ``count`` values of the root of a ForwardedAttribute, in the form of a device of that release.

    :raises DevFailed: the root cannot be found or asked
    """
    stack = []
    for item in attribute.take_root().history(count):
        if item.has_failed:
            errors = DevFailed(*item.get_err_stack())
            stack.append(TimedAttrData(error=errors, time_stamp=item.time.totime()))
        else:
            stack.append(
                TimedAttrData(item.value, item.quality, item.w_value, None, item.time.totime())
            )
    return attribute_history(attribute, attribute_records(attribute, stack), release)
