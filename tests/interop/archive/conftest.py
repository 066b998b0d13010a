"""Debian's PostgreSQL, in a folder of the tests' own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.interop.peers.process import Peer, free_port, missing
from tests.waiting import until

_BIN = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


class Postgres:
    """One server; each test has a database of its own."""

    def __init__(self, directory: Path) -> None:
        self.data = directory / "data"
        self.port = free_port()
        # PostgreSQL refuses to run as root.
        self._as = []
        if os.getuid() == 0:
            self._as = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
            user = pwd.getpwnam("postgres")
            os.chown(directory, user.pw_uid, user.pw_gid)
        self._run(
            "initdb", "-D", str(self.data), "-A", "trust", "-U", "hdb", "--no-sync", "-E", "UTF8"
        )
        options = (
            "fsync=off",
            f"unix_socket_directories={directory}",
            "listen_addresses=127.0.0.1",
        )
        settings = [word for option in options for word in ("-c", option)]
        command = [*self._as, str(_BIN[-1] / "postgres"), "-D", str(self.data)]
        self.peer = Peer(
            "postgres", [*command, "-p", str(self.port), *settings], directory, self.port
        )
        self._made = 0

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [*self._as, str(_BIN[-1] / program), *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
        )

    def database(self) -> str:
        """The address of a new, empty database."""
        import psycopg

        self._made += 1
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE hdb{self._made}")
        return self.address(f"hdb{self._made}")

    def start(self) -> None:
        """Start it, or again after it was killed; returns when it takes connections."""
        import psycopg

        self.peer.start()

        def connects() -> bool:
            try:
                psycopg.connect(self.address("postgres")).close()
            except psycopg.OperationalError:
                assert not self.peer.ended, self.peer.output()
                return False
            return True

        until(connects, step=0.05)

    def kill(self) -> None:
        """kill -9 of every process of the server at once; returns when they are gone."""
        parent = psutil.Process(self.peer.pid)
        parent.suspend()  # lest it starts another one meanwhile
        killed = [*parent.children(recursive=True), parent]
        for process in killed:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                pass  # one of PostgreSQL's short-lived ones
        self.peer.stop()
        # Each has the shared memory until its very end, and a new server refuses to start beside it.
        until(lambda: not any(map(_lives, killed)))
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def address(self, database: str) -> str:
        """The address of a database."""
        return f"postgresql://hdb:secret@127.0.0.1:{self.port}/{database}"


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@contextmanager
def server() -> Iterator[Postgres]:
    """A PostgreSQL server in a folder that goes with it."""
    if not _BIN:
        missing("postgres is not installed (Debian package postgresql)")
    pytest.importorskip("psycopg")
    directory = Path(tempfile.mkdtemp(prefix="puretango-postgres-", dir="/tmp"))
    directory.chmod(0o755)
    try:
        made = Postgres(directory)
        made.start()
        try:
            yield made
        finally:
            made.peer.stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server."""
    with server() as made:
        yield made


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """A PostgreSQL server to kill."""
    with server() as made:
        yield made


@pytest.fixture
def database(postgres: Postgres) -> str:
    """The address of an empty database."""
    return postgres.database()
