"""The control-system database as a Tango device: a server over a store."""

from puretango.database._server import DatabaseServer
from puretango.database.answers._commands import CommandFace, answer, command_faces
from puretango.database.answers._initial import DATABASE_DEVICE, prepare

__all__ = [
    "DATABASE_DEVICE",
    "CommandFace",
    "DatabaseServer",
    "answer",
    "command_faces",
    "prepare",
]
