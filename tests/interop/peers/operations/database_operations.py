"""What a client can ask of a Tango database, as functions of (implementation, tango host) that give plain answers.

Each works on names of its own and removes them, so that all run in one database in any order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.interop.peers.plain import attempt

Operation = Callable[[Any, Any], Any]
DATABASE_OPERATIONS: dict[str, Operation] = {}


def operation(function: Operation) -> Operation:
    """Register under the function's name."""
    DATABASE_OPERATIONS[function.__name__] = function
    return function


def run(tango: Any, name: str, tango_host: str) -> Any:
    """Run the operation `name` against the database at `tango_host`."""
    host, _, port = tango_host.partition(":")
    return DATABASE_OPERATIONS[name](tango, tango.Database(host, int(port)))


def _properties(answer: Any) -> Any:
    return {str(name): [str(item) for item in value] for name, value in dict(answer).items()}


def _add(
    tango: Any,
    database: Any,
    device: str,
    cls: str = "MatrixClass",
    server: str = "MatrixServer/one",
) -> None:
    info = tango.DbDevInfo()
    info.name, info._class, info.server = device, cls, server
    database.add_device(info)


@operation
def identity(tango: Any, database: Any) -> Any:
    return [database.get_db_host() != "", str(database.get_db_port()) != "", database.is_dbase_used(),
            database.dev_name(), bool(database.get_info())]  # fmt: skip


@operation
def devices(tango: Any, database: Any) -> Any:
    _add(tango, database, "Matrix/Dev/One")
    _add(tango, database, "matrix/dev/two")
    found = [
        list(database.get_device_member("matrix/dev/*")),
        # which of "Dev" and "dev" stands for both is the database's own affair
        [name.lower() for name in database.get_device_family("matrix/*")],
        "matrix" in [name.lower() for name in database.get_device_domain("*")],
        list(database.get_device_name("MatrixServer/one", "MatrixClass")),
        list(database.get_device_exported("matrix/*")),
        database.get_class_for_device("matrix/dev/one"),
        list(database.get_class_inheritance_for_device("matrix/dev/one")),
        list(database.get_device_class_list("MatrixServer/one")),
        list(database.get_server_class_list("MatrixServer/one")),
        "MatrixServer/one" in list(database.get_server_list("Matrix*")),
        "MatrixServer" in list(database.get_server_name_list()),
        list(database.get_instance_name_list("MatrixServer")),
        "MatrixClass" in list(database.get_class_list("Matrix*")),
    ]
    database.delete_device("matrix/dev/one")
    found.append(list(database.get_device_member("matrix/dev/*")))
    database.delete_device("matrix/dev/two")
    database.delete_server("MatrixServer/one")
    return [*found, list(database.get_device_member("matrix/dev/*")), list(database.get_server_list("Matrix*")),
            attempt(database.get_device_info, "matrix/dev/one", text=False),
            attempt(database.delete_device, "matrix/dev/one", text=False)]  # fmt: skip


@operation
def servers(tango: Any, database: Any) -> Any:
    infos = []
    for number in range(3):
        info = tango.DbDevInfo()
        info.name, info._class, info.server = (
            f"matrix/srv/{number}",
            "MatrixClass",
            "MatrixServer/many",
        )
        infos.append(info)
    database.add_server("MatrixServer/many", infos, with_dserver=True)
    found = [list(database.get_device_name("MatrixServer/many", "*")),
             list(database.get_device_class_list("MatrixServer/many"))]  # fmt: skip
    server_info = tango.DbServerInfo()
    server_info.name, server_info.host, server_info.mode, server_info.level = (
        "MatrixServer/many",
        "somehost",
        1,
        3,
    )
    database.put_server_info(server_info)
    got = database.get_server_info("MatrixServer/many")
    found.append([got.name, got.host, got.mode, got.level])
    database.delete_server_info("MatrixServer/many")
    database.rename_server("MatrixServer/many", "MatrixServer/few")
    found.append(list(database.get_instance_name_list("MatrixServer")))
    database.delete_server("MatrixServer/few")
    return [*found, list(database.get_device_member("matrix/srv/*"))]


