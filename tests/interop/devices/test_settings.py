"""Wrong settings, in the database and from clients: what PyTango's servers show, ours show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import our_database
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.process import Peer, free_port, python
from tests.interop.test_registered import register

pytestmark = pytest.mark.slow

_RUN = """
from tests.interop.peers.operations import setting_operations as asked
return getattr(asked, n)(tango, h, d, a)
"""
# Seen with PyTango 10.3.1, and not followed: the origin's words, numbers that wrap, periods that are not specified.
_OF_ITS_OWN = ("delta_t",)


@pytest.fixture(scope="module")
def host(peer_directory: Path, pytango_client: PyTangoClient) -> Iterator[str]:
    """The TANGO_HOST of our database, with a server of PyTango's and one of ours."""
    with ExitStack() as stack:
        database = stack.enter_context(our_database(peer_directory))
        tango_host = f"127.0.0.1:{database.port}"
        for whose in ("tango", "puretango"):
            register(
                pytango_client, tango_host, f"settings/{whose}", "Configured", f"set/{whose}/1"
            )
            port = free_port()
            command = python(
                "devices/settings.py", whose, whose, "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}"
            )
            environment = {"TANGO_HOST": tango_host}
            peer = Peer(f"{whose}-settings", command, peer_directory, port, environment)
            stack.enter_context(peer).wait_for("Ready to accept request")
        yield tango_host


@pytest.mark.parametrize("attribute", ["real", "whole"])
@pytest.mark.parametrize("operation", ["kept_wrongly", "set_wrongly"])
def test_each_field_with_each_value(
    operation: str, attribute: str, host: str, pytango_client: PyTangoClient
) -> None:
    answers: list[Any] = []
    for whose in ("tango", "puretango"):
        device = f"set/{whose}/1"
        got = pytango_client.run(_RUN, n=operation, h=host, d=device, a=attribute)
        answers.append({case: repr(seen).replace(device, "<device>") for case, seen in got.items()})
    wanted, got = answers
    assert len(wanted) > 200
    wrong = {
        case: (got[case], wanted[case])
        for case in wanted
        if got[case] != wanted[case] and not case.startswith(_OF_ITS_OWN)
    }
    assert wrong == {}


def test_one_wrong_setting_costs_no_other(host: str) -> None:
    """The rest is shown, kept, and survives the mending of the wrong one."""
    import puretango
    from tests.interop.peers.operations.setting_operations import change, shown

    device = "set/puretango/1"
    database = puretango.Database(*host.split(":"))
    proxy = puretango.DeviceProxy(f"tango://{host}/{device}")
    admin = puretango.DeviceProxy(f"tango://{host}/dserver/{proxy.info().server_id}")
    plain = shown(proxy, "real")
    for field, wrong, right in (
        ("max_value", "abc", "20"), ("min_value", "60", "1"), ("abs_change", "x", "4"), ("archive_period", "y", "500"),
        ("max_alarm", "", "30"), ("delta_val", "z", "3"), ("event_period", "1.5", "300"),
    ):  # fmt: skip
        own = {"description": ["precious"], "unit": ["own"], field: [wrong]}
        database.put_device_attribute_property(device, {"real": own})
        admin.DevRestart(device)
        seen = shown(proxy, "real")
        expected = {**plain, "description": "precious", "unit": "own"}
        assert {name: seen[name] for name in seen if name != field} == {
            name: expected[name] for name in expected if name != field
        }
        with pytest.raises(puretango.DevFailed, match="API_AttrConfig"):
            proxy.read_attribute("real")
        change(proxy, "real", field, right)
        assert shown(proxy, "real") == {**expected, field: right}
        assert proxy.read_attribute("real").value == 1.0
        kept = database.get_device_attribute_property(device, ["real"])["real"]
        assert set(kept) == {"description", "unit", field}
        assert list(kept["description"]) == ["precious"]
        database.delete_device_attribute_property(device, {"real": list(kept)})
    admin.DevRestart(device)
    assert shown(proxy, "real") == plain
