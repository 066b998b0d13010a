"""The files of the front end, compressed once, and the page that names all of them."""

from __future__ import annotations

import base64
import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from starlette.responses import PlainTextResponse, Response

__all__ = ["Front"]

_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_LAZY = {"uplot.js"}
"""Modules that a page loads only when it needs them."""
_EVER = "public, max-age=31536000, immutable"


class _File(NamedTuple):
    plain: bytes
    compressed: bytes
    media: str
    tag: str


class Front:
    """Everything below /static, as it was when the server started."""

    def __init__(self, folder: Path) -> None:
        self._files = {
            path.relative_to(folder).as_posix(): _read(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        tags = "".join(file.tag for file in self._files.values())
        self.version = hashlib.sha256(tags.encode()).hexdigest()[:12]
        """A version of all files together. Below this name a browser caches them and never asks for them again."""
        text = self._files["index.html"].plain.decode()
        text = text.replace("/static/", f"/static/{self.version}/")
        self.policy = _policy(text)
        """The content security policy of every answer."""
        self.index = text.replace(
            '<script type="module"', self._preloads() + '<script type="module"'
        )
        """The page, with the name of each module, so that a browser loads all at once, not one after the other."""

    def _preloads(self) -> str:
        return "".join(
            f'<link rel="modulepreload" href="/static/{self.version}/{name}">\n'
            for name in self._files
            if name.endswith(".js") and name.rpartition("/")[2] not in _LAZY
        )

    def answer(self, name: str, headers: Mapping[str, str]) -> Response:
        """A file: cached for ever below the version's name; elsewhere 304 if the browser has it already."""
        version, _, below = name.partition("/")
        lasting = version == self.version
        # A page of an older server gets today's files, and does not cache them.
        file = self._files.get(below if lasting or name not in self._files else name)
        if file is None:
            return PlainTextResponse("there is no such file", 404)
        common = {
            "cache-control": _EVER if lasting else "no-cache",
            "etag": file.tag,
            "vary": "accept-encoding",
        }
        if headers.get("if-none-match") == file.tag:
            return Response(status_code=304, headers=common)
        if "gzip" in headers.get("accept-encoding", ""):
            common["content-encoding"] = "gzip"
            return Response(file.compressed, headers=common, media_type=file.media)
        return Response(file.plain, headers=common, media_type=file.media)


def _read(path: Path) -> _File:
    plain = path.read_bytes()
    media = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "text/plain"
    tag = f'"{hashlib.sha256(plain).hexdigest()[:20]}"'
    return _File(plain, gzip.compress(plain, 9, mtime=0), media, tag)


def _policy(index: str) -> str:
    """The content security policy: our own files, and the scripts inside the page."""
    inline = re.findall(r"<script(?: type=\"importmap\")?>(.*?)</script>", index, re.DOTALL)
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in inline
    )
    return (
        f"default-src 'self'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; connect-src 'self'; frame-ancestors 'self'; base-uri 'none'; "
        "form-action 'self'"
    )