@operation
def export(tango: Any, database: Any) -> Any:
    _add(tango, database, "matrix/exp/1")
    info = tango.DbDevExportInfo()
    info.name, info.ior, info.host, info.version, info.pid = (
        "matrix/exp/1",
        "IOR:0102",
        "somehost",
        "6",
        4711,
    )
    database.export_device(info)
    imported = database.import_device("matrix/exp/1")
    found = [[imported.name, imported.exported, imported.ior, imported.version],
             list(database.get_device_exported("matrix/exp/*")),
             list(database.get_device_exported_for_class("MatrixClass"))]  # fmt: skip
    full = database.get_device_info("matrix/exp/1")
    found.append(
        [full.name, full.class_name, full.ds_full_name, full.exported, full.pid, full.version]
    )
    database.unexport_device("matrix/exp/1")
    imported = database.import_device("matrix/exp/1")
    found.append([imported.exported, list(database.get_device_exported("matrix/exp/*"))])
    database.delete_device("matrix/exp/1")
    database.delete_server("MatrixServer/one")
    return [*found, attempt(database.import_device, "matrix/exp/1", text=False),
            attempt(database.get_device_info, "matrix/exp/1", text=False)]  # fmt: skip


_VALUES: dict[str, list[str]] = {
    "one": ["1"], "Two": ["a", "b"], "latin": ["r\xe9sum\xe9 \xb5"], "quotes": ["it's \"so\" \\ `done`; DROP"],
    "long": ["x" * 3000], "lines": ["first\nsecond"], "many": [str(number) for number in range(200)], "blank": [" "],
}  # fmt: skip


@operation
def device_properties(tango: Any, database: Any) -> Any:
    device = "matrix/prop/1"
    database.put_device_property(device, _VALUES)
    found: list[Any] = [_properties(database.get_device_property(device, list(_VALUES)))]
    found.append(_properties(database.get_device_property(device, "ONE")))
    found.append(_properties(database.get_device_property(device, ["nothing", "two"])))
    found.append(sorted(database.get_device_property_list(device, "*")))
    found.append(sorted(database.get_device_property_list(device, "l*")))
    database.put_device_property(device, {"one": ["2", "3"]})
    found.append(_properties(database.get_device_property(device, "one")))
    history = database.get_device_property_history(device, "one")
    found.append(
        [
            [entry.get_name(), list(entry.get_value().value_string), entry.is_deleted()]
            for entry in list(history)[-2:]
        ]
    )
    database.delete_device_property(device, list(_VALUES))
    return [*found, list(database.get_device_property_list(device, "*"))]


@operation
def class_properties(tango: Any, database: Any) -> Any:
    cls = "MatrixPropClass"
    database.put_class_property(cls, _VALUES)
    found: list[Any] = [
        _properties(database.get_class_property(cls, list(_VALUES))),
        sorted(database.get_class_property_list(cls)),
        cls in list(database.get_class_list("Matrix*")),
    ]
    history = database.get_class_property_history(cls, "Two")
    found.append([list(entry.get_value().value_string) for entry in list(history)[-1:]])
    database.delete_class_property(cls, list(_VALUES))
    return [*found, list(database.get_class_property_list(cls))]


@operation
def free_properties(tango: Any, database: Any) -> Any:
    name = "MatrixFree"
    database.put_property(name, _VALUES)
    found: list[Any] = [
        _properties(database.get_property(name, list(_VALUES))),
        list(database.get_object_list("Matrix*")),
        sorted(database.get_object_property_list(name, "*")),
    ]
    history = database.get_property_history(name, "Two")
    found.append([list(entry.get_value().value_string) for entry in list(history)[-1:]])
    database.delete_property(name, list(_VALUES))
    return [*found, list(database.get_object_property_list(name, "*"))]


def _attribute_list(tango: Any, database: Any, device: str) -> list[str]:
    found = tango.StdStringVector()
    database.get_device_attribute_list(device, found)
    return sorted(found)


def _nested(answer: Any) -> Any:
    return {str(attribute): _properties(values) for attribute, values in dict(answer).items()}


