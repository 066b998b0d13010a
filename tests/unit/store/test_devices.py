"""Devices and servers: definition, export, import, lists, aliases, events, rights."""

from __future__ import annotations

import pytest

from puretango.store import ServerRecord, Store, plain_device_name, split_device_name


@pytest.fixture
def devices(store: Store) -> Store:
    """A store with two servers."""
    with store.change():
        for name in ("sys/tg_test/1", "sys/tg_test/2"):
            store.devices.add("TangoTest/test", name, "TangoTest")
        store.devices.add_admin("TangoTest/test")
        store.devices.add("Motor/lab", "lab/motor/X", "Motor", "x_axis")
        store.devices.add_admin("Motor/lab")
    return store


def test_a_new_device_is_defined_and_not_exported(devices: Store) -> None:
    found = devices.devices.find("SYS/TG_Test/1")
    assert found is not None
    assert (found.name, found.server, found.device_class) == (
        "sys/tg_test/1",
        "TangoTest/test",
        "TangoTest",
    )
    assert (found.exported, found.ior, found.host, found.pid) == (0, "nada", "nada", 0)
    assert (found.started, found.stopped, found.alias) == (None, None, None)


def test_an_unknown_device_is_none(devices: Store) -> None:
    assert devices.devices.find("no/such/device") is None
    assert devices.devices.named("x_axis") is None


def test_an_alias_finds_its_device(devices: Store) -> None:
    found = devices.devices.find("X_AXIS")
    assert found is not None
    assert found.name == "lab/motor/X"


def test_the_admin_device_is_added_once(devices: Store) -> None:
    devices.devices.add_admin("TangoTest/test")
    assert [name for name, _ in devices.devices.of_server("tangotest/TEST")] == [
        "sys/tg_test/1",
        "sys/tg_test/2",
        "dserver/TangoTest/test",
    ]


def test_defining_a_device_again_moves_it(devices: Store) -> None:
    devices.devices.add("Other/1", "SYS/tg_test/1", "Other")
    assert devices.devices.names("sys/tg_test/1") == ["SYS/tg_test/1"]
    found = devices.devices.find("sys/tg_test/1")
    assert found is not None
    assert found.server == "Other/1"


def test_export_and_unexport(devices: Store) -> None:
    devices.servers.put("tangotest/test", "", 1, 3)
    assert devices.devices.export("SYS/tg_test/1", "IOR:01", "host1", 4194303, "6")
    found = devices.devices.find("sys/tg_test/1")
    assert found is not None
    assert (found.exported, found.ior, found.host, found.pid, found.version) == (
        1,
        "IOR:01",
        "host1",
        4194303,
        "6",
    )
    assert found.started is not None
    assert len(found.started) == len("2026-11-21 02:30:00")
    assert devices.servers.find("TangoTest/test") == ServerRecord("host1", 1, 3)
    devices.devices.unexport("sys/TG_TEST/1")
    found = devices.devices.find("sys/tg_test/1")
    assert found is not None
    assert found.exported == 0
    assert found.stopped is not None


def test_export_of_an_undefined_device_is_refused(devices: Store) -> None:
    assert not devices.devices.export("no/such/device", "IOR:01", "h", 1, "6")


def test_unexport_of_a_server(devices: Store) -> None:
    for name in ("sys/tg_test/1", "sys/tg_test/2", "dserver/TangoTest/test", "lab/motor/X"):
        devices.devices.export(name, "IOR:01", "h", 1, "6")
    devices.devices.unexport_server("tangotest/test")
    assert devices.devices.names(exported=True) == ["lab/motor/X"]


def test_lists(devices: Store) -> None:
    lists = devices.devices
    assert lists.names("sys/*") == ["sys/tg_test/1", "sys/tg_test/2"]
    assert lists.names("x_*", or_alias=True) == ["lab/motor/X"]
    assert lists.names("sys/tgXtest/1") == [], "an underscore is no wildcard"
    assert lists.names("sys/tg%") == [], "nor is a percent sign"
    assert lists.names(server="TangoTest/*", device_class="TangoTest") == [
        "sys/tg_test/1",
        "sys/tg_test/2",
    ]
    assert lists.parts("domain", "*") == ["dserver", "lab", "sys"]
    assert lists.parts("family", "sys/*") == ["tg_test"]
    assert lists.parts("member", "lab/*") == ["X"]
    assert lists.classes() == ["DServer", "Motor", "TangoTest"]
    assert lists.classes(server="motor/lab") == ["DServer", "Motor"]
    assert lists.servers("*") == ["Motor/lab", "TangoTest/test"]
    assert lists.hosts("*") == ["nada"]


def test_servers_of_a_host_with_and_without_its_domain(devices: Store) -> None:
    devices.devices.export("dserver/TangoTest/test", "IOR:01", "pc1.site.org", 1, "6")
    devices.devices.export("dserver/Motor/lab", "IOR:01", "pc1", 1, "6")
    devices.devices.export("sys/tg_test/1", "IOR:01", "pc2", 1, "6")
    assert devices.devices.servers_on_host("pc1") == ["Motor/lab", "TangoTest/test"]
    assert devices.devices.servers_on_host("pc2") == [], "only admin devices count"


def test_names_sort_as_in_mariadb(store: Store) -> None:
    for name in ("a/b/z", "a/b/_1", "a/b/Y", "a/b/x"):
        store.devices.add("S/1", name, "C")
    assert store.devices.names("a/*") == ["a/b/x", "a/b/Y", "a/b/z", "a/b/_1"]


