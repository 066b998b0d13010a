"""A user's script with mistakes: `mypy --strict` finds the one in each line that says so."""

from __future__ import annotations

import puretango as tango
import puretango.asyncio
from puretango.client import AttributeProxy, Database, Group


def synchronous(name: str) -> None:
    proxy = tango.DeviceProxy(name)
    proxy.read_attribute(3)  # wrong: a name is text
    proxy.read_attribute("x").valeu  # wrong: no such field
    proxy.read_attribute()  # wrong: which?
    proxy.info().dev_clas  # wrong: no such field
    proxy.state().value.upper()  # wrong: a number
    proxy.set_timeout_millis("3")  # wrong: a number
    proxy.poll_attribute("x", "often")  # wrong: a number
    proxy.read_attribute_reply(1).valeu  # wrong: no such field
    proxy.write_attributes("x")  # wrong: pairs are wanted
    proxy.get_events(1).attr_name  # wrong: a list of them
    text: str = proxy.ping()  # wrong: a number
    print(text)


async def awaited(name: str) -> None:
    proxy = puretango.asyncio.DeviceProxy(name)
    proxy.state()  # wrong: it is not awaited yet
    there = await proxy
    there.read_attribute("x").value  # wrong: not awaited
    (await there.read_attribute("x")).valeu  # wrong: no such field


def others(name: str) -> None:
    AttributeProxy(name).read().valeu  # wrong: no such field
    AttributeProxy(name).get_property("x").keyz()  # wrong: no such method
    Group("all").get_device(1).ping().upper()  # wrong: a number
    Database().get_server_info(1)  # wrong: a name
    Database().get_server_info("x/y").hots  # wrong: no such field
    Group("all").read_attribute("x")[0].dev_nam()  # wrong: no such method
