"""All the commands together: their interface as data, and the way to call one without a server."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

# Importing each of these declares its commands.
from puretango.database.answers import (
    _aliases,
    _cache,
    _devices,
    _information,
    _members,
    _properties,
    _servers,
)
from puretango.database.answers._answers import ANSWERS, SQL_ERROR, Refusal
from puretango.errors import StoreError
from puretango.store import Store

__all__ = ["CommandFace", "answer", "command_faces"]

_DECLARING = (_aliases, _cache, _devices, _information, _members, _properties, _servers)


class CommandFace(NamedTuple):
    """The interface of a command for clients: names of Tango types, and descriptions."""

    argin: str
    argout: str
    argin_text: str
    argout_text: str


@cache
def faces_of(file: str) -> dict[str, CommandFace]:
    """The interface in a file of every command of a class but State, Status and Init, as Tango's server has it."""
    text = files("puretango.database").joinpath(file).read_text("utf-8")
    return {name: CommandFace(*face) for name, face in json.loads(text).items()}


def command_faces() -> dict[str, CommandFace]:
    """The interface of the database's commands."""
    return faces_of("interface.json")


def answer(store: Store, command: str, argin: Any = None) -> Any:
    """Call a command on a store; DevFailed if it fails."""
    try:
        return ANSWERS[command](store, argin)
    except StoreError as error:
        raise Refusal.make(SQL_ERROR, str(error), f"DataBase::{command}()") from error