def test_removing_a_device_takes_all_that_is_its_own(devices: Store) -> None:
    device = "sys/tg_test/1"
    devices.device_properties.put((device,), "Prop", ["1"])
    devices.device_attributes.put((device, "ampli"), "min_value", ["0"])
    devices.device_pipes.put((device, "pipe"), "label", ["p"])
    devices.aliases.put_attribute(f"{device}/ampli", "amplitude")
    devices.devices.remove("SYS/tg_test/1")
    assert devices.devices.find(device) is None
    assert devices.device_properties.names(device, "*") == []
    assert devices.device_attributes.of_owner(device) == []
    assert devices.device_pipes.of_owner(device) == []
    assert devices.aliases.attribute_of("amplitude") is None


def test_a_server_is_renamed_with_its_admin_device(devices: Store) -> None:
    devices.device_properties.put(("dserver/TangoTest/test",), "polling", ["1"])
    devices.servers.rename("TangoTest/test", "Tester/two")
    assert [name for name, _ in devices.devices.of_server("Tester/two")][-1] == "dserver/Tester/two"
    assert devices.device_properties.get(("dserver/Tester/two",), "polling") == ["1"]
    assert devices.devices.of_server("TangoTest/test") == []
    assert devices.devices.parts("family", "dserver/*") == ["Motor", "Tester"]


def test_server_info(store: Store) -> None:
    assert store.servers.find("a/b") is None
    store.servers.put("a/b", "host", 1, 2)
    store.servers.put("A/B", "other", 0, 5)
    assert store.servers.find("a/b") == ServerRecord("other", 0, 5)
    store.servers.remove("a/b")
    assert store.servers.find("a/b") is None


def test_device_aliases(devices: Store) -> None:
    aliases = devices.aliases
    assert aliases.put_device("sys/tg_test/1", "tester")
    assert not aliases.put_device("sys/tg_test/2", "TESTER"), "it belongs to another device"
    assert aliases.put_device("sys/tg_test/1", "tester"), "its own again"
    assert aliases.device_of("Tester") == "sys/tg_test/1"
    assert aliases.of_device("SYS/TG_TEST/1") == "tester"
    assert aliases.device_aliases("*") == ["tester", "x_axis"]
    aliases.remove_device("TESTER")
    assert aliases.of_device("sys/tg_test/1") is None


def test_attribute_aliases(devices: Store) -> None:
    aliases = devices.aliases
    assert aliases.put_attribute("sys/tg_test/1/ampli", "amplitude")
    assert not aliases.put_attribute("sys/tg_test/2/ampli", "Amplitude")
    assert aliases.put_attribute("sys/tg_test/1/ampli", "gain"), "a new one in its place"
    assert aliases.attribute_of("amplitude") is None
    assert aliases.attribute_of("GAIN") == "sys/tg_test/1/ampli"
    assert aliases.of_attribute("sys/tg_test/1/AMPLI") == "gain"
    assert aliases.put_attribute("sys/tg_test/1/Current", "zero")
    assert aliases.attribute_aliases("*") == ["gain", "zero"]
    aliases.remove_attribute("gain")
    assert aliases.attribute_aliases("g*") == []


def test_events(store: Store) -> None:
    store.events.export("dserver/a/b", "IOR:02", "h", 7, "4")
    store.events.export("dserver/A/B", "IOR:03", "h", 8, "4")
    found = store.events.find("dserver/a/b")
    assert found is not None
    assert (found.exported, found.ior, found.pid) == (1, "IOR:03", 8)
    store.events.unexport("dserver/a/b")
    found = store.events.find("dserver/a/b")
    assert found is not None
    assert found.exported == 0
    assert store.events.find("nothing") is None


def test_rights(store: Store) -> None:
    rights = store.access
    assert rights.users() == ["*"]
    assert rights.addresses("*") == ["*.*.*.*"]
    assert rights.devices("*") == [("*/*/*", "write")]
    rights.add_address("ann", "10.0.0.*")
    rights.add_address("ann", "10.0.0.*")
    rights.add_device("ann", "sys/*/*", "read")
    rights.clone("ann", "bob")
    assert rights.users() == ["*", "ann", "bob"]
    assert rights.addresses("bob") == ["10.0.0.*"]
    assert rights.devices("bob") == [("sys/*/*", "read")]
    rights.remove_device("bob", "sys/*/*", "read")
    rights.remove_address("bob", "10.0.0.*")
    rights.remove_user("ann")
    assert rights.users() == ["*"]


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("a/b/c", "a/b/c"),
        ("tango:a/b/c", "a/b/c"),
        ("tango://host:10000/a/b/c", "a/b/c"),
        ("//nethost/a/b/c", "a/b/c"),
        ("taco:a/b/c", "a/b/c"),
        ("a/b", None),
        ("a", None),
        ("", None),
        ("/b/c", None),
        ("a/*/c", None),
        ("//host", None),
    ],
)
def test_plain_device_name(given: str, plain: str | None) -> None:
    assert plain_device_name(given) == plain


def test_split_device_name() -> None:
    assert split_device_name("a/b/c") == ("a", "b", "c")
    assert split_device_name("dserver/Exec/inst/more") == ("dserver", "Exec", "inst/more")
    assert split_device_name("a") == ("a", "", "")
