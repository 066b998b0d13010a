"""A plain HTTP client for the tests: what any program can send."""

from __future__ import annotations

import http.client
import json
from typing import Any, NamedTuple
from urllib.parse import urlencode

__all__ = ["Answer", "Client"]


class Answer(NamedTuple):
    """Status, headers, and the body, parsed if it is JSON."""

    status: int
    headers: dict[str, str]
    body: Any


class Client:
    """Asks one server; ``headers`` go with each request."""

    def __init__(self, port: int, **headers: str) -> None:
        self.port = port
        self.headers = {"Host": f"localhost:{port}", "X-Puretango": "1", **headers}

    def with_headers(self, **headers: str) -> Client:
        """The same with other headers; an empty one is left out."""
        found = Client(self.port)
        found.headers = {
            name: value for name, value in {**self.headers, **headers}.items() if value
        }
        return found

    def send(self, method: str, path: str, body: bytes | None = None) -> Answer:
        """One request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, self.headers)
            answer = connection.getresponse()
            data: Any = answer.read()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            if "json" in headers.get("content-type", "") and data:
                data = json.loads(data)
            return Answer(answer.status, headers, data)
        finally:
            connection.close()

    def get(self, path: str, /, **fields: Any) -> Answer:
        """A question."""
        query = f"?{urlencode(fields)}" if fields else ""
        return self.send("GET", f"/api/{path}{query}")

    def post(self, path: str, /, **fields: Any) -> Answer:
        """An order."""
        return self.send("POST", f"/api/{path}", json.dumps(fields).encode())

    def ask(self, path: str, /, **fields: Any) -> Any:
        """A question that is answered well."""
        return _well(self.get(path, **fields))

    def order(self, path: str, /, **fields: Any) -> Any:
        """An order that is done."""
        return _well(self.post(path, **fields))


def _well(answer: Answer) -> Any:
    assert answer.status == 200, (answer.status, answer.body)
    return answer.body
