"""Who may do what: every question and order of the interface, tried by everybody."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from puretango.client import ClientContext
from puretango.hub import Hub
from puretango.testing import TangoSystem
from puretango.web import Role, Settings, SettingsError, WebServer
from puretango.web._app import Application
from puretango.web._call import Rule
from tests.unit.web.client import Client

_unused = Application(Settings(tango_host="", state=Path("unused")), Hub(), ClientContext())
RULES: list[Rule] = list(_unused.rules.values())
NAMES = sorted({rule.path for rule in RULES})

FIELDS: dict[str, list[Any]] = {
    "device": ["sys/tg_test/1", "lab/push/1", "", "a/b/c", "x" * 500, 7, None, "a\0b", "é/ü/ß"],
    "name": ["sys/tg_test/1", "TestServer/test", "../../etc/passwd", "", [], "x" * 100],
    "attribute": ["ampli", "no_such", "", "..", 3],
    "value": [1, "NaN", "x", [1], [[1], [2, 3]], None, {"a": 1}, 2**70, "1e999"],
    "command": ["State", "DevDouble", "", "no_such"],
    "kind": ["device", "class", "free", "attribute", "x", None],
    "owner": ["sys/tg_test/1", "TangoTest", "", 5],
    "by": ["device", "server", "x"],
    "path": ["", "sys", "a/b/c/d", "%"],
    "q": ["tg", "", "*", "\\"],
    "changes": [[], [{}], [{"kind": "device"}], "x", [1]],
    "devices": [["sys/tg_test/1"], [], "x", [1], [{"name": "a/b/c", "class": "C"}]],
    "settings": [{}, {"label": ["", "x"]}, {"label": "x"}, []],
    "server": ["TestServer/test", "x", "", "a/b/c"],
    "period": [0, -1, 1000, "x", 1e99],
    "level": ["INFO", "x", 3, -1],
    "what": ["start", "device", "x"],
    "confirm": ["", "x"],
    "id": [1, -1, "x", None],
    "count": [1, 10**9, "x", -5],
    "class": ["TangoTest", ""],
    "argument": [None, [1], "x", [[1], ["a"]]],
    "attributes": [["a/b/c/d"], "x"],
    "plotted": [[], "x"],
    "alias": ["", "x y", "/"],
    "source": ["device", "x"],
    "locked": [True, False],
}


def fields(seed: str) -> dict[str, Any]:
    """Some fields with some values, the same ones for one seed."""
    choice = random.Random(seed)
    names = choice.sample(sorted(FIELDS), choice.randint(0, len(FIELDS)))
    return {name: choice.choice(FIELDS[name]) for name in names}


def test_writing_is_never_a_get() -> None:
    assert {rule.method for rule in RULES} == {"GET", "POST"}
    assert [rule.path for rule in RULES if rule.method == "GET" and rule.role != Role.VIEWER] == []
    # The one that compares changes writes nothing, and is an expert's all the same.
    assert [
        rule.path for rule in RULES if rule.method == "POST" and rule.role < Role.OPERATOR
    ] == []


@pytest.mark.parametrize("path", NAMES)
def test_every_rule_by_every_role(
    path: str, viewer: Client, operator: Client, expert: Client, state: Path
) -> None:
    """Whoever may not gets 403 before anything is looked at; nobody gets an error of the server's own."""
    journal = state / "journal.jsonl"
    rules = [rule for rule in RULES if rule.path == path]
    before = journal.stat().st_size if journal.exists() else 0
    stranger = viewer.with_headers(Authorization="")
    liar = viewer.with_headers(Authorization="Bearer expert-secreT")
    for method in ("GET", "POST"):
        for number in range(3):
            given = fields(f"{path} {method} {number}")
            for who in (stranger, liar):
                answer = who.get(path, **given) if method == "GET" else who.post(path, **given)
                wanted = 401 if any(rule.method == method for rule in rules) else 404
                assert answer.status == wanted, (path, method, answer)
    for rule in rules:
        for number in range(3):
            given = fields(f"{path} {rule.method} {number}")
            for who, role in ((viewer, Role.VIEWER), (operator, Role.OPERATOR)):
                if role < rule.role:
                    answer = who.post(path, **given)
                    assert answer.status == 403, (path, role, answer)
    assert (journal.stat().st_size if journal.exists() else 0) == before
    for rule in rules:
        if rule.path in ("restart", "host/restart"):
            continue
        for number in range(6):
            given = fields(f"{path} {rule.method} {number}")
            answer = (
                expert.get(path, **given) if rule.method == "GET" else expert.post(path, **given)
            )
            assert answer.status in (200, 400, 403, 404, 409, 502, 503), (path, given, answer)
            assert isinstance(answer.body, dict)


