"""Milonga's backend: the tree, properties with their history, reading, writing, commands, polling, events."""

import asyncio
import os

from bench import author, define, serving
from milonga.core.backend.pytango_backend import PyTangoBackend
from milonga.core.enums import EventType, PollableKind
from milonga.core.model import PropertyEntry
from milonga.core.names import AttributeRef, DeviceName, ServerName

PLANT = DeviceName.parse("lab/plant/1")


async def act():
    backend = PyTangoBackend(os.environ["TANGO_HOST"])
    try:
        print(await backend.get_server_list("plant*"))
        print(await backend.get_device_domain_list(), await backend.get_device_family_list("lab"))
        print(await backend.get_device_list("lab/*/*"))
        print(await backend.get_device_list_for_server(ServerName.parse("plant/one")))
        for value in ("one", "two"):
            await backend.put_device_properties(PLANT, [PropertyEntry("place", (value, "°C"))])
        print(await backend.get_device_properties(PLANT, ["place"]))
        history = await backend.get_device_property_history(PLANT, "place")
        print([(each.values, each.deleted) for each in history])
        state = await backend.get_device_state(PLANT)
        print(state.state, state.status)
        for spec in await backend.get_attribute_specs(PLANT):
            print(spec)
        for spec in await backend.get_command_specs(PLANT):
            print(spec)
        await backend.write_attribute(PLANT, "position", 4.5)
        print([each.value for each in await backend.read_attributes(PLANT, ["double"])])
        print(await backend.execute_command(PLANT, "echo", "hello"))
        await backend.set_polling(PLANT, "double", PollableKind.ATTRIBUTE, 300)
        print([(each.name, each.period_ms) for each in await backend.get_polling(PLANT)])
        got = asyncio.Queue()
        number = await backend.subscribe_event(
            AttributeRef(PLANT, "position"), EventType.CHANGE, got.put_nowait
        )
        await backend.write_attribute(PLANT, "position", 6.5)
        while (
            value := (await asyncio.wait_for(got.get(), 30)).value
        ) is None or value.value != 6.5:
            pass
        print(value.value, value.quality)
        await backend.unsubscribe_event(number)
    finally:
        await backend.close()


define("plant/one", "Plant", "lab/plant/1")
with serving("lab/plant/1", author("plant", "one")):
    asyncio.run(act())
