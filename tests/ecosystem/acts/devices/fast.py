"""A FastCS application with one controller, on the Tango transport."""

import asyncio
import sys

from fastcs.attributes import AttrR, AttrRW
from fastcs.control_system import FastCS
from fastcs.controllers import Controller
from fastcs.datatypes import Bool, Float, Int, String
from fastcs.methods import command, scan
from fastcs.transports.tango.options import TangoDSROptions
from fastcs.transports.tango.transport import TangoTransport


class Heater(Controller):
    set_point = AttrRW(Float(units="K", min=0.0, max=400.0))
    on = AttrRW(Bool())
    label = AttrRW(String())
    count = AttrR(Int())

    @command()
    async def reset(self):
        await self.set_point.put(20.0)

    @scan(0.1)
    async def tick(self):
        await self.count.update(self.count.get() + 1)


heater = Heater()
heater.set_path(["HEATER"])
transport = TangoTransport(tango=TangoDSROptions(dsr_instance=sys.argv[1]))
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
FastCS(heater, [transport], loop).run(interactive=False)
