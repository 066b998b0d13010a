"""Names of devices and attributes, as Tango parses them."""

from __future__ import annotations

import pytest

from puretango import WrongNameSyntax
from puretango.client import parse_attribute_name, parse_device_name


@pytest.mark.parametrize(
    ("text", "device", "host", "port", "database"),
    [
        ("A/b/C", "a/b/c", "", "", True),
        ("tango://Host:10000/a/b/c", "a/b/c", "host", "10000", True),
        ("//host:10000/a/b/c", "a/b/c", "host", "10000", True),
        ("host:10000/a/b/c", "a/b/c", "host", "10000", True),
        ("tango://127.0.0.1:4/a/b/c#dbase=no", "a/b/c", "127.0.0.1", "4", False),
        ("tango://127.0.0.1:4/a/b/c#DBASE=yes", "a/b/c", "127.0.0.1", "4", True),
        ("alias", "alias", "", "", True),
        ("host:1/alias", "alias", "host", "1", True),
    ],
)
def test_device_names(text: str, device: str, host: str, port: str, database: bool) -> None:
    name = parse_device_name(text)
    assert (name.device, name.host, name.port, name.database) == (device, host, port, database)
    assert name.is_alias == ("/" not in device)
    assert name.from_environment == (database and not host)
    assert parse_device_name(name.trl) == name


@pytest.mark.parametrize(
    ("text", "reason", "words"),
    [
        ("", "API_WrongDeviceNameSyntax", "empty string"),
        ("a/b", "API_WrongDeviceNameSyntax", "domain/family/member"),
        ("a/b/c/d", "API_WrongDeviceNameSyntax", "domain/family/member"),
        ("a//c", "API_WrongDeviceNameSyntax", "domain/family/member"),
        ("/a/b/c", "API_WrongDeviceNameSyntax", "domain/family/member"),
        ("http://a/b/c", "API_UnsupportedProtocol", "http protocol"),
        ("a/b/c#dbase=maybe", "API_UnsupportedDBaseModifier", "dbase=maybe"),
        ("a/b/c#dbase=no", "API_WrongDeviceNameSyntax", "Host and port"),
        ("h:1/alias#dbase=no", "API_WrongDeviceNameSyntax", "Alias are forbidden"),
        ("ali->as", "API_WrongDeviceNameSyntax", "-> is not allowed"),
    ],
)
def test_wrong_device_names(text: str, reason: str, words: str) -> None:
    with pytest.raises(WrongNameSyntax) as caught:
        parse_device_name(text)
    assert caught.value.args[0].reason == reason
    assert words in caught.value.args[0].desc


def test_attribute_names() -> None:
    name = parse_attribute_name("tango://H:1/a/B/c/Attr#dbase=no")
    assert name.device is not None
    assert (name.device.trl, name.attribute) == ("tango://h:1/a/b/c#dbase=no", "Attr")
    assert parse_attribute_name("Alias").alias == "alias"
    name = parse_attribute_name("Device_Alias/Attr")
    assert name.device is not None
    assert name.device.is_alias
    assert (name.device.device, name.attribute) == ("device_alias", "Attr")
    for text in ("", "a/b/c", "a/b/c/d/e", "a/b/c/d#dbase=no", "x://a/b/c/d", "h:1/alias/x", "a/"):
        with pytest.raises(WrongNameSyntax):
            parse_attribute_name(text)
