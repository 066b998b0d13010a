"""Which PyTango this package stands in for."""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "Release",
    "author",
    "version_description",
    "version_info",
    "version_long",
    "version_number",
]


class Release:
    """The release of PyTango whose interface this package has."""

    name = "pytango"
    version_info = (10, 3, 1)
    version = "10.3.1"
    release = ""
    separator = ""
    version_long = "10.3.1"
    version_description = "The PyTango 10.3 interface in pure Python."
    version_number = 1031
    description = "The Tango control system in pure Python"
    long_description = "The Tango control system in pure Python, under PyTango's names."
    license = "BSD-3-Clause"
    authors: ClassVar[dict[str, tuple[str, str]]] = {}
    author_lines = "the puretango developers"
    url = ""
    download_url = ""
    platform: ClassVar[list[str]] = ["Linux", "Windows", "macOS"]
    keywords: ClassVar[list[str]] = ["Tango", "CORBA"]


version_info = Release.version_info
version_long = Release.version_long
version_number = Release.version_number
version_description = Release.version_description
author = Release.author_lines
