"""taurus core: attributes with units read, written and followed by events; the database's tree."""

import taurus
from bench import author, define, serving, until
from taurus.core.taurusbasetypes import TaurusEventType

define("plant/one", "Plant", "lab/plant/1", "lab/plant/2")
with serving("lab/plant/1", author("plant", "one")):
    position = taurus.Attribute("lab/plant/1/position")
    print(position.read().rvalue, position.label, position.range[0] is not None)
    seen = []

    def listener(source, kind, value):
        if kind in (TaurusEventType.Change, TaurusEventType.Periodic):
            seen.append(float(value.rvalue.magnitude))

    position.addListener(listener)
    position.write(7.5)
    until(lambda: 7.5 in seen, "the listener has the new value")
    until(lambda: position.read(cache=False).rvalue.magnitude == 7.5, "polling has read it too")
    print(position.read(cache=False).rvalue)
    position.removeListener(listener)
    device = taurus.Device("lab/plant/1")
    print(device.stateObj.read().rvalue, device.command_inout("echo", "hello"))
    names = taurus.Authority().getTangoDB() and sorted(
        taurus.Authority().get_device_exported("lab/*")
    )
    print(list(names))
