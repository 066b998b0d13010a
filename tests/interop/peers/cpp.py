"""The C++ peers of Debian: TangoTest, and the database server on a MariaDB of its own."""

from __future__ import annotations

import getpass
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.interop.peers.process import Peer, free_port, missing, program
from tests.waiting import until

_SCHEMA = Path("/usr/share/dbconfig-common/data/tango-db/install/mysql")


@dataclass(frozen=True)
class MariaDB:
    """A running MariaDB with Tango's schema in the database `tango`."""

    port: int
    socket: Path
    user: str = "tango"
    password: str = "tangopw"

    @property
    def url(self) -> str:
        """For SQLAlchemy."""
        return f"mysql+pymysql://{self.user}:{self.password}@127.0.0.1:{self.port}/tango"


@contextmanager
def mariadb(directory: Path) -> Iterator[MariaDB]:
    """A MariaDB that lives in `directory` and touches no other on this machine."""
    install, daemon, client = (
        program(name) for name in ("mariadb-install-db", "mariadbd", "mariadb")
    )
    if not _SCHEMA.exists():
        missing("Tango's SQL schema is not installed (Debian package tango-db)")
    user = getpass.getuser()
    port = free_port()
    # A folder for each: tests hand in folders that others use too, and a second MariaDB waits for the first's locks.
    data = directory / f"data.{port}"
    subprocess.run(
        [install, "--no-defaults", f"--datadir={data}", f"--user={user}", "--skip-test-db",
         "--auth-root-authentication-method=normal"],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    # A socket's path is limited to 107 characters and pytest's directories are long.
    socket = Path(f"/tmp/puretango-mariadb-{port}.sock")
    command = [daemon, "--no-defaults", f"--user={user}", f"--datadir={data}",
               f"--socket={socket}", f"--port={port}", "--bind-address=127.0.0.1",
               "--innodb-flush-log-at-trx-commit=0", f"--pid-file={data}/pid"]  # fmt: skip
    with Peer("mariadbd", command, directory, port):
        base = [client, "--no-defaults", f"--socket={socket}", "-uroot"]
        setup = "CREATE DATABASE tango;" + "".join(
            f"CREATE USER tango@'{host}' IDENTIFIED BY 'tangopw';"
            f"GRANT ALL ON tango.* TO tango@'{host}';"
            for host in ("localhost", "127.0.0.1")
        )
        _retry([*base, "-e", setup])
        with _SCHEMA.open() as schema:
            subprocess.run([*base, "tango"], stdin=schema, check=True, timeout=60)
        yield MariaDB(port, socket)
    socket.unlink(missing_ok=True)


def _retry(command: list[str], timeout: float = 40.0) -> None:
    said = ""

    def succeeds() -> bool:
        nonlocal said
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        said = done.stderr
        return done.returncode == 0

    try:
        until(succeeds, timeout, step=0.05)
    except AssertionError:
        raise RuntimeError(said) from None


@dataclass(frozen=True)
class CppDatabase:
    """A running C++ database server."""

    tango_host: str
    mariadb: MariaDB
    peer: Peer


def _environment(sql: MariaDB, port: int) -> dict[str, str]:
    """For the servers that work on the tables."""
    return {
        "TANGO_HOST": f"127.0.0.1:{port}",
        "MYSQL_HOST": f"127.0.0.1:{sql.port}",
        "MYSQL_USER": sql.user,
        "MYSQL_PASSWORD": sql.password,
    }


@contextmanager
def cpp_database(directory: Path) -> Iterator[CppDatabase]:
    """DataBaseds 2 over a MariaDB of its own, on a free port."""
    daemon = program("DataBaseds")
    with mariadb(directory) as sql:
        port = free_port()
        environment = _environment(sql, port)
        command = [daemon, "2", "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}"]
        with Peer("DataBaseds", command, directory, port, environment) as peer:
            peer.wait_for("Ready to accept request")
            yield CppDatabase(f"127.0.0.1:{port}", sql, peer)


def tango_test(directory: Path, tango_host: str | None = None, instance: str = "test") -> Peer:
    """A C++ TangoTest: without database, or registered in the one at `tango_host`."""
    port = free_port()
    end_point = ["-ORBendPoint", f"giop:tcp:127.0.0.1:{port}"]
    command = [program("TangoTest"), instance]
    if tango_host is None:
        command += ["-nodb", "-dlist", "sys/tg_test/1"]
    return Peer(
        "TangoTest",
        command + end_point,
        directory,
        port,
        {"TANGO_HOST": tango_host or "127.0.0.1:1"},
    )


def tango_admin(tango_host: str, *arguments: str) -> str:
    """Run C++ tango_admin against a database; its output."""
    import os

    done = subprocess.run(
        [program("tango_admin"), *arguments],
        env={**os.environ, "TANGO_HOST": tango_host},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"tango_admin {arguments}: {done.returncode} {done.stdout}{done.stderr}")
    return done.stdout


def access_control(directory: Path, database: CppDatabase) -> Peer:
    """The C++ TangoAccessControl, as sys/access_control/1 of a C++ database."""
    port = free_port()
    command = [program("TangoAccessControl"), "1", "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}"]
    environment = _environment(database.mariadb, int(database.tango_host.rpartition(":")[2]))
    return Peer("TangoAccessControl", command, directory, port, environment)
