"""The pages in a process of their own: prints ``{"port": …}`` and serves until the input ends."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from puretango.web import Settings, WebServer


def main() -> None:
    """Run until the input ends."""
    with tempfile.TemporaryDirectory() as state:
        settings = Settings(tango_host=sys.argv[1], state=Path(state), port=0)
        with WebServer(settings) as server:
            print(json.dumps({"port": server.port}), flush=True)
            sys.stdin.read()


if __name__ == "__main__":
    main()
