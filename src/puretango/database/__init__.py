"""The control-system database as a Tango device: a server over a store."""

from puretango.database._commands import CommandFace, answer, command_faces
from puretango.database._initial import prepare

__all__ = ["CommandFace", "answer", "command_faces", "prepare"]
