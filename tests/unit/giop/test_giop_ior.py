"""Object references: built, parsed, and refused."""

from __future__ import annotations

import pytest

from puretango.errors import ProtocolError
from puretango.giop import (
    IOR,
    V1_0,
    V1_1,
    V1_2,
    Address,
    CodeSets,
    Component,
    IIOPProfile,
    UnixAddress,
    build_corbaloc,
    make_ior,
    parse_corbaloc,
    parse_ior,
)


def test_build_and_parse() -> None:
    ior = make_ior(
        "IDL:Tango/Device_6:1.0", [("127.0.0.1", 4711), ("host.example", 4712)], b"\xfe\x00key"
    )
    again = parse_ior(str(ior))
    assert again == ior
    assert again.type_id == "IDL:Tango/Device_6:1.0"
    profile = again.profile
    assert profile.version == V1_2
    assert profile.object_key == b"\xfe\x00key"
    assert profile.addresses == [Address("127.0.0.1", 4711), Address("host.example", 4712)]
    assert profile.orb_type == 0x41545400
    assert profile.code_sets == CodeSets(0x00010001, 0x00010109, (0x00010001,), (0x00010109,))
    assert profile.unix_address is None


def test_profile_1_0_has_no_components() -> None:
    ior = IOR("IDL:X:1.0", [IIOPProfile("h", 1, b"k", V1_0)], [Component(9, b"zz")])
    assert parse_ior(str(ior)) == ior
    assert not ior.is_nil
    assert IOR("").is_nil


def test_unix_address() -> None:
    data = bytes.fromhex("01000000 03000000 6873 00 00 06000000 2f746d702f00")
    profile = IIOPProfile("h", 1, b"k", V1_2, [Component(0x41545402, data)])
    assert profile.unix_address == UnixAddress("hs", "/tmp/")


def test_big_endian() -> None:
    text = "IOR:00000000" + "00000002" + "4100" + "0000" + "00000000"
    assert parse_ior(text) == IOR("A")


@pytest.mark.parametrize("cut", range(0, 200, 7))
def test_cut_reference_is_refused(cut: int) -> None:
    text = str(make_ior("IDL:Tango/Device_6:1.0", [("127.0.0.1", 4711)], b"key"))
    assert len(text) > 210
    with pytest.raises(ProtocolError):
        parse_ior(text[:cut])


def test_no_profile() -> None:
    with pytest.raises(ProtocolError, match="no IIOP profile"):
        _ = IOR("x").profile


@pytest.mark.parametrize(
    ("text", "profile"),
    [
        ("corbaloc:iiop:host:10000/database", IIOPProfile("host", 10000, b"database", V1_0)),
        ("corbaloc::host/a/b/c", IIOPProfile("host", 2809, b"a/b/c", V1_0)),
        ("corbaloc:iiop:1.2@h:1/k%20%ff", IIOPProfile("h", 1, b"k \xff", V1_2)),
        ("corbaloc:iiop:1.1@[::1]:5/k", IIOPProfile("::1", 5, b"k", V1_1)),
    ],
)
def test_corbaloc(text: str, profile: IIOPProfile) -> None:
    assert parse_corbaloc(text) == [profile]
    assert parse_corbaloc(build_corbaloc(profile)) == [profile]


def test_corbaloc_of_many_addresses() -> None:
    assert [p.host for p in parse_corbaloc("corbaloc:iiop:a:1,iiop:b:2/k")] == ["a", "b"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "corbaname:iiop:h/k",
        "corbaloc:iiop:h:1",
        "corbaloc:rir:/k",
        "corbaloc:iiop:1.7@h/k",
        "corbaloc:iiop:h:99999/k",
        "corbaloc:iiop:h:x/k",
        "corbaloc:iiop::5/k",
        "corbaloc:iiop:[::1/k",
    ],
)
def test_bad_corbaloc(text: str) -> None:
    with pytest.raises(ProtocolError):
        parse_corbaloc(text)
