"""RDS alarms by the quick way of reading: what comparing the arrays says."""

from __future__ import annotations

import random
from typing import Any

import pytest

from puretango import AttrQuality, CmdArgType
from puretango.server import Device, attribute
from tests.unit.server.conftest import Serve

_TYPES = (
    CmdArgType.DevDouble,
    CmdArgType.DevFloat,
    CmdArgType.DevLong64,
    CmdArgType.DevULong64,
    CmdArgType.DevShort,
)


def _device(data_type: CmdArgType) -> type[Any]:
    class Follower(Device):
        read: Any = 0

        @attribute(dtype=data_type, delta_val=3, delta_t=10, max_alarm=90)
        def follows(self) -> Any:
            return self.read

        @follows.setter
        def follows(self, value: Any) -> None: ...

    return Follower


@pytest.mark.parametrize("data_type", _TYPES)
def test_the_quick_way_and_the_arrays_agree(serve: Serve, data_type: CmdArgType) -> None:
    rng = random.Random(int(data_type))
    served = serve(_device(data_type))
    proxy = served.proxy()
    item = served.device.get_device_attr().get_w_attr_by_name("follows")
    whole = data_type not in (CmdArgType.DevDouble, CmdArgType.DevFloat)
    seen = set()
    for _ in range(150):
        if rng.random() < 0.5:
            proxy.follows = rng.randint(0, 100) if whole else rng.uniform(-100, 100)
            item.written_at += rng.choice((100, -100))  # the time of grace goes on, or has passed
        near = item.set_part()[0][0] + rng.choice((-4, -3, -2.5, 0, 2.5, 3, 3.5))
        served.device.read = max(0, int(near)) if whole else float(near)
        quality = proxy.read_attribute("follows").quality
        quick = item.alarm_flags
        item.quality = AttrQuality.ATTR_VALID
        item.check_alarm()
        assert (quality, quick) == (item.quality, item.alarm_flags)
        seen.add(quality)
    assert seen == {AttrQuality.ATTR_VALID, AttrQuality.ATTR_ALARM}