@operation
def device_attribute_properties(tango: Any, database: Any) -> Any:
    device = "matrix/attr/1"
    database.put_device_attribute_property(
        device,
        {
            "speed": {"unit": ["mm"], "min_value": ["0"], "list": ["1", "2"]},
            "Depth": {"label": ["how deep"]},
        },
    )
    found: list[Any] = [_nested(database.get_device_attribute_property(device, ["speed", "depth", "nothing"])),
                        _attribute_list(tango, database, device)]  # fmt: skip
    history = database.get_device_attribute_property_history(device, "speed", "unit")
    found.append([list(entry.get_value().value_string) for entry in list(history)[-1:]])
    database.delete_device_attribute_property(device, {"speed": ["unit", "list"]})
    found.append(_nested(database.get_device_attribute_property(device, ["speed"])))
    _device(tango, database).command_inout("DbDeleteDeviceAttribute", [device, "depth"])
    database.delete_device_attribute_property(device, {"speed": ["min_value"]})
    return [*found, _attribute_list(tango, database, device)]


@operation
def class_attribute_properties(tango: Any, database: Any) -> Any:
    cls = "MatrixAttrClass"
    database.put_class_attribute_property(cls, {"speed": {"unit": ["mm"], "list": ["1", "2"]}})
    found: list[Any] = [_nested(database.get_class_attribute_property(cls, ["speed", "nothing"])),
                        list(database.get_class_attribute_list(cls, "*"))]  # fmt: skip
    history = database.get_class_attribute_property_history(cls, "speed", "list")
    found.append([list(entry.get_value().value_string) for entry in list(history)[-1:]])
    database.delete_class_attribute_property(cls, {"speed": ["unit", "list"]})
    return [*found, _nested(database.get_class_attribute_property(cls, ["speed"]))]


@operation
def aliases(tango: Any, database: Any) -> Any:
    _add(tango, database, "matrix/alias/1")
    database.put_device_alias("matrix/alias/1", "matrix_nick")
    database.put_attribute_alias("matrix/alias/1/speed", "matrix_speed")
    found = [
        database.get_device_alias("matrix_nick"), database.get_alias("matrix/alias/1"),
        list(database.get_device_alias_list("matrix*")), database.get_device_from_alias("matrix_nick"),
        database.get_alias_from_device("matrix/alias/1"), database.get_attribute_alias("matrix_speed"),
        list(database.get_attribute_alias_list("matrix*")), database.get_attribute_from_alias("matrix_speed"),
        database.get_alias_from_attribute("matrix/alias/1/speed"),
        attempt(database.get_device_alias, "no_such_alias", text=False),
        attempt(database.get_alias, "matrix/alias/none", text=False),
    ]  # fmt: skip
    database.delete_device_alias("matrix_nick")
    database.delete_attribute_alias("matrix_speed")
    found.append(list(database.get_device_alias_list("matrix*")))
    database.delete_device("matrix/alias/1")
    database.delete_server("MatrixServer/one")
    return found


def _device(tango: Any, database: Any) -> Any:
    return tango.DeviceProxy(
        f"tango://{database.get_db_host()}:{database.get_db_port()}/{database.dev_name()}"
    )


@operation
def commands(tango: Any, database: Any) -> Any:
    infos = sorted(info.cmd_name for info in _device(tango, database).command_list_query())
    # Pipe properties and a few newer commands depend on the library's release.
    return [name for name in infos if "Pipe" not in name]


@operation
def command_signatures(tango: Any, database: Any) -> Any:
    return sorted(
        [info.cmd_name, str(info.in_type), str(info.out_type)]
        for info in _device(tango, database).command_list_query()
    )


@operation
def direct_commands(tango: Any, database: Any) -> Any:
    _add(tango, database, "matrix/direct/1")
    found = [
        list(database.command_inout("DbGetDeviceList", ["MatrixServer/one", "MatrixClass"])),
        list(database.command_inout("DbGetDeviceWideList", "matrix/direct/*")),
        list(database.command_inout("DbGetDeviceClassList", "MatrixServer/one")),
        list(database.command_inout("DbGetDeviceDomainList", "matrix*")),
        database.command_inout("DbGetClassForDevice", "matrix/direct/1"),
        attempt(database.command_inout, "DbImportDevice", "matrix/no/one", text=False),
        attempt(database.command_inout, "DbGetDeviceProperty", ["matrix/direct/1", "nothing"]),
    ]
    database.delete_device("matrix/direct/1")
    database.delete_server("MatrixServer/one")
    return found