def test_a_viewer_cannot_write_by_any_route(viewer: Client, system: TangoSystem) -> None:
    device = system.get_device("lab/push/1")
    device.number = 4.0
    body = json.dumps({"device": "lab/push/1", "attribute": "number", "value": 9}).encode()
    for method in ("POST", "GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"):
        for path in ("/api/write", "/api//write", "/api/write/", "/api/WRITE", "/api/./write", "/write",
                     "/api/write?role=expert", "/api/device/../write"):  # fmt: skip
            answer = viewer.send(method, path, body)
            assert answer.status in (200, 307, 400, 403, 404, 405), (method, path, answer)
    for header in ("X-Forwarded-User", "X-Forwarded-Groups", "X-Http-Method-Override", "Cookie"):
        value = "puretango=viewer-secret" if header == "Cookie" else "expert"
        assert viewer.with_headers(**{header: value}).send("POST", "/api/write", body).status == 403
    assert device.number == 4.0


def test_foreign_pages_are_refused(expert: Client, server: WebServer) -> None:
    good = {"device": "lab/push/1", "attribute": "number", "value": 1}
    origin = f"http://localhost:{server.port}"
    assert expert.with_headers(Origin=origin).post("write", **good).status == 200
    for headers in (
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": f"http://localhost:{server.port + 1}"},
        {"X-Puretango": ""},
        {"Host": "evil.example"},
        {"Host": f"evil.example:{server.port}"},
        {"Host": "localhost.evil.example"},
        {"Host": "[::"},
    ):
        answer = expert.with_headers(**headers).post("write", **good)
        assert answer.status == 403, (headers, answer)
    assert expert.with_headers(Host="evil.example").send("GET", "/").status == 403


def test_a_token_becomes_a_cookie(server: WebServer, viewer: Client) -> None:
    anybody = viewer.with_headers(Authorization="")
    assert anybody.get("me").status == 401
    assert anybody.post("login", token="wrong").status == 401
    assert anybody.post("login", token=["expert-secret"]).status == 401
    answer = anybody.post("login", token="operator-secret")
    assert answer.status == 200
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    known = anybody.with_headers(Cookie=cookie.partition(";")[0])
    assert known.ask("me")["role"] == "operator"


def test_sockets_need_the_same(server: WebServer) -> None:
    address = f"ws://localhost:{server.port}/ws"
    origin = f"http://localhost:{server.port}"
    bearer = {"Authorization": "Bearer viewer-secret"}
    with connect(address, origin=origin, additional_headers=bearer) as socket:
        socket.send('{"add": ["lab/push/1/number"]}')
        assert json.loads(socket.recv(5))["t"] == "index"
    for options in (
        {"origin": "http://evil.example", "additional_headers": bearer},
        {"additional_headers": bearer},
        {"origin": origin},
    ):
        with pytest.raises((InvalidStatus, ConnectionClosed)):
            with connect(address, **options) as socket:
                socket.recv(5)


def test_bodies_that_are_none(expert: Client) -> None:
    for body in (b"", b"[]", b"{", b"\xff\xfe", b"[" * 100_000, b"null", b'"x"'):
        answer = expert.send("POST", "/api/write", body)
        assert answer.status == 400, body[:20]
    assert expert.send("POST", "/api/write", b'{"a":"' + b"x" * 2_100_000 + b'"}').status == 413


def test_read_only_is_for_everybody(system: TangoSystem, tmp_path: Path) -> None:
    settings = Settings(tango_host=system.tango_host, state=tmp_path, port=0, read_only=True)
    with WebServer(settings) as server:
        client = Client(server.port)
        assert client.ask("me")["role"] == "viewer"
        answer = client.post("write", device="lab/push/1", attribute="number", value=1)
        assert answer.status == 403


def test_a_reverse_proxy_names_user_and_groups(system: TangoSystem, tmp_path: Path) -> None:
    settings = Settings(
        tango_host=system.tango_host, state=tmp_path, port=0, user_header="X-Forwarded-User",
        role_header="X-Forwarded-Groups", groups={"beamline": Role.OPERATOR},
    )  # fmt: skip
    with WebServer(settings) as server:
        client = Client(server.port)
        assert client.get("me").status == 401
        for groups, role in (
            ("", "viewer"),
            ("staff,beamline", "operator"),
            ("expert", "expert"),
            ("x", "viewer"),
        ):
            found = client.with_headers(
                **{"X-Forwarded-User": "ada", "X-Forwarded-Groups": groups}
            ).ask("me")
            assert (found["user"], found["role"]) == ("ada", role)
    elsewhere = Settings(
        tango_host=system.tango_host, state=tmp_path, port=0, user_header="X-Forwarded-User",
        proxies=("10.0.0.1",),
    )  # fmt: skip
    with WebServer(elsewhere) as server:
        assert Client(server.port, **{"X-Forwarded-User": "ada"}).get("me").status == 401


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_other_machines_need_a_token(host: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="--token"):
        WebServer(Settings(tango_host="", state=tmp_path, host=host, port=0))
    Settings(tango_host="", state=tmp_path, host=host, tokens={"secret-text": Role.VIEWER}).check()


def test_pages_are_ours_alone(server: WebServer, viewer: Client) -> None:
    answer = viewer.with_headers(Authorization="").send("GET", "/d/sys/tg_test/1/ampli")
    assert answer.status == 200
    assert b"importmap" in answer.body
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-eval" not in policy
    for path in ("/static/../_app.py", "/static/%2e%2e/_app.py", "/static/..%2f_app.py"):
        found = viewer.send("GET", path)
        assert b"Starlette" not in (found.body if isinstance(found.body, bytes) else b"")
