"""What the database lists: devices, servers, classes, hosts, aliases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango.client.database._call import datum, orders, question
from puretango.client.database._property import read_history
from puretango.client.green._green import green_core
from puretango.client.commands._typed import STRINGS, typed_command
from puretango.values import GreenMode

if TYPE_CHECKING:
    from puretango.client.database._call import Result
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session

__all__ = ["DatabaseLists"]


def history(of_attribute: bool) -> Result:
    """What makes DbHistory records of an answer; those of attributes name the attribute too."""

    def result(answer: Any, args: tuple[Any, ...]) -> Any:
        return read_history(answer or (), of_attribute, "Database::make_history_array()")

    return result


class DatabaseLists:
    """Lists, aliases and histories of a Database."""

    _session: Session

    get_info = question(
        "get_info",
        "DbInfo",
        "",
        "A text about the database and what is in it.",
        lambda answer, args: "\n".join(answer) + "\n",
    )
    get_device_name = question(
        "get_device_name",
        "DbGetDeviceList",
        "serv_name class_name",
        "The devices of a class in a server.",
        datum(0),
    )
    get_device_exported = question(
        "get_device_exported",
        "DbGetDeviceExportedList",
        "filter",
        "The exported devices whose names fit a pattern.",
        datum(0),
    )
    get_device_domain = question(
        "get_device_domain",
        "DbGetDeviceDomainList",
        "wildcard",
        "The domains of the devices that fit a pattern.",
        datum(0),
    )
    get_device_family = question(
        "get_device_family",
        "DbGetDeviceFamilyList",
        "wildcard",
        "The families of the devices that fit a pattern.",
        datum(0),
    )
    get_device_member = question(
        "get_device_member",
        "DbGetDeviceMemberList",
        "wildcard",
        "The members of the devices that fit a pattern.",
        datum(0),
    )
    get_host_list = question(
        "get_host_list",
        "DbGetHostList",
        "wildcard",
        "The hosts that servers run on.",
        datum("host"),
        wildcard="*",
    )
    get_server_list = question(
        "get_server_list",
        "DbGetServerList",
        "wildcard",
        "The servers, with instances.",
        datum("server"),
        wildcard="*",
    )
    get_instance_name_list = question(
        "get_instance_name_list",
        "DbGetInstanceNameList",
        "serv_name",
        "The instances of a server.",
        datum(0),
    )
    get_host_server_list = question(
        "get_host_server_list",
        "DbGetHostServerList",
        "host_name",
        "The servers of a host.",
        datum("server"),
    )
    get_device_class_list = question(
        "get_device_class_list",
        "DbGetDeviceClassList",
        "server",
        "Devices of a server, each followed by its class.",
        datum("server"),
    )
    get_object_list = question(
        "get_object_list",
        "DbGetObjectList",
        "wildcard",
        "The free objects with properties.",
        datum("object"),
    )
    get_object_property_list = question(
        "get_object_property_list",
        "DbGetPropertyList",
        "obj_name wildcard",
        "The properties of a free object.",
        datum("object"),
    )
    get_class_property_list = question(
        "get_class_property_list",
        "DbGetClassPropertyList",
        "class_name",
        "The properties of a class.",
        datum("class"),
    )
    get_class_for_device = question(
        "get_class_for_device", "DbGetClassforDevice", "dev_name", "The class of a device."
    )
    get_class_inheritance_for_device = question(
        "get_class_inheritance_for_device",
        "DbGetClassInheritanceForDevice",
        "dev_name",
        "The class of a device and those it inherits from.",
        datum("class"),
    )
    get_class_list = question(
        "get_class_list",
        "DbGetClassList",
        "wildcard",
        "The classes whose names fit a pattern.",
        datum("class"),
    )
    get_class_attribute_list = question(
        "get_class_attribute_list",
        "DbGetClassAttributeList",
        "class_name wildcard",
        "The attributes of a class that have properties.",
        datum("class"),
    )
    get_device_exported_for_class = question(
        "get_device_exported_for_class",
        "DbGetExportdDeviceListForClass",
        "class_name",
        "The exported devices of a class.",
        datum("device"),
    )

    @green_core(default_mode=GreenMode.Synchronous)
    async def get_server_name_list(self, io: IO) -> Any:
        """The servers, without instances."""
        from puretango.client.commands._typed import STRING

        answer = await typed_command(io, self._session, "DbGetServerNameList", STRING, "*")
        return datum("server")(answer, ())

    @green_core(default_mode=GreenMode.Synchronous)
    async def get_server_class_list(self, io: IO, server: str) -> Any:
        """The classes of a server, its admin device's left out."""
        from puretango.client.commands._typed import STRING

        answer = await typed_command(
            io, self._session, "DbGetDeviceServerClassList", STRING, server
        )
        return datum("server")([name for name in answer if name.lower() != "dserver"], ())

    @green_core(default_mode=GreenMode.Synchronous)
    async def get_device_attribute_list(self, io: IO, dev_name: str, att_list: list[str]) -> None:
        """Append the attributes of a device that have properties to a list."""
        answer = await typed_command(
            io, self._session, "DbGetDeviceAttributeList", STRINGS, [dev_name, "*"]
        )
        att_list.extend(answer)

    # --------------------------------------------------------------------- aliases

    get_device_alias = question(
        "get_device_alias", "DbGetAliasDevice", "alias", "The device that has an alias."
    )
    get_device_from_alias = question(
        "get_device_from_alias", "DbGetAliasDevice", "alias", "The device that has an alias."
    )
    get_alias = question("get_alias", "DbGetDeviceAlias", "dev_name", "The alias of a device.")
    get_alias_from_device = question(
        "get_alias_from_device", "DbGetDeviceAlias", "dev_name", "The alias of a device."
    )
    get_device_alias_list = question(
        "get_device_alias_list",
        "DbGetDeviceAliasList",
        "filter",
        "The device aliases that fit a pattern.",
        datum(0),
    )
    get_attribute_alias_list = question(
        "get_attribute_alias_list",
        "DbGetAttributeAliasList",
        "filter",
        "The attribute aliases that fit a pattern.",
        datum(0),
    )
    get_attribute_alias = question(
        "get_attribute_alias", "DbGetAttributeAlias", "alias", "The attribute that has an alias."
    )
    get_attribute_from_alias = question(
        "get_attribute_from_alias",
        "DbGetAliasAttribute",
        "alias",
        "The attribute that has an alias.",
    )
    get_alias_from_attribute = question(
        "get_alias_from_attribute",
        "DbGetAttributeAlias2",
        "attr_name",
        "The alias of an attribute.",
    )
    put_device_alias = orders(
        "put_device_alias", "DbPutDeviceAlias", "dev_name alias", "Give a device an alias."
    )
    delete_device_alias = orders(
        "delete_device_alias", "DbDeleteDeviceAlias", "alias", "Delete a device's alias."
    )
    put_attribute_alias = orders(
        "put_attribute_alias",
        "DbPutAttributeAlias",
        "attr_name alias",
        "Give an attribute an alias.",
    )
    delete_attribute_alias = orders(
        "delete_attribute_alias",
        "DbDeleteAttributeAlias",
        "alias",
        "Delete an attribute's alias.",
    )

    # ------------------------------------------------------------------- histories

    get_property_history = question(
        "get_property_history",
        "DbGetPropertyHist",
        "obj_name props",
        "The past values of a free property.",
        history(False),
    )
    get_device_property_history = question(
        "get_device_property_history",
        "DbGetDevicePropertyHist",
        "dev_name prop_name",
        "The past values of a device property.",
        history(False),
    )
    get_class_property_history = question(
        "get_class_property_history",
        "DbGetClassPropertyHist",
        "class_name prop_name",
        "The past values of a class property.",
        history(False),
    )
    get_device_attribute_property_history = question(
        "get_device_attribute_property_history",
        "DbGetDeviceAttributePropertyHist",
        "dev_name attr_name prop_name",
        "The past values of a property of a device's attribute.",
        history(True),
    )
    get_class_attribute_property_history = question(
        "get_class_attribute_property_history",
        "DbGetClassAttributePropertyHist",
        "class_name attr_name prop_name",
        "The past values of a property of a class's attribute.",
        history(True),
    )
