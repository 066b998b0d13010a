"""Tango's own access control on top of the pages' roles: C++ database, C++ access control, C++ device."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from puretango.client import Database, DeviceProxy
from puretango.errors import DevFailed
from puretango.web import Settings, WebServer
from tests.interop.peers import cpp
from tests.interop.peers.process import Peer, free_port, program
from tests.interop.web.browser import Tab
from tests.interop.web.conftest import register

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

ACCESS = "sys/access_control/1"


def test_an_expert_of_the_pages_is_refused_by_tangos_access_control(
    cpp_database: cpp.CppDatabase, tab: Tab, peer_directory: Path, tmp_path: Path, pictures: Path
) -> None:
    """Everybody may only read one device: the page shows it, and says in one line why it is not set."""
    host = cpp_database.tango_host
    name, _, port = host.partition(":")
    database = Database(name, int(port))
    register(database, "TangoTest/access", TangoTest="sys/tg_test/access")
    register(database, "TangoAccessControl/1", TangoAccessControl=ACCESS)
    command = [
        program("TangoAccessControl"), "1", "-ORBendPoint", f"giop:tcp:127.0.0.1:{(own := free_port())}",
    ]  # fmt: skip
    sql = cpp_database.mariadb
    # The program leaves columns out, which a strict MariaDB does not take.
    lenient = [
        program("mariadb"), "--no-defaults", f"--socket={sql.socket}", "-uroot", "-e", "SET GLOBAL sql_mode=''",
    ]  # fmt: skip
    subprocess.run(lenient, check=True, timeout=60)
    environment = {
        "TANGO_HOST": host, "MYSQL_HOST": f"127.0.0.1:{sql.port}", "MYSQL_USER": sql.user,
        "MYSQL_PASSWORD": sql.password,
    }  # fmt: skip
    with (
        Peer("access", command, peer_directory, own, environment) as access,
        cpp.tango_test(peer_directory, host, "access") as test,
    ):
        access.wait_for("Ready to accept request")
        test.wait_for("Ready to accept request")
        control = DeviceProxy(f"tango://{host}/{ACCESS}")
        with suppress(DevFailed):  # a new database has them
            control.AddAddressForUser(["*", "*.*.*.*"])
        with suppress(DevFailed):
            control.AddDeviceForUser(["*", "*/*/*", "write"])
        control.AddDeviceForUser(["*", "sys/tg_test/access", "read"])
        control.RegisterService()
        device = DeviceProxy(f"tango://{host}/sys/tg_test/access")
        try:
            with WebServer(Settings(tango_host=host, state=tmp_path, port=0)) as server:
                tab.open(f"{server.address}/d/sys/tg_test/access")
                tab.until_value("sys/tg_test/access/ampli", lambda text: text not in ("", "…"))
                before = device.ampli
                tab.fill("set ampli", "77", enter=True)
                tab.see("ampli: ")
                tab.see("is not authorized")
                tab.picture(pictures / "access.png")
                assert device.ampli == before
                tab.click("Commands", within=".tabsline")
                tab.fill("argument of DevDouble", "1")
                tab.click("DevDouble")
                tab.until("document.querySelector('.card [role=alert]')")
                tab.open(f"{server.address}/journal")
                tab.see("sys/tg_test/access/DevDouble")
        finally:
            control.UnregisterService()
