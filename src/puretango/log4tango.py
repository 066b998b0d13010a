"""Decorators that log calls, under PyTango's name."""

from puretango.server import DebugIt, ErrorIt, FatalIt, InfoIt, LogIt, TangoStream, WarnIt

__all__ = ["DebugIt", "ErrorIt", "FatalIt", "InfoIt", "LogIt", "TangoStream", "WarnIt"]
