"""The file store: SQLite for new samples, sealed files of compressed blocks for the rest."""

from puretango.archive.files._reader import FileReader
from puretango.archive.files._store import FileStore

__all__ = ["FileReader", "FileStore"]
